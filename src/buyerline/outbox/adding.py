"""From what a program wants to send to rows of the outbox."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from buyerline.amazon.errors import DraftRefused
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.amazon.transport import run_here
from buyerline.messages.drafts import Attachment, Draft, coverage_date
from buyerline.messages.sending import read_files
from buyerline.outbox.beforehand import check_beforehand
from buyerline.outbox.database import Database
from buyerline.outbox.errors import KeyTaken
from buyerline.outbox.ids import new_id
from buyerline.outbox.keys import digest_of
from buyerline.outbox.messages import Added, Outgoing, State, in_utc
from buyerline.outbox.scheduling import check_scheduling, check_storable
from buyerline.outbox.schema import content, milliseconds

AT_ONCE = 1000
"""Rows that go to the database in one statement, at most."""

BYTES_AT_ONCE = 20_000_000
"""Bytes of attachments after which they go there earlier, so that a file of many invoices needs little memory."""

_DIGEST = "="
"""Before a key that was made from the content, to tell it from a given one."""


class Row(msgspec.Struct):
    """A message as it goes into the table, moments in milliseconds."""

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
    idempotency_key: str
    digest: str
    ready: bool
    priority: int
    not_before: int | None
    expires_at: int | None


class _File(NamedTuple):
    """An attachment, and the SHA-256 of its bytes in hex."""

    attachment: Attachment
    sha256: str


class _New(NamedTuple):
    """A row, and the attachments that go with it."""

    row: Row
    files: list[_File]


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
    _accounts: dict[str, int] = field(init=False, default_factory=dict)
    _kept: set[str] = field(init=False, default_factory=set)

    def add(self, outgoing: Iterable[Outgoing]) -> Iterator[Added]:
        """Add messages, and tell of each, in their order, what became of it.

        Raises:
            DraftRefused: a check refused one.
            KeyTaken: its key stands for another message.
        """
        gathered: list[_New] = []
        size = 0
        for each in outgoing:
            new = self._new(each)
            gathered.append(new)
            size += sum([file.attachment.size for file in new.files])
            if len(gathered) == AT_ONCE or size >= BYTES_AT_ONCE:
                yield from self._insert(gathered)
                gathered, size = [], 0
        if gathered:
            yield from self._insert(gathered)

    def _new(self, outgoing: Outgoing) -> _New:
        place = Marketplace.of(outgoing.marketplace) if outgoing.marketplace else self.marketplace
        draft = _draft(outgoing)
        not_before, expires_at = _moments(outgoing)
        kind = MESSAGE_TYPES.get(draft.type)
        name = kind.name if kind else draft.type
        start, end = _iso(draft.coverage_start), _iso(draft.coverage_end, end=True)
        files = [_File(each, sha256(each.content).hexdigest()) for each in draft.attachments]
        sums = [(file.attachment.name, file.sha256) for file in files]
        digest = digest_of(place.id, draft.order_id, name, draft.text, sums, start, end)
        row = Row(
            id=new_id(),
            account_id=self._account(outgoing.account),
            marketplace_id=place.id,
            order_id=draft.order_id,
            type=name,
            allow_unlisted=outgoing.allow_unlisted,
            text=draft.text or None,
            coverage_start=start,
            coverage_end=end,
            files=len(files),
            idempotency_key=outgoing.idempotency_key or _DIGEST + digest,
            digest=digest,
            ready=not_before is None or not_before <= self.now,
            priority=outgoing.priority,
            not_before=None if not_before is None else milliseconds(not_before),
            expires_at=None if expires_at is None else milliseconds(expires_at),
        )
        return _New(row, files)

    def _account(self, name: str) -> int:
        """The number of an account, which is made when it is first named."""
        found = self._accounts.get(name)
        if found is None:
            named = {"name": name, "endpoint": self.endpoint}
            self.connection.execute(_ADD_ACCOUNT, named)
            found = self._accounts[name] = self.connection.execute(_ACCOUNT, named).scalar_one()
        return found

    def _insert(self, gathered: list[_New]) -> list[Added]:
        rows = [each.row for each in gathered]
        now = milliseconds(self.now)
        told = {"doc": _json(rows), "now": now, "who": self.who, "batch": self.batch}
        new = set(self.connection.execute(sa.text(_ADD.format(each=self.database.each)), told).scalars())
        if new:
            events = {"doc": _json([row.id for row in rows if row.id in new]), "now": now, "who": self.who}
            self.connection.execute(sa.text(_ADD_EVENTS.format(each=self.database.each)), events)
            self._insert_files([each for each in gathered if each.files and each.row.id in new])
        before = self._found([row for row in rows if row.id not in new])
        return [Added(before.get(row.id, row.id), row.id in before) for row in rows]

    def _found(self, repeated: list[Row]) -> dict[str, str]:
        """The ids of the messages that stand where `repeated` would, by the ids that these were given."""
        if not repeated:
            return {}
        told = {"doc": _json(repeated), "batch": self.batch}
        lines = self.connection.execute(sa.text(_FIND.format(each=self.database.each)), told).all()
        for line in lines:
            if line.digest != line.wanted:
                raise KeyTaken(line.idempotency_key, line.id)
        if self.batch is not None:
            told["doc"] = _json([line.id for line in lines])
            self.connection.execute(sa.text(_JOIN_BATCH.format(each=self.database.each)), told)
        return {line.given: line.id for line in lines}

    def _insert_files(self, gathered: list[_New]) -> None:
        self._keep({file.sha256: file.attachment.content for new in gathered for file in new.files})
        lines = [
            [new.row.id, position, file.attachment.name, file.attachment.size, file.attachment.md5, file.sha256]
            for new in gathered
            for position, file in enumerate(new.files)
        ]
        if lines:
            self.connection.execute(sa.text(_ADD_FILES.format(each=self.database.each)), {"doc": _json(lines)})

    def _keep(self, contents: Mapping[str, bytes]) -> None:
        """Store bytes, by their SHA-256, once. Touching what is there keeps it from being cleared away at this moment.

        Everybody touches in the same order, so that two who add at once do not wait for each other.
        """
        for digest in sorted(contents.keys() - self._kept):
            touch = sa.update(content).where(content.c.sha256 == digest).values(sha256=digest)
            if not self.connection.execute(touch).rowcount:
                self.connection.execute(sa.text(_KEEP), {"sha256": digest, "bytes": contents[digest]})
        self._kept.update(contents)


_ADD_ACCOUNT = sa.text(
    "INSERT INTO account (name, endpoint) VALUES (:name, :endpoint) ON CONFLICT (name, endpoint) DO NOTHING"
)
_ACCOUNT = sa.text("SELECT id FROM account WHERE name = :name AND endpoint = :endpoint")

_PARTS = (
    *("id", "marketplace_id", "order_id", "type", "text", "coverage_start", "coverage_end"),
    *("idempotency_key", "digest"),
)
_NUMBERS = ("account_id", "files", "priority", "not_before", "expires_at")
_FLAGS = ("allow_unlisted", "ready")

_ADD = f"""
    INSERT INTO message ({", ".join((*_PARTS, *_NUMBERS, *_FLAGS))},
        batch, state, due_at, queued_at, queued_by, attempts, tries, looks, kept)
    SELECT {", ".join([f"item.value ->> '{name}'" for name in _PARTS])},
        {", ".join([f"CAST(item.value ->> '{name}' AS BIGINT)" for name in _NUMBERS])},
        {", ".join([f"CAST(item.value ->> '{name}' AS TEXT) IN ('true', '1')" for name in _FLAGS])},
        :batch, '{State.QUEUED}', coalesce(CAST(item.value ->> 'not_before' AS BIGINT), :now), :now, :who, 0, 0, 0, true
    FROM {{each}} WHERE true
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

