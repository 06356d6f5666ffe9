"""Messaging v1. Each method takes the order's marketplace as ``marketplaceIds``, the client's where none is given.

A message goes through `Session.post_once`: it is repeated only when Amazon certainly did not take it.
"""

from collections.abc import Mapping
from typing import Any

from buyerline.amazon.flow import Flow
from buyerline.amazon.messaging import GET_ACTIONS, GET_ATTRIBUTES, MESSAGE_TYPES
from buyerline.amazon.operations import Operation
from buyerline.amazon.session import Receipt
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.arguments import as_query, the_marketplace, without_marketplaces


def get_messaging_actions_for_order(client: Connected, /, order_id: str, **kwargs: Any) -> Flow[Any]:
    """The message types that are available for an order now."""
    return get_of_order(client, GET_ACTIONS, order_id, kwargs)


def get_attributes(client: Connected, /, order_id: str, **kwargs: Any) -> Flow[Any]:
    """The buyer's language of preference."""
    return get_of_order(client, GET_ATTRIBUTES, order_id, kwargs)


def confirm_customization_details(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Ask the buyer to provide or verify customization details: ``text``, ``attachments``."""
    return _post(client, "confirmCustomizationDetails", order_id, body, kwargs)


def create_confirm_delivery_details(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Arrange a delivery, or confirm contact information for one: ``text``."""
    return _post(client, "confirmDeliveryDetails", order_id, body, kwargs)


def create_legal_disclosure(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Send documents that the law demands: ``attachments``. Critical, reaches buyers who opted out."""
    return _post(client, "legalDisclosure", order_id, body, kwargs)


def create_negative_feedback_removal(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any] | None = None, **kwargs: Any
) -> Flow[Receipt]:
    """Ask the buyer to remove negative feedback, once for an order; it takes no input."""
    return _post(client, "negativeFeedbackRemoval", order_id, body, kwargs)


def create_confirm_order_details(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Ask a question about the order before it ships: ``text``."""
    return _post(client, "confirmOrderDetails", order_id, body, kwargs)


def create_confirm_service_details(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Arrange a Home Services call, or gather information for one: ``text``."""
    return _post(client, "confirmServiceDetails", order_id, body, kwargs)


def create_amazon_motors(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Send details of an Amazon Motors order: ``attachments``."""
    return _post(client, "amazonMotors", order_id, body, kwargs)


def create_warranty(client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any) -> Flow[Receipt]:
    """Send a warranty: ``attachments``, ``coverageStartDate``, ``coverageEndDate``."""
    return _post(client, "warranty", order_id, body, kwargs)


def create_digital_access_key(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Send a key to digital content: ``text``, ``attachments``."""
    return _post(client, "digitalAccessKey", order_id, body, kwargs)


def create_unexpected_problem(
    client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any
) -> Flow[Receipt]:
    """Tell of a problem with completing the order: ``text``. Critical, reaches buyers who opted out."""
    return _post(client, "unexpectedProblem", order_id, body, kwargs)


def send_invoice(client: Connected, /, order_id: str, *, body: Mapping[str, Any], **kwargs: Any) -> Flow[Receipt]:
    """Send an invoice: ``attachments``."""
    return _post(client, "invoice", order_id, body, kwargs)


def get_of_order(client: Connected, operation: Operation[Any], order_id: str, kwargs: Mapping[str, Any]) -> Flow[Any]:
    """A question about an order, in its one marketplace."""
    place = client.session.marketplace_of(the_marketplace(kwargs))
    query = {"marketplaceIds": place.id, **as_query(kwargs)}
    yield from client.session.respond(operation, path={"amazonOrderId": order_id}, query=query)


def _post(
    client: Connected, name: str, order_id: str, body: Mapping[str, Any] | None, kwargs: Mapping[str, Any]
) -> Flow[Receipt]:
    if body is not None and not isinstance(body, Mapping):
        raise TypeError(f"body: a dict belongs here, for example {{'text': ...}}; this is a {type(body).__name__}.")
    kind = MESSAGE_TYPES[name]
    content = None if body is None else without_marketplaces(body)
    place = the_marketplace(kwargs)
    return (yield from client.session.post_once(kind.operation, order_id, name, marketplace=place, body=content))
