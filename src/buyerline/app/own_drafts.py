"""What a person is writing: found again in a list, counted, and marked beside its orders."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.account_rows import visible
from buyerline.app.draft_rows import Draft
from buyerline.app.followed import FollowedAccount, beginning_of
from buyerline.app.reading_followed import ACCOUNTS, account_of, offered_as
from buyerline.app.schema import connected, draft, draft_file, offer
from buyerline.app.viewer import Viewer
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account, milliseconds

COUNTED = 1000
"""Up to which drafts are counted."""

OrderKey = tuple[int, str]
"""An order: its account's number, and Amazon's id."""

_CURSOR = re.compile(r"(?P<saved>\d{1,15})-(?P<id>[0-9a-z]{1,64})")


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """A draft as its writer finds it in a list; `Draft.returned` says why it was given back, if it was.

    Attributes:
        draft: what it says.
        account: whose order it is.
        offered_as: Amazon's title of its type, where it is remembered for the order; ``""`` where not.
    """

    draft: Draft
    account: FollowedAccount
    offered_as: str = ""

    @property
    def beginning(self) -> str:
        """The first words of its text, on one line; ``""`` where it has none."""
        return beginning_of(self.draft.text)


@dataclass(frozen=True, slots=True)
class OwnDraftsPage:
    """Some drafts, those saved last first.

    Attributes:
        drafts: the drafts.
        next: where those saved earlier begin (`before` of the next page), ``None`` at the end.
    """

    drafts: tuple[OwnDraft, ...]
    next: str | None


class OwnDrafts:
    """Finds what a person is writing, for orders of the accounts that they may see and write for now.

    A draft that waits for a second person is not among them: it is found with what needs somebody. Neither is one in
    which nothing is left: no type, no text and no file.

    Args:
        database: with the app's tables.
        endpoint: whose accounts: those of a sandbox are never shown beside Amazon's.
    """

    def __init__(self, database: Database, endpoint: str) -> None:
        self._database = database
        self._endpoint = endpoint

    def page(self, viewer: Viewer, before: str | None = None, limit: int = 50) -> OwnDraftsPage:
        """The drafts that were saved last, or those saved earlier than `before` says, which is a page's `next`."""
        with self._database.read() as connection:
            accounts = visible(connection, viewer, self._endpoint)
            query = _LISTED.where(*_written_by(viewer, accounts), *_earlier(before))
            rows = connection.execute(query.limit(limit + 1)).all()
            found = _read(connection, rows[:limit])
        return OwnDraftsPage(found, _cursor(rows[limit - 1]) if len(rows) > limit else None)

    def returned(self, viewer: Viewer) -> tuple[OwnDraft, ...]:
        """Those that were given back, and wait to be put right."""
        with self._database.read() as connection:
            accounts = visible(connection, viewer, self._endpoint)
            return _read(connection, connection.execute(_LISTED.where(*given_back(viewer, accounts))).all())

    def count(self, viewer: Viewer) -> int:
        """How many there are, `COUNTED` for that many or more."""
        with self._database.read() as connection:
            accounts = visible(connection, viewer, self._endpoint)
            some = sa.select(draft.c.id).where(*_written_by(viewer, accounts)).limit(COUNTED).subquery()
            return connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()

    def of_orders(self, viewer: Viewer, orders: Collection[OrderKey]) -> frozenset[OrderKey]:
        """Those of these orders for which the person is writing something."""
        if not orders:
            return frozenset()
        ids = draft.c.order_id.in_({order_id for _, order_id in orders})
        accounts = frozenset(account_id for account_id, _ in orders)
        query = sa.select(draft.c.account_id, draft.c.order_id).where(*_written_by(viewer, accounts), ids)
        with self._database.read() as connection:
            found = {(row.account_id, row.order_id) for row in connection.execute(query)}
        return frozenset(found.intersection(orders))


_LISTED = (
    ACCOUNTS.add_columns(draft.c.id, draft.c.saved_at, offer.c.actions)
    .join(draft, draft.c.account_id == account.c.id)
    .outerjoin(offer, (offer.c.account_id == draft.c.account_id) & (offer.c.order_id == draft.c.order_id))
    .order_by(draft.c.saved_at.desc(), draft.c.id.desc())
)


def given_back(viewer: Viewer, accounts: frozenset[int] | None) -> list[sa.ColumnElement[bool]]:
    """Which drafts were given back to a person, of accounts for which they can be put right.

    Args:
        viewer: the person.
        accounts: the numbers of the accounts that they may see; ``None``: all.
    """
    return [*_written_by(viewer, accounts), draft.c.returned.is_not(None)]


def of_accounts(accounts: frozenset[int] | None) -> list[sa.ColumnElement[bool]]:
    """Which drafts are for orders of these accounts; ``None``: all."""
    return [] if accounts is None else [draft.c.account_id.in_(sorted(accounts))]


def _written_by(viewer: Viewer, accounts: frozenset[int] | None) -> list[sa.ColumnElement[bool]]:
    """Which drafts a person is writing for accounts that are connected; none that waits for a second person."""
    attached = sa.exists().where(draft_file.c.draft_id == draft.c.id)
    something = sa.or_(draft.c.type.is_not(None), draft.c.text.is_not(None), attached)
    theirs = [draft.c.person_id == viewer.person_id, draft.c.asked_at.is_(None), something]
    usable = sa.select(connected.c.account_id).where(connected.c.disconnected_at.is_(None))
    return [*theirs, draft.c.account_id.in_(usable), *of_accounts(accounts)]


def _read(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> tuple[OwnDraft, ...]:
    """The drafts of lines of `_LISTED`."""
    drafts = {each.id: each for each in draft_rows.read(connection, draft.c.id.in_([row.id for row in rows]))}
    return tuple(
        OwnDraft(own, account_of(row), offered_as(own.order_id, own.type, row.actions))
        for row in rows
        if (own := drafts.get(row.id))
    )


def is_cursor(text: str) -> bool:
    """Whether `text` could be a page's `next`."""
    return _CURSOR.fullmatch(text) is not None


def _cursor(last: sa.Row[Any]) -> str:
    return f"{milliseconds(last.saved_at)}-{last.id}"


def _earlier(before: str | None) -> list[sa.ColumnElement[bool]]:
    found = _CURSOR.fullmatch(before or "")
    if found is None:
        return []
    there = sa.tuple_(sa.literal(int(found["saved"]), sa.BigInteger), sa.literal(found["id"]))
    return [sa.tuple_(draft.c.saved_at, draft.c.id) < there]
