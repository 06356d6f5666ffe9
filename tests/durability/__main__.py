"""The long form: ``python -m tests.durability`` sends thousands of messages while workers are killed by the hundred."""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

from tests.databases import Postgres, find_binaries
from tests.durability.campaign import Campaign, Size, summary
from tests.durability.world import World
from tests.running import running

PLAN = (1.0, 5)
"""Amazon's own plan, calls a second and at once: a hundred messages of an account take as long as two hundred kills."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 when all is in order."""
    given = _parser().parse_args(arguments)
    seed = given.seed if given.seed is not None else secrets.randbits(32)
    kinds = [given.database] if given.database else ["sqlite", "postgresql"]
    for kind in kinds:
        _tell(f"{kind}, --seed {seed}")
        _run(kind, seed, given)
    return 0


def _run(kind: str, seed: int, given: argparse.Namespace) -> None:
    size = Size(messages=given.messages, workers=given.workers, kills=given.kills, troubles=given.troubles)
    began = time.monotonic()
    with _database(kind) as (url, server, folder), running() as amazon:
        world = World(amazon, url, accounts=given.accounts, plan=PLAN)
        with closing(world), world.workers(folder) as workers:
            try:
                Campaign(world, workers, Random(seed), size, server, _tell).run()
            except AssertionError:
                _tell(workers.outputs())
                raise
            _tell(f"{kind}: in order after {time.monotonic() - began:.0f} s: {summary(world)}")


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, Postgres | None, Path]]:
    """An empty database, its server if it has one, and a folder for what the workers write."""
    with tempfile.TemporaryDirectory(prefix="buyerline-durability-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'outbox.db'}", None, folder
        else:
            binaries = find_binaries()
            if binaries is None:
                sys.exit("There is no PostgreSQL here; --database sqlite needs none.")
            server = Postgres(binaries)
            try:
                server.start()
                yield server.create_database(), server, folder
            finally:
                server.remove()


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.durability", description=__doc__)
    parser.add_argument("--seed", type=int, help="draws the same again; another one each time by default")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--workers", type=int, default=3, help="how many at once")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--troubles", type=int, default=20, help="how often something else goes wrong")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="both, one after the other, by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
