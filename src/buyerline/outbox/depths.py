"""How much is in the outbox, and how long the oldest of it waits."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from buyerline.outbox import clock
from buyerline.outbox.messages import State
from buyerline.outbox.schema import account, message


@dataclass(frozen=True, slots=True)
class Depths:
    """The whole outbox at one moment, whichever worker it belongs to.

    Attributes:
        counts: how many messages stand in each state, those with none included.
        oldest_due_seconds: for how long the queued message that was due first has been due; ``None`` when no queued
            message is due.
        stopped_accounts: accounts for which nothing is sent before somebody mends something.
    """

    counts: Mapping[State, int]
    oldest_due_seconds: float | None
    stopped_accounts: int


def read_depths(connection: sa.Connection) -> Depths:
    """Read them within the connection's transaction.

    It costs a walk over the index of states, and a look at each queued message: some tenths of a second with a
    million of them.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be read. `Database.read` puts it into our words.
    """
    found = {State(state): number for state, number in connection.execute(_COUNTS)}
    return Depths(
        counts={state: found.get(state, 0) for state in State},
        oldest_due_seconds=_oldest_due_seconds(connection),
        stopped_accounts=connection.execute(_STOPPED).scalar_one(),
    )


def _oldest_due_seconds(connection: sa.Connection) -> float | None:
    due_at = connection.execute(_FIRST_DUE).scalar_one()
    if due_at is None:
        return None
    age = (clock.now() - due_at).total_seconds()
    return age if age >= 0 else None


_COUNTS = sa.select(message.c.state, sa.func.count()).group_by(message.c.state)
_FIRST_DUE = sa.select(sa.func.min(message.c.due_at)).where(message.c.state == State.QUEUED)
_STOPPED = sa.select(sa.func.count(account.c.stopped))
