"""Adding messages to the outbox, many in one statement.

Two who add at once may mean the same accounts, messages and files, and on PostgreSQL the second waits for the first
then. So that they do not wait for each other in a circle, a group of messages takes its locks in one order (accounts by
name, messages by account and key, contents by digest, messages that were there before by id), and while somebody adds
several groups, others add single messages only. What is left is the order of several calls of `Adding.add` in one
transaction: that is their caller's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace
from buyerline.outbox.database import Database
from buyerline.outbox.errors import KeyTaken
from buyerline.outbox.messages import Added, Outgoing, State
from buyerline.outbox.rows import NewMessage, Row, new_message
from buyerline.outbox.schema import content, message, milliseconds

AT_ONCE = 1000
"""Rows that go to the database in one statement, at most."""

BYTES_AT_ONCE = 20_000_000
"""Bytes of attachments after which they go there earlier, so that a file of many invoices needs little memory."""

_ADDING_MUCH = int.from_bytes(b"queueing", "big")
"""The advisory lock of whoever adds several groups in one transaction; who adds some messages shares it."""


@dataclass(slots=True, kw_only=True)
class Adding:
    """Adds messages within one transaction.

    Attributes:
        database: where.
        connection: the transaction.
        endpoint: what will answer for Amazon.
        marketplace: where orders are unless a message says otherwise.
        who: who queues them.
        now: when.
        batch: under which name they are found together, if any.
    """

    database: Database
    connection: sa.Connection
    endpoint: str
    marketplace: Marketplace
    who: str
    now: datetime
    batch: str | None
    _accounts: set[str] = field(init=False, default_factory=set)
    _kept: set[str] = field(init=False, default_factory=set)

    def add(self, outgoing: Iterable[Outgoing]) -> Iterator[Added]:
        """Add messages, and tell of each, in their order, what became of it.

        Raises:
            DraftRefused: a check refused one.
            KeyTaken: its key stands for another message.
        """
        gathered: list[NewMessage] = []
        size = 0
        for each in outgoing:
            new = new_message(each, self.marketplace, self.now)
            gathered.append(new)
            size += sum([file.attachment.size for file in new.files])
            if len(gathered) == AT_ONCE or size >= BYTES_AT_ONCE:
                self._wait_for_others(alone=True)
                yield from self._insert(gathered)
                gathered, size = [], 0
        if len(gathered) > 1:
            self._wait_for_others(alone=False)
        if gathered:
            yield from self._insert(gathered)

    def _wait_for_others(self, *, alone: bool) -> None:
        """Wait until nobody else adds several groups; `alone`: nor some messages. On SQLite nobody does anyway."""
        if self.database.kind == "postgresql":
            lock = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
            self.connection.execute(sa.select(lock(_ADDING_MUCH)))

    def _insert(self, gathered: list[NewMessage]) -> list[Added]:
        rows = [each.row for each in gathered]
        now = milliseconds(self.now)
        self._make_accounts({row.account for row in rows})
        told = {"now": now, "who": self.who, "batch": self.batch, "endpoint": self.endpoint}
        new = set(self._execute(_ADD, rows, **told).scalars())
        if new:
            self._execute(_ADD_EVENTS, [[row.id] for row in rows if row.id in new], now=now, who=self.who)
            if with_files := [each for each in gathered if each.files and each.row.id in new]:
                self._insert_files(with_files)
        before = self._found([row for row in rows if row.id not in new])
        return [Added(before.get(row.id, row.id), row.id in before) for row in rows]

    def _make_accounts(self, names: set[str]) -> None:
        """Accounts are made when they are first named."""
        unknown = sorted(names - self._accounts)
        if unknown:
            self.connection.execute(_ADD_ACCOUNT, [{"name": name, "endpoint": self.endpoint} for name in unknown])
            self._accounts.update(unknown)

    def _found(self, repeated: list[Row]) -> dict[str, str]:
        """The ids of the messages that stand where `repeated` would, by the ids that these were given."""
        if not repeated:
            return {}
        lines = self._execute(_FIND, repeated, endpoint=self.endpoint).all()
        for line in lines:
            if line.digest != line.wanted:
                raise KeyTaken(line.idempotency_key, line.id)
        if self.batch is not None:
            self._join(self.batch, {line.id for line in lines})
        return {line.given: line.id for line in lines}

    def _join(self, batch: str, ids: set[str]) -> None:
        """Have messages that were queued before found under the batch's name too."""
        others = message.c.id.in_(ids), message.c.batch.is_distinct_from(batch)
        held = sa.select(message.c.id).where(*others).order_by(message.c.id).with_for_update()
        self.connection.execute(sa.update(message).where(message.c.id.in_(held)).values(batch=batch))

    def _insert_files(self, gathered: list[NewMessage]) -> None:
        self._keep({file.sha256: file.attachment.content for new in gathered for file in new.files})
        lines = [
            [new.row.id, position, file.attachment.name, file.attachment.size, file.attachment.md5, file.sha256]
            for new in gathered
            for position, file in enumerate(new.files)
        ]
        self._execute(_ADD_FILES, lines)

    def _keep(self, contents: Mapping[str, bytes]) -> None:
        """Store bytes, by their SHA-256, once. A lock on what is there keeps it from being cleared away meanwhile."""
        wanted = contents.keys() - self._kept
        if not wanted:
            return
        held = sa.select(content.c.sha256).where(content.c.sha256.in_(wanted)).order_by(content.c.sha256)
        there = set(self.connection.execute(held.with_for_update(read=True, key_share=True)).scalars())
        for digest in sorted(wanted - there):
            self.connection.execute(_KEEP, {"sha256": digest, "bytes": contents[digest]})
        self._kept.update(wanted)

    def _execute(self, template: str, rows: Sequence[Any], **told: Any) -> sa.CursorResult[Any]:
        """Carry out a statement on rows, each an object or a list."""
        document = _encode(rows).decode()
        return self.connection.execute(sa.text(template.format(each=self.database.each)), {"doc": document, **told})


