"""From a draft to a message in the outbox, once, and back again while that is possible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.audit import Audit, What
from buyerline.app.composing import Composing
from buyerline.app.digests import digest_of_waiting
from buyerline.app.draft_rows import Draft
from buyerline.app.drafts import Drafts
from buyerline.app.errors import AppError, Changed, Invalid, NotAllowed, NotHere
from buyerline.app.leaving import after_undo, moment_of
from buyerline.app.looks import SentBefore
from buyerline.app.offers import Offers
from buyerline.app.queueing import APPROVED, ELSEWHERE, Queueing, Refused
from buyerline.app.schema import person
from buyerline.app.undoing import draft_again
from buyerline.app.viewer import Role, Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.errors import WrongState
from buyerline.outbox.messages import Message, State
from buyerline.outbox.outbox import Outbox
from buyerline.outbox.schema import event, message

if TYPE_CHECKING:
    from buyerline.app.accounts import Account, Accounts
    from buyerline.app.order_rows import OrderRow
    from buyerline.app.orders import Orders

__all__ = ["Refused", "Sending", "Waiting"]

LONGEST_WHY = 500

_OWN = Words("You wrote this message, so somebody else has to approve it.")
_DECIDED = Words("Somebody has decided about this message meanwhile. Open its order to see where it stands.")
_CHANGED = Words("This message was changed since you were shown it. Read it as it stands now, then decide.")
_WRITES_ANOTHER = Words(
    "Its writer has begun another message for this order. Approve this one, or try again once the other one is sent or "
    "discarded."
)
_NOT_YOURS = Words("Only who sent a message, or an owner, may take it back.")
_TOO_LATE = {
    State.SENDING: Words("It is too late to take the message back: it is being sent at this moment."),
    State.SENT: Words("It is too late to take the message back: Amazon has accepted it."),
    State.UNKNOWN: Words("It is too late to take the message back: it may have been sent."),
}
_ENDED = Words("There is nothing to take back: the message was not sent.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits for a second person.

    Attributes:
        draft: what it says; `Draft.asked_at` and `Draft.send_at` say since when and for when.
        account: whose order it is.
        writer: the name of who wrote it.
        own: whether the one who looks wrote it, and so cannot approve it.
    """

    draft: Draft
    account: "Account"
    writer: str
    own: bool

    @property
    def digest(self) -> str:
        """What it says, in short: who decides gives it back, so that nobody decides about what they did not see."""
        return digest_of_waiting(self.draft)


class _Writer(NamedTuple):
    name: str
    email: str


