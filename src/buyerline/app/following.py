"""What became of messages: lists of them, each with its history, and what a person decides about them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.app.audit import Audit, What
from buyerline.app.draft_rows import StoredFile
from buyerline.app.errors import Changed, NotHere
from buyerline.app.finding import NO_FILTERS, OutboxFilters, Search, is_id
from buyerline.app.followed import (
    Change,
    Counts,
    Followed,
    FollowedPage,
    StoppedAccount,
    Tab,
    Timeline,
)
from buyerline.app.reading_followed import ACCOUNTS, account_of, read_followed, with_histories
from buyerline.app.schema import draft
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.database import Database
from buyerline.outbox.errors import WrongState
from buyerline.outbox.messages import Message, State
from buyerline.outbox.outbox import Outbox
from buyerline.outbox.schema import account, attachment, content, event, message

if TYPE_CHECKING:
    from buyerline.app.account_rows import Account

AT_MOST = 1000
"""Up to which messages are counted: nobody needs to know how many thousands were sent, and counting takes time."""

FOR_AN_ORDER = 200
"""Messages of one order that are shown, the newest."""

ROWS_AT_ONCE = 500
"""Messages of an export that are in memory at a time."""


class Following:
    """Follows the messages of an outbox, those of one endpoint: a sandbox's are never shown beside Amazon's.

    Nobody sees, or decides about, a message of an account that is not theirs.
    """

    def __init__(self, database: Database, outbox: Outbox, audit: Audit) -> None:
        self._database = database
        self._outbox = outbox
        self._audit = audit

    def page(
        self,
        viewer: Viewer,
        tab: Tab,
        filters: OutboxFilters = NO_FILTERS,
        before: str | None = None,
        limit: int = 50,
    ) -> FollowedPage:
        """The newest messages of a tab, or those older than the message `before`."""
        with self._database.read() as connection:
            search = Search(self._visible(connection, viewer), tab, filters)
            found = search.newest(connection, before=before, limit=limit)
            messages = read_followed(connection, found.ids)
            queued = sa.select(message.c.queued_at).where(message.c.id == found.looked_to)
            looked_back_to = connection.execute(queued).scalar() if found.looked_to else None
        return FollowedPage(messages, found.next, looked_back_to)

    def rows(self, viewer: Viewer, tab: Tab, filters: OutboxFilters = NO_FILTERS) -> Iterator[Followed]:
        """All messages of a tab, newest first, few in memory at a time."""
        page = self.page(viewer, tab, filters, None, ROWS_AT_ONCE)
        yield from page.messages
        while page.next:
            page = self.page(viewer, tab, filters, page.next, ROWS_AT_ONCE)
            yield from page.messages

    def newer(self, viewer: Viewer, tab: Tab, filters: OutboxFilters, than: str | None) -> int:
        """How many messages of a tab are newer than the message `than`, `AT_MOST` for that many or more."""
        with self._database.read() as connection:
            search = Search(self._visible(connection, viewer), tab, filters)
            return search.count(connection, AT_MOST, newer_than=than)

    def counts(self, viewer: Viewer) -> Counts:
        """How many messages each tab has."""
        with self._database.read() as connection:
            visible = self._visible(connection, viewer)
            parts = [tab for tab in Tab if tab is not Tab.ALL]
            tabs: dict[Tab, int] = {tab: Search(visible, tab).count(connection, AT_MOST) for tab in parts}
            tabs[Tab.ALL] = min(sum(tabs.values()), AT_MOST)
            waiting = _waiting(connection, viewer, visible)
        tabs[Tab.NEEDS_YOU] = min(tabs[Tab.NEEDS_YOU] + waiting, AT_MOST)
        return Counts(tabs, waiting)

    def needs_you(self, viewer: Viewer) -> int:
        """How much waits for a person: messages that are unknown or failed, and drafts to approve."""
        with self._database.read() as connection:
            visible = self._visible(connection, viewer)
            messages = Search(visible, Tab.NEEDS_YOU).count(connection, AT_MOST)
            return min(messages + _waiting(connection, viewer, visible), AT_MOST)

    def stopped(self, viewer: Viewer) -> list[StoppedAccount]:
        """The accounts that have messages queued and for which nothing is sent before somebody mends something."""
        here = sa.and_(account.c.stopped.is_not(None), account.c.endpoint == self._outbox.endpoint)
        found = []
        with self._database.read() as connection:
            for line in connection.execute(ACCOUNTS.where(here).order_by(account.c.name)):
                queued = Search(viewer.accounts, Tab.QUEUED, OutboxFilters(account=line.account_id))
                number = queued.count(connection, AT_MOST)
                if number:
                    found.append(StoppedAccount(account_of(line), number))
        return found

    def get(self, viewer: Viewer, message_id: str) -> Followed:
        """A message with its history.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
        """
        with self._database.read() as connection:
            return self._theirs(connection, viewer, message_id)

    def several(self, viewer: Viewer, ids: Iterable[str]) -> tuple[Followed, ...]:
        """Those of the messages of these ids that they may see, newest first, without their histories."""
        with self._database.read() as connection:
            found = read_followed(connection, [each for each in ids if is_id(each)])
        return tuple(each for each in found if self._may_see(viewer, each))

    def for_order(self, viewer: Viewer, account: "Account", order_id: str) -> Timeline:
        """Everything ever sent for an order, each message with its history.

        Raises:
            NotHere: the account is not theirs to see, or there can be no such order.
        """
        if not viewer.may_see(account.id) or not order_id.isprintable():
            raise NotHere
        query = (
            sa.select(message.c.id)
            .where(message.c.account_id == account.id, message.c.order_id == order_id)
            .order_by(message.c.id.desc())
            .limit(FOR_AN_ORDER)
        )
        with self._database.read() as connection:
            position = _position(connection)
            messages = read_followed(connection, list(connection.execute(query).scalars()))
            return Timeline(account.name, order_id, with_histories(connection, messages), position)

    def file(self, viewer: Viewer, message_id: str, position: int) -> StoredFile:
        """An attachment, the first at position 0.

        Raises:
            NotHere: there is none, it is not theirs to see, or its bytes are no longer kept.
        """
        with self._database.read() as connection:
            self._theirs(connection, viewer, message_id)
            line = connection.execute(_FILE, {"message_id": message_id, "position": position}).one_or_none()
        if line is None:
            raise NotHere(Words("This file is no longer kept: a file's content is deleted once it is sent."))
        return StoredFile(str(position), line.file_name, bytes(line.bytes))

    def cancel(self, viewer: Viewer, message_id: str) -> Followed:
        """Take a queued message back.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
            Changed: it is not queued any more.
        """
        return self._decide(viewer, message_id, What.MESSAGE_CANCELLED, _CANNOT_CANCEL, Outbox.cancel)

    def retry(self, viewer: Viewer, message_id: str) -> Followed:
        """Queue a message again that was certainly not sent, or let a queued one go at once.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
            Changed: it was sent or may have been, or its text is no longer kept.
        """
        return self._decide(viewer, message_id, What.MESSAGE_RETRIED, _CANNOT_RETRY, Outbox.retry)

    def resolve(self, viewer: Viewer, message_id: str, *, arrived: bool) -> Followed:
        """Say what became of a message of which nobody knew; one that was not sent is queued and sent again.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
            Changed: it is known by now.
        """

        def say(outbox: Outbox, message_id: str) -> Message:
            return outbox.resolve(message_id, arrived=arrived)

        note = "it was sent" if arrived else "it was not sent; it is sent again"
        return self._decide(viewer, message_id, What.MESSAGE_RESOLVED, _CANNOT_RESOLVE, say, note)

    def position(self) -> int:
        """How far the history has come: what happens from now on has a higher number, but see `changes_since`."""
        with self._database.read() as connection:
            return _position(connection)

    def changes_since(self, position: int, limit: int = 1000) -> list[Change]:
        """What happened after a position of the history, oldest first, in all accounts.

        PostgreSQL gives numbers out before transactions are committed, so that a few lower ones may show up later.
        """
        query = (
            _CHANGES.where(event.c.id > position, account.c.endpoint == self._outbox.endpoint)
            .order_by(event.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Change(*line) for line in connection.execute(query)]

    def _visible(self, connection: sa.Connection, viewer: Viewer) -> frozenset[int] | None:
        """The numbers of the accounts that the viewer may see; ``None``: all that there are."""
        elsewhere = account.c.endpoint != self._outbox.endpoint
        if connection.execute(sa.select(account.c.id).where(elsewhere).limit(1)).scalar() is None:
            return viewer.accounts
        here = frozenset(connection.scalars(sa.select(account.c.id).where(~elsewhere)))
        return here if viewer.accounts is None else here & viewer.accounts

    def _may_see(self, viewer: Viewer, followed: Followed) -> bool:
        return viewer.may_see(followed.account.id) and followed.message.endpoint == self._outbox.endpoint

    def _theirs(self, connection: sa.Connection, viewer: Viewer, message_id: str) -> Followed:
        found = read_followed(connection, [message_id]) if is_id(message_id) else ()
        if not found or not self._may_see(viewer, found[0]):
            raise NotHere
        return with_histories(connection, found)[0]

    def _decide(
        self,
        viewer: Viewer,
        message_id: str,
        what: What,
        cannot: dict[State, Words],
        decide: Callable[[Outbox, str], Message],
        note: str | None = None,
    ) -> Followed:
        theirs = self.get(viewer, message_id)
        try:
            decide(self._outbox.acting(viewer.email), message_id)
        except WrongState as error:
            raise Changed(cannot.get(State(error.state), _GONE)) from None
        self._audit.note(viewer, what, account_id=theirs.account.id, about=message_id, note=note)
        return self.get(viewer, message_id)


_CHANGES = (
    sa.select(event.c.id, message.c.id, account.c.id, account.c.name, message.c.order_id)
    .join(message, message.c.id == event.c.message_id)
    .join(account, account.c.id == message.c.account_id)
)

_FILE = (
    sa.select(attachment.c.file_name, content.c.bytes)
    .join(content, content.c.sha256 == attachment.c.sha256)
    .where(attachment.c.message_id == sa.bindparam("message_id"), attachment.c.position == sa.bindparam("position"))
)


def _position(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.max(event.c.id))).scalar() or 0


def _waiting(connection: sa.Connection, viewer: Viewer, visible: frozenset[int] | None) -> int:
    """How many drafts wait for a second person, who the viewer may be."""
    conditions = [draft.c.asked_at.is_not(None), draft.c.person_id != viewer.person_id]
    if visible is not None:
        conditions.append(draft.c.account_id.in_(sorted(visible)))
    return connection.execute(sa.select(sa.func.count()).select_from(draft).where(*conditions)).scalar_one()


_SENDING = Words("It is being sent at this moment. A message cannot be called back.")
_SENT = Words("It was sent meanwhile. A message cannot be called back.")
_GONE = Words("Its text was deleted when its retention time was over. Write the message anew on the order's page.")
_ENDED = Words("It is not queued any more: look at its history below.")
_CANNOT_CANCEL = {
    **dict.fromkeys(State, _ENDED),
    State.SENDING: _SENDING,
    State.SENT: _SENT,
    State.UNKNOWN: Words("It may have been sent by now. A message cannot be called back."),
}
_CANNOT_RETRY = {
    State.SENDING: Words("It is being sent at this moment."),
    State.SENT: Words("It was sent meanwhile, and is never sent twice."),
    State.UNKNOWN: Words(
        "Nobody knows whether it was sent. Look in Seller Central first, then say here what you found."
    ),
}
_CANNOT_RESOLVE = dict.fromkeys(State, Words("What became of it is known by now: look at its history below."))
