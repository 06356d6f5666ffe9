"""A worker that dies loses nothing and repeats nothing, wherever it dies."""

import pytest

from buyerline.outbox.messages import State
from tests.durability.traps import POINTS, Trap
from tests.durability.workers import Workers
from tests.durability.world import WITH_FILE, World

IN_DOUBT = POINTS[POINTS.index("after commit of sending") : POINTS.index("after commit of outcome")]
ARRIVED = POINTS[POINTS.index(f"after {WITH_FILE}") :]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_may_die_at_any_point_around_the_post(point: str, world: World, workers: Workers) -> None:
    world.queue(1, with_file=True)
    workers.died(workers.start(trap=Trap(point)))
    assert world.arrived() == (point in ARRIVED)
    workers.ended(workers.start(once=True))

    world.demand(workers.faults)
    assert world.number(State.UNKNOWN if point in IN_DOUBT else State.SENT) == 1
