"""From a draft to a message in the outbox, once, and back again while that is possible."""

from datetime import datetime
from typing import TYPE_CHECKING

from buyerline.app import draft_rows
from buyerline.app.approving import Approving, Waiting
from buyerline.app.audit import Audit, What
from buyerline.app.draft_rows import Draft
from buyerline.app.drafts import Drafts
from buyerline.app.errors import AppError, Changed, NotAllowed, NotHere
from buyerline.app.leaving import after_undo, moment_of
from buyerline.app.queueing import ELSEWHERE, Queueing
from buyerline.app.reading_followed import read_one
from buyerline.app.settings_store import ApprovalNeeded
from buyerline.app.undoing import draft_again, draft_of
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.errors import WrongState
from buyerline.outbox.messages import Message, State
from buyerline.outbox.outbox import Outbox

if TYPE_CHECKING:
    from buyerline.app.accounts import Account

_NOT_YOURS = Words("Only who sent a message, or an owner, may take it back.")
_TOO_LATE = {
    State.SENDING: Words("It is too late to take the message back: it is being sent at this moment."),
    State.SENT: Words("It is too late to take the message back: Amazon has accepted it."),
    State.UNKNOWN: Words("It is too late to take the message back: it may have been sent."),
}
_ENDED = Words("There is nothing to take back: the message was not sent.")
_NOBODY_ASKED = Words(
    "Messages need no second person any more: nobody would read this one before the buyer does. Send it, if it is to "
    "go as it is."
)


class Sending:
    """Sends drafts, or has them wait for a second person, and takes messages back.

    Args:
        outbox: where messages go; its database is the app's.
        drafts, audit: the app's.
        queueing: what makes a message of a draft.
        approving: what lets pass what may be sent, and knows what waits.
        approval_needed: whether messages wait for a second person.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        drafts: Drafts,
        audit: Audit,
        queueing: Queueing,
        approving: Approving,
        approval_needed: ApprovalNeeded,
    ) -> None:
        self._outbox = outbox
        self._drafts = drafts
        self._audit = audit
        self._queueing = queueing
        self._approving = approving
        self._approval_needed = approval_needed

    def send(
        self,
        viewer: Viewer,
        account: "Account",
        draft_id: str,
        version: int,
        *,
        at: datetime | None = None,
        again: str | None = None,
        asks: bool = False,
    ) -> Message | Waiting:
        """Queue a draft, or ask a second person for approval. However often it is called, one message is queued.

        Args:
            viewer: who sends.
            account: whose order it is.
            draft_id: the draft.
            version: that of the draft that the page showed.
            at: when it is to leave; at once, after the time to undo, by default. Without a zone: UTC.
            again: the id of a message with the same content, besides which it is to be sent all the same.
            asks: whether the person was told that somebody else reads it first.

        Returns:
            What has become of the draft, now or before.

        Raises:
            Refused: the checks refuse it.
            Invalid: `at` lies in the past or too far ahead (`field` is ``"at"``).
            Twice: the same was sent before with another message than `again`.
            Changed: the draft is not as the page showed it, or `asks` and nobody would read it.
            NotHere: there is no such draft, or it is not theirs.
        """
        try:
            return self._send(viewer, account, draft_id, version, at=at, again=again, asks=asks)
        except AppError:
            already = self.become_of(viewer, draft_id)
            if already is None or self._still_written(viewer, draft_id):
                raise
            return already

    def become_of(self, viewer: Viewer, draft_id: str) -> Message | Waiting | None:
        """What a draft has become that was sent; ``None`` where it was not, or it is not theirs to see."""
        sent = self._queueing.become_of(viewer, draft_id)
        waiting = None if sent else self._approving.find(viewer, draft_id)
        return sent or (waiting if waiting and waiting.own else None)

    def undo(self, viewer: Viewer, message_id: str) -> Draft | None:
        """Take a queued message back; what it said is the person's draft again. Twice is the same as once.

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
            with self._outbox.database.write() as connection:
                self._outbox.acting(viewer.email).cancel(message_id, connection=connection)
                self._audit.note(
                    viewer, What.MESSAGE_UNDONE, account_id=account_id, about=message_id, connection=connection
                )
                return draft_again(connection, viewer, message_id)
        except WrongState as wrong:
            taken_back = self._taken_back(viewer, message_id)
            if wrong.state == State.CANCELLED and taken_back:
                return taken_back
            raise Changed(_TOO_LATE.get(State(wrong.state), _ENDED)) from None

    def _send(
        self,
        viewer: Viewer,
        account: "Account",
        draft_id: str,
        version: int,
        *,
        at: datetime | None,
        again: str | None,
        asks: bool,
    ) -> Message | Waiting:
        draft = self._drafts.get(viewer, draft_id)
        if draft.person_id != viewer.person_id or draft.account_id != account.id:
            raise NotHere
        if draft.waits:
            return self._approving.waiting_for(viewer, draft)
        if draft.version != version:
            raise Changed(ELSEWHERE)
        approval_needed = self._approval_needed()
        if asks and not approval_needed:
            raise Changed(_NOBODY_ASKED)
        send_at = moment_of(at)
        order = self._approving.let_pass(viewer, account, draft, again)
        if approval_needed:
            return self._ask(viewer, draft, send_at)
        not_before = send_at or after_undo(viewer)
        return self._queueing.queue(
            viewer, account, order, draft, not_before=not_before, writer=viewer.email, again=again
        )

    def _ask(self, viewer: Viewer, draft: Draft, send_at: datetime | None) -> Waiting:
        with self._outbox.database.write() as connection:
            if not draft_rows.change(connection, draft, asked_at=now(), send_at=send_at, returned=None):
                raise Changed(ELSEWHERE)
            self._audit.note(
                viewer, What.APPROVAL_ASKED, account_id=draft.account_id, about=draft.order_id, connection=connection
            )
        return self._approving.waiting_for(viewer, self._drafts.get(viewer, draft.id))

    def _still_written(self, viewer: Viewer, draft_id: str) -> bool:
        try:
            return not self._drafts.get(viewer, draft_id).waits
        except NotHere:
            return False

    def _taken_back(self, viewer: Viewer, message_id: str) -> Draft | None:
        with self._outbox.database.read() as connection:
            return draft_of(connection, viewer, message_id)

    def _may_undo(self, viewer: Viewer, message_id: str) -> int:
        """The account of a message that the person may take back."""
        with self._outbox.database.read() as connection:
            found = read_one(connection, viewer, self._outbox.endpoint, message_id)
        if not found.undone_by(viewer):
            raise NotAllowed(_NOT_YOURS)
        return found.account.id
