"""The world at the start: accounts and orders, made from a seed.

The same seed and options give the same order ids and contents, with times relative to the start.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal, get_args

import msgspec

from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.sandbox.accounts import ALL_ROLES, REGION_MARKETPLACES, Account
from buyerline.sandbox.catalogue import PLAIN, Product, currency_of, locales_of, price_in, product_for
from buyerline.sandbox.message_types import ALL_SEGMENTS
from buyerline.sandbox.options import DEFAULT_ACCOUNT, GUIDE_ORDER
from buyerline.sandbox.orders import FulfilledBy, Item, Order, Status, Window

Stage = Literal[
    "pending_availability",
    "pending",
    "unshipped",
    "partially_shipped",
    "shipped",
    "delivered",
    "cancelled",
    "unfulfillable",
]
STAGES: tuple[str, ...] = get_args(Stage)

_STATUS: dict[str, Status] = {
    "pending_availability": "PENDING_AVAILABILITY",
    "pending": "PENDING",
    "unshipped": "UNSHIPPED",
    "partially_shipped": "PARTIALLY_SHIPPED",
    "shipped": "SHIPPED",
    "delivered": "SHIPPED",
    "cancelled": "CANCELLED",
    "unfulfillable": "UNFULFILLABLE",
}

STAGE_AGES: dict[str, tuple[float, float]] = {
    "pending_availability": (0.1, 5),
    "pending": (0.01, 0.1),
    "unshipped": (0.2, 2),
    "partially_shipped": (2.2, 4),
    "shipped": (2.5, 6),
    "delivered": (10, 36),
    "cancelled": (1, 20),
    "unfulfillable": (1, 20),
}
"""How many days ago, from and to, an order in this stage was placed."""

ORDER_PREFIXES = {
    "US": ("111", "112", "113", "114"),
    "CA": ("701", "702"),
    "MX": ("701", "702"),
    "BR": ("701", "702"),
    "UK": ("202", "203", "204"),
    "FR": ("171", "402", "403"),
    "DE": ("302", "303", "304"),
    "IT": ("404", "405"),
    "ES": ("404", "406"),
    "JP": ("249", "250", "503"),
}

SITUATIONS: tuple[dict[str, Any], ...] = (
    {"stage": "unshipped"},
    {"stage": "delivered"},
    {"stage": "shipped"},
    {"stage": "unshipped", "fulfilled_by": "AMAZON"},
    {"stage": "delivered", "fulfilled_by": "AMAZON"},
    {"stage": "unshipped", "trait": "customized"},
    {"stage": "shipped", "fulfilled_by": "AMAZON"},
    {"stage": "delivered", "age": (40, 75)},
    {"stage": "delivered", "trait": "digital"},
    {"stage": "pending"},
    {"stage": "partially_shipped"},
    {"stage": "delivered", "refunded": True},
    {"stage": "shipped", "business": True},
    {"stage": "unshipped", "trait": "scheduled"},
    {"stage": "cancelled"},
    {"stage": "delivered", "negative_feedback": True},
    {"stage": "delivered", "trait": "customized"},
    {"stage": "unshipped", "trait": "service"},
    {"stage": "shipped", "trait": "motors"},
    {"stage": "pending_availability"},
    {"stage": "delivered", "business": True, "fulfilled_by": "AMAZON"},
    {"stage": "unfulfillable", "fulfilled_by": "AMAZON"},
)
"""The kinds of order that take turns, so that a world of a few dozen orders has each of them."""


def make_accounts(count: int) -> Iterator[Account]:
    """The first accounts: North America, Europe, the Far East, and again."""
    regions = tuple(REGION_MARKETPLACES)
    for number in range(1, count + 1):
        region = regions[(number - 1) % len(regions)]
        yield Account(
            id=DEFAULT_ACCOUNT if number == 1 else f"{DEFAULT_ACCOUNT}-{number}",
            name=f"Sandbox Seller {number}",
            seller_id=seller_id(number),
            region=region,
            marketplaces=REGION_MARKETPLACES[region],
            roles=ALL_ROLES,
        )


def seller_id(number: int) -> str:
    """A seller id of Amazon's form."""
    return f"A{number:04d}SANDBOX{number % 10}"


