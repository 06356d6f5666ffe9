"""What is to be expected: who sends, what waits for its time, and what waits for somebody to mend something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from buyerline.outbox.messages import State
from buyerline.outbox.schema import account, message, worker


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of the messages of a batch.

    Attributes:
        workers: how many workers serve accounts of this endpoint now. On SQLite one that was killed counts until the
            next one begins.
        stopped: accounts of queued ones for which nothing is sent before somebody mends something, each with why.
        going: whether any of the messages is being sent, or will be as soon as a worker has its turn for it.
        later: how many wait for the time for which they were scheduled.
        next_at: the first of these times, in UTC.
    """

    workers: int
    stopped: Mapping[str, str]
    going: bool
    later: int
    next_at: datetime | None


def outlook(connection: sa.Connection, endpoint: str, batch: str) -> Outlook:
    """The outlook for a batch whose messages go to `endpoint`."""
    told = {"batch": batch, "endpoint": endpoint}
    later, next_at = connection.execute(_LATER, told).one()
    return Outlook(
        workers=connection.execute(_WORKERS[connection.dialect.name], told).scalar_one(),
        stopped={line.name: line.stopped for line in connection.execute(_STOPPED_OF_BATCH, told)},
        going=bool(connection.execute(_GOING, told).scalar()),
        later=later,
        next_at=next_at,
    )


def stopped(connection: sa.Connection, endpoint: str) -> dict[str, str]:
    """The accounts of an endpoint for which nothing is sent before somebody mends something, each with why."""
    return {line.name: line.stopped for line in connection.execute(_STOPPED, {"endpoint": endpoint})}


_OF_BATCH = message.c.batch == sa.bindparam("batch")
_SCHEDULED = sa.and_(message.c.state == State.QUEUED, ~message.c.ready, message.c.tries == 0)
_STOPPED = sa.select(account.c.name, account.c.stopped).where(
    account.c.endpoint == sa.bindparam("endpoint"), account.c.stopped.is_not(None)
)
_STOPPED_OF_BATCH = _STOPPED.where(
    sa.exists().where(_OF_BATCH, message.c.account_id == account.c.id, message.c.state == State.QUEUED)
)
_LATER = sa.select(sa.func.count(), sa.func.min(message.c.not_before)).where(_OF_BATCH, _SCHEDULED)
_GOING = sa.select(
    sa.exists().where(_OF_BATCH, message.c.state == State.SENDING)
    | sa.exists().where(
        _OF_BATCH,
        message.c.state == State.QUEUED,
        ~_SCHEDULED,
        account.c.id == message.c.account_id,
        account.c.stopped.is_(None),
    )
)

_SERVING = sa.select(sa.func.count()).where(worker.c.endpoint == sa.bindparam("endpoint"), worker.c.shares)
# A lock that can be had is held by nobody: its worker's session has ended.
_WORKERS = {
    "sqlite": _SERVING,
    "postgresql": _SERVING.where(~sa.func.pg_try_advisory_xact_lock(worker.c.lock_key)),
}
