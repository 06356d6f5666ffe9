"""Which messages a person looks at, found fast among millions.

Each state, or each state of each account, is a stream of messages that an index holds in their order. The newest of
a search are among the newest of each stream. Whatever no index knows (a type, a part of an order's id) is looked for
among the newest of each stream only; the search says how far it looked, and the next page goes on from there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from buyerline.app.errors import Invalid
from buyerline.app.followed import Tab
from buyerline.app.words import Words
from buyerline.outbox.messages import in_utc
from buyerline.outbox.schema import account, message, milliseconds

LOOKED_AT = 20_000
"""Messages of each stream among which is looked for what no index knows: some 20 ms on SQLite."""

STREAMS_OF_ACCOUNTS = 20
"""Accounts that are looked at one by one. Whoever sees more of them sees most messages anyway."""

LONGEST = 200
"""Characters of a value to look for."""

_WHOLE_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}")
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

_Conditions = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class OutboxFilters:
    """What is left of the messages of a tab; each that is given narrows them.

    Attributes:
        account: only those of the account of this number.
        marketplace: only those for orders placed in the marketplace of this id.
        type: only those of this type, by Amazon's path segment.
        queued_by: only those that whoever has this email queued.
        order: only those whose order's id has this in it.
        since, until: only those that were first queued from the one moment on, and before the other. With a zone.

    Raises:
        Invalid: a value cannot be looked for; `field` is its name.
    """

    account: int | None = None
    marketplace: str | None = None
    type: str | None = None
    queued_by: str | None = None
    order: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        texts = {"marketplace": self.marketplace, "type": self.type, "queued_by": self.queued_by, "order": self.order}
        for name, text in texts.items():
            if text and (len(text) > LONGEST or not text.isprintable()):
                raise Invalid(Words("Nothing is called so. Look for something shorter, in plain characters."), name)

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != NO_FILTERS


NO_FILTERS = OutboxFilters()


@dataclass(frozen=True, slots=True)
class Found:
    """The newest messages of a search.

    Attributes:
        ids: the messages, newest first.
        next: before which the search goes on, ``None`` at its end.
        looked_to: the oldest that was looked at, where that was not the end.
    """

    ids: Sequence[str]
    next: str | None
    looked_to: str | None


class Search:
    """A search for messages of a tab.

    Args:
        accounts: the numbers of the accounts whose messages may be seen; ``None``: all.
        tab: the states they are in.
        filters: what narrows them.
    """

    def __init__(self, accounts: frozenset[int] | None, tab: Tab, filters: OutboxFilters = NO_FILTERS) -> None:
        if filters.account is not None:
            accounts = frozenset({filters.account} if accounts is None or filters.account in accounts else ())
        order = (filters.order or "").strip()
        self._range = _first_queued(filters)
        self._others = _unindexed(filters)
        if _WHOLE_ORDER.fullmatch(order):
            self._streams = _of_order(accounts, order, tab)
            return
        if order:
            self._others.append(message.c.order_id.contains(order, autoescape=True))
        if accounts is None or len(accounts) > STREAMS_OF_ACCOUNTS:
            self._streams = [[message.c.state == state] for state in tab.states]
            self._others += [] if accounts is None else [message.c.account_id.in_(sorted(accounts))]
        else:
            pairs = [(number, state) for number in sorted(accounts) for state in tab.states]
            self._streams = [[message.c.account_id == number, message.c.state == state] for number, state in pairs]

    def newest(self, connection: sa.Connection, *, before: str | None = None, limit: int = 50) -> Found:
        """The newest messages, or those older than the message `before`."""
        within = [*self._range, message.c.id < before] if before and is_id(before) else self._range
        end = self._end(connection, within)
        found: set[str] = set()
        for stream in self._streams:
            query = self._ids(stream, within, end).order_by(message.c.id.desc()).limit(limit + 1)
            found.update(connection.scalars(query))
        ids = sorted(found, reverse=True)
        if len(ids) > limit:
            return Found(ids[:limit], ids[limit - 1], None)
        return Found(ids, end, end)

    def count(self, connection: sa.Connection, at_most: int, *, newer_than: str | None = None) -> int:
        """How many there are, `at_most` for that many or more; among the newest, where not all can be looked at."""
        within = [*self._range, message.c.id > newer_than] if newer_than and is_id(newer_than) else self._range
        end = self._end(connection, within)
        found = 0
        for stream in self._streams:
            some = self._ids(stream, within, end).limit(at_most - found).subquery()
            found += connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
            if found >= at_most:
                break
        return found

    def _ids(self, stream: _Conditions, within: _Conditions, end: str | None) -> sa.Select[tuple[str]]:
        query = sa.select(message.c.id).where(*stream, *within, *self._others)
        return query if end is None else query.where(message.c.id >= end)

    def _end(self, connection: sa.Connection, within: _Conditions) -> str | None:
        """The oldest message to look at; ``None``: all of them."""
        if not self._others:
            return None
        ends = (
            connection.execute(
                sa.select(message.c.id).where(*stream, *within).order_by(message.c.id.desc()).offset(LOOKED_AT).limit(1)
            ).scalar()
            for stream in self._streams
        )
        return max((end for end in ends if end), default=None)


def is_id(text: str) -> bool:
    """Whether `text` could be a message's id."""
    return _ID.fullmatch(text) is not None


def first_id_at(moment: datetime) -> str:
    """The lowest id that a message first queued at `moment` can have; see `buyerline.outbox.ids`."""
    number = min(max(milliseconds(in_utc(moment)), 0), 2**48 - 1) << 32
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(75, -1, -5))


def _of_order(accounts: frozenset[int] | None, order: str, tab: Tab) -> list[list[sa.ColumnElement[bool]]]:
    """All messages of an order, which are few, by the index of orders."""
    whose = sa.select(account.c.id) if accounts is None else sorted(accounts)
    # What is added hides the state from SQLite's planner, which would rather go by the index of the states.
    states = message.c.state.concat("").in_(tab.states)
    return [[message.c.account_id.in_(whose), message.c.order_id == order, states]]


def _unindexed(filters: OutboxFilters) -> list[sa.ColumnElement[bool]]:
    wanted = {
        message.c.marketplace_id: filters.marketplace,
        message.c.type: filters.type,
        message.c.queued_by: filters.queued_by,
    }
    return [column == value for column, value in wanted.items() if value]


def _first_queued(filters: OutboxFilters) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if filters.since:
        conditions.append(message.c.id >= first_id_at(filters.since))
    if filters.until:
        conditions.append(message.c.id < first_id_at(filters.until))
    return conditions
