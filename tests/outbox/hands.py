"""A worker's hold on the outbox, moved by hand: its life and its statements, without sending anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from buyerline.outbox import Outbox, State
from buyerline.outbox.clock import now
from buyerline.outbox.life import Life
from buyerline.outbox.schema import account, milliseconds
from buyerline.outbox.transitions import Job, Outcome, Transitions
from tests.amazon.by_hand import Clock


@dataclass
class Hand:
    """A worker on a connection of its own. Each method is one transaction."""

    outbox: Outbox
    connection: sa.Connection
    life: Life
    transitions: Transitions

    @property
    def worker(self) -> str:
        return self.life.worker

    def take(self, *names: str) -> None:
        """Have these accounts from now on, all that there are by default."""
        mine = sa.update(account).values(owner=self.worker)
        with self.connection.begin():
            self.connection.execute(mine.where(account.c.name.in_(names)) if names else mine)

    def fetch(self, *names: str, limit: int = 100) -> list[Job]:
        """The next messages of these accounts, of all by default."""
        numbers = sa.select(account.c.id).order_by(account.c.id)
        with self.connection.begin():
            ids = self.connection.execute(numbers.where(account.c.name.in_(names)) if names else numbers).scalars()
            return self.transitions.fetch(self.connection, list(ids), limit)

    def claim(self, *jobs: Job) -> set[str]:
        with self.connection.begin():
            return self.transitions.claim(self.connection, jobs, milliseconds(now()))

    def record(self, *outcomes: Outcome) -> set[str]:
        with self.connection.begin():
            return self.transitions.record(self.connection, outcomes)

    def outcome(self, job: Job, state: State, **facts: Any) -> Outcome:
        """What became of a message that this worker has claimed."""
        told: dict[str, Any] = {
            "worker": self.worker,
            "attempts": job.attempts + 1,
            "claimed": True,
            "at": milliseconds(now()),
        }
        return Outcome(id=job.id, state=state, **(told | facts))

    def beat(self) -> bool:
        with self.connection.begin():
            return self.life.beat(self.connection)

    def alive(self) -> bool:
        with self.connection.begin():
            return self.transitions.alive(self.connection)

    def bury_the_dead(self) -> int:
        with self.connection.begin():
            return self.life.bury_the_dead(self.connection, self.transitions)

    def end(self) -> None:
        with self.connection.begin():
            self.life.end(self.connection)


@contextmanager
def hand(outbox: Outbox, clock: Clock | None = None) -> Iterator[Hand]:
    """A worker that lives, by this clock, until the block ends or its connection is closed."""
    life = Life(outbox.database, outbox.endpoint, shares=True, clock=clock or Clock())
    with outbox.database.connect() as connection:
        with connection.begin():
            life.begin(connection)
        yield Hand(outbox, connection, life, Transitions(outbox.database, life.worker))
