"""What is to be expected of a batch: whether anything of it is going to be sent, and what it waits for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from buyerline.outbox import Outbox
from buyerline.outbox.schema import account
from tests.outbox.samples import letter, letters

FAR = datetime(2999, 1, 1, tzinfo=UTC)
ENDPOINT = "http://127.0.0.1:9"


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": ENDPOINT}) as opened:
        yield opened


def stop(outbox: Outbox, reason: str) -> None:
    """Stop all accounts, as a worker does whose authorisation is refused."""
    with outbox.database.write() as connection:
        connection.execute(sa.update(account).values(stopped=reason))


def test_what_is_due_is_going(outbox: Outbox) -> None:
    outbox.add_many(letters(2), batch="one")

    found = outbox.outlook("one")

    assert (found.going, found.later, found.next_at, found.stopped, found.workers) == (True, 0, None, {}, 0)


def test_what_is_scheduled_waits_and_the_rest_is_going(outbox: Outbox) -> None:
    outbox.add_many([replace(letter(), not_before=FAR)], batch="one")
    only_later = outbox.outlook("one")
    outbox.add_many(letters(1), batch="one")

    assert (only_later.going, only_later.later, only_later.next_at) == (False, 1, FAR)
    assert outbox.outlook("one").going


def test_a_stopped_account_sends_nothing_until_it_is_resumed(outbox: Outbox) -> None:
    outbox.add_many(letters(1), batch="one")
    stop(outbox, "invalid_grant")

    stopped = outbox.outlook("one")
    outbox.resume("default")

    assert (stopped.going, stopped.stopped) == (False, {"default": "invalid_grant"})
    assert outbox.outlook("one").going
    assert outbox.stopped() == {}


def test_of_stopped_accounts_only_those_of_the_batch_are_told(outbox: Outbox) -> None:
    outbox.add_many(letters(1), batch="one")
    outbox.add_many(letters(1, account="shop"), batch="two")
    stop(outbox, "invalid_grant")

    assert set(outbox.outlook("two").stopped) == {"shop"}
    assert set(outbox.stopped()) == {"default", "shop"}


def test_what_ended_is_not_going(outbox: Outbox) -> None:
    [added] = outbox.add_many(letters(1), batch="one")
    outbox.cancel(added.message_id)

    assert not outbox.outlook("one").going


def test_nothing_is_added_where_adding_many_is_broken_off(outbox: Outbox) -> None:
    def begin_and_break_off() -> None:
        with outbox.adding(batch="one") as adding:
            assert len(list(adding.add(letters(3)))) == 3
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin_and_break_off()

    assert outbox.counts(batch="one") == {}
