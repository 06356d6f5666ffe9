"""A draft becomes a message of the outbox: checked, then queued and deleted in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.amazon.errors import DraftRefused, Problem
from buyerline.app import draft_rows
from buyerline.app.audit import Audit, What
from buyerline.app.draft_rows import Draft
from buyerline.app.drafts import Drafts
from buyerline.app.errors import AppError, Changed
from buyerline.app.followed import APPROVED, ASKED
from buyerline.app.looks import Look
from buyerline.app.same_content import Twice, same_as_message
from buyerline.app.settings_store import ApprovalNeeded
from buyerline.app.taking_turns import hold_order
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.messages.drafts import Attachment
from buyerline.outbox.clock import now
from buyerline.outbox.errors import KeyTaken
from buyerline.outbox.messages import PRIORITY_AT_ONCE, Message, Outgoing
from buyerline.outbox.outbox import Outbox
from buyerline.outbox.schema import account as accounts
from buyerline.outbox.schema import event, message

if TYPE_CHECKING:
    from buyerline.app.accounts import Account
    from buyerline.app.order_rows import OrderRow

ELSEWHERE = Words("This draft was changed on another page. Here it is as it stands now: look it over, then send it.")

_NEEDED_BY_NOW = Words("Messages wait for a second person from now on. Look this one over, then ask for approval.")


class Refused(AppError):
    """The checks refuse the draft; nothing was queued.

    Attributes:
        problems: every rule that it breaks.
        look: the draft with everything that is to fix; ``None`` where only the outbox found something.
    """

    status = 422

    def __init__(self, problems: Sequence[Problem], look: Look | None = None) -> None:
        first = look.to_fix[0].sentence if look and look.to_fix else problems[0].message
        super().__init__(Words("This cannot be sent yet. {sentence}", sentence=first))
        self.problems = tuple(problems)
        self.look = look


class Queueing:
    """Queues drafts.

    Args:
        outbox: where messages go; its database is the app's.
        drafts: where the drafts are.
        audit: where it is written down.
        approval_needed: whether messages wait for a second person.
    """

    def __init__(self, outbox: Outbox, drafts: Drafts, audit: Audit, approval_needed: ApprovalNeeded) -> None:
        self._outbox = outbox
        self._drafts = drafts
        self._audit = audit
        self._approval_needed = approval_needed

    def become_of(self, viewer: Viewer, draft_id: str) -> Message | None:
        """The message that a draft has become; ``None`` where there is none, or it is not theirs to see."""
        every_account = sa.select(accounts.c.id).where(accounts.c.endpoint == self._outbox.endpoint)
        this = (message.c.account_id.in_(every_account), message.c.idempotency_key == draft_id)
        with self._outbox.database.read() as connection:
            found = connection.execute(sa.select(message.c.id, message.c.account_id).where(*this)).all()
        own = next((each.id for each in found if viewer.may_see(each.account_id)), None)
        return self._outbox.get(own) if own else None

    def queue(
        self,
        viewer: Viewer,
        account: "Account",
        order: "OrderRow",
        draft: Draft,
        *,
        not_before: datetime | None,
        writer: str,
        again: str | None,
    ) -> Message:
        """Queue a draft that was looked at, and delete it, both or neither.

        Args:
            viewer: who has it queued.
            account: whose order it is.
            order: what it is about.
            draft: the draft as it was looked at.
            not_before: when it may leave.
            writer: email of who wrote it. Where that is not the viewer's, the viewer approves it.
            again: the message with the same content besides which it is to be queued, the latest of the order.

        Raises:
            Twice: another one with the same content is in the outbox.
            Refused: the outbox refuses it.
            Changed: it is not any more as it was looked at, was queued at this moment, or needs a second person by
                now.
        """
        outgoing = self._outgoing(viewer, account, order, draft, not_before)
        try:
            with self._outbox.acting(writer).adding() as adding:
                if self._approval_needed(adding.connection) and writer == viewer.email:
                    raise Changed(_NEEDED_BY_NOW)
                hold_order(adding.connection, draft.account_id, draft.order_id)
                (added,) = adding.add([outgoing])
                if not added.repeated:
                    _check_new(adding.connection, draft, added.message_id, again)
                    self._note(adding.connection, viewer, draft, added.message_id, writer=writer)
                    if not draft_rows.remove(adding.connection, draft):
                        raise Changed(ELSEWHERE)
        except DraftRefused as refused:
            raise Refused(refused.problems) from None
        except KeyTaken:  # it was queued, and its files deleted with it, while they were read here
            raise Changed(ELSEWHERE) from None
        return self._outbox.get(added.message_id)

    def _outgoing(
        self, viewer: Viewer, account: "Account", order: "OrderRow", draft: Draft, not_before: datetime | None
    ) -> Outgoing:
        return Outgoing(
            order_id=draft.order_id,
            type=draft.type or "",
            text=draft.text or None,
            attachments=[Attachment(file.name, file.content) for file in self._drafts.contents(viewer, draft)],
            coverage_start=draft.coverage_start,
            coverage_end=draft.coverage_end,
            account=account.name,
            marketplace=order.marketplace_id,
            idempotency_key=draft.id,
            not_before=not_before,
            priority=PRIORITY_AT_ONCE,
        )

    def _note(self, connection: sa.Connection, viewer: Viewer, draft: Draft, message_id: str, *, writer: str) -> None:
        """Write down what was done, where people look for it."""
        approved = writer != viewer.email
        self._audit.note(
            viewer,
            What.APPROVED if approved else What.MESSAGE_SENT,
            account_id=draft.account_id,
            about=message_id,
            note=draft.order_id,
            connection=connection,
        )
        if approved:
            asked = {"message_id": message_id, "at": draft.asked_at or now(), "who": writer, "what": ASKED}
            line = {"message_id": message_id, "at": now(), "who": viewer.email, "what": APPROVED}
            connection.execute(sa.insert(event), [asked, line])


def _check_new(connection: sa.Connection, draft: Draft, message_id: str, again: str | None) -> None:
    """Let a message pass whose content no other of its order has but the one that the person knows of."""
    before = same_as_message(connection, draft.account_id, draft.order_id, message_id)
    if before is not None and before.message_id != again:
        raise Twice(before.words, before.message_id, again=before.message_id)
