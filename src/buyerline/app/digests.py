"""What makes two messages the same message, for messages that are not in the outbox yet."""

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.messages.drafts import Draft, coverage_date
from buyerline.outbox.keys import digest_of
from buyerline.outbox.schema import milliseconds

if TYPE_CHECKING:
    from buyerline.app import draft_rows

_encode = msgspec.json.Encoder().encode


def digest_of_draft(draft: Draft, marketplace_id: str) -> str:
    """What the outbox will know the content of a message by, see `digest_of`.

    Args:
        draft: what is written; the checks have found nothing wrong with it.
        marketplace_id: where its order was placed.
    """
    kind = MESSAGE_TYPES.get(draft.type)
    return digest_of(
        marketplace_id,
        draft.order_id,
        kind.name if kind else draft.type,
        draft.text,
        [(file.name, sha256(file.content).hexdigest()) for file in draft.attachments],
        coverage_date(draft.coverage_start).isoformat() if draft.coverage_start else None,
        coverage_date(draft.coverage_end, end=True).isoformat() if draft.coverage_end else None,
    )


def digest_of_waiting(waiting: "draft_rows.Draft") -> str:
    """What tells a message that waits for a second person from what it said before, or says after it is changed.

    Args:
        waiting: what is shown to that person. Files of the same id have the same bytes.
    """
    content = (
        waiting.id,
        waiting.account_id,
        waiting.order_id,
        waiting.type,
        waiting.text,
        waiting.coverage_start,
        waiting.coverage_end,
        [(file.id, file.name) for file in waiting.files],
        milliseconds(waiting.send_at) if waiting.send_at else None,
    )
    return sha256(_encode(content)).hexdigest()
