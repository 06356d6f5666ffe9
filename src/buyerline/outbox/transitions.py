"""How workers change messages, many in one statement. Each change is conditional on the row's state and its owner.

The statements work on the rows of a JSON document (see `Database.each`), so that a group of messages costs what one
costs.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon.messaging import TYPES
from buyerline.outbox.database import Database
from buyerline.outbox.messages import State
from buyerline.outbox.statements import statement

_encode = msgspec.json.Encoder().encode

ONCE = tuple(kind.name for kind in TYPES if kind.once)
"""Types that an order takes once: of these, Amazon's offer tells whether a message was sent."""


LOOKED_INTO = "looked into"
"""What an event says when a look into an unknown message proved nothing."""


_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""The one character that PostgreSQL's jsonb cannot hold, as JSON writes it."""


class Job(msgspec.Struct, frozen=True):
    """A message that a worker is to send."""

    id: str
    account_id: int
    marketplace_id: str
    order_id: str
    type: str
    allow_unlisted: bool
    text: str | None
    coverage_start: str | None
    coverage_end: str | None
    files: int
    attempts: int
    tries: int
    due_at: int


class Outcome(msgspec.Struct, frozen=True):
    """What became of a message in a worker's hands. Moments are milliseconds since 1970.

    Attributes:
        id: the message.
        state: the state that it comes to.
        worker: who tried.
        attempts: how many calls have tried to send it, this one included when it was `claimed`.
        claimed: whether ``sending`` was written, or may have been.
        at: when it happened.
        request_id: Amazon's request id, where an answer carried one.
        reason: why, a sentence.
        tries: times in a row that it could not be sent yet.
        not_before: when it may be tried again.
        look_at: when it is to be looked into.
    """

    id: str
    state: State
    worker: str
    attempts: int
    claimed: bool
    at: int
    request_id: str | None = None
    reason: str | None = None
    tries: int = 0
    not_before: int | None = None
    look_at: int | None = None


