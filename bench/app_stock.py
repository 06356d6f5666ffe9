"""The orders that the app is measured with: two years of a seller's with several accounts and a large catalogue.

Titles are made of words of which few are in very many titles and many in few, as in any language; some products sell
much better than others.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, islice, product

from buyerline.amazon.marketplaces import Marketplace, Region
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
from buyerline.app.order_storing import store
from buyerline.outbox import Outbox, Outgoing

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
SEED = 7
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
    """What is sold, and how often: the same every time."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
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

    @property
    def region(self) -> Region:
        """Where its authorisation is valid."""
        return self.marketplaces[0].region


SELLERS = (Seller("nord", PLACES, 3), Seller("west", ELSEWHERE, 1), Seller("outlet", PLACES[:2], 1))


def fill(outbox: Outbox, accounts: Mapping[str, int], count: int, catalogue: Catalogue) -> None:
    """Keep `count` orders of `SELLERS`, the older first, and queue messages for some.

    Args:
        outbox: where the messages are queued; its database is the app's.
        accounts: the sellers' numbers, by name.
        count: how many orders.
        catalogue: what was sold.
    """
    chance = random.Random(SEED)
    messages: list[Outgoing] = []
    for start in range(0, count, AT_ONCE):
        kept: dict[str, list[Order]] = {seller.name: [] for seller in SELLERS}
        some = range(start, min(start + AT_ONCE, count))
        for number, ware in zip(some, catalogue.sell(len(some)), strict=True):
            (seller,) = chance.choices(SELLERS, [each.share for each in SELLERS])
            order = _order(number / count, number, ware, seller, chance)
            kept[seller.name].append(order)
            if number % ONE_IN_MESSAGED == 0:
                messages.append(_message(order, seller))
        with outbox.database.write() as connection:
            for name, theirs in kept.items():
                store(outbox.database, connection, accounts[name], theirs)
    outbox.add_many(messages)


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
