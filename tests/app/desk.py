"""What an owner needs to connect sellers of the sandbox, without web pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.app.accounts import Account, Accounts
from buyerline.app.applications import Applications
from buyerline.app.audit import Audit, AuditFilters
from buyerline.app.clients import Clients
from buyerline.app.consent import Consent
from buyerline.app.database import open_database
from buyerline.app.one_time_links import OneTimeLinks
from buyerline.app.schema import connected
from buyerline.app.settings_store import SettingsStore
from buyerline.app.vault import Vault
from buyerline.app.viewer import Role, Viewer
from buyerline.outbox.database import Database
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from buyerline.testing import SellerAccount
from tests.running import Amazon

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions

APPLICATION_ID = "amzn1.sp.solution.sandbox"
KEY = "a-key-for-tests-a-key-for-tests-a-key-for-tests"


def viewer(person_id: int, role: Role, accounts: frozenset[int] | None = None) -> Viewer:
    """A person."""
    return Viewer(person_id, f"person-{person_id}@shop.example", "Somebody", role, None, None, 0, accounts)


OWNER = viewer(1, Role.OWNER)


class Desk:
    """The services that know accounts, and the sandbox that they ask. The application is the sandbox's own.

    Attributes:
        options: those of the clients.
    """

    def __init__(self, database: Database, amazon: Amazon) -> None:
        self.database = database
        self.amazon = amazon
        self.options: ClientOptions = {"endpoint": amazon.url, "lwa_endpoint": amazon.lwa_url, "timeout": 10}
        self.vault = Vault([KEY])
        self.audit = Audit(database)
        self.links = OneTimeLinks(database)
        self.applications = Applications(database, SettingsStore(database, self.vault, self.audit), self.audit)
        self.accounts = self.accounts_with(self.vault)
        self.consent = Consent(self.accounts, self.applications, self.links, self.options)
        self.clients = Clients(self.accounts, self.options)
        self.applications.set(
            OWNER, client_id=DEFAULT_CLIENT_ID, client_secret=DEFAULT_CLIENT_SECRET, application_id=APPLICATION_ID
        )

    def accounts_with(self, vault: Vault) -> Accounts:
        """The accounts as they are with another key."""
        return Accounts(self.database, vault, self.applications, self.audit, self.options)

    def connect(self, title: str = "Shop", seller: SellerAccount | None = None, region: str = "na") -> Account:
        """Connect a seller by the refresh token, the sandbox's default one by default."""
        token = (seller or self.amazon.default_account).refresh_token
        return self.accounts.connect(OWNER, title, region, token)

    def kept(self, account_id: int) -> str | None:
        """An account's refresh token as it stands in the database."""
        with self.database.read() as connection:
            sealed: str | None = connection.execute(
                sa.select(connected.c.refresh_token).where(connected.c.account_id == account_id)
            ).scalar_one()
        return sealed

    def done(self) -> list[tuple[str, int | None, str | None]]:
        """What the audit says, oldest first: what, to which account, and what else."""
        entries = self.audit.list(OWNER, limit=100, filters=AuditFilters()).entries
        return [(entry.what.value, entry.account_id, entry.note) for entry in reversed(entries)]


@contextmanager
def desk_in(url: str, amazon: Amazon) -> Iterator[Desk]:
    """A desk with the database at `url`."""
    database = open_database(url)
    desk = Desk(database, amazon)
    try:
        yield desk
    finally:
        desk.clients.close()
        database.close()
