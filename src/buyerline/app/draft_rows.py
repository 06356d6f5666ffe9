"""Drafts as the tables keep them: read, locked, changed on a transaction that somebody else has begun."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from buyerline.app.schema import draft, draft_file
from buyerline.outbox.clock import now
from buyerline.outbox.ids import new_id
from buyerline.outbox.retention import Retention
from buyerline.outbox.schema import milliseconds

OF_A_PROGRAM = "api"
"""What the ids of programs' drafts begin with; those of people have no such beginning, and half of the length."""

AT_ONCE = 500
"""Drafts whose files are looked up or deleted in one statement: databases limit a statement's parameters."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of a draft, without its bytes.

    Attributes:
        id: its name here.
        name: as the buyer will see it; `shown` is what to print.
        size: bytes.
    """

    id: str
    name: str
    size: int

    @property
    def shown(self) -> str:
        """The name with everything replaced that cannot be seen or turns the writing direction."""
        return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in self.name)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a draft with its bytes, which `repr` does not show."""

    id: str
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is being written, or waits for a second person.

    Attributes:
        id: its name here; the message that becomes of it has it as its idempotency key.
        person_id: who writes it.
        account_id, order_id: for which order.
        type: the chosen message type, ``None`` where none is chosen yet.
        text: as typed, lines ended by a line feed; ``""`` for none. Not shown by `repr`.
        coverage_start, coverage_end: as typed; ``None`` for none.
        files: in the order in which they were added.
        saved_at: when it was last changed.
        version: counts its changes. A page gives back the one that it showed.
        worded: the version since which only files came and went.
        asked_at: since when it waits for a second person; nothing of it changes meanwhile.
        send_at: when it is to leave, where that was asked for and it waits.
        returned: why it was given back: a second person's name and what they wrote, or why none will come.
    """

    id: str
    person_id: int
    account_id: int
    order_id: str
    type: str | None
    text: str = field(repr=False)
    coverage_start: str | None
    coverage_end: str | None
    files: tuple[DraftFile, ...]
    saved_at: datetime
    version: int
    worded: int
    asked_at: datetime | None
    send_at: datetime | None
    returned: str | None

    @property
    def waits(self) -> bool:
        """Whether it waits for a second person."""
        return self.asked_at is not None

    @property
    def empty(self) -> bool:
        """Whether nothing has been chosen, written or attached."""
        return not (self.type or self.text or self.coverage_start or self.coverage_end or self.files)


def blank(account_id: int, order_id: str) -> Draft:
    """Nothing written yet for an order, and nothing kept."""
    return Draft(
        id="",
        person_id=0,
        account_id=account_id,
        order_id=order_id,
        type=None,
        text="",
        coverage_start=None,
        coverage_end=None,
        files=(),
        saved_at=now(),
        version=0,
        worded=0,
        asked_at=None,
        send_at=None,
        returned=None,
    )


def read(connection: sa.Connection, *conditions: sa.ColumnElement[bool], lock: bool = False) -> list[Draft]:
    """The drafts that fit, longest waiting first. Locked ones stay as they are until the transaction ends."""
    query = sa.select(draft).where(*conditions).order_by(draft.c.asked_at.is_(None), draft.c.asked_at, draft.c.id)
    rows = connection.execute(query.with_for_update() if lock else query).all()
    files = _files(connection, [row.id for row in rows])
    return [_draft(row, files[row.id]) for row in rows]


def make(connection: sa.Connection, person_id: int, account_id: int, order_id: str) -> None:
    """Make an empty draft, unless the person is writing one for the order already."""
    values = {"id": new_id(), "person_id": person_id, "account_id": account_id, "order_id": order_id}
    connection.execute(_MAKE, values | {"saved_at": milliseconds(now())})


def change(connection: sa.Connection, was: Draft, **values: Any) -> bool:
    """Change a draft that is as it was read; whether it still was."""
    changes = {"version": was.version + 1, "saved_at": now(), **values}
    return connection.execute(sa.update(draft).where(*_as_it_was(was)).values(changes)).rowcount == 1


def release(connection: sa.Connection, was: Draft, returned: str | None = None) -> bool:
    """Let a draft wait no more, so that its writer may change it; whether it was still as it was read.

    Args:
        connection: the transaction.
        was: the draft.
        returned: why it is given back; ``None`` where its writer takes it back.
    """
    return change(connection, was, asked_at=None, send_at=None, returned=returned)


