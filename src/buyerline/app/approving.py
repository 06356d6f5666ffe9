"""Messages that wait for a second person: what they say, and what that person decides."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.audit import Audit, What
from buyerline.app.composing import Composing
from buyerline.app.digests import digest_of_waiting
from buyerline.app.draft_rows import Draft
from buyerline.app.drafts import Drafts
from buyerline.app.errors import AppError, Changed, Invalid, NotAllowed, NotHere
from buyerline.app.followed import APPROVED
from buyerline.app.leaving import after_undo
from buyerline.app.looks import Look
from buyerline.app.offers import Offers
from buyerline.app.persons import Person, read_persons
from buyerline.app.queueing import Queueing, Refused
from buyerline.app.same_content import Twice
from buyerline.app.schema import person
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.database import Database
from buyerline.outbox.messages import Message
from buyerline.outbox.schema import event

if TYPE_CHECKING:
    from buyerline.app.accounts import Account, Accounts
    from buyerline.app.order_rows import OrderRow
    from buyerline.app.orders import Orders

LONGEST_WHY = 500

_OWN = Words("You wrote this message, so somebody else has to approve it.")
DECIDED_ABOUT = Words("This message does not wait any more: it was approved, given back, or taken back meanwhile.")
_DECIDED = Words("Somebody has decided about this message meanwhile. Open its order to see where it stands.")
_CHANGED = Words("This message was changed since you were shown it. Read it as it stands now, then decide.")
_WRITES_ANOTHER = Words(
    "Its writer has begun another message for this order. Approve this one, or try again once the other one is sent or "
    "discarded."
)
_WRITER_LEFT = Words(
    "Its writer does not write for this account any more, and would not get it back. Approve it, or discard it."
)
_WRITER_BACK = Words("Its writer writes for this account again, and would get it back. Look at it again, then decide.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits for a second person.

    Attributes:
        draft: what it says; `Draft.asked_at` and `Draft.send_at` say since when and for when.
        account: whose order it is.
        writer: the name of who wrote it.
        own: whether the one who looks wrote it, and so cannot approve it.
        orphaned: whether its writer was shut out, or may not see the account any more: nobody would find it if it were
            given back.
    """

    draft: Draft
    account: "Account"
    writer: str
    own: bool
    orphaned: bool

    @property
    def digest(self) -> str:
        """What it says, in short: who decides gives it back, so that nobody decides about what they did not see."""
        return digest_of_waiting(self.draft)


