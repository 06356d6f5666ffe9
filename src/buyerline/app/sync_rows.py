"""How far the synchronisation of an account's orders is, as the table of connections keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon.orders_types import OrdersPage
from buyerline.app.account_rows import encoded
from buyerline.app.order_storing import store
from buyerline.app.schema import connected
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database

FIRST = timedelta(days=30)
"""How far back the first search for orders goes: about as long as Amazon takes messages for an order."""

OVERLAP = timedelta(minutes=10)
"""How much of the time before it a search looks at again: Amazon lists an update some minutes late (two at least,
Orders API v2026-01-01 reference), and its clock may not be ours."""

INTERVAL = timedelta(minutes=15)
"""Between the beginnings of two searches."""

EXACT = timedelta(seconds=2)
"""How exactly it is told when the next page is due."""


@dataclass(frozen=True, slots=True)
class SyncSearch:
    """A search for the orders of an account that were updated since `start`.

    Attributes:
        start: since when.
        began_at: when it began. What is updated later is the next search's.
        pages: how many of its pages are in.
        token: for its next page; ``None`` for the first.
    """

    start: datetime
    began_at: datetime
    pages: int = 0
    token: str | None = None


@dataclass(frozen=True, slots=True)
class SyncStanding:
    """How an account stands.

    Attributes:
        account_id: the account.
        marketplaces: ids of the marketplaces where it takes part.
        under_way: the search that is not complete; ``None``: the last one is.
        complete_to: up to when all updates are in; ``None``: nothing is here yet.
        next_at: when Amazon is to be asked next; ``None``: at once.
    """

    account_id: int
    marketplaces: tuple[str, ...]
    under_way: SyncSearch | None
    complete_to: datetime | None
    next_at: datetime | None

    def wait(self, at: datetime) -> float:
        """Seconds until Amazon is to be asked; 0 when it is."""
        return max(0.0, (self.next_at - at).total_seconds()) if self.next_at else 0.0

    def search(self, at: datetime) -> SyncSearch:
        """The search to go on with, or to begin now."""
        if self.under_way is not None:
            return self.under_way
        return SyncSearch(self.complete_to - OVERLAP if self.complete_to else at - FIRST, at)


class SyncRows:
    """Reads and writes how accounts stand. Every change is conditional on the account's still being connected."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, account_id: int) -> SyncStanding | None:
        """How an account stands; ``None`` where nothing is to be done for it before a person has done something."""
        with self._database.read() as connection:
            row = connection.execute(_SYNC.where(connected.c.account_id == account_id, _USABLE)).one_or_none()
        marketplaces = tuple(msgspec.json.decode(row.marketplaces, type=list[str])) if row else ()
        if row is None or not marketplaces:
            return None
        under_way = None
        if row.sync_token is not None:
            under_way = SyncSearch(row.sync_start, row.sync_began_at, row.sync_pages, row.sync_token)
        return SyncStanding(account_id, marketplaces, under_way, row.sync_from, row.sync_next_at)

    def keep(self, standing: SyncStanding, search: SyncSearch, page: OrdersPage) -> None:
        """Keep a page of a search, and where the search goes on, or that it is complete, in one transaction.

        Nothing is kept when the account is disconnected by now or takes part elsewhere, or somebody else has got this
        page before.
        """
        values = _goes_on(search, page.next_token) if page.next_token else _complete(search, page)
        with self._database.write() as connection:
            if self._change(connection, standing, search.began_at, values | {"sync_trouble": None}):
                store(self._database, connection, standing.account_id, page.orders)

    def begin_again(self, standing: SyncStanding) -> None:
        """Forget the search under way: its token is good for nothing any more. What it has found is here."""
        with self._database.write() as connection:
            self._change(connection, standing, now(), _NO_SEARCH)

    def note_trouble(
        self,
        standing: SyncStanding,
        asked_at: datetime,
        trouble: str,
        again_at: datetime | None,
        *,
        from_the_first_page: bool = False,
    ) -> None:
        """Write why Amazon could not be asked at `asked_at`, and when it is tried again, and from which page on."""
        values = {"sync_trouble": trouble, "sync_next_at": again_at} | (_NO_SEARCH if from_the_first_page else {})
        with self._database.write() as connection:
            self._change(connection, standing, asked_at, values)

    def note_turn(self, standing: SyncStanding, at: datetime) -> None:
        """Write when the usage plan has room for the next question, unless that is known."""
        if standing.next_at is not None and abs(at - standing.next_at) < EXACT:
            return
        mine = sa.update(connected).where(connected.c.account_id == standing.account_id, _USABLE)
        with self._database.write() as connection:
            connection.execute(mine.values(sync_next_at=at))

    def ask_now(self, account_id: int) -> None:
        """Write that a person wants an account's orders now; a search that is under way goes on as the plan allows."""
        mine = sa.update(connected).where(connected.c.account_id == account_id, _USABLE)
        next_at = sa.case((connected.c.sync_token.is_not(None), connected.c.sync_next_at))
        with self._database.write() as connection:
            connection.execute(mine.values(sync_wanted_at=now(), sync_next_at=next_at))

    @staticmethod
    def _change(
        connection: sa.Connection, standing: SyncStanding, asked_at: datetime, values: Mapping[str, Any]
    ) -> bool:
        """Change an account that stands as it did; whether it does. What was wanted until `asked_at` is done then."""
        token = standing.under_way.token if standing.under_way else None
        same_search = connected.c.sync_token.is_not_distinct_from(token)
        same_places = connected.c.marketplaces == encoded(standing.marketplaces)  # else orders of some would be missing
        still_wanted = sa.case((connected.c.sync_wanted_at > asked_at, connected.c.sync_wanted_at))
        changed = connection.execute(
            sa.update(connected)
            .where(connected.c.account_id == standing.account_id, _USABLE, same_search, same_places)
            .values(**values, sync_wanted_at=still_wanted)
        )
        return changed.rowcount > 0


def _goes_on(search: SyncSearch, token: str) -> dict[str, Any]:
    return {
        "sync_start": search.start,
        "sync_began_at": search.began_at,
        "sync_pages": search.pages + 1,
        "sync_token": token,
        "sync_next_at": now(),
    }


def _complete(search: SyncSearch, page: OrdersPage) -> dict[str, Any]:
    """All updates are here up to when it began, or to when Amazon says that it searched.

    Who asked for the orders after it began is not served by it: then the next one is due at once.
    """
    searched_to = page.last_updated_before or search.began_at
    return _NO_SEARCH | {
        "sync_from": min(search.began_at, searched_to),
        "sync_next_at": sa.case(
            (connected.c.sync_wanted_at > search.began_at, sa.null()),
            else_=sa.literal(search.began_at + INTERVAL, connected.c.sync_next_at.type),
        ),
        "synced_at": now(),
    }


_NO_SEARCH: dict[str, Any] = {"sync_start": None, "sync_began_at": None, "sync_pages": 0, "sync_token": None}

_USABLE = sa.and_(
    connected.c.refresh_token.is_not(None), connected.c.disconnected_at.is_(None), connected.c.trouble.is_(None)
)
"""Connected, and with an authorisation that Amazon does not refuse."""

_SYNC = sa.select(
    connected.c.marketplaces,
    connected.c.sync_from,
    connected.c.sync_start,
    connected.c.sync_began_at,
    connected.c.sync_token,
    connected.c.sync_pages,
    connected.c.sync_next_at,
)