class Transitions:
    """The statements of one worker on one database."""

    def __init__(self, database: Database, worker: str) -> None:
        self.worker = worker
        self._database = database
        self._claim = statement(database, _CLAIM)
        self._still_claimed = statement(database, _STILL_CLAIMED)
        self._record = {True: statement(database, _RECORD + _TRIED), False: statement(database, _RECORD + _NOT_TRIED)}
        self._events = statement(database, _EVENTS)
        self._free = statement(database, "SELECT id FROM message WHERE id = :id {skip_locked}")
        self._fetch = statement(database, _FETCH_SQLITE if database.kind == "sqlite" else _FETCH_POSTGRESQL)
        self._alive = sa.text(_ALIVE + ("" if database.kind == "sqlite" else " FOR KEY SHARE"))

    def alive(self, connection: sa.Connection) -> bool:
        """Whether this worker still counts as alive; until the transaction ends nobody can declare it dead."""
        return connection.execute(self._alive, {"worker": self.worker}).first() is not None

    def claim(self, connection: sa.Connection, jobs: Iterable[Job], now: int) -> set[str]:
        """Write ``sending`` for messages that are about to leave. The ids of those that may."""
        told = {"doc": _document([[job.id, job.attempts] for job in jobs]), "worker": self.worker, "now": now}
        claimed = set(connection.execute(self._claim, told).scalars())
        self.note(connection, [(message_id, now, State.SENDING, None, None) for message_id in claimed])
        return claimed

    def still_claimed(self, connection: sa.Connection, jobs: Iterable[Job]) -> set[str]:
        """The ids of those messages that stand as this worker's claim has left them, and may still leave."""
        told = {"doc": _document([[job.id, job.attempts + 1] for job in jobs]), "worker": self.worker}
        return set(connection.execute(self._still_claimed, told).scalars())

    def record(self, connection: sa.Connection, outcomes: Sequence[Outcome]) -> set[str]:
        """Write what became of messages. The ids of those that it was news for."""
        known: set[str] = set()
        for claimed, change in self._record.items():
            some = [outcome for outcome in outcomes if outcome.claimed is claimed]
            if some:
                told = {"doc": _document(some), "worker": self.worker}
                known.update(connection.execute(change, told).scalars())
        self.note(
            connection,
            [(each.id, each.at, each.state, each.request_id, each.reason) for each in outcomes if each.id in known],
        )
        return known

    def note(
        self,
        connection: sa.Connection,
        events: Sequence[tuple[str, int, str, str | None, str | None]],
    ) -> None:
        """Write lines of history: message, when, what, Amazon's request id, why."""
        if events:
            told = {"doc": _document(events), "who": f"worker {self.worker}"}
            connection.execute(self._events, told)

    def looked_into(self, connection: sa.Connection, message_id: str, at: int, found: str, *, sent: bool) -> None:
        """Write what a look into an unknown message has found; `sent`: that it was sent after all.

        Nothing is written where somebody decides about the message at this moment.
        """
        if not connection.execute(self._free, {"id": message_id}).first():
            return
        changed = sent and connection.execute(_LOOKED_UP, {"id": message_id, "now": at, "reason": found}).rowcount
        if sent and not changed:
            found = "Amazon has stopped offering this type, but another message of this order may be the reason."
        self.note(connection, [(message_id, at, State.SENT if changed else LOOKED_INTO, None, found)])

    def fetch(self, connection: sa.Connection, accounts: Iterable[int], limit: int) -> list[Job]:
        """The next `limit` messages of each account, in the order in which they are to go."""
        told = {"doc": _document([[account_id] for account_id in accounts]), "limit": limit, "worker": self.worker}
        return [Job(*line) for line in connection.execute(self._fetch, told)]

    def fetch_one(self, connection: sa.Connection, message_id: str) -> list[Job]:
        """One message, if it is to go now."""
        return [Job(*line) for line in connection.execute(_FETCH_ONE, {"only": message_id})]


def _document(rows: Sequence[Any]) -> str:
    return _NUL.sub(r"\1", _encode(rows).decode())


_ALIVE = "SELECT id FROM worker WHERE id = :worker"

# Rows are to be found by their id alone. Both planners would rather go by the index of the states, or of the owners,
# guessing that few rows are alike where all may be; `|| ''` makes of a column a value that no index knows, and a
# subquery in a comparison is not made a join.
OWNED = "(SELECT account.owner FROM account WHERE account.id = message.account_id) = :worker"
"""The condition that a message's account is this worker's."""

_MAY_LEAVE = (
    "(SELECT account.owner FROM account WHERE account.id = message.account_id AND account.stopped IS NULL) = :worker"
)

_CLAIM = f"""
    UPDATE message SET state = '{State.SENDING}', ready = false, worker = :worker, attempts = message.attempts + 1
    FROM {{each}}
    WHERE message.id = item.value ->> 0 AND message.attempts = CAST(item.value ->> 1 AS BIGINT)
        AND message.state || '' = '{State.QUEUED}' AND (message.expires_at IS NULL OR message.expires_at > :now)
        AND {_MAY_LEAVE}
    RETURNING message.id
"""  # noqa: S608 - our own names only

_STILL_CLAIMED = f"""
    SELECT message.id FROM {{each}} JOIN message ON message.id = item.value ->> 0
    WHERE message.attempts = CAST(item.value ->> 1 AS BIGINT) AND message.worker || '' = :worker
        AND message.state || '' = '{State.SENDING}' AND {_MAY_LEAVE}
"""  # noqa: S608 - our own names only

