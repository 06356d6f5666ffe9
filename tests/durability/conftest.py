import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.durability.workers import Workers
from tests.durability.world import World
from tests.running import Amazon


@pytest.fixture
def world(amazon: Amazon, database_url: str) -> Iterator[World]:
    """Accounts, and an outbox in a database, once of each kind."""
    with closing(World(amazon, database_url)) as made:
        yield made


@pytest.fixture
def workers(world: World, tmp_path: Path) -> Iterator[Workers]:
    """Workers for the outbox; none runs yet."""
    with world.workers(tmp_path) as made:
        yield made
    print(made.outputs())  # noqa: T201 - for whoever reads of the failure


@pytest.fixture
def chance() -> Random:
    """What draws moments and victims; the seed is shown when the test fails."""
    seed = int(os.environ.get("DURABILITY_SEED") or secrets.randbits(32))
    print(f"DURABILITY_SEED={seed} draws the same again")  # noqa: T201 - for whoever reads of the failure
    return Random(seed)
