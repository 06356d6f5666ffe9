"""The awaited clients."""

from typing import Any, Self, overload

from buyerline.sp_api.asyncio.base.client import Client, awaited
from buyerline.sp_api.flows import messaging, orders, orders_v0, sellers, solicitations, tokens, upload
from buyerline.sp_api.flows.versions import V0, V20260101, OrdersVersion, version_of

__all__ = [
    "Messaging",
    "Orders",
    "OrdersV0",
    "OrdersV20260101",
    "OrdersVersion",
    "Sellers",
    "Solicitations",
    "Tokens",
    "Upload",
]


class Messaging(Client):
    """Messaging v1: messages to the buyer of an order."""

    get_messaging_actions_for_order = awaited(messaging.get_messaging_actions_for_order)
    get_attributes = awaited(messaging.get_attributes)
    confirm_customization_details = awaited(messaging.confirm_customization_details)
    create_confirm_delivery_details = awaited(messaging.create_confirm_delivery_details)
    create_legal_disclosure = awaited(messaging.create_legal_disclosure)
    create_negative_feedback_removal = awaited(messaging.create_negative_feedback_removal)
    create_confirm_order_details = awaited(messaging.create_confirm_order_details)
    create_confirm_service_details = awaited(messaging.create_confirm_service_details)
    create_amazon_motors = awaited(messaging.create_amazon_motors)
    create_warranty = awaited(messaging.create_warranty)
    create_digital_access_key = awaited(messaging.create_digital_access_key)
    create_unexpected_problem = awaited(messaging.create_unexpected_problem)
    send_invoice = awaited(messaging.send_invoice)


class Upload(Client):
    """Uploads 2020-11-01: destinations for files."""

    upload_document = awaited(upload.upload_document)


class Orders(Client):
    """The seller's orders: version 0 where no version is given, as in python-amazon-sp-api."""

    @overload
    def __new__(cls, *args: Any, version: V0 | None = None, **kwargs: Any) -> "OrdersV0": ...
    @overload
    def __new__(cls, *args: Any, version: V20260101, **kwargs: Any) -> "OrdersV20260101": ...
    @overload
    def __new__(cls, *args: Any, version: str, **kwargs: Any) -> "Orders": ...
    def __new__(cls, *args: Any, version: str | None = None, **kwargs: Any) -> "Orders":  # noqa: ARG004, PYI034 - __init__ takes the arguments, of the subclass that is made
        """The client of the version asked for."""
        return super().__new__(_ORDERS[version_of(version)])


class OrdersV0(Orders):
    """Orders v0, which Amazon removes on 27 March 2027."""

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """A client of this version."""
        return object.__new__(cls)

    get_orders = awaited(orders_v0.get_orders)
    get_order = awaited(orders_v0.get_order)
    get_order_items = awaited(orders_v0.get_order_items)


class OrdersV20260101(Orders):
    """Orders 2026-01-01."""

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """A client of this version."""
        return object.__new__(cls)

    search_orders = awaited(orders.search_orders)
    get_order = awaited(orders.get_order)


class Solicitations(Client):
    """Solicitations v1: Amazon's own request for a review, once for an order."""

    get_solicitation_actions_for_order = awaited(solicitations.get_solicitation_actions_for_order)
    create_product_review_and_seller_feedback_solicitation = awaited(
        solicitations.create_product_review_and_seller_feedback_solicitation
    )


class Sellers(Client):
    """Sellers v1: the account and its marketplaces."""

    get_marketplace_participation = awaited(sellers.get_marketplace_participation)
    get_account = awaited(sellers.get_account)


class Tokens(Client):
    """Tokens 2021-03-01: restricted data tokens."""

    create_restricted_data_token = awaited(tokens.create_restricted_data_token)


_ORDERS: dict[OrdersVersion, type[Orders]] = {
    OrdersVersion.V0: OrdersV0,
    OrdersVersion.V_2026_01_01: OrdersV20260101,
}