_KEEP = "INSERT INTO content (sha256, bytes) VALUES (:sha256, :bytes) ON CONFLICT (sha256) DO NOTHING"

_FIND = """
    SELECT message.id, message.digest, message.idempotency_key, item.value ->> 'id' AS given,
        item.value ->> 'digest' AS wanted
    FROM {each} JOIN message ON message.account_id = CAST(item.value ->> 'account_id' AS BIGINT)
        AND message.idempotency_key = item.value ->> 'idempotency_key'
"""

_JOIN_BATCH = """
    UPDATE message SET batch = :batch
    WHERE id IN (SELECT item.value ->> 0 FROM {each}) AND (batch IS NULL OR batch <> :batch)
"""

_encode = msgspec.json.Encoder().encode


def _json(rows: Any) -> str:
    """A document whose items are objects or lists; bare strings become lists of one, which both databases read."""
    return _encode([[row] if isinstance(row, str) else row for row in rows]).decode()


def _draft(outgoing: Outgoing) -> Draft:
    """What the seller wrote, its files read and everything checked that can be known beforehand.

    Raises:
        DraftRefused: a check refused it, or it cannot be scheduled so.
    """
    files, problems = run_here(read_files(outgoing.attachments)) if outgoing.attachments else ([], [])
    draft = Draft(
        outgoing.order_id,
        outgoing.type,
        outgoing.text,
        tuple(files),
        outgoing.coverage_start,
        outgoing.coverage_end,
    )
    problems += check_beforehand(draft, allow_unlisted=outgoing.allow_unlisted)
    problems += check_scheduling(outgoing)
    problems += check_storable(outgoing)
    if problems:
        raise DraftRefused(problems)
    return draft


def _moments(outgoing: Outgoing) -> tuple[datetime | None, datetime | None]:
    return (
        in_utc(outgoing.not_before) if outgoing.not_before else None,
        in_utc(outgoing.expires_at) if outgoing.expires_at else None,
    )


def _iso(value: Any, *, end: bool = False) -> str | None:
    return None if value is None else coverage_date(value, end=end).isoformat()
