"""A marketplace that joins later: its orders of the last weeks are not here, and one search is for all marketplaces."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.account_rows import encoded
from buyerline.app.schema import connection as connected
from tests.app.desk import OWNER, Desk, desk_in
from tests.running import Amazon

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


HALF_WAY: dict[str, object] = {
    "sync_from": NOON,
    "sync_start": NOON,
    "sync_began_at": NOON,
    "sync_token": "second",
    "sync_pages": 1,
    "sync_next_at": NOON,
    "synced_at": NOON,
}


@pytest.fixture
def desk(database_url: str, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("LWA_APP_ID", "LWA_CLIENT_SECRET", "BUYERLINE_APPLICATION_ID"):
        monkeypatch.delenv(name, raising=False)
    with desk_in(database_url, amazon) as desk:
        yield desk


def test_a_marketplace_that_joins_has_the_next_synchronisation_cover_the_last_weeks_again(desk: Desk) -> None:
    made = desk.connect()
    assert len(made.marketplaces) > 1
    for ask in (partial(desk.accounts.test, OWNER, made.name), desk.connect):
        change(desk, **HALF_WAY, marketplaces=f'["{Marketplace.US.id}"]')
        assert ask().marketplaces == made.marketplaces
        row = row_of(desk)
        nothing = dict.fromkeys(HALF_WAY, None) | {"sync_pages": 0, "synced_at": NOON}
        assert {name: row[name] for name in HALF_WAY} == nothing


def test_that_is_the_only_reason_to_begin_anew(desk: Desk) -> None:
    made = desk.connect()
    for marketplaces in (made.marketplaces, made.marketplaces[::-1], (*made.marketplaces, Marketplace.BR)):
        change(desk, **HALF_WAY, marketplaces=encoded([each.id for each in marketplaces]))
        desk.accounts.test(OWNER, made.name)
        row = row_of(desk)
        assert {name: row[name] for name in HALF_WAY} == HALF_WAY


def change(desk: Desk, **values: object) -> None:
    with desk.database.write() as connection:
        connection.execute(sa.update(connected).values(values))


def row_of(desk: Desk) -> Mapping[str, object]:
    with desk.database.read() as connection:
        return dict(connection.execute(sa.select(connected)).mappings().one())
