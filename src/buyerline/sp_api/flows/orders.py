"""Orders 2026-01-01."""

from typing import Any

from buyerline.amazon.flow import Flow
from buyerline.amazon.orders import GET_ORDER, SEARCH_ORDERS
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.arguments import as_query, marketplace_ids


def search_orders(client: Connected, /, **kwargs: Any) -> Flow[Any]:
    """One page of orders, in the client's marketplace where ``marketplaceIds`` names none."""
    query = {"marketplaceIds": marketplace_ids(kwargs) or [client.marketplace_id], **as_query(kwargs)}
    return client.session.respond(SEARCH_ORDERS, query=query)


def get_order(client: Connected, /, order_id: str, **kwargs: Any) -> Flow[Any]:
    """One order with its items."""
    return client.session.respond(GET_ORDER, path={"orderId": order_id}, query=as_query(kwargs))