def adopt(connection: sa.Connection, was: Draft) -> Draft:
    """The draft, under an id of its own where it has a program's: its person has taken it over.

    A program's id always stands for what the program said, however often it says so.
    """
    if not was.id.startswith(OF_A_PROGRAM):
        return read(connection, draft.c.id == was.id)[0]
    own = new_id()
    connection.execute(sa.update(draft).where(draft.c.id == was.id).values(id=own))
    connection.execute(sa.update(draft_file).where(draft_file.c.draft_id == was.id).values(draft_id=own))
    return read(connection, draft.c.id == own)[0]


def remove(connection: sa.Connection, was: Draft) -> bool:
    """Delete a draft with its files that is as it was read; whether it still was."""
    if connection.execute(sa.delete(draft).where(*_as_it_was(was))).rowcount == 0:
        return False
    connection.execute(sa.delete(draft_file).where(draft_file.c.draft_id == was.id))
    return True


def contents(connection: sa.Connection, draft_id: str) -> list[StoredFile]:
    """The files of a draft with their bytes, in their order."""
    columns = sa.select(draft_file.c.id, draft_file.c.name, draft_file.c.bytes)
    rows = connection.execute(columns.where(draft_file.c.draft_id == draft_id).order_by(draft_file.c.position))
    return [StoredFile(row.id, row.name, bytes(row.bytes)) for row in rows]


def attach(connection: sa.Connection, draft_id: str, name: str, content: bytes) -> None:
    """Add a file at the end of a draft."""
    last = sa.select(sa.func.max(draft_file.c.position)).where(draft_file.c.draft_id == draft_id)
    position = (connection.execute(last).scalar() or 0) + 1
    values = {"draft_id": draft_id, "position": position, "name": name, "size": len(content), "bytes": content}
    connection.execute(sa.insert(draft_file).values(id=new_id(), **values))


def rename(connection: sa.Connection, file_id: str, name: str) -> None:
    """Give a file another name."""
    connection.execute(sa.update(draft_file).where(draft_file.c.id == file_id).values(name=name))


def detach(connection: sa.Connection, file_id: str) -> None:
    """Take a file out of its draft."""
    connection.execute(sa.delete(draft_file).where(draft_file.c.id == file_id))


def forget_old(connection: sa.Connection, retention: Retention) -> int:
    """Delete the drafts, with their files, that nobody has touched for the retention time. How many they were.

    Those that wait for a second person stay: they are given back before, see `giving_back`.
    """
    old = sa.and_(draft.c.saved_at < now() - retention.time, draft.c.asked_at.is_(None))
    ids = list(connection.execute(sa.delete(draft).where(old).returning(draft.c.id)).scalars())
    for start in range(0, len(ids), AT_ONCE):
        these = draft_file.c.draft_id.in_(ids[start : start + AT_ONCE])
        connection.execute(sa.delete(draft_file).where(these))
    return len(ids)


_MAKE = sa.text(
    "INSERT INTO draft (id, person_id, account_id, order_id, saved_at, version, worded) "
    "VALUES (:id, :person_id, :account_id, :order_id, :saved_at, 0, 0) ON CONFLICT DO NOTHING"
)


def _as_it_was(was: Draft) -> tuple[sa.ColumnElement[bool], ...]:
    """Every change counts the version up. A program's draft that is made anew has the id and version of the one before.

    So the same version of the same moment is the same draft.
    """
    return (draft.c.id == was.id, draft.c.version == was.version, draft.c.saved_at == was.saved_at)


def _files(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[DraftFile]]:
    found: dict[str, list[DraftFile]] = defaultdict(list)
    columns = sa.select(draft_file.c.draft_id, draft_file.c.id, draft_file.c.name, draft_file.c.size)
    for start in range(0, len(ids), AT_ONCE):
        these = draft_file.c.draft_id.in_(ids[start : start + AT_ONCE])
        for draft_id, *facts in connection.execute(columns.where(these).order_by(draft_file.c.position)):
            found[draft_id].append(DraftFile(*facts))
    return found


def _draft(row: sa.Row[Any], files: Sequence[DraftFile]) -> Draft:
    return Draft(
        id=row.id,
        person_id=row.person_id,
        account_id=row.account_id,
        order_id=row.order_id,
        type=row.type,
        text=row.text or "",
        coverage_start=row.coverage_start,
        coverage_end=row.coverage_end,
        files=tuple(files),
        saved_at=row.saved_at,
        version=row.version,
        worded=row.worded,
        asked_at=row.asked_at,
        send_at=row.send_at,
        returned=row.returned,
    )
