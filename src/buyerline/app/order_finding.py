"""Finding orders: which of them a person's filters and search describe, the newest first, a page at a time.

Three ways lead to them, so that none looks at more orders than it has to:

- without filters, or with very many accounts, the table itself, from the edge of the page on;
- with filters, the index of facets. Account, marketplace, status and fulfilment occur together in few combinations;
  of each that fits, the orders next to the edge of the page are taken, and of these the nearest;
- with a search, the index of words, which on SQLite knows the facets too. It does not know who was messaged, for that
  changes with every message: where few that fit were, or few were not, these are looked at one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from buyerline.app.order_search import Asked, matching, read_query
from buyerline.app.schema import orders
from buyerline.outbox.database import Database

_NEWER_THAN_ALL = 2**62
_OLDER_THAN_ALL = -1


@dataclass(frozen=True, slots=True)
class Filters:
    """Which orders are wanted; ``None`` stands for any.

    Attributes:
        accounts: only those of these accounts, of which a person sees only their own.
        q: what was typed into the search: the beginning of an order id, or words of titles, SKUs and ASINs.
        status: Amazon's fulfilment status.
        fulfilled_by: ``"MERCHANT"`` or ``"AMAZON"``.
        marketplace: a marketplace's id.
        messaged: whether a message was ever queued for it.
    """

    accounts: frozenset[int] | None = None
    q: str = ""
    status: str | None = None
    fulfilled_by: str | None = None
    marketplace: str | None = None
    messaged: bool | None = None

    def among(self, accounts: frozenset[int] | None) -> "Filters":
        """The same filters, of these accounts; ``None`` stands for all."""
        if accounts is None:
            return self
        return replace(self, accounts=accounts if self.accounts is None else self.accounts & accounts)

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a row of the table has to meet; the search is not among it."""
        columns = orders.c
        wanted = [
            (columns.status, self.status),
            (columns.fulfilled_by, self.fulfilled_by),
            (columns.marketplace_id, self.marketplace),
            (columns.messaged, self.messaged),
        ]
        found = [column == value for column, value in wanted if value is not None]
        # `+ 0`: SQLite would rather gather all orders of these accounts and sort them.
        return found if self.accounts is None else [*found, (columns.account_id + 0).in_(self.accounts)]


