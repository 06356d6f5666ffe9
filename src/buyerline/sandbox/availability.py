"""Which message types an order offers now.

Amazon publishes no table; it says that fulfilment, the kind of seller and the number of messages sent matter. These
rules give what sellers saw: only legalDisclosure before shipping by Amazon and unexpectedProblem once shipped, a
closed order answered with 403, sendInvoice where invoices are customary, and once-only types gone after use.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from buyerline.sandbox.message_types import BY_SEGMENT, MESSAGE_TYPES
from buyerline.sandbox.orders import Order

SENDS_PER_TYPE = 5
"""After so many messages of one type an order lists the type as disabled. The number is ours: Amazon gives none."""

LIMIT_REASON = "You have sent the highest number of messages of this kind for this order."

_OPEN = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})
_INVOICE_MARKETPLACES = frozenset({"BR", "MX", "AE", "SA", "EG", "IN", "TR"})


def _waiting(order: Order) -> bool:
    return order.status in ("UNSHIPPED", "PARTIALLY_SHIPPED")


def _left(order: Order) -> bool:
    return order.status in ("PARTIALLY_SHIPPED", "SHIPPED")


def _always(_: Order) -> bool:
    return True


def _never(_: Order) -> bool:
    return False


def _by_merchant(order: Order) -> bool:
    return order.fulfilled_by == "MERCHANT"


RULES: dict[str, Callable[[Order], bool]] = {
    "confirmCustomizationDetails": lambda o: o.customized and _waiting(o),
    "confirmDeliveryDetails": lambda o: o.scheduled and _by_merchant(o) and o.delivered_at is None,
    "legalDisclosure": _always,
    "negativeFeedbackRemoval": _never,
    "confirmOrderDetails": lambda o: _by_merchant(o) and _waiting(o),
    "confirmServiceDetails": lambda o: o.service,
    "amazonMotors": lambda o: o.motors and _left(o),
    "warranty": lambda o: o.warranty and _left(o) and not o.refunded,
    "digitalAccessKey": lambda o: o.digital,
    "unexpectedProblem": lambda o: (_left(o) or _by_merchant(o)) and not o.digital and not o.refunded,
    "invoice": lambda o: _left(o) and (o.business or o.marketplace in _INVOICE_MARKETPLACES),
    "updateFeedback": lambda o: o.negative_feedback,
}
"""Type → what must hold for an order that is open for messages (negativeFeedbackRemoval is offered by name only)."""


def is_closed(order: Order, now: datetime) -> bool:
    """Whether messaging is closed for the order: cancelled, or completed more than 30 days ago."""
    if order.closed:
        return True
    if order.endless or order.types is not None:
        return False
    return order.status == "CANCELLED" or order.completed_before(now)


def offered_types(
    order: Order, now: datetime, sent: Mapping[str, int], *, update_feedback: bool
) -> dict[str, str | None]:
    """The path segments of the types listed for the order, each with the reason why it is disabled, or ``None``.

    Args:
        order: The order.
        now: Amazon's time.
        sent: How many messages of each type were accepted for the order.
        update_feedback: Whether ``updateFeedback`` is offered at all.
    """
    if is_closed(order, now):
        return {}
    offered: dict[str, str | None] = {}
    for segment in (message_type.segment for message_type in MESSAGE_TYPES):
        if segment == "updateFeedback" and not update_feedback:
            continue
        if _is_listed(order, segment) and not (BY_SEGMENT[segment].once and sent.get(segment)):
            offered[segment] = _disabled_reason(order, segment, sent.get(segment, 0))
    return offered


def _is_listed(order: Order, segment: str) -> bool:
    if segment in order.disabled:
        return True
    if order.types is not None:
        return segment in order.types
    return order.status in _OPEN and RULES[segment](order)


def _disabled_reason(order: Order, segment: str, sent: int) -> str | None:
    if segment in order.disabled:
        return order.disabled[segment]
    return LIMIT_REASON if sent >= SENDS_PER_TYPE and not order.endless else None
