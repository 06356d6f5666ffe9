"""A database that goes away, comes back, cuts its connections or is full: whoever worked on it goes on."""

import signal
from pathlib import Path

import pytest

from tests.databases import Mode, Postgres
from tests.durability.workers import Workers
from tests.durability.world import MANY, PLAIN, SLOW, World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
pytestmark = pytest.mark.usefixtures("slow_amazon")


@pytest.fixture
def slow_amazon(world: World) -> None:
    """So that trouble finds messages on their way."""
    world.amazon.fault(PLAIN, "delay", seconds=SLOW, count=None)


@on_postgresql
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_may_restart_in_the_middle(mode: Mode, world: World, workers: Workers, postgres: Postgres) -> None:
    world.queue(MANY)
    workers.start()
    workers.start()
    workers.wait_until(lambda: world.arrived() > 10, "messages are on their way")
    workers.cut_off()
    postgres.restart(mode)

    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent(workers.faults)


@on_postgresql
def test_connections_may_be_cut_again_and_again(world: World, workers: Workers, postgres: Postgres) -> None:
    world.queue(MANY)
    workers.start()
    workers.start()
    for arrived in (5, 20, 40):
        workers.wait_until(lambda arrived=arrived: world.arrived() > arrived, "messages are on their way")
        workers.cut_off()
        assert postgres.terminate_connections(world.settings.database) > 0

    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent(workers.faults)


@on_postgresql
def test_a_worker_asked_to_end_while_the_database_is_away_still_tells_what_it_knows(
    world: World, workers: Workers, postgres: Postgres
) -> None:
    world.queue(MANY)
    asked = workers.start()
    workers.wait_until(asked.in_flight, "messages are on their way")
    workers.cut_off()
    postgres.stop()
    asked.signal(signal.SIGTERM)
    postgres.start()
    workers.ended(asked)
    workers.ended(workers.start(once=True))
    world.demand_all_sent(workers.faults)


@on_sqlite
def test_a_full_disk_delays_messages_and_loses_none(world: World, workers: Workers, tmp_path: Path) -> None:
    full = tmp_path / "full"
    world.queue(MANY)
    workers.start(full=str(full))
    workers.wait_until(lambda: world.arrived() > 5, "messages are on their way")
    workers.cut_off()
    full.touch()
    workers.wait_until(full.with_suffix(".met").exists, "the worker finds the disk full")
    full.unlink()

    workers.wait_until(world.settled, "all is sent")
    world.demand_all_sent(workers.faults)
