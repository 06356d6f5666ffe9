"""A message that was taken back becomes a draft again."""

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.draft_rows import Draft
from buyerline.app.draft_values import day_typed
from buyerline.app.drafts import begun
from buyerline.app.schema import draft
from buyerline.app.viewer import Viewer
from buyerline.outbox.schema import attachment, content, message


def draft_again(connection: sa.Connection, viewer: Viewer, message_id: str) -> Draft | None:
    """A draft of the person with what a message says; ``None`` where they are writing another for its order.

    Args:
        connection: the transaction.
        viewer: whose draft it becomes.
        message_id: a message whose text and files are still here.
    """
    said = connection.execute(sa.select(message).where(message.c.id == message_id)).one()
    found = begun(connection, viewer, said.account_id, said.order_id)
    if found.waits or not found.empty:
        return None
    for name, each in connection.execute(_FILES, {"message_id": message_id}).all():
        draft_rows.attach(connection, found.id, name, bytes(each))
    days = {"coverage_start": day_typed(said.coverage_start), "coverage_end": day_typed(said.coverage_end)}
    draft_rows.change(connection, found, type=said.type, text=said.text, **days, worded=found.version + 1)
    return draft_rows.read(connection, draft.c.id == found.id)[0]


def draft_of(connection: sa.Connection, viewer: Viewer, message_id: str) -> Draft | None:
    """The person's draft for a message's order that still says what the message says; ``None`` where none does."""
    said = connection.execute(sa.select(message).where(message.c.id == message_id)).one()
    these = (draft.c.account_id == said.account_id, draft.c.order_id == said.order_id)
    own = draft_rows.read(connection, *these, draft.c.person_id == viewer.person_id, draft.c.asked_at.is_(None))
    return next((each for each in own if (each.type, each.text) == (said.type, said.text or "")), None)


_FILES = (
    sa.select(attachment.c.file_name, content.c.bytes)
    .join(content, content.c.sha256 == attachment.c.sha256)
    .where(attachment.c.message_id == sa.bindparam("message_id"))
    .order_by(attachment.c.position)
)
