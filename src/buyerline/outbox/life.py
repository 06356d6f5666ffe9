"""A worker's life: how it shows that it lives, and what becomes of its work when it does not.

On SQLite a worker holds a lock on a file beside the database, so there is one at a time. On PostgreSQL there may be
many: each has a row whose beat counts up, and its session holds an advisory lock. It is dead when the lock is free,
or when the beat has stood still for `STILL` seconds by the observer's own monotonic clock, so that no clock that jumps
or differs kills anybody. What it had in ``sending`` becomes ``unknown``; its accounts are free for others, their
buckets empty.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.levels import empty
from buyerline.outbox.messages import State
from buyerline.outbox.schema import milliseconds, worker
from buyerline.outbox.statements import statement
from buyerline.outbox.telling import tell_end
from buyerline.outbox.transitions import ONCE, Transitions

STILL = 5.0
"""Seconds for which a beat may stand still. Beats come every half second."""

_SESSION = {
    "idle_in_transaction_session_timeout": "3s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
"""Settings of a worker's session on PostgreSQL. One that stands still within a transaction, or whose host is gone, is
ended before its beat counts as still: nobody waits for its locks."""

DIED = "The worker that was sending it ended before it had an answer; nobody knows whether Amazon took it."


class Beats:
    """Who has stood still for too long, as one observer sees it.

    Args:
        clock: the observer's seconds, which never jump.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}

    def still(self, beats: Mapping[str, int]) -> set[str]:
        """Of workers with their beats, those whose beat has not moved for `STILL` seconds. New ones live."""
        at, seen = self._clock(), self._seen
        self._seen = {
            worker: seen[worker] if seen.get(worker, (None,))[0] == beat else (beat, at)
            for worker, beat in beats.items()
        }
        return {worker for worker, (_, since) in self._seen.items() if at - since > STILL}


class Life:
    """One worker's life on one connection, which must be its own and last as long.

    Attributes:
        worker: the worker's id, never used before.
    """

    def __init__(
        self, database: Database, endpoint: str, *, shares: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._endpoint = endpoint
        self._shares = shares
        self._lock_key = secrets.randbits(62)
        self._beats = Beats(clock)

    def begin(self, connection: sa.Connection) -> None:
        """Register, and from now on be seen."""
        if self._database.kind == "postgresql":
            connection.execute(sa.select(*(sa.func.set_config(*each, sa.false()) for each in _SESSION.items())))
            connection.execute(sa.select(sa.func.pg_advisory_lock(self._lock_key)))
        line = {
            "id": self.worker,
            "beat": 0,
            "lock_key": self._lock_key,
            "endpoint": self._endpoint,
            "shares": self._shares,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": now(),
        }
        connection.execute(sa.insert(worker), line)

    def beat(self, connection: sa.Connection) -> bool:
        """Show that it lives. Whether it still counts as alive."""
        return bool(connection.execute(_BEAT, {"me": self.worker}).rowcount)

    def bury_the_dead(self, connection: sa.Connection, transitions: Transitions) -> int:
        """Take dead workers out, and see to what they left behind. How many messages became unknown."""
        dead = self._dead(connection)
        if dead:
            # One that stood still in the middle of a transaction holds its row until its session is ended: next time.
            free = sa.select(worker.c.id).where(worker.c.id.in_(dead)).with_for_update(skip_locked=True)
            connection.execute(sa.delete(worker).where(worker.c.id.in_(free)))
        moment = milliseconds(now())
        connection.execute(statement(self._database, _FREE_ACCOUNTS), {"plans": empty(moment)})
        unknown = statement(self._database, _MAKE_UNKNOWN).bindparams(sa.bindparam("once", expanding=True))
        left = connection.execute(unknown, {"reason": DIED, "now": moment, "once": ONCE}).all()
        transitions.note(connection, [(line.id, moment, State.UNKNOWN, None, DIED) for line in left])
        for line in left:
            tell_end(line.id, line.order_id, State.UNKNOWN)
        return len(left)

    def end(self, connection: sa.Connection) -> None:
        """Deregister. The accounts must have been given back before."""
        connection.execute(sa.delete(worker).where(worker.c.id == self.worker))

    def _dead(self, connection: sa.Connection) -> list[str]:
        others = connection.execute(_OTHERS[self._database.kind], {"me": self.worker}).all()
        still = self._beats.still({line.id: line.beat for line in others})
        return [line.id for line in others if line.gone or line.id in still]


_BEAT = sa.text("UPDATE worker SET beat = beat + 1 WHERE id = :me")

# A lock that can be had is held by nobody: its worker's session has ended. On SQLite, where there is one worker at a
# time, whoever looks is the one.
_OTHERS: dict[str, Any] = {
    "sqlite": sa.text("SELECT id, beat, true AS gone FROM worker WHERE id <> :me"),
    "postgresql": sa.text("SELECT id, beat, pg_try_advisory_xact_lock(lock_key) AS gone FROM worker WHERE id <> :me"),
}

_LIVING = "SELECT worker.id FROM worker"

# What somebody else has locked is seen to in the next round.
_DESERTED = f"SELECT id FROM account WHERE owner IS NOT NULL AND owner NOT IN ({_LIVING})"  # noqa: S608 - our own names only
_FREE_ACCOUNTS = f"UPDATE account SET owner = NULL, plans = :plans WHERE id IN ({_DESERTED} {{skip_locked}})"  # noqa: S608 - our own names only

_LEFT_BEHIND = f"""
    SELECT id FROM message {{by[sending]}} WHERE state = '{State.SENDING}' AND worker NOT IN ({_LIVING})
"""  # noqa: S608 - our own names only
_MAKE_UNKNOWN = f"""
    UPDATE message SET state = '{State.UNKNOWN}', reason = :reason, ended_at = :now,
        look_at = CASE WHEN type IN :once THEN CAST(:now AS BIGINT) END
    WHERE id IN ({_LEFT_BEHIND} {{skip_locked}})
    RETURNING id, order_id
"""  # noqa: S608 - our own names only
