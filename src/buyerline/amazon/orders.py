"""Orders 2026-01-01: which orders there are, and what each holds.

Source: Amazon, Orders API v2026-01-01 reference and model. No restricted data token is needed; buyers' names,
addresses and emails (datasets ``BUYER`` and ``RECIPIENT``) need roles of their own, and no message needs them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import msgspec

from buyerline.amazon.answers import reader
from buyerline.amazon.flow import Flow, Pages
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import Operation, QueryValue, UsagePlan
from buyerline.amazon.order_search import Times, checked_page_size, known, marketplace_ids, times_query, wrong_period
from buyerline.amazon.orders_types import Order, OrdersPage
from buyerline.amazon.paging import pages
from buyerline.amazon.session import Session

__all__ = ["GET_ORDER", "SEARCH_ORDERS", "Order", "OrderFilters", "OrdersFlows", "OrdersPage"]

PATH = "/orders/2026-01-01/orders"


class _OrderAnswer(msgspec.Struct):
    order: Order


_read_order = reader(_OrderAnswer)


def _decode_order(body: bytes) -> Order:
    return _read_order(body).order


# Amazon, Orders API v2026-01-01 reference: one search in about 179 s on average.
SEARCH_ORDERS = Operation("searchOrders", "GET", PATH, UsagePlan(rate=0.0056, burst=20), reader(OrdersPage))
GET_ORDER = Operation("getOrder", "GET", f"{PATH}/{{orderId}}", UsagePlan(rate=0.5, burst=30), _decode_order)


class OrderFilters(Times, total=False):
    """Which orders a search finds, and what it tells about them.

    Attributes:
        created_after, created_before, last_updated_after, last_updated_before: by creation or by last update, not
            by both; the orders created in the last 30 days where none is given.
        statuses: ``"UNSHIPPED"``, ``"PARTIALLY_SHIPPED"``, ``"SHIPPED"``, ``"PENDING"``,
            ``"PENDING_AVAILABILITY"``, ``"CANCELLED"``, ``"UNFULFILLABLE"``.
        marketplaces: where the orders were placed; the client's marketplace by default.
        fulfilled_by: ``"MERCHANT"``, ``"AMAZON"``.
        include: datasets to add to each order: ``"FULFILLMENT"``, ``"PACKAGES"``, ``"CANCELLATION"``,
            ``"PROCEEDS"``, ``"EXPENSE"``, ``"PROMOTION"``, ``"TAX"``, ``"PAYMENT"``, ``"FULFILLMENT_ORDERS"``,
            and the restricted ``"BUYER"``, ``"RECIPIENT"``.
        page_size: orders in a page, 1 to 100; 100 where it is not given.
    """

    statuses: str | Sequence[str] | None
    marketplaces: Marketplace | str | Sequence[Marketplace | str] | None
    fulfilled_by: str | Sequence[str] | None
    include: str | Sequence[str] | None
    page_size: int | None


@dataclass(frozen=True, slots=True)
class OrdersFlows:
    """The flows of Orders 2026-01-01."""

    session: Session

    def search(self, **filters: Unpack[OrderFilters]) -> Pages[Order]:
        """All orders that the filters describe, page by page (searchOrders).

        The query is made here, once: Amazon refuses a page token that comes with other filters. A `*_before` that
        Amazon would refuse for its youth is moved back to two minutes ago, by Amazon's clock as far as it is known.

        Raises:
            ConfigurationError: a time without a zone, times of both kinds, an end before the start, or a page
                size that Amazon does not take.
            UnknownMarketplace, DraftRefused: as `Session.marketplace_of` does.
            AmazonError, TransportError, NotNow: as `Session.call` does, page by page.
        """
        known(filters, OrderFilters)
        query = self._query(filters, times_query(self.session, filters, move_end=True))

        def fetch(token: str | None) -> Flow[tuple[list[Order], str | None]]:
            page = yield from self._page(query, token)
            return list(page.orders), page.next_token

        return pages(fetch)

    def search_page(self, *, pagination_token: str | None = None, **filters: Unpack[OrderFilters]) -> Flow[OrdersPage]:
        """One page of a search (searchOrders), for callers that keep the token themselves.

        With a token, every filter must be what it was for the page before, except `include` and `page_size`. So
        nothing is filled in or moved: the start has to be named, and an end that is too young is an error.

        Args:
            pagination_token: `OrdersPage.next_token` of the page before, good for 24 hours; ``None`` for the first.
            **filters: which orders, see `OrderFilters`.

        Raises:
            ConfigurationError: as `search` does, or a token without the start of the period.
            UnknownMarketplace, DraftRefused: as `Session.marketplace_of` does.
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        if pagination_token and not (filters.get("created_after") or filters.get("last_updated_after")):
            raise wrong_period(
                "pagination_token: a following page needs the created_after or last_updated_after of the first.",
                "Name it for the first page too, or let search() walk through the pages.",
            )
        known(filters, OrderFilters)
        query = self._query(filters, times_query(self.session, filters, move_end=False))
        return (yield from self._page(query, pagination_token))

    def get(self, order_id: str, *, include: str | Sequence[str] | None = None) -> Flow[Order]:
        """One order (getOrder).

        Args:
            order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
            include: datasets to add, see `OrderFilters`.

        Raises:
            NotFound: there is no such order, or it is another seller's.
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        return self.session.call(GET_ORDER, path={"orderId": order_id}, query={"includedData": include or None})

    def _query(self, filters: OrderFilters, times: dict[str, str]) -> dict[str, QueryValue]:
        return {
            **times,
            "fulfillmentStatuses": filters.get("statuses") or None,
            "marketplaceIds": marketplace_ids(self.session, filters.get("marketplaces")),
            "fulfilledBy": filters.get("fulfilled_by") or None,
            "maxResultsPerPage": checked_page_size(filters.get("page_size")),
            "includedData": filters.get("include") or None,
        }

    def _page(self, query: dict[str, QueryValue], token: str | None) -> Flow[OrdersPage]:
        return self.session.call(SEARCH_ORDERS, query={**query, "paginationToken": token})
