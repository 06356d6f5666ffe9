"""Messages for the outbox."""

from typing import Any

from buyerline.outbox import Outgoing
from buyerline.sandbox import GUIDE_ORDER

ORDER = GUIDE_ORDER
TYPE = "confirmOrderDetails"
TEXT = "Your parcel is packed and leaves today."
NOWHERE = "http://127.0.0.1:9"
"""An endpoint at which nobody answers: for what never gets to sending."""


def letter(text: str | None = TEXT, **facts: Any) -> Outgoing:
    """A message that nothing is wrong with; further keywords are those of `Outgoing`."""
    return Outgoing(**({"order_id": ORDER, "type": TYPE, "text": text} | facts))


def letters(number: int, **facts: Any) -> list[Outgoing]:
    """As many different ones, whose texts end in 1, 2 and so on."""
    return [letter(f"{TEXT} Part {index}", **facts) for index in range(1, number + 1)]
