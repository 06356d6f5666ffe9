"""Clients of the app's accounts: for its own pages, and for whoever else looks for an account's credentials."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials, Source
from buyerline.amazon.errors import CredentialsMissing
from buyerline.amazon.login import TokenStore
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.app.accounts import Account, Accounts
from buyerline.app.authorisation import HOME, HURRIED
from buyerline.app.errors import AppError
from buyerline.app.known_accounts import PLACE, knows
from buyerline.app.migrations import HEAD, STEPS
from buyerline.app.vault import Vault
from buyerline.client import SellingPartner
from buyerline.outbox.database import Database

AT_ONCE = 64
"""Clients that are kept ready. Making another takes some milliseconds, and its first call another handshake."""

PlansOf = Callable[[str], UsagePlans | None]
"""The buckets of an account, by its name, while a worker of this process serves it."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A client, and what it was made with."""

    client: SellingPartner
    credentials: Credentials
    plans: UsagePlans


class Clients:
    """Makes clients, and keeps those that were asked for last. Threads may share it.

    An account's calls share one usage plan with its worker, where that runs in this process.

    Args:
        accounts: who opens the authorisations.
        options: those of the clients.
        plans_of: the buckets of an account that a worker of this process serves; none by default.
    """

    def __init__(self, accounts: Accounts, options: ClientOptions, plans_of: PlansOf = lambda _: None) -> None:
        self._accounts = accounts
        self._options: ClientOptions = {**options, **HURRIED, "tokens": TokenStore()}
        self._plans_of = plans_of
        self._plans = UsagePlans(time.monotonic)
        self._held: OrderedDict[tuple[int, Marketplace], _Held] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, account: Account, marketplace: Marketplace | str | None = None) -> SellingPartner:
        """A client that acts for an account, with the authorisation that it has now.

        Use it at once and do not close it: whoever asks next may get the same.

        Args:
            account: the account.
            marketplace: where orders are; one of the account's by default.

        Raises:
            NotUsable: the account is disconnected, or its authorisation cannot be opened.
            Invalid: the application is not known.
        """
        place = Marketplace.of(marketplace) if marketplace else home(account)
        credentials = self._accounts.credentials(account.id)
        plans = self._plans_of(account.name) or self._plans
        with self._lock:
            held = self._held.pop((account.id, place), None)
            if held is None or held.credentials != credentials or held.plans is not plans:
                held = _Held(self._made(account, place, credentials, plans), credentials, plans)
            self._held[account.id, place] = held
            if len(self._held) > AT_ONCE:
                self._held.popitem(last=False)  # not closed: a thread may be using it
        return held.client

    def close(self) -> None:
        """Close the clients."""
        with self._lock:
            for held in self._held.values():
                held.client.close()
            self._held.clear()

    def _made(
        self, account: Account, place: Marketplace, credentials: Credentials, plans: UsagePlans
    ) -> SellingPartner:
        options: ClientOptions = {**self._options, "credentials": credentials, "plans": plans}
        return SellingPartner(place, account.name, **options)


def home(account: Account) -> Marketplace:
    """Where an account is asked what is not about a marketplace."""
    return account.marketplaces[0] if account.marketplaces else HOME[account.region]


def source(database: Database, vault: Vault, options: ClientOptions) -> Source:
    """A place to look for credentials in: the accounts that are connected in the app.

    Of an account that the app knows, but may not or cannot act for, it raises `CredentialsMissing`: what another place
    has under the same name is not what the owner connected, and is not used once they have disconnected it. So it
    stands before other places.

    Args:
        database: the outbox's, with or without the app's tables.
        vault: opens the authorisations.
        options: those of the clients; the accounts are those of their endpoint.
    """
    accounts = Accounts.in_database(database, vault, options)

    def look(name: str) -> Credentials | str:
        with database.read() as connection:
            if not knows(connection, accounts.endpoint, name):
                return f"{PLACE}: none is called {name[:80]!r}"
            if STEPS.version(connection) != HEAD:
                raise CredentialsMissing(name, [_OTHER_VERSION])
        try:
            return accounts.credentials_of(name)
        except AppError as failure:
            raise CredentialsMissing(name, [f"{PLACE}: {failure}"]) from None

    return look


_OTHER_VERSION = f"{PLACE}: another version of buyerline keeps them; start the app of this version once"
