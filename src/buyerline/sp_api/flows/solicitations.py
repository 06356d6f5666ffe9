"""Solicitations v1."""

from typing import Any

from buyerline.amazon.flow import Flow
from buyerline.amazon.session import Receipt
from buyerline.amazon.solicitations import GET_ACTIONS, REQUEST_REVIEW, REVIEW
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.arguments import the_marketplace
from buyerline.sp_api.flows.messaging import get_of_order


def get_solicitation_actions_for_order(client: Connected, /, amazonOrderId: str, **kwargs: Any) -> Flow[Any]:  # noqa: N803 - the original's name
    """The solicitations that are available for an order now."""
    return get_of_order(client, GET_ACTIONS, amazonOrderId, kwargs)


def create_product_review_and_seller_feedback_solicitation(
    client: Connected,
    /,
    amazonOrderId: str,  # noqa: N803 - the original's name
    **kwargs: Any,
) -> Flow[Receipt]:
    """Have Amazon ask the buyer for a product review and seller feedback, once for an order."""
    place = the_marketplace(kwargs)
    return (yield from client.session.post_once(REQUEST_REVIEW, amazonOrderId, REVIEW, marketplace=place))
