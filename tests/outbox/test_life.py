"""How a worker shows that it lives, and what becomes of its work when it does not."""

import socket
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from buyerline.outbox import Outbox, State
from buyerline.outbox.life import DIED, STILL, Beats
from buyerline.outbox.schema import account, message, worker
from tests.amazon.by_hand import Clock
from tests.outbox.hands import Hand, hand
from tests.outbox.samples import NOWHERE, letter, letters


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


@pytest.fixture
def shared(postgres_url: str) -> Iterator[Outbox]:
    """One that several workers serve."""
    with Outbox(postgres_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


def registered(outbox: Outbox) -> set[str]:
    """The workers that count as alive."""
    with outbox.database.read() as connection:
        return set(connection.execute(sa.select(worker.c.id)).scalars())


def die(victim: Hand) -> None:
    """End its session, as the end of its process does."""
    victim.connection.close()


def test_a_worker_registers_and_deregisters(outbox: Outbox) -> None:
    with hand(outbox) as one:
        assert registered(outbox) == {one.worker}
        assert one.worker.startswith(f"{socket.gethostname()}:")
        assert one.alive()
        assert one.beat()
        one.end()
        assert registered(outbox) == set()
        assert not one.alive()
        assert not one.beat()


def test_each_life_has_a_name_that_was_never_used_before(outbox: Outbox) -> None:
    names = set()
    for _ in range(3):
        with hand(outbox) as one:
            names.add(one.worker)
            one.end()
    assert len(names) == 3


def test_the_death_of_a_process_frees_its_accounts_and_makes_its_sends_unknown(outbox: Outbox) -> None:
    sending, queued = (added.message_id for added in outbox.add_many(letters(2)))
    with hand(outbox) as victim:
        victim.take()
        victim.claim(*victim.fetch(limit=1))
        die(victim)
        with hand(outbox) as heir:
            assert heir.bury_the_dead() == 1
            assert registered(outbox) == {heir.worker}
            assert heir.bury_the_dead() == 0
            last = outbox.history(sending)[-1]
            assert (last.what, last.who, last.note) == ("unknown", f"worker {heir.worker}", DIED)
    assert (outbox.get(sending).state, outbox.get(sending).reason) == (State.UNKNOWN, DIED)
    assert outbox.get(queued).state is State.QUEUED
    with outbox.database.read() as connection:
        owner, plans = connection.execute(sa.select(account.c.owner, account.c.plans)).one()
    assert owner is None
    assert '"known":{}' in plans
    assert '"others_full":false' in plans


def test_what_an_order_takes_once_is_to_be_looked_into(outbox: Outbox) -> None:
    outbox.add_many([letter(None, type="negativeFeedbackRemoval"), letter()])
    with hand(outbox) as victim:
        victim.take()
        victim.claim(*victim.fetch())
        die(victim)
        with hand(outbox) as heir:
            assert heir.bury_the_dead() == 2
    with outbox.database.read() as connection:
        looked = connection.execute(sa.select(message.c.type).where(message.c.look_at.is_not(None))).scalars().all()
    assert looked == ["negativeFeedbackRemoval"]


def test_a_worker_that_was_buried_can_do_nothing_more(outbox: Outbox) -> None:
    outbox.add_many(letters(2))
    with hand(outbox) as zombie, hand(outbox) as heir:
        zombie.take()
        first, second = zombie.fetch()
        zombie.claim(first)
        with heir.connection.begin():
            heir.connection.execute(sa.delete(worker).where(worker.c.id == zombie.worker))
        heir.bury_the_dead()
        assert not zombie.alive()
        assert not zombie.beat()
        assert zombie.claim(second) == set()


def test_but_its_late_answer_counts(outbox: Outbox) -> None:
    outbox.add_many([letter()])
    with hand(outbox) as zombie:
        zombie.take()
        [job] = zombie.fetch()
        zombie.claim(job)
        with hand(outbox) as heir:
            with heir.connection.begin():
                heir.connection.execute(sa.delete(worker).where(worker.c.id == zombie.worker))
            heir.bury_the_dead()
        assert outbox.get(job.id).state is State.UNKNOWN
        assert zombie.record(zombie.outcome(job, State.SENT, request_id="r-1")) == {job.id}
    assert outbox.get(job.id).state is State.SENT


def test_a_beat_that_stands_still_is_noticed_by_the_observers_own_clock() -> None:
    clock = Clock()
    beats = Beats(clock)
    assert beats.still({"a": 1, "b": 7}) == set(), "who is new lives"
    clock.now += STILL + 1
    assert beats.still({"a": 2, "b": 7}) == {"b"}
    clock.now += STILL + 1
    assert beats.still({"a": 3, "b": 8}) == set()
    assert beats.still({}) == set()


class TestAmongSeveral:
    def test_the_living_are_left_alone(self, shared: Outbox) -> None:
        shared.add_many([letter()])
        with hand(shared) as one, hand(shared) as other:
            one.take()
            one.claim(*one.fetch())
            assert other.bury_the_dead() == 0
            assert registered(shared) == {one.worker, other.worker}
        assert shared.counts() == {State.SENDING: 1}

    def test_a_beat_that_stands_still_is_death_although_the_session_is_there(self, shared: Outbox) -> None:
        """A machine that was lost, or stands still, keeps its session for as long as the network lets it."""
        clock = Clock()
        with hand(shared) as still, hand(shared, clock) as observer:
            observer.bury_the_dead()
            clock.now += STILL
            observer.bury_the_dead()
            assert still.alive()
            clock.now += 0.1
            observer.bury_the_dead()
            assert not still.alive()

    def test_every_beat_counts_anew(self, shared: Outbox) -> None:
        clock = Clock()
        with hand(shared) as slow, hand(shared, clock) as observer:
            for _ in range(4):
                slow.beat()
                observer.bury_the_dead()
                clock.now += STILL
            assert slow.alive()

    def test_a_clock_that_differs_kills_nobody(self, shared: Outbox) -> None:
        """Only what the observer itself has seen counts."""
        with hand(shared) as one, hand(shared, Clock(1e9)) as observer:
            observer.bury_the_dead()
            assert one.alive()
