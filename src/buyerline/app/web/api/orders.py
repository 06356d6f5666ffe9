"""The orders that are here."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from litestar import get
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.accounts import Account as SellerAccount
from buyerline.app.order_finding import Filters
from buyerline.app.order_rows import Item as OrderedItem
from buyerline.app.order_rows import OrderRow
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.accounts import Name
from buyerline.app.web.api.documented import operation
from buyerline.outbox.messages import State

LARGEST_PLACE = 2**62

OrderId = Annotated[
    str, PathParameter(description="Amazon's order id.", examples=[Example(value="902-6786204-8179805")])
]


class OrderStatus(StrEnum):
    """How far an order is (Amazon, Orders API 2026-01-01, `fulfillmentStatus`)."""

    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"
    PENDING = "PENDING"
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"
    UNFULFILLABLE = "UNFULFILLABLE"


class Shipper(StrEnum):
    """Who ships an order (Amazon, Orders API 2026-01-01, `fulfilledBy`)."""

    AMAZON = "AMAZON"
    MERCHANT = "MERCHANT"


class Item(msgspec.Struct, frozen=True):
    """One item of an order."""

    sku: Annotated[str | None, Meta(description="The seller's own name for it.", examples=["MUG-GREEN"])]
    asin: Annotated[str | None, Meta(description="Amazon's.", examples=["B00EXAMPLE"])]
    title: Annotated[str | None, Meta(examples=["A green mug"])]
    quantity: Annotated[int | None, Meta(examples=[2])]
    price: Annotated[str | None, Meta(description="Of one piece, an exact decimal.", examples=["12.50"])]
    currency: Annotated[str | None, Meta(description="ISO 4217.", examples=["USD"])]


class Order(msgspec.Struct, frozen=True):
    """An order as it was when Amazon last told of it. Nothing of the buyer is kept."""

    account: Annotated[str, Meta(description="The account's name.", examples=["shop"])]
    order_id: Annotated[str, Meta(examples=["902-6786204-8179805"])]
    marketplace_id: Annotated[str, Meta(examples=["ATVPDKIKX0DER"])]
    bought_at: datetime
    updated_at: Annotated[datetime, Meta(description="When anything about it last changed at Amazon.")]
    status: Annotated[
        str, Meta(description="One of `OrderStatus`, or what Amazon adds to them.", examples=["UNSHIPPED"])
    ]
    fulfilled_by: Annotated[
        str, Meta(description="One of `Shipper`, or what Amazon adds to them.", examples=["MERCHANT"])
    ]
    ship_by: datetime | None
    deliver_by: datetime | None
    total: Annotated[str | None, Meta(description="An exact decimal.", examples=["25.00"])]
    currency: Annotated[str | None, Meta(description="ISO 4217.", examples=["USD"])]
    items: list[Item]
    messages: Annotated[int, Meta(description="How many messages there are for it.", examples=[1])]
    last_state: Annotated[State | None, Meta(description="The state of the latest of them.")]


class OrdersAnswer(msgspec.Struct, frozen=True):
    """Some orders, newest first."""

    orders: list[Order]
    next: Annotated[int | None, Meta(description="`before` of the next page; null at the end.")]


@get(
    "/orders",
    **operation("listOrders", "Which orders are there?", tag="Orders", answer="Some orders.", fails=(404, 422)),
)
def orders(
    services: Services,
    viewer: Viewer,
    account: Annotated[str | None, QueryParameter(description="Only of the account of this name.")] = None,
    marketplace: Annotated[
        str | None, QueryParameter(description="Only of this country code or marketplace id.")
    ] = None,
    status: Annotated[OrderStatus | None, QueryParameter(description="Only of this fulfilment status.")] = None,
    fulfilled_by: Annotated[Shipper | None, QueryParameter(description="Only shipped by this one.")] = None,
    messaged: Annotated[bool | None, QueryParameter(description="Whether a message was ever queued for it.")] = None,
    q: Annotated[
        str,
        QueryParameter(max_length=200, description="The beginning of an order id, or words of titles, SKUs, ASINs."),
    ] = "",
    before: Annotated[
        int | None, QueryParameter(ge=0, le=LARGEST_PLACE, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="Orders at most.")] = 50,
) -> OrdersAnswer:
    """The orders that were synchronised, those bought last first."""
    filters = Filters(
        accounts=frozenset({services.accounts.of(viewer, account).id}) if account is not None else None,
        q=q,
        status=status,
        fulfilled_by=fulfilled_by,
        marketplace=Marketplace.of(marketplace).id if marketplace is not None else None,
        messaged=messaged,
    )
    found = services.orders.page(viewer, filters, before=before, limit=limit)
    return OrdersAnswer([_order(row) for row in found.rows], found.next)


@get(
    "/orders/{account:str}/{order_id:str}",
    **operation("getOrder", "One order", tag="Orders", answer="The order.", fails=(404,)),
)
def order(services: Services, viewer: Viewer, account: Name, order_id: OrderId) -> Order:
    """One order as it was when Amazon last told of it."""
    return _order(order_of(services, viewer, account, order_id)[1])


def order_of(services: Services, viewer: Viewer, account: str, order_id: str) -> tuple[SellerAccount, OrderRow]:
    """An account's order that a person may see, and the account.

    Raises:
        NotHere: there is none, or it is not theirs to see.
    """
    seller = services.accounts.of(viewer, account)
    return seller, services.orders.get(seller.id, order_id)


def _order(row: OrderRow) -> Order:
    return Order(
        account=row.account,
        order_id=row.order_id,
        marketplace_id=row.marketplace_id,
        bought_at=row.bought_at,
        updated_at=row.updated_at,
        status=row.status,
        fulfilled_by=row.fulfilled_by,
        ship_by=row.ship_by,
        deliver_by=row.deliver_by,
        total=None if row.total is None else str(row.total),
        currency=row.currency,
        items=[_item(item) for item in row.items],
        messages=row.messages,
        last_state=row.last_state,
    )


def _item(item: OrderedItem) -> Item:
    price = None if item.price is None else str(item.price)
    return Item(item.sku, item.asin, item.title, item.quantity, price, item.currency)


ROUTES = [orders, order]
