"""What Amazon offers for an order, remembered for display. Right before sending the outbox asks anew."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon import errors
from buyerline.amazon.messaging import MESSAGE_TYPES, Action, Actions
from buyerline.app.asking_once import AskingOnce
from buyerline.app.authorisation import why_not
from buyerline.app.errors import AppError
from buyerline.app.schema import offer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.retention import Retention
from buyerline.outbox.schema import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from buyerline.app.accounts import Account
    from buyerline.app.clients import Clients
    from buyerline.app.order_rows import OrderRow
    from buyerline.client import SellingPartner

    _Question = Callable[[SellingPartner, OrderRow], dict[str, Any]]
    """Asks Amazon something about an order; the columns that the answer goes to."""

FRESH = timedelta(minutes=5)
"""How long an answer is shown without asking again: what an order takes changes when it ships, and when one sends."""

LANGUAGE_FRESH = timedelta(days=1)
"""How long the buyer's language is believed."""

_DENIED = Words(
    "Amazon does not let this application send messages for this account. The application needs the role "
    "Buyer Communication, and the seller's authorisation since it has it: test the account on the page "
    "Accounts."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known of what Amazon takes for an order.

    Attributes:
        actions: what may be sent; empty where Amazon offers nothing, the order is closed, or nobody knows yet.
        asked_at: when Amazon said so; ``None`` where it has not answered yet.
        locale: the buyer's language of preference (``"de-DE"``); ``None`` where it was not asked, or Amazon has none.
        locale_asked_at: when it was asked.
        trouble: why Amazon could not be asked just now; what else is here is then from before.
    """

    actions: Actions
    asked_at: datetime | None = None
    locale: str | None = None
    locale_asked_at: datetime | None = None
    trouble: Words | None = None

    @property
    def closed_reason(self) -> str | None:
        """Why Amazon takes no messages for the order at all, in its words; ``None`` where it does."""
        return self.actions.closed_reason

    @property
    def stale(self) -> bool:
        """Whether it is so old that it should be asked again."""
        return _older(self.asked_at, FRESH)

    @property
    def locale_stale(self) -> bool:
        """Whether the buyer's language should be asked, again or at all."""
        return _older(self.locale_asked_at, LANGUAGE_FRESH)


class Offers:
    """Asks Amazon what orders take, and remembers it. Several threads may ask for one order: Amazon is asked once.

    Args:
        database: where it is remembered.
        clients: those that ask Amazon.
    """

    def __init__(self, database: Database, clients: "Clients") -> None:
        self._database = database
        self._clients = clients
        self._once = AskingOnce()

    def known(self, account: "Account", order: "OrderRow") -> Offer:
        """What is remembered; Amazon is not asked."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(offer).where(offer.c.account_id == account.id, offer.c.order_id == order.order_id)
            ).one_or_none()
        if found is None:
            return Offer(Actions(order.order_id))
        actions = Actions(order.order_id) if found.actions is None else decoded(order.order_id, found.actions)
        return Offer(actions, found.asked_at, found.locale, found.locale_asked_at)

    def get(self, account: "Account", order: "OrderRow", *, fresh: bool = False, language: bool = False) -> Offer:
        """What Amazon offers: as remembered for `FRESH`, else asked now. Trouble is told in it, never raised.

        Args:
            account: whose order it is.
            order: the order.
            fresh: ask now, however new what is remembered is.
            language: the buyer's language is wanted too: it is asked where it is not known, or older than
                `LANGUAGE_FRESH`.
        """
        known, trouble = self.known(account, order), None
        if fresh or known.stale:
            trouble = self._ask(account, order, _ask_actions, even_so=fresh)
            known = self.known(account, order)
        if language and known.locale_stale and known.actions and trouble is None:
            trouble = self._ask(account, order, _ask_locale, even_so=False)
            known = self.known(account, order)
        return replace(known, trouble=trouble)

    def _ask(self, account: "Account", order: "OrderRow", question: "_Question", *, even_so: bool) -> Words | None:
        def ask() -> Words | None:
            try:
                amazon = self._clients.of(account, order.marketplace_id)
                values = question(amazon, order)
            except AppError as failure:
                return failure.words
            except errors.BuyerlineError as failure:
                return why_not(failure, _DENIED)
            self._keep(account, order, values)
            return None

        key = (account.id, account.connected_at, order.order_id, question)  # connecting again changes the answer
        return self._once.ask(key, ask, even_so=even_so)

    def _keep(self, account: "Account", order: "OrderRow", values: dict[str, Any]) -> None:
        names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values)
        put = sa.text(
            f"INSERT INTO offer (account_id, order_id, {names}) VALUES (:account_id, :order_id, {places}) "  # noqa: S608 - our own names only
            f"ON CONFLICT (account_id, order_id) DO UPDATE SET {changes}"
        )
        with self._database.write() as connection:
            connection.execute(put, {"account_id": account.id, "order_id": order.order_id, **values})


def _ask_actions(amazon: "SellingPartner", order: "OrderRow") -> dict[str, Any]:
    actions = amazon.messaging.get_actions(order.order_id, marketplace=order.marketplace_id)
    return {"actions": encoded(actions), "asked_at": milliseconds(now())}


def _ask_locale(amazon: "SellingPartner", order: "OrderRow") -> dict[str, Any]:
    attributes = amazon.messaging.get_attributes(order.order_id, marketplace=order.marketplace_id)
    return {"locale": attributes.locale, "locale_asked_at": milliseconds(now())}


def forget_old(connection: sa.Connection, retention: Retention) -> int:
    """Delete what was asked longer ago than the retention time. How many orders that were."""
    before = now() - retention.time
    return connection.execute(sa.delete(offer).where(offer.c.asked_at < before)).rowcount


class _StoredAction(msgspec.Struct):
    """An action as the table keeps it: all but the type, which its name tells."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    disabled: bool
    disabled_reason: str | None
    hidden: bool
    href: str | None


class _StoredActions(msgspec.Struct):
    """The actions of an order as the table keeps them."""

    items: list[_StoredAction]
    closed_reason: str | None


_decoder = msgspec.json.Decoder(_StoredActions)


def encoded(actions: Actions) -> str:
    """Actions as the table keeps them."""
    items = [msgspec.convert(action, _StoredAction, from_attributes=True) for action in actions]
    return msgspec.json.encode(_StoredActions(items, actions.closed_reason)).decode()


def decoded(order_id: str, stored: str) -> Actions:
    """The actions of an order from what the table keeps."""
    found = _decoder.decode(stored)
    items = [Action(**msgspec.structs.asdict(item), type=MESSAGE_TYPES.get(item.name)) for item in found.items]
    return Actions(order_id, tuple(items), found.closed_reason)


def _older(asked_at: datetime | None, age: timedelta) -> bool:
    return asked_at is None or now() - asked_at > age
