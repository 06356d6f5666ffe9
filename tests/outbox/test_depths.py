"""How much is in the outbox, and how long the oldest of it waits."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from buyerline.outbox import State, clock, depths
from buyerline.outbox.database import Database
from buyerline.outbox.depths import Depths, read_depths
from buyerline.outbox.ids import new_id
from buyerline.outbox.metrics import Metrics
from buyerline.outbox.schema import account, message
from tests.outbox.probing import scrape, serving

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def depths_of(database: Database) -> Depths:
    with database.read() as connection:
        return read_depths(connection)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon, and stays so."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


def put(
    database: Database,
    state: State = State.QUEUED,
    *,
    queued: timedelta = timedelta(),
    not_before: timedelta | None = None,
    times: int = 1,
) -> None:
    """Put messages into the outbox, queued and due so long after noon."""
    due_at = None if not_before is None else NOON + not_before
    with database.write() as connection:
        account_id = put_account(connection)
        for _ in range(times):
            name = new_id()
            connection.execute(
                sa.insert(message).values(
                    id=name,
                    account_id=account_id,
                    marketplace_id="ATVPDKIKX0DER",
                    order_id="902-6786204-8179805",
                    type="confirmOrderDetails",
                    allow_unlisted=False,
                    files=0,
                    idempotency_key=name,
                    digest=name,
                    state=state,
                    ready=state is State.QUEUED and (due_at is None or due_at <= NOON),
                    priority=0,
                    queued_at=NOON + queued,
                    queued_by="me",
                    due_at=due_at or NOON + queued,
                    not_before=due_at,
                    attempts=0,
                    tries=0,
                    looks=0,
                    kept=True,
                )
            )


def put_account(connection: sa.Connection, *, stopped: str | None = None) -> int:
    add = sa.insert(account).values(name=new_id(), endpoint="amazon", stopped=stopped).returning(account.c.id)
    number: int = connection.execute(add).scalar_one()
    return number


def test_an_empty_outbox_has_nothing_in_any_state(database: Database) -> None:
    assert depths_of(database) == Depths(dict.fromkeys(State, 0), None, 0)


def test_messages_are_counted_by_state(database: Database) -> None:
    for times, state in enumerate(State):
        put(database, state, times=times)
    assert depths_of(database).counts == {state: times for times, state in enumerate(State)}


def test_the_counts_come_from_an_index_alone(sqlite_url: str) -> None:
    """However long the texts are, they are not read."""
    database = Database.open(sqlite_url)
    with database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {depths._COUNTS}").all()
    database.close()
    assert [line.detail for line in plan] == ["SCAN message USING COVERING INDEX ix_message_state"]


@pytest.mark.usefixtures("noon")
def test_a_message_without_a_time_is_due_since_it_was_queued(database: Database) -> None:
    put(database, queued=timedelta(minutes=-5))
    put(database, queued=timedelta(minutes=-7))
    put(database, queued=timedelta(minutes=-6))
    assert depths_of(database).oldest_due_seconds == 7 * 60


@pytest.mark.usefixtures("noon")
def test_a_scheduled_message_is_due_since_its_time(database: Database) -> None:
    put(database, queued=timedelta(days=-3), not_before=timedelta(seconds=-20))
    assert depths_of(database).oldest_due_seconds == 20


@pytest.mark.usefixtures("noon")
def test_a_message_whose_time_has_not_come_is_not_due(database: Database) -> None:
    put(database, queued=timedelta(days=-3), not_before=timedelta(seconds=1))
    assert depths_of(database).oldest_due_seconds is None


@pytest.mark.usefixtures("noon")
def test_only_a_queued_message_is_due(database: Database) -> None:
    for state in set(State) - {State.QUEUED}:
        put(database, state, queued=timedelta(days=-3))
    assert depths_of(database).oldest_due_seconds is None


def test_accounts_that_wait_for_somebody_are_counted(database: Database) -> None:
    with database.write() as connection:
        put_account(connection)
        put_account(connection, stopped="The refresh token was revoked.")
        put_account(connection, stopped="")
    assert depths_of(database).stopped_accounts == 2


@pytest.mark.usefixtures("noon")
def test_they_are_told_over_http(database: Database) -> None:
    put(database, queued=timedelta(minutes=-1), times=3)
    put(database, State.UNKNOWN, times=2)
    put(database, State.SENT)
    with database.write() as connection:
        put_account(connection, stopped="The refresh token was revoked.")
    with serving(Metrics(depths=lambda: depths_of(database))) as server:
        samples = scrape(server)
    told = {name: value for name, value in samples.items() if name.startswith("buyerline_messages[")}
    counts = {State.QUEUED: 3, State.UNKNOWN: 2, State.SENT: 1}
    assert told == {f"buyerline_messages[state={state}]": counts.get(state, 0) for state in State}
    assert samples["buyerline_database_up"] == 1
    assert samples["buyerline_oldest_due_seconds"] == 60
    assert samples["buyerline_unknown_messages"] == 2
    assert samples["buyerline_stopped_accounts"] == 1