_RECORD = f"""
    UPDATE message SET
        state = item.value ->> 'state',
        ready = (item.value ->> 'state') = '{State.QUEUED}' AND (item.value ->> 'not_before') IS NULL,
        not_before = CAST(item.value ->> 'not_before' AS BIGINT),
        tries = CAST(item.value ->> 'tries' AS BIGINT),
        look_at = CAST(item.value ->> 'look_at' AS BIGINT),
        request_id = coalesce(item.value ->> 'request_id', message.request_id),
        reason = item.value ->> 'reason',
        sent_at = CASE WHEN (item.value ->> 'state') = '{State.SENT}' THEN CAST(item.value ->> 'at' AS BIGINT) END,
        ended_at = CASE WHEN (item.value ->> 'state') <> '{State.QUEUED}' THEN CAST(item.value ->> 'at' AS BIGINT) END
    FROM {{each}}
    WHERE message.id = item.value ->> 'id' AND message.attempts = CAST(item.value ->> 'attempts' AS BIGINT)
        AND
"""  # noqa: S608 - our own names only

# Whoever tried knows best, even after others have taken the worker for dead and the outcome for unknown, and even
# after a person has had it queued again: what Amazon has taken must not go a second time.
_TRIED = f"""
    message.worker || '' = item.value ->> 'worker'
        AND (message.state || '' IN ('{State.SENDING}', '{State.UNKNOWN}')
            OR (message.state || '' = '{State.QUEUED}' AND (item.value ->> 'state') = '{State.SENT}'))
    RETURNING message.id
"""

_NOT_TRIED = f"""
    message.state || '' = '{State.QUEUED}' AND {OWNED}
    RETURNING message.id
"""

_EVENTS = """
    INSERT INTO event (message_id, at, what, request_id, note, who)
    SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT), item.value ->> 2, item.value ->> 3, item.value ->> 4,
        :who
    FROM {each}
"""

_JOB = ", ".join([f"message.{name}" for name in Job.__struct_fields__])
_NEXT = f"""
    candidate.state = '{State.QUEUED}' AND candidate.ready
    ORDER BY candidate.priority DESC, candidate.id LIMIT :limit
"""

_LOOKED_UP = sa.text(
    f"UPDATE message SET state = '{State.SENT}', look_at = NULL, ended_at = :now, reason = :reason "  # noqa: S608 - our own names only
    f"WHERE id = :id AND state = '{State.UNKNOWN}' AND NOT EXISTS ("
    "SELECT 1 FROM message AS other WHERE other.account_id = message.account_id AND other.order_id = message.order_id "
    f"AND other.type = message.type AND other.id <> :id AND other.state IN ('{State.SENT}', '{State.SENDING}', "
    f"'{State.UNKNOWN}'))"
)

_FETCH_ONE = sa.text(
    f"SELECT {_JOB} FROM message JOIN account ON account.id = message.account_id "  # noqa: S608 - our own names only
    f"WHERE message.id = :only AND message.state = '{State.QUEUED}' AND message.ready AND account.stopped IS NULL"
)

_FETCH_SQLITE = f"""
    SELECT {_JOB}
    FROM {{each}} CROSS JOIN account CROSS JOIN message
    WHERE account.id = CAST(item.value ->> 0 AS BIGINT) AND account.owner || '' = :worker
        AND account.stopped IS NULL AND message.id IN (
        SELECT candidate.id FROM message AS candidate {{by[ready]}} WHERE candidate.account_id = account.id AND {_NEXT})
    ORDER BY message.account_id, message.priority DESC, message.id
"""  # noqa: S608 - our own names only

_FETCH_POSTGRESQL = f"""
    SELECT {_JOB}
    FROM {{each}} JOIN account ON account.id = CAST(item.value ->> 0 AS BIGINT) AND account.owner || '' = :worker
        AND account.stopped IS NULL
    CROSS JOIN LATERAL (
        SELECT * FROM message AS candidate WHERE candidate.account_id = account.id AND {_NEXT}
    ) AS message
    ORDER BY message.account_id, message.priority DESC, message.id
"""  # noqa: S608 - our own names only
