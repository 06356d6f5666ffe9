"""What makes two messages the same message, where nobody gave them a key of their own."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

_encode = msgspec.json.Encoder().encode


def digest_of(
    marketplace_id: str,
    order_id: str,
    type_segment: str,
    text: str | None,
    files: Iterable[tuple[str, str]],
    coverage_start: str | None,
    coverage_end: str | None,
) -> str:
    """The SHA-256, in hex, of all that an account's message consists of.

    Args:
        marketplace_id: where the order was placed.
        order_id: Amazon's order id.
        type_segment: the message type by the name that stands in its path (``"invoice"``, not ``"sendInvoice"``).
        text: what the buyer reads; none and an empty one are the same, since neither is sent.
        files: each attachment's name and the SHA-256 of its bytes in hex, in their order.
        coverage_start: the `coverage_date` of a warranty's first day, as ISO 8601.
        coverage_end: that of its last day.
    """
    content = (marketplace_id, order_id, type_segment, text or None, tuple(files), coverage_start, coverage_end)
    return sha256(_encode(content)).hexdigest()