_ADD_ACCOUNT = sa.text(
    "INSERT INTO account (name, endpoint) VALUES (:name, :endpoint) ON CONFLICT (name, endpoint) DO NOTHING"
)

_PARTS = (
    *("id", "marketplace_id", "order_id", "type", "text", "coverage_start", "coverage_end"),
    *("idempotency_key", "digest"),
)
_NUMBERS = ("files", "priority", "not_before", "expires_at")
_FLAGS = ("allow_unlisted", "ready")

_ADD = f"""
    INSERT INTO message ({", ".join((*_PARTS, *_NUMBERS, *_FLAGS))},
        account_id, batch, state, due_at, queued_at, queued_by, attempts, tries, looks, kept)
    SELECT {", ".join([f"item.value ->> '{name}'" for name in _PARTS])},
        {", ".join([f"CAST(item.value ->> '{name}' AS BIGINT)" for name in _NUMBERS])},
        {", ".join([f"CAST(item.value ->> '{name}' AS TEXT) IN ('true', '1')" for name in _FLAGS])},
        account.id, :batch, '{State.QUEUED}', coalesce(CAST(item.value ->> 'not_before' AS BIGINT), :now),
        :now, :who, 0, 0, 0, true
    FROM {{each}} CROSS JOIN account
    WHERE account.name = item.value ->> 'account' AND account.endpoint = :endpoint
    ORDER BY account.id, item.value ->> 'idempotency_key', item.value ->> 'id'
    ON CONFLICT (account_id, idempotency_key) DO NOTHING
    RETURNING id
"""  # noqa: S608 - our own names only

_ADD_EVENTS = f"""
    INSERT INTO event (message_id, at, who, what)
    SELECT item.value ->> 0, :now, :who, '{State.QUEUED}' FROM {{each}}
"""  # noqa: S608 - our own names only

_ADD_FILES = """
    INSERT INTO attachment (message_id, position, file_name, size, content_md5, sha256)
    SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT), item.value ->> 2, CAST(item.value ->> 3 AS BIGINT),
        item.value ->> 4, item.value ->> 5
    FROM {each}
"""

# Somebody may have stored the same bytes since: then this locks them, as they are.
_KEEP = sa.text(
    "INSERT INTO content (sha256, bytes) VALUES (:sha256, :bytes) "
    "ON CONFLICT (sha256) DO UPDATE SET bytes = content.bytes"
)

_FIND = """
    SELECT message.id, message.digest, message.idempotency_key, item.value ->> 'id' AS given,
        item.value ->> 'digest' AS wanted
    FROM {each} CROSS JOIN account CROSS JOIN message
    WHERE account.name = item.value ->> 'account' AND account.endpoint = :endpoint
        AND message.account_id = account.id AND message.idempotency_key = item.value ->> 'idempotency_key'
"""

_encode = msgspec.json.Encoder().encode
