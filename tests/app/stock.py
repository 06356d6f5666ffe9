"""Orders to test with: as Amazon tells of them, kept in a database without Amazon."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon.orders_types import Order
from buyerline.app.database import open_database
from buyerline.app.order_finding import Filters
from buyerline.app.order_storing import store
from buyerline.app.orders import Orders, OrdersPage
from buyerline.app.schema import connected, orders
from buyerline.app.viewer import Role, Viewer
from buyerline.outbox import Outbox
from buyerline.outbox.clock import now
from buyerline.outbox.schema import account, message

US, DE, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENDPOINT = "https://amazon.example"


def viewer(*accounts: int) -> Viewer:
    """An agent who may see these accounts; an owner, where none is named."""
    role = Role.AGENT if accounts else Role.OWNER
    return Viewer(1, "vera@shop.example", "Vera", role, None, None, 0, frozenset(accounts) or None)


def told(
    number: int,
    *titles: str,
    minutes: float = 0,
    updated: float | None = None,
    sku: str = "SKU-1",
    asin: str = "B0EXAMPLE1",
    marketplace: str = US,
    status: str = "UNSHIPPED",
    fulfilled_by: str = "MERCHANT",
    order_id: str | None = None,
    **more: Any,
) -> Order:
    """An order as Amazon tells of it.

    Args:
        number: the last digits of its id.
        titles: of its items.
        minutes: after `NOON` at which it was placed.
        updated: likewise, when it was updated; when it was placed by default.
        sku: of every item.
        asin: of every item.
        marketplace: its id.
        status: Amazon's word.
        fulfilled_by: likewise.
        order_id: in place of one that ends in `number`.
        more: other parts of Amazon's answer.
    """
    placed = NOON + timedelta(minutes=minutes)
    price = {"unitPrice": {"amount": "12.50", "currencyCode": "USD"}}
    items = [
        {
            "orderItemId": str(at),
            "quantityOrdered": 2,
            "product": {"asin": asin, "sellerSku": sku, "title": title, "price": price},
        }
        for at, title in enumerate(titles or ("Blue mug",))
    ]
    answer = {
        "orderId": order_id or f"902-0000000-{number:07d}",
        "createdTime": placed,
        "lastUpdatedTime": NOON + timedelta(minutes=minutes if updated is None else updated),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace},
        "orderItems": items,
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": fulfilled_by},
        "proceeds": {"grandTotal": {"amount": "25.00", "currencyCode": "USD"}},
    }
    return msgspec.convert({**answer, **more}, Order, strict=False)


class Stock:
    """Orders of accounts in a database of their own."""

    def __init__(self, url: str) -> None:
        self.database = open_database(url)
        self.orders = Orders(self.database, ENDPOINT)
        self.outbox = Outbox(database=self.database, who="somebody", options={"endpoint": ENDPOINT})
        self.shop = self.account("shop")

    def clear(self) -> None:
        """Let it be as it was at the start."""
        with self.database.write() as connection:
            for table in (message, orders, connected, account):
                connection.execute(sa.delete(table))
        self.shop = self.account("shop")

    def account(self, name: str) -> int:
        """The number of a new account, which is connected."""
        with self.database.write() as connection:
            line = {"name": name, "endpoint": self.outbox.endpoint}
            number: int = connection.execute(sa.insert(account).values(line).returning(account.c.id)).scalar_one()
            row = {"account_id": number, "title": name.title(), "region": "na", "marketplaces": f'["{US}"]'}
            connection.execute(sa.insert(connected).values(row | {"refresh_token": "sealed", "connected_at": now()}))
        return number

    def keep(self, *amazon_orders: Order, account_id: int | None = None) -> int:
        """Keep orders; how many were news."""
        with self.database.write() as connection:
            return store(self.database, connection, account_id or self.shop, amazon_orders)

    def message(self, order: int | str, account_name: str = "shop") -> str:
        """Queue a message for an order, as anybody may; the message's id."""
        order_id = order if isinstance(order, str) else f"902-0000000-{order:07d}"
        text = f"A question about {now()}"
        return self.outbox.add(order_id, "confirmOrderDetails", text=text, account=account_name).id

    def page(self, who: Viewer | None = None, /, **wanted: Any) -> OrdersPage:
        """A page; `before`, `after` and `limit` as for `Orders.page`, the others are filters."""
        paging = {name: wanted.pop(name) for name in ("before", "after", "limit") if name in wanted}
        return self.orders.page(who or viewer(), Filters(**wanted), **paging)

    def numbers(self, who: Viewer | None = None, /, **wanted: Any) -> list[int]:
        """The last digits of the ids of the orders on a page."""
        return numbers(self.page(who, **wanted))


def numbers(page: OrdersPage) -> list[int]:
    """The last digits of the ids of a page's orders, as it has them."""
    return [int(row.order_id[-7:]) for row in page.rows]


@contextmanager
def stock_in(url: str) -> Iterator[Stock]:
    """A stock of orders in the database at `url`."""
    stock = Stock(url)
    try:
        yield stock
    finally:
        stock.database.close()
