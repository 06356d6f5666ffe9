"""Whether the same message stands in the outbox for an order already, so that none goes twice by mistake."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.app.digests import digest_of_draft
from buyerline.app.errors import Invalid
from buyerline.app.looks import SentBefore
from buyerline.app.words import Words
from buyerline.messages.drafts import Draft
from buyerline.outbox.messages import NOT_SENT, State
from buyerline.outbox.schema import message

if TYPE_CHECKING:
    from buyerline.app.order_rows import OrderRow

_WORDS = {
    State.SENT: Words("The same message was sent for this order before."),
    State.UNKNOWN: Words("The same message may have been sent for this order: nobody knows yet whether it was."),
}
_ON_ITS_WAY = Words("The same message for this order is on its way already.")


class Twice(Invalid):
    """The buyer would get the same twice (`field` is ``"again"``).

    Attributes:
        message_id: the other message.
        again: what to say as `again` to have it sent all the same.
    """

    def __init__(self, words: Words, message_id: str, again: str | bool) -> None:
        super().__init__(words, "again")
        self.message_id = message_id
        self.again = again


def same_as_draft(connection: sa.Connection, account_id: int, order: "OrderRow", draft: Draft) -> SentBefore | None:
    """The latest message with the content of a draft, unless Amazon certainly does not have it.

    The content is what the outbox knows it by: marketplace, order, type, text, files and dates.

    Args:
        connection: a transaction.
        account_id: whose order it is.
        order: what it is about.
        draft: as the outbox would get it; the checks have found nothing wrong with it.
    """
    digest = digest_of_draft(draft, order.marketplace_id)
    return _latest(connection, account_id, order.order_id, message.c.digest == digest)


def same_as_message(connection: sa.Connection, account_id: int, order_id: str, message_id: str) -> SentBefore | None:
    """The latest other message with the content of a message, unless Amazon certainly does not have it.

    Whoever decides by it takes turns for the order first, see `hold_order`.
    """
    digest = sa.select(message.c.digest).where(message.c.id == message_id).scalar_subquery()
    return _latest(connection, account_id, order_id, sa.and_(message.c.digest == digest, message.c.id != message_id))


def _latest(
    connection: sa.Connection, account_id: int, order_id: str, same: sa.ColumnElement[bool]
) -> SentBefore | None:
    of_order = (message.c.account_id == account_id, message.c.order_id == order_id)
    found = connection.execute(
        sa.select(message.c.id, message.c.state, message.c.sent_at, message.c.queued_at)
        .where(*of_order, same, message.c.state.not_in(NOT_SENT))
        .order_by(message.c.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    state = State(found.state)
    return SentBefore(found.id, state, found.sent_at or found.queued_at, _WORDS.get(state, _ON_ITS_WAY))
