"""Whether a message stands in the outbox a second time, so that none goes twice by mistake when it is tried again."""

import sqlalchemy as sa

from buyerline.app.taking_turns import hold_order
from buyerline.outbox.messages import NOT_SENT
from buyerline.outbox.schema import message


def sent_otherwise(connection: sa.Connection, message_id: str) -> str | None:
    """The latest other message with the content of a message, unless Amazon certainly does not have it.

    The content is what the outbox knows it by: marketplace, order, type, text, files and dates. The answer holds until
    the transaction ends.

    Args:
        connection: a transaction that writes.
        message_id: the message.

    Returns:
        The id of a message of the same account that is queued, being sent, sent or unknown; ``None`` for none.
    """
    about = sa.select(message.c.account_id, message.c.order_id).where(message.c.id == message_id)
    of = connection.execute(about).one_or_none()
    if of is None:
        return None
    hold_order(connection, *of)
    this, other = message.alias("this"), message.alias("other")
    same = sa.and_(
        other.c.account_id == this.c.account_id,
        other.c.order_id == this.c.order_id,
        other.c.digest == this.c.digest,
        other.c.id != this.c.id,
        other.c.state.not_in(NOT_SENT),
    )
    query = sa.select(other.c.id).join(this, same).where(this.c.id == message_id)
    found: str | None = connection.execute(query.order_by(other.c.id.desc()).limit(1)).scalar()
    return found