def make_orders(account: Account, count: int, seed: int, start: datetime) -> Iterator[Order]:
    """This many orders of one account, as they are at ``start``."""
    random = Random(f"{seed}/{account.id}")  # noqa: S311 - repeatable on purpose
    # The first marketplace is the seller's home: half of the orders come from there.
    home, *others = account.marketplaces
    for number in range(count):
        situation = dict(SITUATIONS[number % len(SITUATIONS)])
        stage = situation.pop("stage")
        trait = situation.pop("trait", None)
        youngest, oldest = situation.pop("age", STAGE_AGES[stage])
        marketplace = home if not others or random.random() < 0.5 else random.choice(others)
        age = timedelta(days=random.uniform(youngest, oldest))
        yield make_order(
            random,
            account.id,
            marketplace,
            stage,
            purchased_at=(start - age).replace(microsecond=0),
            now=start,
            products=_basket(random, trait),
            **situation,
        )


def make_guide_order(account: Account, start: datetime) -> Order:
    """The order of the use case guide: every type, again and again, the once-only ones once."""
    random = Random(GUIDE_ORDER)  # noqa: S311 - repeatable on purpose
    order = make_order(
        random,
        account.id,
        "US",
        "shipped",
        purchased_at=(start - timedelta(days=4)).replace(microsecond=0),
        now=start,
        products=(product_for("customized"),),
        order_id=GUIDE_ORDER,
        locale="en-US",
    )
    return msgspec.structs.replace(order, types=ALL_SEGMENTS, endless=True)


def make_order(
    random: Random,
    account: str,
    marketplace: str,
    stage: str,
    *,
    purchased_at: datetime,
    now: datetime,
    products: tuple[Product, ...] = (),
    order_id: str | None = None,
    fulfilled_by: FulfilledBy = "MERCHANT",
    locale: str | None = None,
    **facts: Any,
) -> Order:
    """One order in a stage of its life, every date in its place. ``facts`` are further members of ``Order``.

    What the products are (customized, digital, ...) shows in the order's facts unless ``facts`` say otherwise.
    """
    products = products or _basket(random, None)
    traits: frozenset[str] = frozenset().union(*(product.traits for product in products))
    known = {"customized", "digital", "service", "scheduled", "warranty", "motors"}
    shipped_at, delivered_at = _journey(stage, purchased_at, now)
    return Order(
        id=order_id or _order_id(random, marketplace),
        account=account,
        marketplace=marketplace,
        status=_STATUS[stage],
        fulfilled_by=fulfilled_by,
        locale=locale or random.choice(locales_of(marketplace)),
        purchased_at=purchased_at,
        updated_at=delivered_at or shipped_at or min(now, purchased_at + timedelta(minutes=30)),
        ship_by=Window(purchased_at + timedelta(days=1), purchased_at + timedelta(days=2)),
        deliver_by=Window(purchased_at + timedelta(days=4), purchased_at + timedelta(days=8)),
        items=tuple(_item(random, marketplace, stage, product) for product in products),
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        **(dict.fromkeys(known & traits, True) | facts),
    )


def _journey(stage: str, purchased_at: datetime, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When the order left and when it arrived."""
    if stage not in ("partially_shipped", "shipped", "delivered"):
        return None, None
    shipped_at = min(now, purchased_at + timedelta(days=2))
    if stage != "delivered":
        return shipped_at, None
    return shipped_at, min(now, purchased_at + timedelta(days=6))


def _basket(random: Random, trait: str | None) -> tuple[Product, ...]:
    if trait is not None:
        return (product_for(trait),)
    return tuple(random.sample(PLAIN, k=random.choice((1, 1, 1, 2, 3))))


def _order_id(random: Random, marketplace: str) -> str:
    prefix = random.choice(ORDER_PREFIXES.get(marketplace, ("407", "408")))
    return f"{prefix}-{random.randrange(10**7):07d}-{random.randrange(10**7):07d}"


def _item(random: Random, marketplace: str, stage: str, product: Product) -> Item:
    quantity = 2 if stage == "partially_shipped" else random.choice((1, 1, 1, 2))
    shipped = {"partially_shipped": quantity // 2, "shipped": quantity, "delivered": quantity}.get(stage, 0)
    return Item(
        id=f"{random.randrange(10**13, 10**14)}",
        asin=_asin(product, marketplace),
        sku=product.sku,
        title=product.title(marketplace),
        quantity=quantity,
        unit_price=price_in(marketplace, product.dollars),
        currency=currency_of(marketplace),
        shipped=shipped,
    )


def _asin(product: Product, marketplace: str) -> str:
    """The same product has the same ASIN in all of a region's marketplaces."""
    region: Region = Marketplace[marketplace].region
    letters = Random(f"{product.sku}/{region.value}")  # noqa: S311 - repeatable on purpose
    return "B0" + "".join(letters.choices("0123456789BCDFGHJKLMNPQRSTVWXYZ", k=8))
