"""Keeping the orders of an account here up to date, by searchOrders, within its usage plan.

A search is for what was updated since the last one, a page of 100 orders at a time. The plan allows one page in three
minutes once a burst of 20 is used up (Orders API v2026-01-01 reference), so each page is kept as it comes, with the
token of the next: whoever serves the account then goes on from there.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from buyerline.amazon import errors
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.orders import SEARCH_ORDERS, OrdersFlows
from buyerline.amazon.orders_types import OrdersPage
from buyerline.amazon.session import Session
from buyerline.app.authorisation import CANNOT_READ_ORDERS, is_refused, refusal
from buyerline.app.errors import AppError
from buyerline.app.sync_rows import SyncRows, SyncSearch, SyncStanding
from buyerline.app.words import Words
from buyerline.outbox.beside import Beside, Serving
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.errors import OutboxUnavailable

if TYPE_CHECKING:
    from buyerline.app.services import Services

LOOK = 5.0
"""Seconds between two looks whether a person wants it now, or has disconnected or mended something."""

PAGE_SIZE = 100
DATASETS = ("FULFILLMENT", "PROCEEDS")
"""What is told of orders beside their items. Nothing of the buyer is asked for."""

FIRST_PAUSE = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(hours=1)
"""Between two tries that fail; the pause doubles."""

_LOGGER = logging.getLogger("buyerline.app")


def synchronise(services: "Services") -> Beside:
    """What a worker does beside sending, so that the orders of its accounts are here."""
    return Synchronising(services.database, services.accounts.note_trouble).keep_up


def ask_now(database: Database, account_id: int) -> None:
    """Have an account's orders synchronised as soon as the usage plan allows it, and not only when it is time."""
    SyncRows(database).ask_now(account_id)


class Synchronising:
    """Synchronises orders of accounts.

    Args:
        database: with the app's tables.
        note_trouble: called with an account's number and Amazon's refusal of its authorisation. Nothing more is asked
            for it until its ``connection`` is without trouble again.
    """

    def __init__(self, database: Database, note_trouble: Callable[[int, errors.BuyerlineError], None]) -> None:
        self._rows = SyncRows(database)
        self._note_trouble = note_trouble

    async def keep_up(self, serving: Serving) -> None:
        """Synchronise an account's orders, for as long as a worker serves it.

        Raises:
            OutboxUnavailable: the database cannot be used now.
        """
        failures = _Failures()
        while True:
            standing = await asyncio.to_thread(self._rows.read, serving.account_id)
            wait = LOOK if standing is None else standing.wait(now())
            if standing is None or wait > 0:
                await asyncio.sleep(min(wait, LOOK))
                continue
            asked_at = now()
            try:
                await self._step(serving, standing, failures)
            except OutboxUnavailable:
                raise
            except (errors.BuyerlineError, AppError) as failure:
                failures.questions += 1
                _LOGGER.warning("the orders of account %s were not read: %s", serving.name, type(failure).__name__)
                again_at = None if is_refused(failure) else asked_at + failures.pause
                await asyncio.to_thread(
                    self._rows.note_trouble,
                    standing,
                    asked_at,
                    str(_trouble_of(failure)),
                    again_at,
                    from_the_first_page=isinstance(failure, errors.InvalidRequest),
                )
                if isinstance(failure, errors.BuyerlineError):
                    await asyncio.to_thread(self._note_trouble, serving.account_id, failure)

    async def _step(self, serving: Serving, standing: SyncStanding, failures: "_Failures") -> None:
        """Get one page, if the usage plan has room for it; otherwise wait a little."""
        session = serving.session(Marketplace.of(standing.marketplaces[0]))
        room, wait = session.room(SEARCH_ORDERS)
        if not room:
            await asyncio.to_thread(self._rows.note_turn, standing, now() + timedelta(seconds=wait))
            await asyncio.sleep(min(wait, LOOK))
            return
        search = standing.search(now())
        try:
            page = await self._ask(serving, session, standing, search)
        except errors.InvalidRequest:
            if search.token is None:
                raise
            failures.searches += 1
            if failures.searches > 1:
                raise
            await asyncio.to_thread(self._rows.begin_again, standing)  # a token is good for 24 hours
            return
        await asyncio.to_thread(self._rows.keep, standing, search, page)
        failures.questions = 0
        failures.searches = failures.searches if page.next_token else 0

    async def _ask(self, serving: Serving, session: Session, standing: SyncStanding, search: SyncSearch) -> OrdersPage:
        asking = OrdersFlows(session).search_page(
            pagination_token=search.token,
            last_updated_after=search.start,
            marketplaces=standing.marketplaces,
            include=DATASETS,
            page_size=PAGE_SIZE,
        )
        return await serving.run(asking)


@dataclass(slots=True)
class _Failures:
    """What has failed since it last went well.

    Attributes:
        questions: questions in a row.
        searches: searches in a row of which a later page was refused.
    """

    questions: int = 0
    searches: int = 0

    @property
    def pause(self) -> timedelta:
        """Until the next try, after a failure that was counted."""
        times = max(self.questions, self.searches - 1)
        return min(FIRST_PAUSE * (1 << min(times - 1, 10)), LONGEST_PAUSE)


def _trouble_of(failure: errors.BuyerlineError | AppError) -> Words:
    """Why orders could not be read, in a person's words."""
    if isinstance(failure, AppError):
        return failure.words
    if is_refused(failure):
        return refusal(failure).words
    said = next((words for kind, words in _TROUBLES if isinstance(failure, kind)), _NOT_REACHED)
    return Words(said.msgid, why=str(failure)) if said is _NO_CREDENTIALS else said


_NOT_REACHED = Words("Amazon could not be reached. It is tried again by itself.")
_NO_CREDENTIALS = Words("The account's authorisation cannot be used here: {why}")
_NO_ROOM = Words(
    "Amazon asks to slow down: another program uses up what the plan allows for this account's orders. It is tried "
    "again by itself."
)
_TROUBLES: tuple[tuple[type[errors.BuyerlineError], Words], ...] = (
    (errors.ConfigurationError, _NO_CREDENTIALS),
    (errors.Throttled, _NO_ROOM),
    (errors.NotNow, _NO_ROOM),
    (errors.DeniedForNow, _NOT_REACHED),
    (errors.AccessDenied, CANNOT_READ_ORDERS),
    (errors.AmazonUnavailable, _NOT_REACHED),
    (errors.AmazonError, Words("Amazon did not take the question for orders. It is tried again by itself.")),
)
"""What is told of a failure: the first that fits."""
