"""Replacing the secret key: what was sealed with an older one is sealed with the first."""

from collections.abc import Iterator

import sqlalchemy as sa

from buyerline.app import accounts, settings_store
from buyerline.app.schema import connected, setting
from buyerline.app.settings_store import SECRETS, Setting
from buyerline.app.vault import Vault
from buyerline.outbox.database import Database


def seal_anew(database: Database, vault: Vault) -> int:
    """Seal everything with the vault's first key that another of its keys opens, all or nothing. How much that was.

    What none of them opens stays as it is: its key may come back.
    """
    with database.read() as connection:
        if not list(_sealed_before(connection, vault)):
            return 0
    with database.write() as connection:
        changes = list(_sealed_before(connection, vault))
        return sum(connection.execute(change).rowcount for change in changes)


def _sealed_before(connection: sa.Connection, vault: Vault) -> Iterator[sa.Update]:
    """What has to be changed. A value that somebody else changes meanwhile is theirs, and new."""
    token = connected.c.refresh_token
    rows = connection.execute(sa.select(connected.c.account_id, token).where(token.is_not(None)))
    for account_id, sealed in rows.all():
        anew = vault.sealed_anew(sealed, accounts.sealed_for(account_id))
        if anew:
            this = (connected.c.account_id == account_id, token == sealed)
            yield sa.update(connected).where(*this).values(refresh_token=anew)
    secrets = connection.execute(sa.select(setting.c.name, setting.c.value).where(setting.c.name.in_(SECRETS)))
    for name, sealed in secrets.all():
        anew = vault.sealed_anew(sealed, settings_store.sealed_for(Setting(name)))
        if anew:
            yield sa.update(setting).where(setting.c.name == name, setting.c.value == sealed).values(value=anew)
