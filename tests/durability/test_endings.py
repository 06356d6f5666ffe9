"""Workers that end, stand still, wake, or begin together."""

from collections.abc import Sequence
from typing import Any

import pytest

from buyerline.outbox import Outbox
from buyerline.outbox.messages import Added, Outgoing, State
from tests.durability.traps import Trap
from tests.durability.workers import Workers
from tests.durability.world import MANY, PLAIN, SLOW, World
from tests.waiting import PATIENCE
from tests.warm import WARM

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_a_worker_that_is_asked_to_end_leaves_nothing_in_doubt(world: World, workers: Workers) -> None:
    world.amazon.fault(PLAIN, "delay", seconds=SLOW, count=None)
    world.queue(MANY)
    asked = workers.start()
    workers.wait_until(asked.in_flight, "messages are on their way")
    workers.end(asked)

    assert world.number(State.SENDING, State.UNKNOWN) == 0
    assert world.number(State.QUEUED) > 0
    world.demand()
    workers.ended(workers.start(once=True))
    world.demand_all_sent()


@on_postgresql
def test_frozen_workers_that_wake_after_others_took_their_accounts_repeat_nothing(
    world: World, workers: Workers
) -> None:
    """One froze just before the POST, one with Amazon's answer in hand, one in the middle of a transaction."""
    points = (f"before {PLAIN}", f"after {PLAIN}", "before commit of outcome")
    frozen = [workers.start(trap=Trap(point, "freeze")) for point in points]
    for each in frozen:
        workers.wait_until(each.serves, "all of them serve")
    world.queue(12)
    for each in frozen:
        workers.froze(each)
    workers.serving()
    workers.wait_until(world.settled, "another has taken over their messages")
    world.demand(workers.faults)

    for each in frozen:
        workers.wake(each)
        workers.wait_until(each.serves, "it serves again")
    world.queue(12)
    workers.wait_until(world.settled, "the messages queued since are sent")
    world.demand(workers.faults)
    workers.wait_until(lambda: world.number(State.UNKNOWN) == 0, "who woke has told what became of its messages")
    world.demand_all_sent(workers.faults)


@on_postgresql
def test_who_stood_still_before_the_post_does_not_post_what_was_sent_meanwhile(world: World, workers: Workers) -> None:
    """A person had found that the message had not arrived, and another worker has sent it."""
    world.queue(3)
    frozen = workers.start(trap=Trap("after commit of sending", "freeze"))
    workers.froze(frozen)
    workers.serving()
    workers.wait_until(world.settled, "another has taken over its messages")
    in_doubt = world.outbox.list(state=State.UNKNOWN)
    assert in_doubt
    for each in in_doubt:
        world.outbox.resolve(each.id, arrived=False)
    workers.wait_until(world.settled, "the other has sent them")

    workers.wake(frozen)
    workers.wait_until(frozen.serves, "it serves again")
    world.queue(3)
    workers.wait_until(world.settled, "what was queued since is sent")
    world.demand_all_sent(workers.faults)


@on_sqlite
def test_a_frozen_worker_keeps_its_file_and_goes_on_when_it_wakes(world: World, workers: Workers) -> None:
    world.queue(6)
    frozen = workers.start(trap=Trap(f"after {PLAIN}", "freeze"))
    workers.froze(frozen)
    workers.start()
    workers.wake(frozen)
    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent()
    assert senders(world) == {frozen.name}


@on_sqlite
def test_of_two_workers_on_one_file_one_serves_and_one_waits(world: World, workers: Workers) -> None:
    pair = [workers.start(), workers.start()]
    workers.wait_until(lambda: any(each.serves() for each in pair), "one serves")
    world.queue(12)
    workers.wait_until(world.settled, "all is sent")
    assert len(senders(world)) == 1

    serving, waiting = sorted(pair, key=lambda each: each.name not in senders(world))
    workers.kill(serving)
    world.queue(12)
    workers.wait_until(world.settled, "the other one serves")
    assert senders(world) == {serving.name, waiting.name}
    world.demand_all_sent()


@on_postgresql
def test_two_workers_on_one_server_share_the_accounts(world: World, workers: Workers) -> None:
    pair = [workers.start(), workers.start()]
    for each in pair:
        workers.wait_until(each.serves, "both serve")
    world.queue(12)
    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent()
    assert senders(world) == {each.name for each in pair}


def test_the_same_file_queued_twice_at_once_is_queued_once(world: World, workers: Workers) -> None:
    messages = world.messages(40, with_file=True)
    first, second = add_twice_at_once(world, messages)

    assert [added.message_id for added in first] == [added.message_id for added in second]
    assert sorted(added.repeated for added in (*first, *second)) == [False] * 40 + [True] * 40
    world.added.update({added.message_id: outgoing for added, outgoing in zip(first, messages, strict=True)})
    workers.ended(workers.start(once=True))
    world.demand_all_sent()


def senders(world: World) -> set[str]:
    """The workers that have tried to send anything."""
    histories = [kept.history for kept in world.evidence().outbox.values()]
    return {line.process for history in histories for line in history if line.state is State.SENDING}


def add_twice_at_once(world: World, messages: Sequence[Outgoing]) -> list[list[Added]]:
    """What two processes were told that queued the same messages at the same moment."""
    together, told = WARM.Barrier(2, timeout=PATIENCE), WARM.SimpleQueue()
    arguments = (world.settings.database, world.settings.endpoint, messages, together, told)
    both = [WARM.Process(target=_add, args=arguments) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(PATIENCE)
        assert each.exitcode == 0
        each.close()
    return [told.get() for _ in both]


def _add(database: str, endpoint: str, messages: Sequence[Outgoing], together: Any, told: Any) -> None:
    with Outbox(database, who="tester", options={"endpoint": endpoint}) as outbox:
        together.wait()
        told.put(outbox.add_many(messages))