class Sending:
    """Sends drafts, and decides about those that wait for a second person.

    Args:
        outbox: where messages go; its database is the app's.
        accounts, drafts, offers, composing, orders, audit: the app's.
        approval_needed: whether messages wait for a second person.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        accounts: "Accounts",
        drafts: Drafts,
        offers: Offers,
        composing: Composing,
        orders: "Orders",
        audit: Audit,
        approval_needed: Callable[[], bool],
    ) -> None:
        self._outbox = outbox
        self._accounts = accounts
        self._drafts = drafts
        self._offers = offers
        self._composing = composing
        self._orders = orders
        self._audit = audit
        self._approval_needed = approval_needed
        self._queueing = Queueing(outbox, drafts, audit)

    def send(
        self,
        viewer: Viewer,
        account: "Account",
        draft_id: str,
        version: int,
        *,
        at: datetime | None = None,
        again: str | None = None,
    ) -> Message | Waiting:
        """Queue a draft, or ask a second person for approval. However often it is called, one message is queued.

        Args:
            viewer: who sends.
            account: whose order it is.
            draft_id: the draft.
            version: that of the draft that the page showed.
            at: when it is to leave; at once, after the time to undo, by default. Without a zone: UTC.
            again: the id of a message with the same content, besides which it is to be sent all the same.

        Raises:
            Refused: the checks refuse it.
            Invalid: `at` lies in the past or too far ahead (`field` is ``"at"``); the same was sent before with
                another message than `again` (`field` is ``"again"``).
            Changed: the draft is not as the page showed it.
            NotHere: there is no such draft, or it is not theirs.
        """
        try:
            return self._send(viewer, account, draft_id, version, at=at, again=again)
        except AppError:
            already = self.become_of(viewer, draft_id)
            if already is None:
                raise
            return already

    def become_of(self, viewer: Viewer, draft_id: str) -> Message | Waiting | None:
        """What a draft has become that was sent; ``None`` where it was not, or it is not theirs to see."""
        return self._queueing.become_of(viewer, draft_id) or self._asked(viewer, draft_id)

    def undo(self, viewer: Viewer, message_id: str) -> Draft | None:
        """Take a queued message back; what it said is the person's draft again.

        Returns:
            The draft; ``None`` where the person is writing another one for the order by now. The message stays in the
            outbox, cancelled, with what it said.

        Raises:
            NotHere: there is no such message, or it is not theirs to see.
            NotAllowed: neither did they queue or approve it, nor are they an owner.
            Changed: it is too late.
        """
        account_id = self._may_undo(viewer, message_id)
        try:
            self._outbox.acting(viewer.email).cancel(message_id)
        except WrongState as wrong:
            raise Changed(_TOO_LATE.get(State(wrong.state), _ENDED)) from None
        with self._outbox.database.write() as connection:
            self._audit.note(
                viewer, What.MESSAGE_UNDONE, account_id=account_id, about=message_id, connection=connection
            )
            return draft_again(connection, viewer, message_id)

    def waiting(self, viewer: Viewer) -> list[Waiting]:
        """What waits for a second person in the accounts that one may see, longest waiting first."""
        return [self._waiting(viewer, draft) for draft in self._drafts.waiting(viewer)]

    def approve(self, viewer: Viewer, draft_id: str, digest: str) -> Message:
        """Queue somebody else's draft that waits. It is checked anew; the history names both people.

        Args:
            viewer: who approves it.
            draft_id: the draft.
            digest: that of what they were shown, see `Waiting.digest`.

        Raises:
            NotHere: there is no such draft, or it is not theirs to see.
            NotAllowed: they wrote it themselves.
            Refused: the checks refuse it by now: give it back.
            Invalid: the same was queued at this moment (`field` is ``"again"``).
            Changed: it was changed, decided about, or taken back, since they were shown it.
        """
        try:
            return self._approve(viewer, draft_id, digest)
        except AppError:
            sent = self._queueing.become_of(viewer, draft_id)
            if sent is None or self._waits(viewer, draft_id):
                raise
            return sent

    def give_back(self, viewer: Viewer, draft_id: str, digest: str, why: str) -> None:
        """Give somebody else's draft that waits back to its writer.

        Args:
            viewer: who gives it back.
            draft_id: the draft.
            digest: that of what they were shown, see `Waiting.digest`.
            why: what is wrong with it.

        Raises:
            NotHere: there is no such draft, or it is not theirs to see.
            NotAllowed: they wrote it themselves: `take_back`.
            Invalid: no reason is given, or too long a one (`field` is ``"why"``).
            Changed: it was changed, decided about, or taken back, since they were shown it.
        """
        reason = " ".join(why.split())
        if not reason:
            raise Invalid(Words("Say what should be changed, so that the writer knows."), "why")
        if len(reason) > LONGEST_WHY or not reason.isprintable():
            raise Invalid(Words("Say it in at most {limit} characters.", limit=LONGEST_WHY), "why")
        draft = self._others(viewer, draft_id, digest)
        with self._outbox.database.write() as connection:
            self._decide(connection, draft, returned=f"{viewer.name}: {reason}")
            self._audit.note(
                viewer, What.GIVEN_BACK, account_id=draft.account_id, about=draft.order_id, connection=connection
            )

    def take_back(self, viewer: Viewer, draft_id: str) -> Draft:
        """Make the own draft that waits one to write in again.

        Raises:
            NotHere: there is no such draft, or it is not theirs.
            Changed: it was decided about meanwhile.
        """
        try:
            draft = self._drafts.get(viewer, draft_id)
        except NotHere:
            if self._queueing.become_of(viewer, draft_id) is None:
                raise
            raise Changed(_DECIDED) from None
        if draft.person_id != viewer.person_id:
            raise NotHere
        if draft.waits:
            with self._outbox.database.write() as connection:
                self._decide(connection, draft)
        return self._drafts.get(viewer, draft_id)

    def _send(
        self,
        viewer: Viewer,
        account: "Account",
        draft_id: str,
        version: int,
        *,
        at: datetime | None,
        again: str | None,
    ) -> Message | Waiting:
        draft = self._drafts.get(viewer, draft_id)
        if draft.person_id != viewer.person_id or draft.account_id != account.id:
            raise NotHere
        if draft.waits:
            return self._waiting(viewer, draft)
        if draft.version != version:
            raise Changed(ELSEWHERE)
        send_at = moment_of(at)
        order = self._order(draft)
        before = self._check(viewer, account, order, draft)
        if before is not None and before.message_id != again:
            raise Invalid(before.words, "again")
        if self._approval_needed():
            return self._ask(viewer, draft, send_at)
        not_before = send_at or after_undo(viewer)
        return self._queueing.queue(
            viewer, account, order, draft, not_before=not_before, writer=viewer.email, again=again
        )

    def _approve(self, viewer: Viewer, draft_id: str, digest: str) -> Message:
        draft = self._others(viewer, draft_id, digest)
        account, order = self._accounts.numbered(draft.account_id), self._order(draft)
        before = self._check(viewer, account, order, draft)
        times = [moment for moment in (draft.send_at, after_undo(viewer)) if moment is not None]
        return self._queueing.queue(
            viewer,
            account,
            order,
            draft,
            not_before=max(times, default=None),
            writer=self._writer(draft).email,
            again=before.message_id if before else None,
        )

    def _check(self, viewer: Viewer, account: "Account", order: "OrderRow", draft: Draft) -> SentBefore | None:
        """Let pass what may be sent, as far as is known; the outbox asks Amazon once more right before it sends.

        Returns:
            The latest message with the same content.

        Raises:
            Refused: it may not be sent.
        """
        look = self._composing.look(viewer, account, order, draft, self._offers.get(account, order))
        if not look.ready:
            raise Refused(look.problems, look)
        return look.sent_before

    def _asked(self, viewer: Viewer, draft_id: str) -> Waiting | None:
        """The own draft that waits by now, because it was sent twice at the same moment."""
        found = next((each for each in self._drafts.waiting(viewer) if each.id == draft_id), None)
        return self._waiting(viewer, found) if found and found.person_id == viewer.person_id else None

    def _ask(self, viewer: Viewer, draft: Draft, send_at: datetime | None) -> Waiting:
        with self._outbox.database.write() as connection:
            if not draft_rows.change(connection, draft, asked_at=now(), send_at=send_at, returned=None):
                raise Changed(ELSEWHERE)
            self._audit.note(
                viewer, What.APPROVAL_ASKED, account_id=draft.account_id, about=draft.order_id, connection=connection
            )
        return self._waiting(viewer, self._drafts.get(viewer, draft.id))

    def _decide(self, connection: sa.Connection, draft: Draft, *, returned: str | None = None) -> None:
        """Make a draft that waits one to write in again."""
        try:
            released = draft_rows.release(connection, draft, returned)
        except sa.exc.IntegrityError:  # nobody writes two drafts for an order
            raise Changed(_WRITES_ANOTHER) from None
        if not released:
            raise Changed(_DECIDED)

    def _waiting(self, viewer: Viewer, draft: Draft) -> Waiting:
        own = draft.person_id == viewer.person_id
        return Waiting(draft, self._accounts.numbered(draft.account_id), self._writer(draft).name, own)

    def _others(self, viewer: Viewer, draft_id: str, digest: str) -> Draft:
        """Somebody else's draft that waits, and says what they were shown."""
        draft = self._drafts.get(viewer, draft_id)
        if draft.person_id == viewer.person_id:
            raise NotAllowed(_OWN)
        if digest_of_waiting(draft) != digest:
            raise Changed(_CHANGED)
        return draft

    def _waits(self, viewer: Viewer, draft_id: str) -> bool:
        return any(each.id == draft_id for each in self._drafts.waiting(viewer))

    def _writer(self, draft: Draft) -> _Writer:
        columns = sa.select(person.c.name, person.c.email)
        with self._outbox.database.read() as connection:
            return _Writer(*connection.execute(columns.where(person.c.id == draft.person_id)).one())

    def _order(self, draft: Draft) -> "OrderRow":
        return self._orders.get(draft.account_id, draft.order_id)

    def _may_undo(self, viewer: Viewer, message_id: str) -> int:
        """The account of a message that the person may take back."""
        hand_in_it = sa.and_(event.c.who == viewer.email, event.c.what.in_([State.QUEUED, APPROVED]))
        with self._outbox.database.read() as connection:
            account_id = connection.execute(sa.select(message.c.account_id).where(message.c.id == message_id)).scalar()
            own = connection.execute(sa.select(event.c.id).where(event.c.message_id == message_id, hand_in_it)).first()
        if account_id is None or not viewer.may_see(account_id):
            raise NotHere
        if own is None and viewer.role is not Role.OWNER:
            raise NotAllowed(_NOT_YOURS)
        return int(account_id)
