"""Solicitations API v1: asking a buyer for a review and seller feedback, once, some days after delivery.

The window is the one of Amazon's set-up guide: 5 days after the earliest to 30 days after the latest promised
delivery. The texts of the refusals are those that developers posted.
"""

from datetime import timedelta

from buyerline.sandbox import static_cases
from buyerline.sandbox.accounts import BUYER_SOLICITATION, PRODUCT_LISTING
from buyerline.sandbox.errors import Refusal
from buyerline.sandbox.gateway import asked_marketplace
from buyerline.sandbox.messaging import find_order
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.orders import Order
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import HAL_JSON, Answer, Call

NAME = "productReviewAndSellerFeedback"
TITLE = "Ask for a review and feedback"

OPENS_AFTER = timedelta(days=5)
CLOSES_AFTER = timedelta(days=30)


def get_actions(state: State, call: Call) -> Answer:
    """getSolicitationActionsForOrder: the one solicitation, while it can be sent."""
    if documented := static_cases.answer("solicitations.getSolicitationActionsForOrder", call):
        return documented
    marketplace = asked_marketplace(call)
    order = find_order(state, call, marketplace)
    base = f"/solicitations/v1/orders/{order.id}"
    query = f"?marketplaceIds={marketplace.id}"
    link = {"href": f"{base}/solicitations/{NAME}{query}", "name": NAME}
    schema_link = {"href": f"{base}/solicitations/{NAME}/schema", "name": NAME}
    form = {
        "_links": {"self": schema_link},
        "type": "object",
        "name": NAME,
        "title": TITLE,
        "description": "Ask your customer for a product review and seller feedback. It can be sent once for an order.",
        "properties": {},
        "required": [],
        "$schema": "http://json-schema.org/draft-04/schema#",
    }
    action = {
        "_links": {"schema": schema_link, "self": link},
        "_embedded": {"schema": form},
        "name": NAME,
        "title": TITLE,
    }
    is_open = _refusal(state, order) is None
    content = {
        "_links": {"actions": [link] if is_open else [], "self": {"href": f"{base}{query}"}},
        "_embedded": {"actions": [action] if is_open else []},
    }
    return Answer.json(200, content, HAL_JSON)


def solicit(state: State, call: Call) -> Answer:
    """createProductReviewAndSellerFeedbackSolicitation: ask once."""
    if documented := static_cases.answer("solicitations.createProductReviewAndSellerFeedbackSolicitation", call):
        return documented
    order = find_order(state, call, asked_marketplace(call))
    refusal = _refusal(state, order)
    if refusal is not None:
        raise refusal
    state.database.execute("INSERT INTO solicitations VALUES (?, ?)", (order.account, order.id))
    return Answer.json(201, {}, HAL_JSON)


def _refusal(state: State, order: Order) -> Refusal | None:
    asked = state.database.execute(
        "SELECT 1 FROM solicitations WHERE account = ? AND order_id = ?", (order.account, order.id)
    ).fetchone()
    if asked:
        return _unauthorized("You have already requested a review for this order.")
    if order.closed or order.refunded or order.status != "SHIPPED":
        return _unauthorized("The requested solicitation is not available for this amazonOrderId.")
    opens_at = order.deliver_by.earliest + OPENS_AFTER
    closes_at = order.deliver_by.latest + CLOSES_AFTER
    if not opens_at <= state.clock.now() <= closes_at:
        return _unauthorized(
            "You can\N{RIGHT SINGLE QUOTATION MARK}t use this feature to request a review outside the 5-30 day range "
            "after the order delivery date."
        )
    return None


def _unauthorized(message: str) -> Refusal:
    return Refusal(403, "Unauthorized", message)


_PLAN = Plan(rate=1, burst=5)
_ROLES = frozenset({BUYER_SOLICITATION, PRODUCT_LISTING})
_PATH = "/solicitations/v1/orders/{orderId}"

OPERATIONS = (
    Operation(
        "getSolicitationActionsForOrder",
        "GET",
        _PATH,
        _PLAN,
        get_actions,
        _ROLES,
        takes_marketplace=True,
        media_type=HAL_JSON,
    ),
    Operation(
        "createProductReviewAndSellerFeedbackSolicitation",
        "POST",
        f"{_PATH}/solicitations/{NAME}",
        _PLAN,
        solicit,
        _ROLES,
        takes_marketplace=True,
        media_type=HAL_JSON,
    ),
)
