"""From Amazon's orders to rows: what is kept of them, and that a row never goes back to what it was before."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from buyerline.amazon.orders_types import Money, Order, OrderFulfillment, OrderItem
from buyerline.app.order_rows import Item, encoded_items
from buyerline.app.order_words import words_in
from buyerline.outbox.database import Database
from buyerline.outbox.schema import milliseconds

SAME_SECOND = 10
"""Bits of a place for orders that were placed in the same second."""

LONGEST_TEXT = 500
"""Characters that are kept of a title, and of anything else that sellers and Amazon name."""

_NOT_OF_A_WORD = re.compile(r"[^A-Z0-9_]+")


class _Kept(msgspec.Struct):
    """An order's row, moments in milliseconds. Nothing else of an order is kept."""

    place: int
    order_id: str
    marketplace_id: str
    bought_at: int
    updated_at: int
    status: str
    fulfilled_by: str
    ship_by: int | None
    deliver_by: int | None
    total: str | None
    currency: str | None
    items: str
    words: str


def store(database: Database, connection: sa.Connection, account_id: int, found: Iterable[Order]) -> int:
    """Keep orders that Amazon told of, in the transaction of `connection`; how many were new or had changed.

    What is here already and was updated later stays as it is.
    """
    rest = {kept.order_id: kept for kept in _latest(_kept(account_id, order) for order in found)}
    changed = 0
    while rest:
        known = [rest.pop(order_id) for order_id in _find(database, connection, account_id, rest)]
        changed += len(_run(database, connection, _UPDATE, account_id, known))
        added = _run(database, connection, _ADD, account_id, sorted(rest.values(), key=lambda kept: kept.place))
        changed += len(added)
        for order_id in added:
            del rest[order_id]
        for kept in rest.values():
            kept.place += 1  # another order has that place, or this one was added by somebody else meanwhile
    return changed


def _find(database: Database, connection: sa.Connection, account_id: int, wanted: Mapping[str, _Kept]) -> Sequence[str]:
    """The ids of those orders that are here already. They keep their places."""
    told = {"doc": msgspec.json.encode([[order_id] for order_id in wanted]).decode(), "account_id": account_id}
    found = connection.execute(sa.text(_KNOWN.format(each=database.each)), told).all()
    for order_id, place in found:
        wanted[order_id].place = place
    return [order_id for order_id, _ in found]


def _run(
    database: Database, connection: sa.Connection, statement: str, account_id: int, kept: Sequence[_Kept]
) -> Sequence[str]:
    """Run a statement for orders; the ids that it returns."""
    if not kept:
        return []
    told = {"doc": msgspec.json.encode(kept).decode(), "account_id": account_id}
    return connection.execute(sa.text(statement.format(each=database.each)), told).scalars().all()


def _latest(found: Iterable[_Kept]) -> Iterable[_Kept]:
    """Each order as it was updated last, where a page has one twice."""
    return sorted(found, key=lambda kept: kept.updated_at)


def _kept(account_id: int, order: Order) -> _Kept:
    items = [_item(item) for item in order.order_items]
    fulfillment = order.fulfillment or OrderFulfillment()
    ship, deliver = fulfillment.ship_by_window, fulfillment.deliver_by_window
    total = order.proceeds.grand_total if order.proceeds else None
    return _Kept(
        place=_place(account_id, order),
        order_id=order.order_id.replace("\0", ""),
        marketplace_id=_text(order.sales_channel.marketplace_id) or "",
        bought_at=milliseconds(order.created_time),
        updated_at=milliseconds(order.last_updated_time),
        status=_word(fulfillment.fulfillment_status, "PENDING"),
        fulfilled_by=_word(fulfillment.fulfilled_by, "MERCHANT"),
        ship_by=milliseconds(ship.latest) if ship and ship.latest else None,
        deliver_by=milliseconds(deliver.latest) if deliver and deliver.latest else None,
        total=str(total.amount) if total else None,
        currency=total.currency_code if total else None,
        items=encoded_items(items),
        words=" ".join(sorted(words_in(_texts(items)))),
    )


def _item(item: OrderItem) -> Item:
    product = item.product
    price: Money | None = product.price.unit_price if product.price else None
    return Item(
        sku=_text(product.seller_sku),
        asin=_text(product.asin),
        title=_text(product.title),
        quantity=item.quantity_ordered,
        price=price.amount if price else None,
        currency=price.currency_code if price else None,
    )


def _texts(items: Iterable[Item]) -> Iterable[str]:
    return (text for item in items for text in (item.sku, item.asin, item.title) if text)


def _text(value: str | None) -> str | None:
    """A text of reasonable length, without the one character that PostgreSQL cannot keep."""
    return value.replace("\0", " ")[:LONGEST_TEXT] if value else None


def _word(value: str | None, otherwise: str) -> str:
    """A word of Amazon's, of the letters that such words have; they are parts of facets."""
    return _NOT_OF_A_WORD.sub("_", value.upper())[:40] if value else otherwise


def _place(account_id: int, order: Order) -> int:
    """Where an order belongs: by the second in which it was placed, then by chance, but always the same."""
    chance = zlib.crc32(f"{account_id} {order.order_id}".encode()) % (1 << SAME_SECOND)
    return (int(order.created_time.timestamp()) << SAME_SECOND) + chance


_FACTS: dict[str, str] = {
    **dict.fromkeys(("order_id", "marketplace_id", "status", "fulfilled_by"), "{}"),
    **dict.fromkeys(("total", "currency", "items", "words"), "{}"),
    **dict.fromkeys(("place", "bought_at", "updated_at", "ship_by", "deliver_by"), "CAST({} AS BIGINT)"),
}
_VALUES = {name: cast.format(f"item.value ->> '{name}'") for name, cast in _FACTS.items()}
_CHANGING = [name for name in _VALUES if name not in ("place", "order_id", "bought_at")]

_MESSAGED = "EXISTS (SELECT 1 FROM message WHERE message.account_id = :account_id AND message.order_id = {})"

# CROSS JOIN: SQLite would otherwise go through all orders of the account.
_KNOWN = """
    SELECT orders.order_id, orders.place FROM {each} CROSS JOIN orders
    WHERE orders.account_id = :account_id AND orders.order_id = item.value ->> 0
"""

_ADD = f"""
    INSERT INTO orders (account_id, messaged, {", ".join(_VALUES)})
    SELECT :account_id, {_MESSAGED.format("item.value ->> 'order_id'")}, {", ".join(_VALUES.values())}
    FROM {{each}} WHERE true
    ON CONFLICT DO NOTHING
    RETURNING order_id
"""  # noqa: S608 - our own names only


def _differs(name: str) -> str:
    return f"coalesce(CAST(orders.{name} AS TEXT), '') <> coalesce(CAST(item.value ->> '{name}' AS TEXT), '')"


# Amazon tells times to the second, so an order may have changed again within the second of its last update.
_UPDATE = f"""
    UPDATE orders SET messaged = orders.messaged OR {_MESSAGED.format("orders.order_id")},
        {", ".join([f"{name} = {_VALUES[name]}" for name in _CHANGING])}
    FROM {{each}}
    WHERE orders.place = {_VALUES["place"]} AND orders.updated_at <= {_VALUES["updated_at"]}
        AND ({" OR ".join([_differs(name) for name in _CHANGING])})
    RETURNING orders.order_id
"""  # noqa: S608 - our own names only