class Facets(msgspec.Struct, frozen=True):
    """A combination of facets that occurs. ``text`` is the column's."""

    text: str
    account_id: int
    marketplace_id: str
    status: str
    fulfilled_by: str

    @classmethod
    def read(cls, text: str) -> "Facets":
        """The facets of the column's text."""
        account_id, *others = [part[2:] for part in text.split(" ")]
        return cls(text, int(account_id), *others)

    def fit(self, filters: Filters) -> bool:
        """Whether orders with these facets are wanted, as far as the facets tell."""
        return (
            (filters.accounts is None or self.account_id in filters.accounts)
            and filters.marketplace in (None, self.marketplace_id)
            and filters.status in (None, self.status)
            and filters.fulfilled_by in (None, self.fulfilled_by)
        )


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a page begins: beside `place`, on the side of the older or of the newer orders."""

    place: int
    newer: bool = False

    @classmethod
    def of(cls, before: int | None, after: int | None) -> "Edge":
        """The edge for orders before a place, after one, or of the newest of all."""
        place = after if after is not None else _NEWER_THAN_ALL if before is None else before
        return cls(min(max(place, _OLDER_THAN_ALL), _NEWER_THAN_ALL), newer=after is not None)


def occurring(connection: sa.Connection, accounts: frozenset[int] | None) -> list[Facets]:
    """The combinations of facets that occur among the orders of accounts (`None`: of all), the first `MOST` of them."""
    told = {"most": MOST} | ({} if accounts is None else {"accounts": [*accounts]})
    found = connection.execute(_OCCURRING if accounts is None else _OCCURRING_OF, told)
    return [Facets.read(text) for text in found.scalars()]


def find(database: Database, connection: sa.Connection, filters: Filters, edge: Edge, limit: int) -> list[int]:
    """The places of the orders nearest to an edge, nearest first; `filters` are those of `Filters.among`."""
    searched = bool(filters.q.strip())
    if not searched and filters == Filters():
        return _nearest(connection, sa.select(orders.c.place), orders.c.place, edge, limit)
    combinations = occurring(connection, filters.accounts)
    fitting = [facets for facets in combinations if facets.fit(filters)]
    if not fitting and len(combinations) < MOST:
        return []
    if searched:
        known = fitting if len(combinations) < MOST else None
        return _by_words(database, connection, filters, known, edge, limit)
    if len(combinations) < MOST:
        return _by_facets(database, connection, fitting, filters.messaged, edge, limit)
    return _nearest(connection, sa.select(orders.c.place).where(*filters.conditions()), orders.c.place, edge, limit)


def _nearest(
    connection: sa.Connection, query: sa.Select[int], place: sa.ColumnElement[int], edge: Edge, limit: int
) -> list[int]:
    side, order = _beside(place, edge)
    return list(connection.execute(query.where(side).order_by(order).limit(limit)).scalars())


def _beside(place: sa.ColumnElement[int], edge: Edge) -> tuple[sa.ColumnElement[bool], sa.UnaryExpression[int]]:
    """What lies beyond an edge, and in which order."""
    return (place > edge.place, place.asc()) if edge.newer else (place < edge.place, place.desc())


def _by_words(
    database: Database,
    connection: sa.Connection,
    filters: Filters,
    fitting: Sequence[Facets] | None,
    edge: Edge,
    limit: int,
) -> list[int]:
    asked = read_query(filters.q)
    if asked is None:
        return []
    if filters.messaged is not None:
        few = _few(connection, fitting, filters.messaged, edge)
        if few is not None:
            return _among(database, connection, few, asked, filters, edge)[:limit]
    query, place = matching(database, connection, asked, _tokens(filters), filters.conditions())
    return _nearest(connection, query, place, edge, limit)


def _few(connection: sa.Connection, fitting: Sequence[Facets] | None, messaged: bool, edge: Edge) -> list[int] | None:
    """The places beyond an edge of all orders that fit, but for the search; ``None`` where these are many.

    The index of words does not know who was messaged, and would be gone through in vain for a few. Where too many
    combinations of facets occur (`fitting` is ``None``), the facets are left out.
    """
    side, _ = _beside(orders.c.place, edge)
    of_these = sa.select(orders.c.place).where(orders.c.messaged == messaged, side)
    if fitting is None:
        queries = [of_these]
    else:
        queries = [
            of_these.where(orders.c.account_id == each.account_id, orders.c.facets == each.text) for each in fitting
        ]
    places: list[int] = []
    for query in queries:
        places += connection.execute(query.limit(FEW + 1 - len(places))).scalars()
        if len(places) > FEW:
            return None
    return places


def _among(
    database: Database, connection: sa.Connection, places: Sequence[int], asked: Asked, filters: Filters, edge: Edge
) -> list[int]:
    """The orders that are asked for among those at these places, which are looked at one by one."""
    statement = sa.text(_WORDS_AT.format(each=database.each))
    rows = connection.execute(statement, {"doc": msgspec.json.encode([[place] for place in places]).decode()})
    found = [
        place
        for place, order_id, words, facets in rows
        if asked.found_in(order_id, words) and Facets.read(facets).fit(filters)
    ]
    return sorted(found, reverse=not edge.newer)


def _by_facets(
    database: Database,
    connection: sa.Connection,
    fitting: Sequence[Facets],
    messaged: bool | None,
    edge: Edge,
    limit: int,
) -> list[int]:
    either = (True, False) if messaged is None else (messaged,)
    combinations = [[facets.account_id, facets.text, flag] for facets in fitting for flag in either]
    template = _BY_FACETS_SQLITE if database.kind == "sqlite" else _BY_FACETS_POSTGRESQL
    words = {"beyond": ">", "order": "ASC", "nearest": "min"} if edge.newer else _TO_THE_OLDER
    statement = sa.text(template.format(each=database.each, **words))
    told = {"doc": msgspec.json.encode(combinations).decode(), "edge": edge.place, "limit": limit}
    return list(connection.execute(statement, told).scalars())


def _tokens(filters: Filters) -> Iterable[Sequence[str]]:
    """The facets that an order must have one of each of, as the index of words has them."""
    if filters.accounts is not None and len(filters.accounts) <= FEW_ACCOUNTS:
        yield [f"a_{account_id}" for account_id in filters.accounts]
    for letter, value in (("m", filters.marketplace), ("s", filters.status), ("f", filters.fulfilled_by)):
        if value is not None:
            yield [f"{letter}_{value}"]


MOST = 1000
"""Combinations of facets of which each is looked into; with thousands of accounts there are more."""

FEW = 5000
"""Orders of which each can be looked at."""

FEW_ACCOUNTS = 50
"""Accounts up to which the index of words is asked for each of them; with more, the rows are looked at."""

_WORDS_AT = """
    SELECT place, order_id, words, facets FROM {each} JOIN orders ON orders.place = CAST(item.value ->> 0 AS BIGINT)
