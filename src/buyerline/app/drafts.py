"""What people are writing: a draft for a person, an account and an order, and its files."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.draft_rows import Draft, DraftFile, StoredFile
from buyerline.app.draft_values import (
    NAME_KEPT,
    check_room,
    file_name,
    kept,
    wording,
    wording_of,
)
from buyerline.app.errors import Changed, NotHere
from buyerline.app.schema import draft
from buyerline.app.taking_turns import hold_order
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.database import Database

if TYPE_CHECKING:
    from buyerline.app.accounts import Account

GONE = Words("This draft is not here any more: it was sent or discarded on another page. Open the order anew.")
_ELSEWHERE = Words(
    "This draft was changed on another page, and nothing of this one was saved over it. Copy what you need from here, "
    "then open the order anew."
)
WRITTEN_SINCE = Words(
    "This draft was changed on another page since you were shown it, and was not discarded. Here it is as it stands "
    "now."
)
_WAITS = Words("This message waits for a second person's approval. Take it back to change it.")


class Drafts:
    """Keeps drafts. A person writes one for an order at a time, until it is sent, discarded or approved.

    A draft is its writer's; while it waits for a second person, whoever may see the account may read it.

    Attributes:
        database: where.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def open(self, viewer: Viewer, account: "Account", order_id: str) -> Draft | None:
        """The person's draft for an order, also while it waits for a second person; ``None`` where there is none."""
        with self.database.read() as connection:
            return _of_order(connection, viewer, account.id, order_id)

    def get(self, viewer: Viewer, draft_id: str) -> Draft:
        """A draft: one's own, or one that waits for a second person in an account that one may see.

        Raises:
            NotHere: there is none, or it is not theirs to see.
        """
        with self.database.read() as connection:
            return _visible(connection, viewer, draft_id)

    def save(
        self,
        viewer: Viewer,
        account: "Account",
        order_id: str,
        *,
        draft_id: str | None = None,
        version: int = 0,
        type: str | None = None,  # noqa: A002 - the field's own word
        text: str = "",
        coverage_start: str | None = None,
        coverage_end: str | None = None,
    ) -> Draft:
        """Keep what is written, whole; the first time makes the draft. Saving the same again changes nothing.

        Args:
            viewer: who writes.
            account: whose order it is about.
            order_id: the order.
            draft_id: the draft that the page shows; ``None`` where it shows none.
            version: that of the draft that the page shows, 0 where it shows none. Files that came and went since do
                not matter.
            type: the chosen message type.
            text: as typed; its line ends become line feeds, as the checks count them.
            coverage_start: as typed.
            coverage_end: as typed.

        Raises:
            Changed: it was changed on another page since, sent, discarded, or waits for a second person.
            Invalid: a value is too long or cannot be kept; `field` is ``"text"``, ``"type"``, ``"coverage_start"`` or
                ``"coverage_end"``.
        """
        typed = wording(type, text, coverage_start, coverage_end)
        with self.database.write() as connection:
            found = begun(connection, viewer, account.id, order_id)
            if draft_id in (None, found.id) and typed == wording_of(found) and (found.version > 0 or version == 0):
                return found
            _check_unchanged(found, draft_id, version)
            found = draft_rows.adopt(connection, found)
            draft_rows.change(connection, found, **typed, worded=found.version + 1)
            return _by_id(connection, found.id)

    def add_file(self, viewer: Viewer, account: "Account", order_id: str, name: str, content: bytes) -> Draft:
        """Add a file at the end; the first thing in a draft makes it. The checks say what is wrong with the file.

        Args:
            viewer: who writes.
            account: whose order it is about.
            order_id: the order.
            name: as the browser gives it; a path before it is left out.
            content: the bytes.

        Raises:
            Invalid: it is larger than any that can be sent, or there are too many (`field` is ``"files"``).
            Changed: the draft waits for a second person.
        """
        with self.database.write() as connection:
            found = begun(connection, viewer, account.id, order_id)
            check_room(found, len(content))
            found = _count_change(connection, found)
            draft_rows.attach(connection, found.id, file_name(name), content)
            return _by_id(connection, found.id)

    def rename_file(self, viewer: Viewer, draft_id: str, file_id: str, name: str) -> Draft:
        """Give a file the name that the buyer will see.

        Raises:
            NotHere: there is no such file, or it is not theirs.
            Invalid: the name cannot be kept (`field` is the file's id).
            Changed: the draft waits for a second person.
        """
        typed = kept(name, file_id, NAME_KEPT) or ""
        with self.database.write() as connection:
            found = _own(connection, viewer, draft_id)
            if _file(found, file_id).name == typed:
                return found
            found = _count_change(connection, found)
            draft_rows.rename(connection, file_id, typed)
            return _by_id(connection, found.id)

    def remove_file(self, viewer: Viewer, draft_id: str, file_id: str) -> Draft:
        """Take a file out of the draft; one that is gone already is no error.

        Raises:
            NotHere: the draft is not there, or not theirs.
            Changed: the draft waits for a second person.
        """
        with self.database.write() as connection:
            found = _own(connection, viewer, draft_id)
            if all(file.id != file_id for file in found.files):
                return found
            found = _count_change(connection, found)
            draft_rows.detach(connection, file_id)
            return _by_id(connection, found.id)

    def file(self, viewer: Viewer, draft_id: str, file_id: str) -> StoredFile:
        """One file with its bytes.

        Raises:
            NotHere: there is no such file, or it is not theirs to see.
        """
        with self.database.read() as connection:
            _file(_visible(connection, viewer, draft_id), file_id)
            return next(file for file in draft_rows.contents(connection, draft_id) if file.id == file_id)

    def contents(self, viewer: Viewer, read: Draft) -> list[StoredFile]:
        """All files of a draft with their bytes, in their order.

        Raises:
            NotHere: the draft is not theirs to see.
        """
        if not read.files:
            return []
        _check_visible(viewer, read)
        with self.database.read() as connection:
            return draft_rows.contents(connection, read.id)

    def discard(self, viewer: Viewer, draft_id: str, version: int) -> None:
        """Throw an own draft away with its files.

        Args:
            viewer: who wrote it.
            draft_id: the draft.
            version: that of the draft that the page showed. Files that came and went since do not matter.

        Raises:
            NotHere: there is none, or it is not theirs.
            Changed: it was changed on another page since, or waits for a second person: take it back first.
        """
        with self.database.write() as connection:
            found = _own(connection, viewer, draft_id)
            if found.waits:
                raise Changed(_WAITS)
            if version < found.worded:
                raise Changed(WRITTEN_SINCE)
            draft_rows.remove(connection, found)

    def waiting(self, viewer: Viewer) -> list[Draft]:
        """The drafts that wait for a second person in the accounts that the person may see, longest waiting first."""
        with self.database.read() as connection:
            found = draft_rows.read(connection, draft.c.asked_at.is_not(None))
        return [each for each in found if viewer.may_see(each.account_id)]


