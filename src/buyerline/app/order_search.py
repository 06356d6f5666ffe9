"""What was typed into the search, and the question that it is to the database's index of words.

What is typed never reaches the index's own language: words are taken out of it, letters and digits only, and the
question is made of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from buyerline.app.order_tables import SHORTEST_BEGINNING
from buyerline.app.order_words import words_asked
from buyerline.app.schema import orders
from buyerline.outbox.database import Database

LONGEST_QUERY = 200
"""Characters of a search that are looked at."""

MOST_WORDS = 12
"""Words of a search that are looked at."""

ENOUGH = 5
"""Whole words that so few orders have together that their rows can be looked at for another that only begins so."""

MANY = 200
"""Words that begin alike, from which on they are not looked up one by one."""

_ORDER_ID = re.compile(r"[0-9][0-9-]*")
_WHOLE_ORDER_ID = re.compile(r"([0-9]{3})-?([0-9]{7})-?([0-9]{7})")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asks for: an order id that begins so, or all of these words, the last of them begun only.

    Attributes:
        order_id: the beginning of an order id, where that can be meant.
        whole: the words but the last.
        begun: the last word.
        open: whether that stands for all words that begin so. A letter or two alone do not.
    """

    order_id: str | None
    whole: tuple[str, ...]
    begun: str
    open: bool

    def found_in(self, order_id: str, words: str) -> bool:
        """Whether an order with this id and these words is asked for."""
        if self.order_id and order_id.startswith(self.order_id):
            return True
        its = f" {words} "
        begun = f" {self.begun}" if self.open else f" {self.begun} "
        return begun in its and all(f" {word} " in its for word in self.whole)


def read_query(text: str) -> Asked | None:
    """What a search asks for; ``None``: it has no letters or digits, so nothing is found by it."""
    text = text.strip()[:LONGEST_QUERY]
    words = words_asked(text)[:MOST_WORDS]
    if not words:
        return None
    *whole, begun = words
    return Asked(_order_id(text), tuple(whole), begun, bool(whole) or len(begun) >= SHORTEST_BEGINNING)


def matching(
    database: Database,
    connection: sa.Connection,
    asked: Asked,
    facets: Iterable[Sequence[str]],
    conditions: Sequence[sa.ColumnElement[bool]],
) -> tuple[sa.Select[int], sa.ColumnElement[int]]:
    """The query for the places of the orders that are asked for, and the column to sort and to page them by.

    Args:
        database: which kind it is.
        connection: to it.
        asked: what is asked for.
        facets: lists of facets of which an order has to have one each: what SQLite's index knows of the conditions.
        conditions: what the orders' rows have to meet.
    """
    if database.kind == "sqlite":
        return _on_sqlite(connection, asked, facets, conditions)
    found = sa.text("orders.document @@ CAST(:words AS tsquery)").bindparams(words=_tsquery(asked))
    return sa.select(orders.c.place).where(found, *conditions), orders.c.place


def whole_order_id(text: str) -> str | None:
    """The order id that `text` is, with its hyphens; ``None``: it is none, or not all of one."""
    found = _WHOLE_ORDER_ID.fullmatch(text.strip())
    return "-".join(found.groups()) if found else None


def _order_id(text: str) -> str | None:
    """The beginning of an order id, with the hyphens that belong into it, if `text` may be one."""
    if _ORDER_ID.fullmatch(text) is None or len(text.rstrip("-")) < SHORTEST_BEGINNING:
        return None
    return whole_order_id(text) or text.rstrip("-")


def _on_sqlite(
    connection: sa.Connection,
    asked: Asked,
    facets: Iterable[Sequence[str]],
    conditions: Sequence[sa.ColumnElement[bool]],
) -> tuple[sa.Select[int], sa.ColumnElement[int]]:
    """The index is asked, which gives its rows in the order of the places, and the orders' rows are looked at."""
    begun, in_row = _begun(connection, asked)
    words = _all([_any([word]) for word in asked.whole] + ([begun] if begun else []))
    if asked.order_id:
        words = f'({words} OR "{asked.order_id}" *)'
        in_row = None if in_row is None else sa.or_(in_row, orders.c.order_id.startswith(asked.order_id))
    index = sa.table("order_search", sa.column("rowid", sa.BigInteger))
    match = _all([words, *(_any(each) for each in facets)])
    query = sa.select(index.c.rowid).where(sa.text("order_search MATCH :match").bindparams(match=match))
    in_row = sa.and_(sa.true(), *conditions) if in_row is None else sa.and_(in_row, *conditions)
    return query.where(sa.exists().where(orders.c.place == index.c.rowid, in_row)), index.c.rowid


def _begun(connection: sa.Connection, asked: Asked) -> tuple[str | None, sa.ColumnElement[bool] | None]:
    """The question for words that begin so, and what an order that it finds has to meet beside.

    Beside enough whole words, the orders' own words are looked at. Else few words are asked for one by one, for the
    index would gather all orders under a beginning before it gives the first. Where many words begin alike, many orders
    have one: then it is asked for the shortest beginning, which it knows as it knows a word, and the orders' own words
    are looked at.
    """
    begun = asked.begun
    if not asked.open:
        return _any([begun]), None
    in_row = sa.func.instr(sa.literal(" ") + orders.c.words, f" {begun}") > 0
    if len(asked.whole) >= ENOUGH:
        return None, in_row
    alike = connection.execute(_ALIKE, {"begun": begun, "end": begun + "\U0010ffff", "most": MANY}).scalars().all()
    if len(alike) < MANY:
        return _any(alike or [begun]), None
    return f'"{begun[:SHORTEST_BEGINNING]}" *' if len(begun) >= SHORTEST_BEGINNING else None, in_row


def _tsquery(asked: Asked) -> str:
    words = " & ".join([*(f"'{word}'" for word in asked.whole), f"'{asked.begun}'" + (":*" if asked.open else "")])
    return f"({words}) | '{asked.order_id}':*" if asked.order_id else words


def _any(words: Iterable[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


def _all(questions: Sequence[str]) -> str:
    return " AND ".join(questions)


_ALIKE = sa.text("SELECT word FROM order_word WHERE word >= :begun AND word < :end LIMIT :most")
