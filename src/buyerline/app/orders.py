"""The orders that are here: listed, searched and filtered, and one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from buyerline.app.account_rows import visible
from buyerline.app.errors import NotHere
from buyerline.app.order_finding import Edge, Filters, find, occurring
from buyerline.app.order_rows import OrderRow, read_order, read_places
from buyerline.app.viewer import Viewer
from buyerline.outbox.database import Database

PAGE = 50
"""Orders of a page."""

COUNTED = 100
"""How far orders are counted that a filter hides."""


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """A page of orders, the newest first.

    Attributes:
        rows: the orders.
        next: the cursor for the page of older ones (`before`); ``None``: there are none.
        prev: the cursor for the page of newer ones (`after`); ``None``: there are none.
    """

    rows: Sequence[OrderRow]
    next: int | None
    prev: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in filters, because it occurs among a person's orders."""

    accounts: frozenset[int]
    marketplaces: Sequence[str]
    statuses: Sequence[str]
    fulfilled_by: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A filter without which orders would be found: its name in `Filters`, and how many, counted up to `COUNTED`."""

    filter: str
    count: int


class Orders:
    """The orders of an endpoint's accounts. A person sees those of their own.

    Args:
        database: where they are.
        endpoint: whose accounts: those of a sandbox are never shown beside Amazon's.
    """

    def __init__(self, database: Database, endpoint: str) -> None:
        self._database = database
        self._endpoint = endpoint

    def page(
        self,
        viewer: Viewer,
        filters: Filters,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = PAGE,
    ) -> OrdersPage:
        """A page of the orders that the filters describe. Orders that come in meanwhile move no page.

        Args:
            viewer: who looks.
            filters: which orders.
            before: only those older than the one at this place, see `OrderRow.place`.
            after: only those newer than it, and of these the oldest.
            limit: how many at most.
        """
        edge = Edge.of(before, after)
        with self._database.read() as connection:
            seen = filters.among(visible(connection, viewer, self._endpoint))
            places = find(self._database, connection, seen, edge, limit + 1)
            if edge.newer and len(places) <= limit:  # the newest are among them: that page is a whole one
                edge = Edge.of(None, None)
                places = find(self._database, connection, seen, edge, limit + 1)
            more, places = len(places) > limit, places[:limit]
            rows = read_places(self._database, connection, places)
            newer, older = (more, True) if edge.newer else (self._newer(connection, seen, before, rows), more)
        return OrdersPage(rows, rows[-1].place if rows and older else None, rows[0].place if rows and newer else None)

    def get(self, account_id: int, order_id: str) -> OrderRow:
        """An account's order of this id.

        Raises:
            NotHere: there is none.
        """
        with self._database.read() as connection:
            found = read_order(self._database, connection, account_id, order_id)
        if found is None:
            raise NotHere
        return found

    def choices(self, viewer: Viewer) -> Choices:
        """What occurs among a person's orders."""
        with self._database.read() as connection:
            found = occurring(connection, visible(connection, viewer, self._endpoint))
        return Choices(
            frozenset(each.account_id for each in found),
            sorted({each.marketplace_id for each in found}),
            sorted({each.status for each in found}),
            sorted({each.fulfilled_by for each in found}),
        )

    def hidden(self, viewer: Viewer, filters: Filters) -> list[Hidden]:
        """For orders that were not found: each filter without which some would be."""
        found = []
        with self._database.read() as connection:
            accounts = visible(connection, viewer, self._endpoint)
            seen = filters.among(accounts)
            for name, nothing in _NOTHING.items():
                if getattr(filters, name) == nothing:
                    continue
                without = replace(filters, **{name: nothing}).among(accounts)
                count = len(find(self._database, connection, without, Edge.of(None, None), COUNTED))
                if count and without != seen:
                    found.append(Hidden(name, count))
        return found

    def newer(self, viewer: Viewer, filters: Filters, place: int) -> int:
        """How many orders are newer than the one at a place, counted up to `COUNTED`."""
        with self._database.read() as connection:
            seen = filters.among(visible(connection, viewer, self._endpoint))
            return len(find(self._database, connection, seen, Edge.of(None, place), COUNTED))

    def _newer(self, connection: sa.Connection, filters: Filters, before: int | None, rows: Sequence[OrderRow]) -> bool:
        if before is None or not rows:
            return False
        return bool(find(self._database, connection, filters, Edge(rows[0].place, newer=True), 1))


_NOTHING: dict[str, Any] = {
    "q": "",
    "status": None,
    "fulfilled_by": None,
    "marketplace": None,
    "messaged": None,
    "accounts": None,
}
"""The filters in the order in which they are told, each with what stands for any order."""
