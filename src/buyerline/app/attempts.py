"""How often something may be tried. It is counted in the database, so that all processes count together."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from buyerline.app.errors import TooMany
from buyerline.app.schema import attempt
from buyerline.app.taking_turns import hold
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried.

    Attributes:
        about: what is counted, e.g. ``"email"``; limits of the same name count together.
        most: so many times
        within: in any time as long as this.
    """

    about: str
    most: int
    within: timedelta


class Attempts:
    """Counts what is tried."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, limit: Limit, who: str) -> int:
        """Count one more, before it is known how it ends: those who try at the same time are all counted.

        Args:
            limit: how often it may be tried.
            who: whose attempts count together. Only a digest of it is kept.

        Returns:
            The attempt's number, for `forgive`.

        Raises:
            TooMany: it was tried too often. This one was not counted, so that waiting helps.
        """
        key = _key(limit, who)
        with self._database.write() as connection:
            hold(connection, f"attempt {key}")
            at = now()
            wait = self._wait(connection, limit, key, at)
            if wait > timedelta():
                raise _too_many(wait)
            connection.execute(sa.delete(attempt).where(attempt.c.at < at - _KEPT))
            counting = sa.insert(attempt).values(key=key, at=at).returning(attempt.c.id)
            number: int = connection.execute(counting).scalar_one()
        return number

    def forgive(self, number: int) -> None:
        """Count an attempt no more: it succeeded."""
        with self._database.write() as connection:
            connection.execute(sa.delete(attempt).where(attempt.c.id == number))

    def forget(self, limit: Limit, who: str) -> None:
        """Count none of somebody's attempts any more."""
        with self._database.write() as connection:
            connection.execute(sa.delete(attempt).where(attempt.c.key == _key(limit, who)))

    def _wait(self, connection: sa.Connection, limit: Limit, key: str, at: datetime) -> timedelta:
        last = connection.execute(
            sa.select(attempt.c.at)
            .where(attempt.c.key == key, attempt.c.at > at - limit.within)
            .order_by(attempt.c.at.desc())
            .limit(limit.most)
        ).scalars()
        moments = list(last)
        return moments[-1] + limit.within - at if len(moments) == limit.most else timedelta()


def _key(limit: Limit, who: str) -> str:
    return hashlib.sha256(f"{limit.about}:{who}".encode()).hexdigest()


def _too_many(wait: timedelta) -> TooMany:
    minutes = math.ceil(wait / timedelta(minutes=1))
    words = Words("This was tried too often. Wait {minutes} min, then try again.", minutes=minutes)
    return TooMany(words, wait.total_seconds())
