"""Who waits for whom on PostgreSQL: those who queue the same at once, and those who keep house meanwhile."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from buyerline.outbox import Added, Outbox, OutboxUnavailable, Outgoing, State
from buyerline.outbox import adding as adding_module
from buyerline.outbox.clock import now
from buyerline.outbox.keeping import Keeper
from buyerline.outbox.retention import Retention
from buyerline.outbox.schema import account, message, milliseconds
from buyerline.outbox.writer import Standing
from tests.outbox.hands import Hand, hand
from tests.outbox.samples import NOWHERE, letter
from tests.outbox.serving import PATIENCE


@pytest.fixture
def outbox(postgres_url: str) -> Iterator[Outbox]:
    """One that has queued for the account ``default`` before."""
    with Outbox(postgres_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        with opened.database.write() as connection:
            connection.execute(sa.insert(account).values(name="default", endpoint=NOWHERE))
        yield opened


@pytest.fixture
def impatient(postgres_url: str) -> Iterator[Outbox]:
    """The same outbox for somebody who would rather fail than wait for a lock."""
    with Outbox(f"{postgres_url}?options=-c lock_timeout=5s", options={"endpoint": NOWHERE}) as opened:
        yield opened


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as executor:
        yield executor


def until_waiting(url: str, number: int) -> None:
    """Look again and again until so many sessions wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(query).fetchone() != (number,):
            assert time.monotonic() < deadline, f"waited in vain until {number} sessions wait for locks"
            time.sleep(0.02)


def keyed(name: str) -> Outgoing:
    return letter(idempotency_key=name)


def of_account(name: str) -> Outgoing:
    return letter(account=name)


def with_file(name: str, text: str = "The first.") -> Outgoing:
    return letter(text, type="digitalAccessKey", attachments=[(f"{name}.txt", name.encode())])


SAME: list[Any] = [
    pytest.param(keyed, keyed, id="messages"),
    pytest.param(of_account, of_account, id="accounts"),
    pytest.param(with_file, lambda name: with_file(name, "The second."), id="files"),
]
"""What two may have in common: how one writes about something, and how the other does."""


class TestTwoWhoQueueTheSameInOppositeOrder:
    @pytest.mark.parametrize(("one", "other"), SAME)
    def test_both_succeed(
        self, outbox: Outbox, postgres_url: str, threads: ThreadPoolExecutor, one: Any, other: Any
    ) -> None:
        """Both need what somebody else holds in the middle of theirs, and go on at the same moment."""
        with suppress(InterruptedError), outbox.adding() as middle:
            list(middle.add([one("b") if one is not with_file else with_file("b", "The third.")]))
            both = [
                threads.submit(outbox.add_many, [one(name) for name in "abc"]),
                threads.submit(outbox.add_many, [other(name) for name in "cba"]),
            ]
            until_waiting(postgres_url, 2)
            raise InterruptedError
        assert len(each_of(both)) == 6
        assert outbox.counts() == {State.QUEUED: 6 if one is with_file else 3}

    @pytest.mark.parametrize(("one", "other"), SAME)
    def test_both_succeed_where_it_takes_several_statements(
        self,
        outbox: Outbox,
        postgres_url: str,
        threads: ThreadPoolExecutor,
        monkeypatch: pytest.MonkeyPatch,
        one: Any,
        other: Any,
    ) -> None:
        monkeypatch.setattr(adding_module, "AT_ONCE", 2)
        with outbox.adding() as adding:
            adds = adding.add([one(name) for name in "abcd"])
            first = next(adds)
            second = threads.submit(outbox.add_many, [other(name) for name in "dcba"])
            until_waiting(postgres_url, 1)
            assert len([first, *adds]) == 4
        assert len(each_of([second])) == 4
        assert outbox.counts() == {State.QUEUED: 8 if one is with_file else 4}

    def test_both_succeed_where_all_was_queued_before(
        self, outbox: Outbox, postgres_url: str, threads: ThreadPoolExecutor
    ) -> None:
        """Then each gives the messages the name of its own batch."""
        ids = sorted(added.message_id for added in outbox.add_many(keyed(name) for name in "abc"))
        with outbox.database.write() as middle:
            middle.execute(sa.select(message.c.id).where(message.c.id == ids[1]).with_for_update())
            both = [
                threads.submit(outbox.add_many, [keyed(name) for name in names], batch=names)
                for names in ("abc", "cba")
            ]
            until_waiting(postgres_url, 2)
        assert {added.message_id for added in each_of(both)} == set(ids)
        assert sorted(outbox.counts(batch=names).get(State.QUEUED, 0) for names in ("abc", "cba")) == [0, 3]

    def test_one_is_told_to_run_it_again_where_the_order_is_its_own(
        self, outbox: Outbox, postgres_url: str, threads: ThreadPoolExecutor
    ) -> None:
        """Nobody can sort what a program queues by several calls of one transaction."""

        def add_in_turn(names: str) -> None:
            with outbox.adding() as adding:
                for name in names:
                    list(adding.add([keyed(name)]))

        def add_a_and_wait(then: Any) -> None:
            with outbox.adding() as adding:
                list(adding.add([keyed("a")]))
                then()
                list(adding.add([keyed("b")]))

        others: list[Future[None]] = []

        def meet() -> None:
            others.append(threads.submit(add_in_turn, "ba"))
            until_waiting(postgres_url, 1)

        told = [failure_of(threads.submit(add_a_and_wait, meet)), failure_of(others[0])]
        [failure] = [each for each in told if each is not None]
        assert isinstance(failure, OutboxUnavailable)
        assert "waited for each other" in str(failure)
        assert "Run it again from its beginning." in str(failure)
        assert outbox.counts() == {State.QUEUED: 2}