class Approving:
    """Tells what waits for a second person, and decides about it.

    Args:
        database: the outbox's, with the app's tables.
        accounts, drafts, offers, composing, orders, audit: the app's.
        queueing: what makes a message of a draft.
    """

    def __init__(
        self,
        database: Database,
        *,
        accounts: "Accounts",
        drafts: Drafts,
        offers: Offers,
        composing: Composing,
        orders: "Orders",
        audit: Audit,
        queueing: Queueing,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._drafts = drafts
        self._offers = offers
        self._composing = composing
        self._orders = orders
        self._audit = audit
        self._queueing = queueing

    def waiting(self, viewer: Viewer) -> list[Waiting]:
        """What waits for a second person in the accounts that one may see, longest waiting first."""
        here = {account.id for account in self._accounts.list(viewer)}
        return [self.waiting_for(viewer, each) for each in self._drafts.waiting(viewer) if each.account_id in here]

    def get(self, viewer: Viewer, draft_id: str) -> Waiting:
        """One that waits, in an account that one may see.

        Raises:
            NotHere: none of this id does.
        """
        found = self.find(viewer, draft_id)
        if found is None:
            raise NotHere(DECIDED_ABOUT)
        return found

    def find(self, viewer: Viewer, draft_id: str) -> Waiting | None:
        """The same; ``None`` where none of this id waits."""
        try:
            draft = self._drafts.get(viewer, draft_id)
            return self.waiting_for(viewer, draft) if draft.waits else None
        except NotHere:
            return None

    def waiting_for(self, viewer: Viewer, draft: Draft) -> Waiting:
        """A draft that waits, as a person sees it."""
        writer = self._writer(draft)
        orphaned = writer.left_at is not None or not writer.viewer().may_see(draft.account_id)
        own = writer.id == viewer.person_id
        return Waiting(draft, self._accounts.numbered(draft.account_id), writer.name, own, orphaned)

    def look(self, viewer: Viewer, waiting: Waiting) -> Look:
        """What a person is told about a draft that waits, by what is remembered of Amazon's answers."""
        order = self._order(waiting.draft)
        offer = self._offers.known(waiting.account, order)
        return self._composing.look(viewer, waiting.account, order, waiting.draft, offer)

    def let_pass(self, viewer: Viewer, account: "Account", draft: Draft, again: str | None) -> "OrderRow":
        """Let pass what may be sent, as far as is known; the outbox asks Amazon once more right before it sends.

        Args:
            viewer: who has it sent.
            account: whose order it is.
            draft: what is to be sent.
            again: the message with the same content besides which it is to be sent all the same.

        Returns:
            The order.

        Raises:
            Refused: it may not be sent.
            Twice: the same was sent before with another message than `again`.
        """
        order = self._order(draft)
        look = self._composing.look(viewer, account, order, draft, self._offers.get(account, order))
        if not look.ready:
            raise Refused(look.problems, look)
        if look.sent_before is not None and look.sent_before.message_id != again:
            raise Twice(look.sent_before.words, look.sent_before.message_id, again=look.sent_before.message_id)
        return order

    def approve(self, viewer: Viewer, draft_id: str, digest: str, *, again: str | None = None) -> Message:
        """Queue somebody else's draft that waits. It is checked anew; the history names both people.

        Args:
            viewer: who approves it.
            draft_id: the draft.
            digest: that of what they were shown, see `Waiting.digest`.
            again: the id of a message with the same content that they were shown, besides which it is to be sent.

        Raises:
            NotHere: there is no such draft, or it is not theirs to see.
            NotAllowed: they wrote it themselves.
            Refused: the checks refuse it by now: give it back.
            Twice: the same was queued, or sent, with another message than `again`.
            Changed: it was changed, decided about, or taken back, since they were shown it.
        """
        try:
            return self._approve(viewer, draft_id, digest, again)
        except AppError:
            sent = self._queueing.become_of(viewer, draft_id)
            if sent is None or self.find(viewer, draft_id):
                raise
            if not self._approved_by(viewer, sent):
                raise Changed(_DECIDED) from None
            return sent

    def give_back(self, viewer: Viewer, draft_id: str, digest: str, why: str, *, discard: bool = False) -> None:
        """Give somebody else's draft that waits back to its writer. One that is `orphaned` is thrown away.

        Args:
            viewer: who gives it back.
            draft_id: the draft.
            digest: that of what they were shown, see `Waiting.digest`.
            why: what is wrong with it.
            discard: whether they were shown that it is `orphaned`.

        Raises:
            NotHere: there is no such draft, or it is not theirs to see.
            NotAllowed: they wrote it themselves: `take_back`.
            Invalid: no reason is given, or too long a one (`field` is ``"why"``).
            Changed: it was changed, decided about, or taken back, since they were shown it; or its writer has left, or
                come back, since then.
        """
        reason = " ".join(why.split())
        if not reason:
            raise Invalid(Words("Say what should be changed, so that the writer knows."), "why")
        if len(reason) > LONGEST_WHY or not reason.isprintable():
            raise Invalid(Words("Say it in at most {limit} characters.", limit=LONGEST_WHY), "why")
        waiting = self.waiting_for(viewer, self._others(viewer, draft_id, digest))
        draft = waiting.draft
        if waiting.orphaned is not discard:
            raise Changed(_WRITER_LEFT if waiting.orphaned else _WRITER_BACK)
        with self._database.write() as connection:
            if not waiting.orphaned:
                self._release(connection, draft, returned=f"{viewer.name}: {reason}")
            elif not draft_rows.remove(connection, draft):
                raise Changed(_DECIDED)
            what = What.THROWN_AWAY if waiting.orphaned else What.GIVEN_BACK
            self._audit.note(viewer, what, account_id=draft.account_id, about=draft.order_id, connection=connection)

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
        if not draft.waits:
            return draft
        with self._database.write() as connection:
            self._release(connection, draft)
        return self._drafts.get(viewer, draft_id)

    def _approve(self, viewer: Viewer, draft_id: str, digest: str, again: str | None) -> Message:
        draft = self._others(viewer, draft_id, digest)
        account = self._accounts.numbered(draft.account_id)
        order = self.let_pass(viewer, account, draft, again)
        times = [moment for moment in (draft.send_at, after_undo(viewer)) if moment is not None]
        return self._queueing.queue(
            viewer,
            account,
            order,
            draft,
            not_before=max(times, default=None),
            writer=self._writer(draft).email,
            again=again,
        )

    def _release(self, connection: sa.Connection, draft: Draft, *, returned: str | None = None) -> None:
        """Make a draft that waits one to write in again."""
        try:
            released = draft_rows.release(connection, draft, returned)
        except sa.exc.IntegrityError:  # nobody writes two drafts for an order
            raise Changed(_WRITES_ANOTHER) from None
        if not released:
            raise Changed(_DECIDED)

    def _others(self, viewer: Viewer, draft_id: str, digest: str) -> Draft:
        """Somebody else's draft that waits, and says what they were shown."""
        draft = self._drafts.get(viewer, draft_id)
        if draft.person_id == viewer.person_id:
            raise NotAllowed(_OWN)
        if digest_of_waiting(draft) != digest:
            raise Changed(_CHANGED)
        return draft

    def _approved_by(self, viewer: Viewer, sent: Message) -> bool:
        this = (event.c.message_id == sent.id, event.c.who == viewer.email, event.c.what == APPROVED)
        with self._database.read() as connection:
            return connection.execute(sa.select(event.c.id).where(*this)).first() is not None

    def _writer(self, draft: Draft) -> Person:
        with self._database.read() as connection:
            (found,) = read_persons(connection, person.c.id == draft.person_id)
        return found

    def _order(self, draft: Draft) -> "OrderRow":
        return self._orders.get(draft.account_id, draft.order_id)
