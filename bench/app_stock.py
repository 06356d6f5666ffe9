"""The orders that the app is measured with: two years of a seller's with several accounts and a large catalogue.

Titles are made of words of which few are in very many titles and many in few, as in any language; some products sell
much better than others.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, islice, product

import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.orders_types import (
    ItemPrice,
    ItemProduct,
    Money,
    Order,
    OrderFulfillment,
    OrderItem,
    OrderProceeds,
    SalesChannel,
    TimeWindow,
)
from buyerline.app.orders import Orders
from buyerline.outbox import Outbox, Outgoing
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

AT_ONCE = 5000
"""Orders that are kept in one transaction."""

SPAN = timedelta(days=730)
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
PLACES = (
    Marketplace.DE,
    Marketplace.FR,
    Marketplace.IT,
    Marketplace.ES,
    Marketplace.NL,
    Marketplace.UK,
    Marketplace.SE,
)
ELSEWHERE = (Marketplace.US, Marketplace.CA, Marketplace.MX)
PRODUCTS, WORDS = 20_000, 6_000
ONE_IN_MESSAGED = 20
BRAND = "Nordlicht"
"""A word of every second title, and the beginning of every SKU."""

_SYLLABLES = [a + b for a, b in product("bdfgklmnprst", ("a", "e", "i", "o", "u", "ar", "en", "il", "or", "un"))]


@dataclass(frozen=True, slots=True)
class Ware:
    """Something that is sold."""

    sku: str
    asin: str
    title: str
    price: Decimal


class Catalogue:
    """What is sold, and how often. The same seed makes the same."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self.words = list(dict.fromkeys(islice(self._new_words(), 3 * WORDS)))[:WORDS]
        self._often = list(accumulate(1 / (rank + 3) ** 0.9 for rank in range(len(self.words))))
        self.wares = [self._new_ware(number) for number in range(PRODUCTS)]
        self._sold = list(accumulate(1 / (rank + 5) ** 0.8 for rank in range(PRODUCTS)))

    def sell(self, count: int) -> list[Ware]:
        """What so many orders are for."""
        return self._random.choices(self.wares, cum_weights=self._sold, k=count)

    def _new_words(self) -> Iterator[str]:
        while True:
            yield "".join(self._random.choices(_SYLLABLES, k=self._random.choice((1, 2, 2, 3, 3, 4))))

    def _new_ware(self, number: int) -> Ware:
        chance = self._random
        words = chance.choices(self.words, cum_weights=self._often, k=chance.randint(6, 14))
        title = " ".join([BRAND, *words] if number % 2 else words)
        asin = "B0" + "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=8))
        return Ware(f"{BRAND[:4].upper()}-{number:05d}", asin, title.title(), Decimal(chance.randint(500, 9000)) / 100)


@dataclass(frozen=True, slots=True)
class Seller:
    """An account, where it sells, and which part of the orders is its own."""

    name: str
    marketplaces: tuple[Marketplace, ...]
    share: int


SELLERS = (Seller("nord", PLACES, 3), Seller("west", ELSEWHERE, 1), Seller("outlet", PLACES[:2], 1))


def fill(database: Database, endpoint: str, count: int, seed: int = 7) -> Catalogue:
    """Keep `count` orders of `SELLERS` in a database, the older first, and queue messages for some."""
    catalogue, chance = Catalogue(seed), random.Random(seed)
    numbers = _accounts(database, endpoint)
    orders = Orders(database)
    messaged: list[Outgoing] = []
    for start in range(0, count, AT_ONCE):
        kept: dict[str, list[Order]] = {seller.name: [] for seller in SELLERS}
        some = range(start, min(start + AT_ONCE, count))
        for number, ware in zip(some, catalogue.sell(len(some)), strict=True):
            seller = chance.choices(SELLERS, [each.share for each in SELLERS])[0]
            order = _order(number / count, number, ware, seller, chance)
            kept[seller.name].append(order)
            if number % ONE_IN_MESSAGED == 0:
                messaged.append(_message(order, seller))
        with database.write() as connection:
            for name, theirs in kept.items():
                orders.store(connection, numbers[name], theirs)
    with Outbox(database=database, who="bench", options={"endpoint": endpoint}) as outbox:
        outbox.add_many(messaged)
    return catalogue


def _accounts(database: Database, endpoint: str) -> dict[str, int]:
    with database.write() as connection:
        lines = [{"name": seller.name, "endpoint": endpoint} for seller in SELLERS]
        connection.execute(sa.insert(account), lines)
        return dict(connection.execute(sa.select(account.c.name, account.c.id)))


def _order(age: float, number: int, ware: Ware, seller: Seller, chance: random.Random) -> Order:
    placed = NEWEST - SPAN * (1 - age) + timedelta(seconds=chance.random() * 60)
    status = "CANCELLED" if chance.random() < 0.03 else "SHIPPED" if age < 0.985 else "UNSHIPPED"
    pieces = chance.choice((1, 1, 1, 2, 5))
    return Order(
        order_id=f"{chance.choice((302, 303, 304, 305, 306))}-{chance.randrange(10**7):07d}-{number:07d}",
        created_time=placed,
        last_updated_time=placed + timedelta(days=2),
        sales_channel=SalesChannel(channel_name="AMAZON", marketplace_id=chance.choice(seller.marketplaces).id),
        fulfillment=OrderFulfillment(
            fulfillment_status="UNFULFILLABLE" if number == 17 else status,
            fulfilled_by="AMAZON" if chance.random() < 0.4 else "MERCHANT",
            ship_by_window=TimeWindow(latest=placed + timedelta(days=1)),
            deliver_by_window=TimeWindow(latest=placed + timedelta(days=5)),
        ),
        proceeds=OrderProceeds(grand_total=Money(amount=ware.price * pieces, currency_code="EUR")),
        order_items=(
            OrderItem(
                order_item_id="1",
                quantity_ordered=pieces,
                product=ItemProduct(
                    asin=ware.asin,
                    seller_sku=ware.sku,
                    title=ware.title,
                    price=ItemPrice(unit_price=Money(amount=ware.price, currency_code="EUR")),
                ),
            ),
        ),
    )


def _message(order: Order, seller: Seller) -> Outgoing:
    text = f"Please tell us the colour that you would like for order {order.order_id}."
    return Outgoing(order.order_id, "confirmOrderDetails", text=text, account=seller.name)
