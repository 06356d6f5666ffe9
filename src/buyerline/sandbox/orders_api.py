"""Orders API 2026-01-01: searchOrders and getOrder."""

from datetime import UTC, datetime
from typing import Any, get_args

from buyerline.sandbox import errors, static_cases
from buyerline.sandbox.accounts import ORDER_READERS
from buyerline.sandbox.clock import iso
from buyerline.sandbox.gateway import caller
from buyerline.sandbox.messaging import ORDER_ID
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.order_search import read_choices, read_marketplaces, read_page, read_span
from buyerline.sandbox.order_views import DATASETS, order_view
from buyerline.sandbox.orders import FulfilledBy, Search, Status
from buyerline.sandbox.paging import fingerprint, page_size
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call

_CREATED = ("createdAfter", "createdBefore")
_UPDATED = ("lastUpdatedAfter", "lastUpdatedBefore")
# What must stay the same from page to page; the page's size and includedData may change.
_FILTERS = (*_CREATED, *_UPDATED, "fulfillmentStatuses", "marketplaceIds", "fulfilledBy")


def search_orders(state: State, call: Call) -> Answer:
    """searchOrders: one page of the seller's orders, oldest first."""
    if documented := static_cases.answer("orders.searchOrders", call):
        return documented
    account = caller(call)
    datasets = read_choices(call.values("includedData"), DATASETS)
    size = page_size(call.value("maxResultsPerPage"))
    span = read_span(call, state.clock, _CREATED, _UPDATED)
    search = Search(
        by=span.by,
        after=span.after,
        before=span.before,
        now=state.clock.time(),
        marketplaces=read_marketplaces(call.values("marketplaceIds"), account),
        statuses=read_choices(call.values("fulfillmentStatuses"), frozenset(get_args(Status))),
        fulfilled_by=read_choices(call.values("fulfilledBy"), frozenset(get_args(FulfilledBy))),
    )
    filters, token = fingerprint(call, _FILTERS), call.value("paginationToken")
    page = read_page(state, account, search, filters, size=size, token=token)
    content: dict[str, Any] = {"orders": [order_view(order, account, datasets) for order in page.orders]}
    if page.next_token:
        content["pagination"] = {"nextToken": page.next_token}
    name = "createdBefore" if span.by == "created" else "lastUpdatedBefore"
    content[name] = iso(datetime.fromtimestamp(page.before, UTC))
    return Answer.json(200, content)


def get_order(state: State, call: Call) -> Answer:
    """getOrder: one order with its items."""
    if documented := static_cases.answer("orders.getOrder", call):
        return documented
    account = caller(call)
    datasets = read_choices(call.values("includedData"), DATASETS)
    if ORDER_ID.fullmatch(call.arguments["orderId"]) is None:
        raise errors.invalid_submission()
    order = state.orders.get(account.id, call.arguments["orderId"])
    if order is None:
        raise errors.not_found()
    return Answer.json(200, {"order": order_view(order, account, datasets)})


_PATH = "/orders/2026-01-01/orders"

OPERATIONS = (
    Operation("searchOrders", "GET", _PATH, Plan(rate=0.0056, burst=20), search_orders, ORDER_READERS),
    Operation("getOrder", "GET", f"{_PATH}/{{orderId}}", Plan(rate=0.5, burst=30), get_order, ORDER_READERS),
)
