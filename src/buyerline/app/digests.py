"""What makes two messages the same message, for messages that are not in the outbox yet."""

from hashlib import sha256

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.messages.drafts import Draft, coverage_date
from buyerline.outbox.keys import digest_of


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
