"""Clocks that jump, here or at Amazon's end, delay messages and repeat none."""

import pytest

from tests.durability.traps import Action, Trap
from tests.durability.workers import Workers
from tests.durability.world import PLAIN, World

HOUR = 3600.0


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
@pytest.mark.parametrize("action", ["jump", "jump at Amazon"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_clock_may_jump_in_the_middle(action: Action, seconds: float, world: World, workers: Workers) -> None:
    world.queue(9)
    workers.start(trap=Trap(f"before {PLAIN}", action, seconds, passing=2))
    workers.wait_until(world.settled, "all is sent")
    world.queue(9)
    workers.wait_until(world.settled, "what was queued since is sent")
    world.demand_all_sent()


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_a_worker_whose_clock_is_wrong_takes_over_from_a_dead_one(
    seconds: float, world: World, workers: Workers
) -> None:
    world.queue(9)
    workers.died(workers.start(trap=Trap(f"after {PLAIN}", passing=2)))
    workers.start(trap=Trap("before lwa", "jump", seconds))
    workers.wait_until(world.settled, "all is sent")
    world.demand(workers.faults)
