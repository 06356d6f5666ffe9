"""``buyerline orders``: the seller's recent orders."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buyerline.cli.connection import Amazon, about_marketplace, connected
from buyerline.cli.exits import reporting
from buyerline.cli.options import Account, AsJson, Marketplace
from buyerline.cli.output import console, day, one_line, print_document, table

if TYPE_CHECKING:
    from rich.table import Table

    from buyerline.amazon.orders_types import Order


class Status(StrEnum):
    """Amazon's fulfilment statuses of an order (Orders API v2026-01-01)."""

    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"
    PENDING = "PENDING"
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"
    UNFULFILLABLE = "UNFULFILLABLE"


ORDER_ID_LENGTH = len("902-6786204-8179805")


Days = Annotated[int, typer.Option("--days", min=1, max=3650, help="How far back: orders bought in the last N days.")]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="Show the newest N only. All by default.", show_default=False)
]
Statuses = Annotated[
    list[Status] | None,
    typer.Option(
        "--status",
        case_sensitive=False,
        metavar="STATUS",
        help=f"Only orders in this status; give it again for more: {', '.join(Status)}.",
        show_default=False,
    ),
]


def orders(
    days: Days = 30,
    limit: Limit = None,
    status: Statuses = None,
    account: Account = "default",
    marketplace: Marketplace = None,
    as_json: AsJson = False,
) -> None:
    """List recent orders, newest first.

    Amazon allows few searches (about one in three minutes once 20 are used), so a long list can take a while; it is
    said when that happens.

    With `--json`: `{"orders": [...]}`, each with `order_id`, `marketplace_id`, `bought_at` and `ship_by` (ISO 8601),
    `status`, `fulfilled_by`, `items` (`title`, `sku`, `quantity`) and `total` (`amount`, `currency`; or null).
    """
    with reporting(as_json=as_json), connected(account, marketplace) as amazon:
        found = recent_orders(amazon, days, status or [])[:limit]
        if as_json:
            print_document({"orders": [_document(order) for order in found]})
        elif found:
            console(at_least=80).print(_table(found))
        else:
            wanted = f" in status {' or '.join(status)}" if status else ""
            days_back = "last day" if days == 1 else f"last {days} days"
            typer.echo(f"No orders{wanted} in {amazon.marketplace.name} in the {days_back}. --days looks further back.")


def recent_orders(amazon: Amazon, days: int, statuses: list[Status]) -> "list[Order]":
    """All orders bought in the last `days` days, newest first; Amazon promises no order of its own."""
    search = amazon.client.orders.search(
        created_after=datetime.now(UTC) - timedelta(days=days),
        statuses=[str(status) for status in statuses],
        include=["FULFILLMENT", "PROCEEDS"],
    )
    with about_marketplace(amazon):
        found = amazon.ask(list, search)
    return sorted(found, key=lambda order: order.created_time, reverse=True)


def _document(order: "Order") -> dict[str, Any]:
    fulfillment, total = order.fulfillment, order.proceeds.grand_total if order.proceeds else None
    ship_by = _ship_by(order)
    return {
        "order_id": order.order_id,
        "marketplace_id": order.sales_channel.marketplace_id,
        "bought_at": order.created_time.isoformat(),
        "status": fulfillment.fulfillment_status if fulfillment else None,
        "fulfilled_by": fulfillment.fulfilled_by if fulfillment else None,
        "ship_by": ship_by.isoformat() if ship_by else None,
        "items": [
            {"title": item.product.title, "sku": item.product.seller_sku, "quantity": item.quantity_ordered}
            for item in order.order_items
        ],
        "total": total and {"amount": str(total.amount), "currency": total.currency_code},
    }


def _table(found: "list[Order]") -> "Table":
    made = table("Order", "Bought", "Status", "Ship by", "Items", "Total")
    made.columns[0].min_width = ORDER_ID_LENGTH
    made.columns[-1].justify = "right"
    for order in found:
        status = (order.fulfillment.fulfillment_status if order.fulfillment else None) or ""
        ship_by = _ship_by(order)
        made.add_row(
            one_line(order.order_id),
            day(order.created_time),
            one_line(status).replace("_", " ").lower(),
            day(ship_by) if ship_by else "",
            _items(order),
            _total(order),
        )
    return made


def _ship_by(order: "Order") -> datetime | None:
    window = order.fulfillment.ship_by_window if order.fulfillment else None
    return window.latest if window else None


def _items(order: "Order") -> "Table | str":
    """The first item, shortened where the terminal is narrow, and how many more there are."""
    from rich.table import Table
    from rich.text import Text

    if not order.order_items:
        return ""
    first, *others = order.order_items
    title = one_line(first.product.title or first.product.seller_sku or "")
    made = Table.grid(padding=(0, 1), pad_edge=False)
    made.add_row(
        Text(title, no_wrap=True, overflow="ellipsis"), Text(f"+{len(others)}" if others else "", no_wrap=True)
    )
    return made


def _total(order: "Order") -> str:
    total = order.proceeds.grand_total if order.proceeds else None
    return f"{total.amount:,} {one_line(total.currency_code or '')}" if total else ""