def test_one_who_queues_a_single_message_does_not_wait_for_another_who_queues_many(
    outbox: Outbox, impatient: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding_module, "AT_ONCE", 2)
    with outbox.adding() as adding:
        list(adding.add([keyed(name) for name in "abcd"]))
        impatient.add_many([keyed("e")])
        assert outbox.counts() == {State.QUEUED: 1}
    assert outbox.counts() == {State.QUEUED: 5}


def test_those_who_queue_messages_with_a_file_that_is_stored_do_not_wait_for_each_other(
    outbox: Outbox, impatient: Outbox
) -> None:
    outbox.add_many([with_file("a")])
    with outbox.adding() as adding:
        list(adding.add([with_file("a", "The second.")]))
        impatient.add_many([with_file("a", "The third.")])
    assert outbox.counts() == {State.QUEUED: 3}


class TestAWorkersHousekeeping:
    """While a person decides, or a late answer is written, it goes round what they hold, and sees to it later."""

    @pytest.fixture
    def worker(self, impatient: Outbox) -> Iterator[Hand]:
        with hand(impatient) as living:
            yield living

    def round(self, outbox: Outbox, worker: Hand) -> None:
        keeper = Keeper(outbox.database, outbox.endpoint, None, resend=True)
        standing = Standing(worker.connection, worker.life, worker.transitions)
        with worker.connection.begin():
            keeper.round(standing, 0, 0, [])
            Retention().forget(standing)

    def test_waits_for_nobody(self, outbox: Outbox, worker: Hand) -> None:
        """What was being sent by a worker that died is unknown once nobody holds it any more."""
        ids = [added.message_id for added in outbox.add_many(keyed(name) for name in "ab")]
        with hand(outbox) as dead:  # its session ends with the block
            dead.take()
            dead.claim(*dead.fetch())
        with outbox.database.write() as held:
            held.execute(sa.select(message.c.id).with_for_update())
            held.execute(sa.select(account.c.id).with_for_update())
            self.round(outbox, worker)
            assert outbox.counts() == {State.SENDING: 2}
        self.round(outbox, worker)
        assert [event.what for event in outbox.history(ids[0])][:3] == ["queued", "sending", "unknown"]

    def test_leaves_a_message_to_whoever_decides_about_it(self, outbox: Outbox, worker: Hand) -> None:
        [added] = outbox.add_many([letter(None, type="negativeFeedbackRemoval")])
        this = message.c.id == added.message_id
        with outbox.database.write() as connection:
            connection.execute(sa.update(message).where(this).values(state=State.UNKNOWN, ready=False))
        with outbox.database.write() as deciding:
            outbox.resolve(added.message_id, arrived=False, connection=deciding)
            with worker.connection.begin():
                at = milliseconds(now())
                worker.transitions.looked_into(worker.connection, added.message_id, at, "It was sent.", sent=True)
        assert [event.who for event in outbox.history(added.message_id)] == ["ann", "ann"]
        assert outbox.get(added.message_id).state is State.QUEUED


def each_of(calls: Iterable["Future[list[Added]]"]) -> list[Added]:
    """What all of them have added."""
    return [added for call in calls for added in call.result(PATIENCE)]


def failure_of(call: "Future[None]") -> BaseException | None:
    return call.exception(PATIENCE)
