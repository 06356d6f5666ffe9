"""Orders as pages and programs see them, read from their table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sa

from buyerline.app.schema import draft, orders
from buyerline.outbox.database import Database
from buyerline.outbox.messages import State
from buyerline.outbox.schema import account


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One item of an order.

    Attributes:
        sku: the seller's own name for it.
        asin: Amazon's.
        title: as it stood when the order was placed.
        quantity: how many pieces.
        price: of one piece, in `currency`.
    """

    sku: str | None
    asin: str | None
    title: str | None
    quantity: int | None
    price: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as it was when Amazon last told of it. Nothing of the buyer is kept.

    Attributes:
        place: where it stands among all orders: newer ones have higher places. Pages are counted by it.
        account_id, account: the number and the name of the account whose order it is.
        order_id: Amazon's, ``NNN-NNNNNNN-NNNNNNN``.
        marketplace_id: where it was placed.
        bought_at: when.
        updated_at: when Amazon or the seller last changed anything about it.
        status: Amazon's fulfilment status, e.g. ``"UNSHIPPED"``.
        fulfilled_by: ``"MERCHANT"`` or ``"AMAZON"``.
        ship_by, deliver_by: the latest moments that were promised.
        total: what the seller receives, in `currency`.
        items: what was bought.
        messaged: whether a message was ever queued for it.
        messages: how many messages there are for it.
        last_state: the state of the latest of them.
        awaits: whether one more waits for a second person.
    """

    place: int
    account_id: int
    account: str
    order_id: str
    marketplace_id: str
    bought_at: datetime
    updated_at: datetime
    status: str
    fulfilled_by: str
    ship_by: datetime | None
    deliver_by: datetime | None
    total: Decimal | None
    currency: str | None
    items: tuple[Item, ...]
    messaged: bool
    messages: int = 0
    last_state: State | None = None
    awaits: bool = False


_columns = orders.c
_SHOWN = sa.select(
    *(_columns.place, _columns.account_id, account.c.name, _columns.order_id, _columns.marketplace_id),
    *(_columns.bought_at, _columns.updated_at, _columns.status, _columns.fulfilled_by),
    *(_columns.ship_by, _columns.deliver_by, _columns.total, _columns.currency, _columns["items"], _columns.messaged),
).join(account, account.c.id == _columns.account_id)
_AT_PLACES = _SHOWN.where(_columns.place.in_(sa.bindparam("places", expanding=True))).order_by(_columns.place.desc())
_BY_ID = _SHOWN.where(_columns.account_id == sa.bindparam("account_id"), _columns.order_id == sa.bindparam("order_id"))

# The latest message has the highest id, which is what a message's ids are made for.
_MESSAGES = """
    SELECT orders.place, count(*) AS messages,
        (SELECT latest.state FROM message AS latest
            WHERE latest.account_id = orders.account_id AND latest.order_id = orders.order_id
            ORDER BY latest.id DESC LIMIT 1) AS last_state
    FROM {each} JOIN orders ON orders.place = CAST(item.value ->> 0 AS BIGINT)
    JOIN message ON message.account_id = orders.account_id AND message.order_id = orders.order_id
    GROUP BY orders.place, orders.account_id, orders.order_id
"""

_AWAITING = sa.select(draft.c.account_id, draft.c.order_id).where(
    draft.c.asked_at.is_not(None), draft.c.order_id.in_(sa.bindparam("orders", expanding=True))
)

_encode = msgspec.json.Encoder().encode
_decode_items = msgspec.json.Decoder(tuple[Item, ...]).decode


def encoded_items(items: Sequence[Item]) -> str:
    """Items as they are kept."""
    return _encode(items).decode()


def read_places(database: Database, connection: sa.Connection, places: Sequence[int]) -> list[OrderRow]:
    """The orders at these places, the newest first, each with what was sent for it."""
    if not places:
        return []
    rows = connection.execute(_AT_PLACES, {"places": places}).all()
    return _rows(database, connection, rows)


def read_order(database: Database, connection: sa.Connection, account_id: int, order_id: str) -> OrderRow | None:
    """An account's order of this id."""
    rows = connection.execute(_BY_ID, {"account_id": account_id, "order_id": order_id}).all()
    return next(iter(_rows(database, connection, rows)), None)


def _rows(database: Database, connection: sa.Connection, rows: Sequence[Any]) -> list[OrderRow]:
    messaged = _encode([[row.place] for row in rows if row.messaged]).decode()
    found = connection.execute(sa.text(_MESSAGES.format(each=database.each)), {"doc": messaged})
    sent = {place: (count, State(state)) for place, count, state in found}
    asked = connection.execute(_AWAITING, {"orders": [row.order_id for row in rows]})
    awaiting = {(row.account_id, row.order_id) for row in asked}
    return [
        _row(row, *sent.get(row.place, (0, None)), awaits=(row.account_id, row.order_id) in awaiting) for row in rows
    ]


def _row(row: sa.Row[Any], messages: int, last_state: State | None, *, awaits: bool) -> OrderRow:
    return OrderRow(
        place=row.place,
        account_id=row.account_id,
        account=row.name,
        order_id=row.order_id,
        marketplace_id=row.marketplace_id,
        bought_at=row.bought_at,
        updated_at=row.updated_at,
        status=row.status,
        fulfilled_by=row.fulfilled_by,
        ship_by=row.ship_by,
        deliver_by=row.deliver_by,
        total=None if row.total is None else Decimal(row.total),
        currency=row.currency,
        items=_decode_items(row.items),
        messaged=row.messaged,
        messages=messages,
        last_state=last_state,
        awaits=awaits,
    )
