"""From the outbox's tables to what programs see."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from buyerline.outbox.messages import FileFacts, Message, State
from buyerline.outbox.schema import account, attachment, message

AT_ONCE = 1000
"""Messages whose attachments are looked up in one statement: databases limit a statement's parameters."""

_SHOWN = (
    *(message.c.id, message.c.state, account.c.name, account.c.endpoint, message.c.marketplace_id),
    *(message.c.order_id, message.c.type, message.c.text, message.c.files),
    *(message.c.coverage_start, message.c.coverage_end, message.c.idempotency_key, message.c.digest),
    *(message.c.priority, message.c.not_before, message.c.expires_at, message.c.queued_at, message.c.attempts),
    *(message.c.sent_at, message.c.request_id, message.c.reason, message.c.queued_by),
)


def messages(connection: sa.Connection, wanted: sa.ColumnElement[bool], *, limit: int = 1) -> list[Message]:
    """The newest `limit` messages that fit, with what is kept of their attachments."""
    lines = connection.execute(
        sa.select(*_SHOWN)
        .join(account, account.c.id == message.c.account_id)
        .where(wanted)
        .order_by(message.c.id.desc())
        .limit(limit)
    ).all()
    files = _files(connection, [line.id for line in lines if line.files])
    return [_message(line, tuple(files.get(line.id, ()))) for line in lines]


def _files(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[FileFacts]]:
    found: dict[str, list[FileFacts]] = defaultdict(list)
    columns = attachment.c
    query = sa.select(columns.message_id, columns.file_name, columns.size, columns.content_md5, columns.sha256)
    for start in range(0, len(ids), AT_ONCE):
        these = columns.message_id.in_(ids[start : start + AT_ONCE])
        for message_id, *facts in connection.execute(query.where(these).order_by(columns.message_id, columns.position)):
            found[message_id].append(FileFacts(*facts))
    return found


def _message(line: Any, files: tuple[FileFacts, ...]) -> Message:
    made_from_content = line.idempotency_key == f"={line.digest}"
    return Message(
        id=line.id,
        state=State(line.state),
        account=line.name,
        endpoint=line.endpoint,
        marketplace_id=line.marketplace_id,
        order_id=line.order_id,
        type=line.type,
        text=line.text,
        files=files,
        coverage_start=line.coverage_start,
        coverage_end=line.coverage_end,
        idempotency_key=None if made_from_content else line.idempotency_key,
        priority=line.priority,
        not_before=line.not_before,
        expires_at=line.expires_at,
        queued_at=line.queued_at,
        attempts=line.attempts,
        sent_at=line.sent_at,
        request_id=line.request_id,
        reason=line.reason,
        queued_by=line.queued_by,
    )
