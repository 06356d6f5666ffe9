"""Whatever Amazon's side answers, or does not: sent again is only what it certainly has not taken."""

from typing import Any

import pytest

from buyerline.outbox.messages import State
from tests.durability.traps import Trap
from tests.durability.workers import Workers
from tests.durability.world import OFFER, PLAIN, UPLOAD, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINK_ENDS = 900.0
"""Seconds for which a link to upload to is good."""

TAKEN: list[dict[str, Any]] = [
    {"kind": "reset_after"},
    {"kind": "hang_after"},
    {"kind": "half_answer"},
]
NOT_TAKEN: list[dict[str, Any]] = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "html", "status": 502},
    {"kind": "html", "status": 200},
    {"kind": "reset_before"},
]


def named(fault: dict[str, Any]) -> str:
    return "-".join(str(value) for value in fault.values())


def patience(fault: dict[str, Any]) -> float:
    """The client's timeout: short only where it must run out."""
    return 2.0 if fault["kind"] == "hang_after" else 30.0


@pytest.mark.parametrize("fault", [*TAKEN, *NOT_TAKEN], ids=named)
def test_a_message_without_a_usable_answer_is_unknown_and_not_sent_again(
    fault: dict[str, Any], world: World, workers: Workers
) -> None:
    ids = world.queue(9)
    world.amazon.fault(PLAIN, count=2, **fault)
    workers.ended(workers.start(once=True, timeout=patience(fault)))

    world.demand()
    assert world.number(State.UNKNOWN) == 2
    assert world.number(State.SENT) == 7
    assert world.arrived() == (9 if fault in TAKEN else 7)
    assert max(world.outbox.get(each).attempts for each in ids) == 1


def test_a_throttled_message_is_sent_again(world: World, workers: Workers) -> None:
    world.queue(9)
    world.amazon.fault(PLAIN, "status", status=429, count=2)
    workers.start()
    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent()


@pytest.mark.parametrize("fault", [*TAKEN, *NOT_TAKEN, {"kind": "status", "status": 429}], ids=named)
def test_trouble_before_the_message_leaves_only_delays_it(
    fault: dict[str, Any], world: World, workers: Workers
) -> None:
    """The token service, what may be sent, the upload destination and the file: each fails in turn."""
    world.queue(3, with_file=True)
    stored_by_the_look_of_it = fault == {"kind": "html", "status": 200}  # to a PUT, any 200 says that it was done
    for operation in ("lwa", OFFER, UPLOAD) if stored_by_the_look_of_it else ("lwa", OFFER, UPLOAD, "s3"):
        world.amazon.fault(operation, count=1, **fault)
    workers.start(timeout=patience(fault))
    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent()


def test_a_token_service_that_is_down_for_long_only_delays(world: World, workers: Workers) -> None:
    world.queue(6)
    world.amazon.fault("lwa", "status", status=503, count=None)
    workers.start()
    workers.wait_until(lambda: world.amazon.count("lwa", 503) > 6, "the worker has tried")
    assert world.number(State.QUEUED) == 6
    world.amazon.clear_faults()
    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent()


def test_a_link_to_upload_to_that_has_ended_is_replaced(world: World, workers: Workers) -> None:
    world.queue(3, with_file=True)
    workers.start(trap=Trap("before s3", "jump at Amazon", LINK_ENDS + 60))
    workers.wait_until(world.settled, "all is sent")
    assert world.amazon.count("s3", 403) > 0
    world.demand_all_sent()
