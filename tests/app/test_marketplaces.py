"""A marketplace that joins later: its orders of the last weeks are not here, and one search is for all marketplaces."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.account_rows import encoded
from buyerline.app.schema import connected
from tests.app.desk import OWNER, Desk

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


def test_a_marketplace_that_joins_has_the_next_synchronisation_cover_the_last_weeks_again(any_desk: Desk) -> None:
    made = any_desk.connect()
    assert len(made.marketplaces) > 1
    for ask in (partial(any_desk.accounts.test, OWNER, made.name), any_desk.connect):
        change(any_desk, **HALF_WAY, marketplaces=f'["{Marketplace.US.id}"]')
        assert ask().marketplaces == made.marketplaces
        row = row_of(any_desk)
        nothing = dict.fromkeys(HALF_WAY, None) | {"sync_pages": 0, "synced_at": NOON}
        assert {name: row[name] for name in HALF_WAY} == nothing


def test_that_is_the_only_reason_to_begin_anew(any_desk: Desk) -> None:
    made = any_desk.connect()
    for marketplaces in (made.marketplaces, made.marketplaces[::-1], (*made.marketplaces, Marketplace.BR)):
        change(any_desk, **HALF_WAY, marketplaces=encoded([each.id for each in marketplaces]))
        any_desk.accounts.test(OWNER, made.name)
        row = row_of(any_desk)
        assert {name: row[name] for name in HALF_WAY} == HALF_WAY


def change(any_desk: Desk, **values: object) -> None:
    with any_desk.database.write() as connection:
        connection.execute(sa.update(connected).values(values))


def row_of(any_desk: Desk) -> Mapping[str, object]:
    with any_desk.database.read() as connection:
        return dict(connection.execute(sa.select(connected)).mappings().one())
