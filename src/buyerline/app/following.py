"""What became of messages: lists of them, each with its history, and what a person decides about them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.app.account_rows import visible
from buyerline.app.accounts import NotUsable
from buyerline.app.audit import WAS_NOT_SENT, WAS_SENT, Audit, What
from buyerline.app.deciding import (
    CANNOT_CANCEL,
    CANNOT_RESOLVE,
    CANNOT_RETRY,
    ELSEWHERE_NOW,
    GONE,
    THE_SAME,
    TRIED_SINCE,
    WRITER,
    barred,
)
from buyerline.app.draft_rows import StoredFile
from buyerline.app.errors import Changed, NotAllowed, NotHere
from buyerline.app.finding import NO_FILTERS, OutboxFilters, Search, is_id
from buyerline.app.followed import (
    APPROVED,
    Change,
    Counts,
    Followed,
    FollowedPage,
    StoppedAccount,
    Tab,
)
from buyerline.app.order_timeline import Timeline, read_awaited
from buyerline.app.own_drafts import given_back, of_accounts
from buyerline.app.reading_followed import ACCOUNTS, account_of, read_followed, read_one, with_histories
from buyerline.app.same_content import Twice, same_as_message
from buyerline.app.schema import draft
from buyerline.app.settings_store import ApprovalNeeded
from buyerline.app.taking_turns import hold_order
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.errors import WrongState
from buyerline.outbox.messages import NOT_SENT, Message, State
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


@dataclass(frozen=True, slots=True)
class _Decision:
    """Somebody decides about a message as it was found in the transaction of `connection`, in which the outbox acts."""

    viewer: Viewer
    outbox: Outbox
    connection: sa.Connection
    found: Followed
    approval_needed: bool

    @property
    def message(self) -> Message:
        return self.found.message


class Following:
    """Follows the messages of an outbox, those of one endpoint: a sandbox's are never shown beside Amazon's.

    Nobody sees, or decides about, a message of an account that is not theirs.

    Args:
        database: the outbox's, with the app's tables.
        outbox: where messages are decided about.
        audit: where it is written down.
        approval_needed: whether messages wait for a second person.
    """

    def __init__(self, database: Database, outbox: Outbox, audit: Audit, approval_needed: ApprovalNeeded) -> None:
        self._database = database
        self._outbox = outbox
        self._audit = audit
        self._approval_needed = approval_needed

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
            search = Search(self._theirs_here(connection, viewer), tab, filters)
            found = search.newest(connection, before=before, limit=limit)
            messages = read_followed(connection, found.ids)
            queued = sa.select(message.c.queued_at).where(message.c.id == found.looked_to)
            looked_back_to = connection.execute(queued).scalar() if found.looked_to else None
        return FollowedPage(self._for(viewer, messages), found.next, looked_back_to)

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
            search = Search(self._theirs_here(connection, viewer), tab, filters)
            return search.count(connection, AT_MOST, newer_than=than)

    def counts(self, viewer: Viewer) -> Counts:
        """How many messages each tab has."""
        with self._database.read() as connection:
            theirs = self._theirs_here(connection, viewer)
            parts = [tab for tab in Tab if tab is not Tab.ALL]
            tabs: dict[Tab, int] = {tab: Search(theirs, tab).count(connection, AT_MOST) for tab in parts}
            tabs[Tab.ALL] = min(sum(tabs.values()), AT_MOST)
            waiting = _count(connection, _to_approve(viewer, theirs))
            returned = _count(connection, given_back(viewer, theirs))
        tabs[Tab.NEEDS_YOU] = min(tabs[Tab.NEEDS_YOU] + waiting + returned, AT_MOST)
        return Counts(tabs, waiting, returned)

    def needs_you(self, viewer: Viewer) -> int:
        """How much waits for a person: unknown and failed messages, drafts to approve, and own ones given back."""
        with self._database.read() as connection:
            theirs = self._theirs_here(connection, viewer)
            messages = Search(theirs, Tab.NEEDS_YOU).count(connection, AT_MOST)
            drafts = [_to_approve(viewer, theirs), given_back(viewer, theirs)]
            return min(messages + sum(_count(connection, each) for each in drafts), AT_MOST)

    def queued(self, viewer: Viewer) -> int:
        """How many messages are queued, those planned for later included."""
        with self._database.read() as connection:
            return Search(self._theirs_here(connection, viewer), Tab.QUEUED).count(connection, AT_MOST)

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
            found = read_one(connection, viewer, self._outbox.endpoint, message_id)
        return self._for(viewer, [found])[0]

    def several(self, viewer: Viewer, ids: Iterable[str]) -> tuple[Followed, ...]:
        """Those of the messages of these ids that they may see, newest first, without their histories."""
        with self._database.read() as connection:
            found = read_followed(connection, [each for each in ids if is_id(each)])
        return self._for(viewer, [each for each in found if each.seen_by(viewer, self._outbox.endpoint)])

    def for_order(self, viewer: Viewer, account: "Account", order_id: str) -> Timeline:
        """Everything ever sent for an order, each message with its history, and what waits for a second person.

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
            messages = with_histories(connection, messages)
            awaited = read_awaited(connection, account.id, order_id)
        return Timeline(account.name, order_id, self._for(viewer, messages), position, awaited)

    def file(self, viewer: Viewer, message_id: str, position: int) -> StoredFile:
        """An attachment, the first at position 0.

        Raises:
            NotHere: there is none, it is not theirs to see, or its bytes are no longer kept.
        """
        with self._database.read() as connection:
            read_one(connection, viewer, self._outbox.endpoint, message_id)
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
        with self._deciding(viewer, message_id, CANNOT_CANCEL) as about:
            about.outbox.cancel(message_id, connection=about.connection)
            self._note(about, What.MESSAGE_CANCELLED)
        return self.get(viewer, message_id)

    def retry(self, viewer: Viewer, message_id: str, *, state: State, again: bool = False) -> Followed:
        """Queue a message again that was certainly not sent, or let a queued one go at once.

        While messages need a second person, whoever did not write it approves it by that, unless it is approved.

        Args:
            viewer: who wants it sent.
            message_id: the message.
            state: where it stood when they decided: what was cancelled meanwhile does not go.
            again: send it though another with the same content was queued for the order, or sent.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
            NotAllowed: they wrote it, and somebody else has to approve it.
            NotUsable: its account is disconnected.
            Twice: the same was queued or sent, and `again` is not set.
            Changed: it does not stand there any more, or its text is no longer kept.
        """
        with self._deciding(viewer, message_id, CANNOT_RETRY) as about:
            if about.message.state is not state:
                raise Changed(CANNOT_RETRY.get(about.message.state, ELSEWHERE_NOW))
            self._release(about)
            if about.message.state in NOT_SENT and not again:
                _check_once(about)
            about.outbox.retry(message_id, connection=about.connection)
            self._note(about, What.MESSAGE_RETRIED)
        return self.get(viewer, message_id)

    def resolve(
        self, viewer: Viewer, message_id: str, *, arrived: bool, attempts: int, again: bool = False
    ) -> Followed:
        """Say what became of a message of which nobody knew; one that was not sent is queued and sent again.

        Args:
            viewer: who says so.
            message_id: the message.
            arrived: whether it was found to be sent.
            attempts: how often it had been tried (`Message.attempts`) when they looked: what they found tells nothing
                of a later try.
            again: send it again though another with the same content was queued for the order, or sent.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
            NotAllowed, NotUsable: it may not be sent again, as with `retry`.
            Twice: the same was queued or sent, and `again` is not set.
            Changed: it is known by now, or was tried once more.
        """
        with self._deciding(viewer, message_id, CANNOT_RESOLVE) as about:
            if about.message.state is not State.UNKNOWN:
                raise Changed(CANNOT_RESOLVE[about.message.state])
            if about.message.attempts != attempts:
                raise Changed(TRIED_SINCE)
            if not arrived:
                self._release(about)
                if not again:
                    _check_once(about)
            about.outbox.resolve(message_id, arrived=arrived, connection=about.connection)
            self._note(about, What.MESSAGE_RESOLVED, WAS_SENT if arrived else WAS_NOT_SENT)
        return self.get(viewer, message_id)

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

    def _theirs_here(self, connection: sa.Connection, viewer: Viewer) -> frozenset[int] | None:
        return visible(connection, viewer, self._outbox.endpoint)

    def _for(self, viewer: Viewer, messages: Iterable[Followed]) -> tuple[Followed, ...]:
        """The same messages, each with why the viewer may not have it sent."""
        needed = self._approval_needed()
        return tuple(replace(each, barred=barred(viewer, each, approval_needed=needed)) for each in messages)

    @contextmanager
    def _deciding(self, viewer: Viewer, message_id: str, cannot: dict[State, Words]) -> Iterator[_Decision]:
        """The transaction in which somebody decides about a message, which nobody else changes meanwhile.

        Raises:
            NotHere: there is none of that id, or it is not theirs to see.
            Changed: the outbox says in the block that it is too late.
        """
        try:
            with self._database.write() as connection:
                approval_needed = self._approval_needed(connection)
                if is_id(message_id):
                    connection.execute(sa.select(message.c.id).where(message.c.id == message_id).with_for_update())
                found = read_one(connection, viewer, self._outbox.endpoint, message_id)
                yield _Decision(viewer, self._outbox.acting(viewer.email), connection, found, approval_needed)
        except WrongState as error:
            raise Changed(cannot.get(State(error.state), GONE)) from None

    def _release(self, about: _Decision) -> None:
        """Let a message be sent by who wants it, and approve it by that where it has to be."""
        why = barred(about.viewer, about.found, approval_needed=about.approval_needed)
        if why is not None:
            raise NotAllowed(why) if why is WRITER else NotUsable(why)
        if about.approval_needed and about.found.sendable and not about.found.approved_for_now:
            line = {"message_id": about.message.id, "at": now(), "who": about.viewer.email, "what": APPROVED}
            about.connection.execute(sa.insert(event), line)
            self._note(about, What.APPROVED, about.message.order_id)

    def _note(self, about: _Decision, what: What, note: str | None = None) -> None:
        self._audit.note(
            about.viewer,
            what,
            account_id=about.found.account.id,
            about=about.message.id,
            note=note,
            connection=about.connection,
        )


def _check_once(about: _Decision) -> None:
    """Let a message be sent that stands in the outbox only once.

    Raises:
        Twice: another one with the same content was queued for the order, or sent.
    """
    order = (about.found.account.id, about.message.order_id)
    hold_order(about.connection, *order)
    other = same_as_message(about.connection, *order, about.message.id)
    if other:
        raise Twice(THE_SAME, other.message_id, again=True)


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


_Conditions = list[sa.ColumnElement[bool]]


def _to_approve(viewer: Viewer, visible: frozenset[int] | None) -> _Conditions:
    """The drafts that wait for a second person, who the viewer may be."""
    return [draft.c.asked_at.is_not(None), draft.c.person_id != viewer.person_id, *of_accounts(visible)]


def _count(connection: sa.Connection, conditions: _Conditions) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(draft).where(*conditions)).scalar_one()
