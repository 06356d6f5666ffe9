"""Orders: their facts, and the table that holds them."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from buyerline.amazon.marketplaces import Marketplace

Status = Literal[
    "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"
]
FulfilledBy = Literal["MERCHANT", "AMAZON"]


class Item(msgspec.Struct, frozen=True):
    """One line of an order. ``unit_price`` is in ``currency``, tax included."""

    id: str
    asin: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    currency: str
    shipped: int = 0

    @property
    def total(self) -> Decimal:
        """Price of the line."""
        return self.unit_price * self.quantity


class Window(msgspec.Struct, frozen=True):
    """A promised span of time."""

    earliest: datetime
    latest: datetime


class Order(msgspec.Struct, frozen=True):
    """What Amazon knows of one order.

    Attributes:
        locale: The buyer's language of preference, such as ``es-US``.
        shipped_at: When the last shipped package left, ``None`` before.
        delivered_at: When it arrived, ``None`` before.
        customized: The buyer gave a design or text to put on the item.
        digital: The item is content or a key, nothing is shipped.
        service: A Home Services order.
        scheduled: A heavy or bulky delivery that needs an appointment.
        warranty: An item comes with the seller's warranty.
        motors: A vehicle part sold through Amazon Motors.
        business: The buyer is a business and expects an invoice.
        negative_feedback: The buyer left negative seller feedback.
        closed: Messaging is closed for the order whatever else holds.
        types: The types offered, when they are given instead of following from the facts.
        disabled: Types that are listed but cannot be sent, with the reason.
        endless: Sending again and again uses nothing up, but for the types that go once per order.
    """

    id: str
    account: str
    marketplace: str
    status: Status
    fulfilled_by: FulfilledBy
    locale: str
    purchased_at: datetime
    updated_at: datetime
    ship_by: Window
    deliver_by: Window
    items: tuple[Item, ...]
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    customized: bool = False
    digital: bool = False
    service: bool = False
    scheduled: bool = False
    warranty: bool = False
    motors: bool = False
    refunded: bool = False
    business: bool = False
    negative_feedback: bool = False
    closed: bool = False
    types: tuple[str, ...] | None = None
    disabled: dict[str, str] = {}
    endless: bool = False

    @property
    def total(self) -> Decimal:
        """What the buyer paid."""
        return sum((item.total for item in self.items), Decimal(0))

    @property
    def marketplace_id(self) -> str:
        """Amazon's id of the marketplace in which the order was placed."""
        return Marketplace[self.marketplace].id

    def completed_before(self, moment: datetime) -> bool:
        """Whether the promised delivery lies more than 30 days before.

        Then there are no proactive messages any more (Amazon's Communication Guidelines).
        """
        return moment > self.deliver_by.latest + timedelta(days=30)


TWO_YEARS = 2 * 365 * 24 * 3600
KEPT_LONGER = frozenset({"SG", "JP", "AU"})
"""Orders older than two years are listed in these marketplaces only (Orders API guide)."""


class Search(msgspec.Struct, frozen=True):
    """Which orders to list: times of creation or of the last change, and sets to be in (empty: any)."""

    by: Literal["created", "updated"]
    after: float
    before: float
    now: float
    marketplaces: frozenset[str]
    statuses: frozenset[str] = frozenset()
    fulfilled_by: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Order).decode


class Orders:
    """The orders in the database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def add(self, orders: Iterable[Order]) -> None:
        """Keep these orders, replacing those with the same account and id."""
        self._db.executemany(
            "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?)",
            (
                (o.account, o.id, o.marketplace, o.purchased_at.timestamp(), o.updated_at.timestamp(), _encode(o))
                for o in orders
            ),
        )

    def get(self, account: str, order_id: str) -> Order | None:
        """The account's order with this id."""
        row = self._db.execute("SELECT facts FROM orders WHERE account = ? AND id = ?", (account, order_id)).fetchone()
        return _decode(row[0]) if row else None

    def count(self) -> int:
        """How many orders there are in all."""
        return int(self._db.execute("SELECT count(*) FROM orders").fetchone()[0])

    def search(self, account: str, search: Search, offset: int, limit: int) -> tuple[list[Order], bool]:
        """One page of the account's orders, oldest first, and whether more follow."""
        column = {"created": "created", "updated": "updated"}[search.by]
        rows = self._db.execute(
            f"SELECT facts FROM orders WHERE account = ? AND {column} >= ? AND {column} <= ? "  # noqa: S608 - constants
            f"ORDER BY {column}, id",
            (account, search.after, search.before),
        )
        found = [order for order in (_decode(row[0]) for row in rows) if _matches(order, search)]
        return found[offset : offset + limit], len(found) > offset + limit


def _matches(order: Order, search: Search) -> bool:
    if order.marketplace not in KEPT_LONGER and order.purchased_at.timestamp() < search.now - TWO_YEARS:
        return False
    return (
        order.marketplace in search.marketplaces
        and (not search.statuses or order.status in search.statuses)
        and (not search.fulfilled_by or order.fulfilled_by in search.fulfilled_by)
        and (not search.ids or order.id in search.ids)
    )
