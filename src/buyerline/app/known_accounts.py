"""Which accounts are connected in the app: asked by commands, with or without the packages that the app needs."""

from importlib.util import find_spec

import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions, destination
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.errors import CredentialsMissing
from buyerline.app.schema import connected
from buyerline.outbox.address import Address, data_folder
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

PLACE = "the app's accounts"
"""What the app is called among the places where credentials are looked for."""


def knows(connection: sa.Connection, endpoint: str, name: str) -> bool:
    """Whether an account of this name is, or was, connected in the app. Its tables may be of any version, or none."""
    if not connection.dialect.has_table(connection, connected.name):
        return False
    query = sa.select(account.c.id).join(connected, connected.c.account_id == account.c.id)
    return connection.execute(query.where(account.c.name == name, account.c.endpoint == endpoint)).first() is not None


def look_up(name: str, options: ClientOptions, database: Database | None = None) -> Credentials | str:
    """What `clients.source` says of an account, for a command. It makes neither a database nor a key.

    Args:
        name: the account's.
        options: those of the clients.
        database: the outbox's, where it is open; the one of the environment otherwise.

    Raises:
        CredentialsMissing: the app knows the account and may not, or cannot, act for it.
        ConfigurationError, OutboxUnavailable: the database or the secret key cannot be used.
    """
    if database is not None:
        return _looked_up(name, options, database)
    address = Address.find(None)
    if address.path and not address.path.exists():
        return f"{PLACE}: there is no database {address.path}"
    opened = Database(address)
    try:
        return _looked_up(name, options, opened)
    finally:
        opened.close()


def _looked_up(name: str, options: ClientOptions, database: Database) -> Credentials | str:
    with database.read() as connection:
        known = knows(connection, destination(options), name)
    if not known:
        return f"{PLACE}: none is called {name[:80]!r}"
    if find_spec("cryptography") is None:
        raise CredentialsMissing(name, [f"{PLACE}: they need cryptography, pip install 'buyerline[app]'"])
    from buyerline.app.clients import source
    from buyerline.app.vault import Vault

    return source(database, Vault.of_environment(data_folder(), make=False), options)(name)