def begun(connection: sa.Connection, viewer: Viewer, account_id: int, order_id: str) -> Draft:
    """The person's draft for an order, locked; an empty one where there was none.

    Raises:
        Changed: it was discarded at this very moment.
    """
    found = _of_order(connection, viewer, account_id, order_id, lock=True)
    if found is None:
        hold_order(connection, account_id, order_id)  # a program's message may begin to wait at this very moment
        found = _of_order(connection, viewer, account_id, order_id, lock=True)
    if found is None:
        draft_rows.make(connection, viewer.person_id, account_id, order_id)
        found = _of_order(connection, viewer, account_id, order_id, lock=True)
    if found is None:
        raise Changed(GONE)
    return found


def _of_order(
    connection: sa.Connection, viewer: Viewer, account_id: int, order_id: str, *, lock: bool = False
) -> Draft | None:
    this = (draft.c.person_id == viewer.person_id, draft.c.account_id == account_id, draft.c.order_id == order_id)
    return next(iter(draft_rows.read(connection, *this, lock=lock)), None)


def _own(connection: sa.Connection, viewer: Viewer, draft_id: str) -> Draft:
    """The person's own draft, locked."""
    found = draft_rows.read(connection, *_is_own(viewer, draft_id), lock=True)
    if not found or not viewer.may_see(found[0].account_id):
        raise NotHere(GONE)
    return found[0]


def _is_own(viewer: Viewer, draft_id: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return draft.c.id == draft_id, draft.c.person_id == viewer.person_id


def _visible(connection: sa.Connection, viewer: Viewer, draft_id: str) -> Draft:
    found = draft_rows.read(connection, draft.c.id == draft_id)
    if not found:
        raise NotHere(GONE)
    _check_visible(viewer, found[0])
    return found[0]


def _check_visible(viewer: Viewer, found: Draft) -> None:
    if not viewer.may_see(found.account_id) or not (found.waits or found.person_id == viewer.person_id):
        raise NotHere(GONE)


def _by_id(connection: sa.Connection, draft_id: str) -> Draft:
    return draft_rows.read(connection, draft.c.id == draft_id)[0]


def _file(found: Draft, file_id: str) -> DraftFile:
    file = next((file for file in found.files if file.id == file_id), None)
    if file is None:
        raise NotHere
    return file


def _count_change(connection: sa.Connection, found: Draft) -> Draft:
    """Let a change of a draft's files count as one of the draft, which must not wait for a second person."""
    if found.waits:
        raise Changed(_WAITS)
    found = draft_rows.adopt(connection, found)
    draft_rows.change(connection, found)
    return found


def _check_unchanged(found: Draft, draft_id: str | None, version: int) -> None:
    if found.waits:
        raise Changed(_WAITS)
    if version > found.version or (draft_id is not None and draft_id != found.id):
        raise Changed(GONE)
    if version < found.worded:
        raise Changed(_ELSEWHERE)