"""

_TO_THE_OLDER = {"beyond": "<", "order": "DESC", "nearest": "max"}

# A loose index scan: from each value straight to the next, whatever number of rows lies between.
_SCAN = """
    WITH RECURSIVE found (account_id, facets) AS (
        SELECT id, (SELECT min(facets) FROM orders WHERE account_id = id) FROM account {where}
        UNION ALL
        SELECT account_id, (SELECT min(orders.facets) FROM orders
            WHERE orders.account_id = found.account_id AND orders.facets > found.facets)
        FROM found WHERE facets IS NOT NULL
    )
    SELECT facets FROM found WHERE facets IS NOT NULL LIMIT :most
"""
_OCCURRING = sa.text(_SCAN.format(where=""))
_OCCURRING_OF = sa.text(_SCAN.format(where="WHERE id IN :accounts")).bindparams(
    sa.bindparam("accounts", expanding=True)
)

# Of the combinations, only the `limit` whose nearest order is nearest can have an order on the page.
_THESE = """
    FROM orders WHERE orders.account_id = {of}.account_id AND orders.facets = {of}.facets
        AND orders.messaged = {of}.messaged AND orders.place {{beyond}} :edge
"""
_NEAREST = f"""
    SELECT account_id, facets, messaged, nearest FROM (
        SELECT wanted.*, (SELECT {{nearest}}(place) {_THESE.format(of="wanted")}) AS nearest
        FROM (SELECT CAST(item.value ->> 0 AS BIGINT) AS account_id, item.value ->> 1 AS facets,
            CAST(item.value ->> 2 AS TEXT) IN ('true', '1') AS messaged FROM {{each}}) AS wanted
    ) AS occurring
    WHERE nearest IS NOT NULL ORDER BY nearest {{order}} LIMIT :limit
"""  # noqa: S608 - our own names only
_ITS_ORDERS = f"SELECT place {_THESE.format(of='combination')} ORDER BY place {{order}} LIMIT :limit"
_BY_FACETS_SQLITE = f"""
    SELECT found.place FROM ({_NEAREST}) AS combination CROSS JOIN orders AS found
    WHERE found.place IN ({_ITS_ORDERS})
    ORDER BY found.place {{order}} LIMIT :limit
"""  # noqa: S608 - our own names only
_BY_FACETS_POSTGRESQL = f"""
    SELECT found.place FROM ({_NEAREST}) AS combination CROSS JOIN LATERAL ({_ITS_ORDERS}) AS found
    ORDER BY found.place {{order}} LIMIT :limit
"""  # noqa: S608 - our own names only
