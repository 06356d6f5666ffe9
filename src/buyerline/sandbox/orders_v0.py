"""Orders API v0: getOrders, getOrder and getOrderItems, which Amazon removes on 27 March 2027."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox import errors, static_cases
from buyerline.sandbox.accounts import ORDER_READERS
from buyerline.sandbox.clock import iso
from buyerline.sandbox.gateway import caller
from buyerline.sandbox.messaging import ORDER_ID
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.order_search import Span, read_choices, read_marketplaces, read_page, read_span
from buyerline.sandbox.orders import Item, Order, Search
from buyerline.sandbox.paging import fingerprint, page_size
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call

_CREATED = ("CreatedAfter", "CreatedBefore")
_UPDATED = ("LastUpdatedAfter", "LastUpdatedBefore")
_FILTERS = (*_CREATED, *_UPDATED, "OrderStatuses", "MarketplaceIds", "FulfillmentChannels", "AmazonOrderIds")

STATUSES = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
"""Version 0's words for an order's status."""

CHANNELS = {"MERCHANT": "MFN", "AMAZON": "AFN"}


def get_orders(state: State, call: Call) -> Answer:
    """getOrders: one page of the seller's orders, oldest first."""
    if documented := static_cases.answer("orders_v0.getOrders", call):
        return documented
    account = caller(call)
    marketplace_ids = call.values("MarketplaceIds")
    if not marketplace_ids:
        raise errors.missing_parameters("MarketplaceIds")
    size = page_size(call.value("MaxResultsPerPage"))
    span = _span(state, call)
    search = Search(
        by=span.by,
        after=span.after,
        before=span.before,
        now=state.clock.time(),
        marketplaces=read_marketplaces(marketplace_ids, account),
        statuses=_translated(call.values("OrderStatuses"), STATUSES, also="InvoiceUnconfirmed"),
        fulfilled_by=_translated(call.values("FulfillmentChannels"), CHANNELS),
        ids=frozenset(call.values("AmazonOrderIds")),
    )
    filters, token = fingerprint(call, _FILTERS), call.value("NextToken")
    page = read_page(state, account, search, filters, size=size, token=token)
    payload: dict[str, Any] = {"Orders": [order_view(order) for order in page.orders]}
    if page.next_token:
        payload["NextToken"] = page.next_token
    name = "CreatedBefore" if span.by == "created" else "LastUpdatedBefore"
    payload[name] = iso(datetime.fromtimestamp(page.before, UTC))
    return Answer.json(200, {"payload": payload})


def _span(state: State, call: Call) -> Span:
    """The span of time; orders that are named by their ids need none."""
    if call.values("AmazonOrderIds") and not any(call.value(name) for name in (*_CREATED, *_UPDATED)):
        return Span("created", 0.0, (state.clock.now() - timedelta(minutes=2)).timestamp())
    return read_span(call, state.clock, _CREATED, _UPDATED)


def _translated(values: list[str], words: dict[str, str], also: str = "") -> frozenset[str]:
    """Our words for version 0's. ``also`` is a word that is allowed, and that no order here has."""
    back = {theirs: ours for ours, theirs in words.items()}
    known = frozenset(back) | ({also} if also else set())
    return frozenset(back.get(value, value) for value in read_choices(values, known))


def get_order(state: State, call: Call) -> Answer:
    """getOrder: one order, without its items."""
    if documented := static_cases.answer("orders_v0.getOrder", call):
        return documented
    return Answer.json(200, {"payload": order_view(_find(state, call))})


def get_order_items(state: State, call: Call) -> Answer:
    """getOrderItems: the items of one order, all on one page."""
    if documented := static_cases.answer("orders_v0.getOrderItems", call):
        return documented
    if call.value("NextToken") is not None:
        raise errors.invalid_submission()
    order = _find(state, call)
    items = [_item_view(order, item) for item in order.items]
    return Answer.json(200, {"payload": {"AmazonOrderId": order.id, "OrderItems": items}})


def _find(state: State, call: Call) -> Order:
    if ORDER_ID.fullmatch(call.arguments["orderId"]) is None:
        raise errors.invalid_submission()
    order = state.orders.get(caller(call).id, call.arguments["orderId"])
    if order is None:
        raise errors.not_found()
    return order


def order_view(order: Order) -> dict[str, Any]:
    """The order as version 0 shows it. The buyer's data would need a restricted data token, and is left out."""
    shipped = sum(item.shipped for item in order.items)
    waiting = 0 if order.status == "CANCELLED" else sum(item.quantity for item in order.items) - shipped
    view: dict[str, Any] = {
        "AmazonOrderId": order.id,
        "PurchaseDate": iso(order.purchased_at),
        "LastUpdateDate": iso(order.updated_at),
        "OrderStatus": STATUSES[order.status],
        "FulfillmentChannel": CHANNELS[order.fulfilled_by],
        "SalesChannel": f"A{Marketplace[order.marketplace].site[1:]}",
        "ShipServiceLevel": "Standard",
        "NumberOfItemsShipped": shipped,
        "NumberOfItemsUnshipped": waiting,
        "PaymentMethod": "Other",
        "PaymentMethodDetails": ["Standard"],
        "MarketplaceId": order.marketplace_id,
        "ShipmentServiceLevelCategory": "Standard",
        "OrderType": "Preorder" if order.status == "PENDING_AVAILABILITY" else "StandardOrder",
        "EarliestShipDate": iso(order.ship_by.earliest),
        "LatestShipDate": iso(order.ship_by.latest),
        "IsBusinessOrder": order.business,
        "IsPrime": False,
        "IsPremiumOrder": False,
        "IsReplacementOrder": False,
        "IsISPU": False,
    }
    if order.items and order.status not in ("PENDING", "PENDING_AVAILABILITY"):
        view["OrderTotal"] = _money(order.total, order.items[0].currency)
    if order.fulfilled_by == "MERCHANT":
        view["EarliestDeliveryDate"] = iso(order.deliver_by.earliest)
        view["LatestDeliveryDate"] = iso(order.deliver_by.latest)
    return view


def _item_view(order: Order, item: Item) -> dict[str, Any]:
    return {
        "ASIN": item.asin,
        "SellerSKU": item.sku,
        "OrderItemId": item.id,
        "Title": item.title,
        "QuantityOrdered": item.quantity,
        "QuantityShipped": item.shipped,
        "ProductInfo": {"NumberOfItems": "1"},
        "ItemPrice": _money(item.total, item.currency),
        "IsGift": "false",
        "ConditionId": "New",
        "ConditionSubtypeId": "New",
        "IsTransparency": False,
        "SerialNumberRequired": False,
        "BuyerInfo": {
            "BuyerCustomizedInfo": {"CustomizedURL": f"https://customization.example/{order.id}/{item.id}.zip"}
        }
        if order.customized
        else {},
    }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"CurrencyCode": currency, "Amount": str(amount)}


_PLAN = Plan(rate=0.5, burst=30)
_PATH = "/orders/v0/orders"

OPERATIONS = (
    Operation("getOrders", "GET", _PATH, Plan(rate=0.0167, burst=20), get_orders, ORDER_READERS),
    Operation("getOrder", "GET", f"{_PATH}/{{orderId}}", _PLAN, get_order, ORDER_READERS),
    Operation("getOrderItems", "GET", f"{_PATH}/{{orderId}}/orderItems", _PLAN, get_order_items, ORDER_READERS),
)
