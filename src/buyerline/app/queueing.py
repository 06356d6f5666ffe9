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
from buyerline.app.errors import AppError, Changed, NotHere
from buyerline.app.looks import Look
from buyerline.app.schema import orders
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.messages.drafts import Attachment
from buyerline.outbox.clock import now
from buyerline.outbox.messages import PRIORITY_AT_ONCE, Message, Outgoing
from buyerline.outbox.outbox import Outbox
from buyerline.outbox.schema import account as accounts
from buyerline.outbox.schema import event, message

if TYPE_CHECKING:
    from buyerline.app.accounts import Account
    from buyerline.app.order_rows import OrderRow

APPROVED = "approved"
"""What the history says was done by the second person."""

ELSEWHERE = Words("This draft was changed on another page. Here it is as it stands now: look it over, then send it.")


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
    """

    def __init__(self, outbox: Outbox, drafts: Drafts, audit: Audit) -> None:
        self._outbox = outbox
        self._drafts = drafts
        self._audit = audit

    def queued(self, viewer: Viewer, draft_id: str) -> Message:
        """The message that has become of a draft.

        Raises:
            NotHere: none has, or it is not theirs to see.
        """
        every_account = sa.select(accounts.c.id).where(accounts.c.endpoint == self._outbox.endpoint)
        this = (message.c.account_id.in_(every_account), message.c.idempotency_key == draft_id)
        with self._outbox.database.read() as connection:
            found = connection.execute(sa.select(message.c.id, message.c.account_id).where(*this)).one_or_none()
        if found is None or not viewer.may_see(found.account_id):
            raise NotHere
        return self._outbox.get(found.id)

    def queue(
        self,
        viewer: Viewer,
        account: "Account",
        order: "OrderRow",
        draft: Draft,
        *,
        not_before: datetime | None,
        writer: str,
    ) -> Message:
        """Queue a draft that was looked at, and delete it. Where that was done already, what became of it.

        Args:
            viewer: who has it queued.
            account: whose order it is.
            order: what it is about.
            draft: the draft as it was looked at.
            not_before: when it may leave.
            writer: email of who wrote it. Where that is not the viewer's, the viewer approves it.

        Raises:
            Refused: the outbox refuses it.
            Changed: it is not any more as it was looked at.
        """
        outgoing = self._outgoing(viewer, account, order, draft, not_before)
        try:
            with self._outbox.acting(writer).adding() as adding:
                (added,) = adding.add([outgoing])
                if not added.repeated:
                    self._note(adding.connection, viewer, draft, added.message_id, approved=writer != viewer.email)
                    if not draft_rows.remove(adding.connection, draft):
                        raise Changed(ELSEWHERE)
        except DraftRefused as refused:
            raise Refused(refused.problems) from None
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

    def _note(
        self, connection: sa.Connection, viewer: Viewer, draft: Draft, message_id: str, *, approved: bool
    ) -> None:
        """Write down what was done, where people look for it: the history, the audit, the list of orders."""
        self._audit.note(
            viewer,
            What.APPROVED if approved else What.MESSAGE_SENT,
            account_id=draft.account_id,
            about=message_id,
            note=draft.order_id,
            connection=connection,
        )
        if approved:
            line = {"message_id": message_id, "at": now(), "who": viewer.email, "what": APPROVED}
            connection.execute(sa.insert(event), line)
        this = (orders.c.account_id == draft.account_id, orders.c.order_id == draft.order_id)
        connection.execute(sa.update(orders).where(*this).values(messaged=True))
