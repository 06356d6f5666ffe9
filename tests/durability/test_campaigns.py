"""Everything at once, at moments drawn by chance. `python -m tests.durability` is the same at length."""

from random import Random

import pytest

from tests.databases import Postgres
from tests.durability.campaign import Campaign, Size
from tests.durability.workers import Workers
from tests.durability.world import World


@pytest.fixture
def server(request: pytest.FixtureRequest, database_url: str) -> Postgres | None:
    """The outbox's server, if it is on one."""
    if database_url.startswith("sqlite"):
        return None
    found: Postgres = request.getfixturevalue("postgres")
    return found


def test_workers_may_be_killed_at_any_moment(world: World, workers: Workers, chance: Random) -> None:
    Campaign(world, workers, chance, Size(messages=150, workers=2, kills=4)).run()


def test_everything_may_go_wrong_at_once(
    world: World, workers: Workers, chance: Random, server: Postgres | None
) -> None:
    Campaign(world, workers, chance, Size(messages=150, workers=2, kills=2, troubles=5), server).run()
