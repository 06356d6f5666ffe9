"""Orders v0, the reads, which Amazon removes on 27 March 2027.

``RestrictedResources`` names the personal data that an answer shall hold (``"buyerInfo"``, ``"shippingAddress"``); a
restricted data token is got for the call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from buyerline.amazon.flow import Flow
from buyerline.amazon.operations import Operation, QueryValue
from buyerline.amazon.orders_v0 import GET_ORDER, GET_ORDER_ITEMS, GET_ORDERS
from buyerline.amazon.tokens import RestrictedResource, TokensFlows
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.arguments import as_query, marketplace_ids

RESTRICTED = "RestrictedResources"


def get_orders(client: Connected, /, **kwargs: Any) -> Flow[Any]:
    """One page of orders, in the client's marketplace where ``MarketplaceIds`` names none."""
    places = marketplace_ids(kwargs) or [client.marketplace_id]
    return _read(client, GET_ORDERS, {}, kwargs, MarketplaceIds=places)


def get_order(client: Connected, /, order_id: str, **kwargs: Any) -> Flow[Any]:
    """One order, without its items."""
    return _read(client, GET_ORDER, {"orderId": order_id}, kwargs)


def get_order_items(client: Connected, /, order_id: str, **kwargs: Any) -> Flow[Any]:
    """The items of an order."""
    return _read(client, GET_ORDER_ITEMS, {"orderId": order_id}, kwargs)


def _read(
    client: Connected,
    operation: Operation[Any],
    path: Mapping[str, str],
    kwargs: Mapping[str, Any],
    **more: QueryValue,
) -> Flow[Any]:
    query = more | as_query({name: value for name, value in kwargs.items() if name != RESTRICTED})
    session = client.session
    if RESTRICTED in kwargs:
        token = yield from _restricted_token(client, operation.target(path, {}), kwargs[RESTRICTED])
        session = replace(session, restricted_token=token)
    yield from session.respond(operation, path=path, query=query)


def _restricted_token(client: Connected, path: str, elements: Sequence[str]) -> Flow[str]:
    """A token that opens personal data of one path; within a ``with`` block the client goes on using it."""
    resource = RestrictedResource("GET", path, tuple(elements))
    answer = yield from TokensFlows(client.session).create_restricted([resource])
    if client.keep_restricted_data_token:
        client.restricted_data_token = answer.restricted_data_token
    return answer.restricted_data_token
