"""Orders v0: the older way to read orders.

Amazon has deprecated these reads and removes them on 27 March 2027 (changelog, "Introducing the Orders API
v2026-01-01"); `buyerline.amazon.orders` reads the same orders. Until then they work, and raise no warning.

Source: Amazon, Orders API v0 reference and model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from buyerline.amazon.answers import payload_reader
from buyerline.amazon.flow import Flow, Pages
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import Operation, QueryValue, UsagePlan
from buyerline.amazon.order_search import Times, checked_page_size, known, marketplace_ids, times_query
from buyerline.amazon.orders_v0_types import OrderItemsV0Page, OrderItemV0, OrdersV0Page, OrderV0
from buyerline.amazon.paging import pages
from buyerline.amazon.session import Session

__all__ = [
    "GET_ORDER",
    "GET_ORDERS",
    "GET_ORDER_ITEMS",
    "OrderItemV0",
    "OrderV0",
    "OrderV0Filters",
    "OrdersV0Flows",
]

PATH = "/orders/v0/orders"

# Amazon, Orders API v0 reference: one search a minute on average.
GET_ORDERS = Operation("getOrders", "GET", PATH, UsagePlan(rate=0.0167, burst=20), payload_reader(OrdersV0Page))
GET_ORDER = Operation("getOrder", "GET", f"{PATH}/{{orderId}}", UsagePlan(rate=0.5, burst=30), payload_reader(OrderV0))
GET_ORDER_ITEMS = Operation(
    "getOrderItems",
    "GET",
    f"{PATH}/{{orderId}}/orderItems",
    UsagePlan(rate=0.5, burst=30),
    payload_reader(OrderItemsV0Page),
)


class OrderV0Filters(Times, total=False):
    """Which orders a search finds.

    Attributes:
        created_after, created_before, last_updated_after, last_updated_before: by creation or by last update, not
            by both; the orders created in the last 30 days where none is given.
        statuses: ``"Pending"``, ``"Unshipped"``, ``"PartiallyShipped"``, ``"Shipped"``, ``"Canceled"``,
            ``"Unfulfillable"``, ``"InvoiceUnconfirmed"``, ``"PendingAvailability"``.
        marketplaces: where the orders were placed; the client's marketplace by default.
        fulfillment_channels: ``"MFN"`` (by the merchant), ``"AFN"`` (by Amazon).
        page_size: orders in a page, 1 to 100; 100 where it is not given.
    """

    statuses: str | Sequence[str] | None
    marketplaces: Marketplace | str | Sequence[Marketplace | str] | None
    fulfillment_channels: str | Sequence[str] | None
    page_size: int | None


@dataclass(frozen=True, slots=True)
class OrdersV0Flows:
    """The flows of the reads of Orders v0, which Amazon removes on 27 March 2027."""

    session: Session

    def search(self, **filters: Unpack[OrderV0Filters]) -> Pages[OrderV0]:
        """All orders that the filters describe, page by page (getOrders).

        The query is made here, once; a `*_before` younger than two minutes is moved back to that age.

        Raises:
            ConfigurationError: a time without a zone, times of both kinds, an end before the start, or a page
                size that Amazon does not take.
            UnknownMarketplace, DraftRefused: as `Session.marketplace_of` does.
            AmazonError, TransportError, NotNow: as `Session.call` does, page by page.
        """
        known(filters, OrderV0Filters)
        query = self._query(filters)

        def fetch(token: str | None) -> Flow[tuple[list[OrderV0], str | None]]:
            page = yield from self.session.call(GET_ORDERS, query={**query, "NextToken": token})
            return list(page.orders), page.next_token

        return pages(fetch)

    def get(self, order_id: str) -> Flow[OrderV0]:
        """One order, without its items (getOrder).

        Raises:
            NotFound: there is no such order, or it is another seller's.
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        return self.session.call(GET_ORDER, path={"orderId": order_id})

    def get_items(self, order_id: str) -> Pages[OrderItemV0]:
        """The items of an order, page by page (getOrderItems).

        Raises:
            NotFound: there is no such order, or it is another seller's.
            AmazonError, TransportError, NotNow: as `Session.call` does, page by page.
        """

        def fetch(token: str | None) -> Flow[tuple[list[OrderItemV0], str | None]]:
            call = self.session.call(GET_ORDER_ITEMS, path={"orderId": order_id}, query={"NextToken": token})
            page = yield from call
            return list(page.order_items), page.next_token

        return pages(fetch)

    def _query(self, filters: OrderV0Filters) -> dict[str, QueryValue]:
        times = times_query(self.session, filters, move_end=True)
        return {
            **{name[0].upper() + name[1:]: time for name, time in times.items()},
            "OrderStatuses": filters.get("statuses") or None,
            "MarketplaceIds": marketplace_ids(self.session, filters.get("marketplaces")),
            "FulfillmentChannels": filters.get("fulfillment_channels") or None,
            "MaxResultsPerPage": checked_page_size(filters.get("page_size")),
        }
