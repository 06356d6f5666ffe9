"""Words for the codes of Amazon and of the outbox: what a page shows where they have only a name for programs."""

from collections.abc import Mapping
from typing import NamedTuple

from buyerline.amazon.marketplaces import Region
from buyerline.app.formats import NOTHING
from buyerline.app.languages import translations
from buyerline.app.viewer import Role
from buyerline.outbox.messages import State
from buyerline.outbox.transitions import LOOKED_INTO


class Word(NamedTuple):
    """A code's English word, and what it is said of: an order is cancelled in other words than a message."""

    context: str
    msgid: str


STATES: Mapping[str, Word] = {
    State.QUEUED: Word("message", "Queued"),
    State.SENDING: Word("message", "Sending"),
    State.SENT: Word("message", "Sent"),
    State.REFUSED: Word("message", "Refused"),
    State.UNKNOWN: Word("message", "Unknown"),
    State.CANCELLED: Word("message", "Cancelled"),
    State.EXPIRED: Word("message", "Expired"),
    State.FAILED: Word("message", "Failed"),
    LOOKED_INTO: Word("message", "Looked into"),
}
"""Where a message stands, and the one thing more that an event of its history may say."""

ORDER_STATUSES: Mapping[str, Word] = {
    "PENDING_AVAILABILITY": Word("order", "Pre-ordered"),
    "PENDING": Word("order", "Pending"),
    "UNSHIPPED": Word("order", "Unshipped"),
    "PARTIALLY_SHIPPED": Word("order", "Partly shipped"),
    "SHIPPED": Word("order", "Shipped"),
    "CANCELLED": Word("order", "Cancelled"),
    "UNFULFILLABLE": Word("order", "Cannot be fulfilled"),
}
"""How far an order is. Source: Amazon, Orders API 2026-01-01, ``fulfillmentStatus``."""

FULFILLED_BY: Mapping[str, Word] = {
    "AMAZON": Word("who ships", "Amazon"),
    "MERCHANT": Word("who ships", "Seller"),
}
"""Who ships an order. Source: Amazon, Orders API 2026-01-01, ``fulfilledBy``."""

REGIONS: Mapping[str, Word] = {
    Region.NA.value: Word("region", "North America"),
    Region.EU.value: Word("region", "Europe"),
    Region.FE.value: Word("region", "Far East"),
}

ROLES: Mapping[str, Word] = {
    Role.OWNER: Word("role", "Owner"),
    Role.AGENT: Word("role", "Agent"),
}


def in_words(words: Mapping[str, Word], code: str | None, language: str) -> str:
    """The word for a code, in a language of `LANGUAGES`.

    Args:
        words: the table that the code belongs to.
        code: the code. One that is not in the table, because Amazon has a new one, is shown as it can be read.
        language: of the viewer.
    """
    if not code:
        return NOTHING
    word = words.get(code)
    if word is not None:
        return translations(language).pgettext(*word)
    return code.replace("_", " ").capitalize() if code.isupper() else code
