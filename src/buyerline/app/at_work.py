"""What a worker on its own (`buyerline worker`) does for the app's accounts beside sending."""

from buyerline.amazon.connect import ClientOptions
from buyerline.app.accounts import Accounts
from buyerline.app.applications import Applications
from buyerline.app.audit import Audit
from buyerline.app.migrations import HEAD, STEPS
from buyerline.app.settings_store import SettingsStore
from buyerline.app.synchronising import Synchronising
from buyerline.app.vault import Vault
from buyerline.outbox.address import data_folder
from buyerline.outbox.beside import Beside
from buyerline.outbox.database import Database


def beside(database: Database, options: ClientOptions) -> list[Beside]:
    """Synchronise orders; nothing where no app of this version has used the database.

    Args:
        database: the outbox's.
        options: those of the worker's clients.

    Raises:
        ConfigurationError: the secret key cannot be used.
    """
    with database.read() as connection:
        if STEPS.version(connection) != HEAD:
            return []
    audit, vault = Audit(database), Vault.of_environment(data_folder(), make=False)
    applications = Applications(database, SettingsStore(database, vault, audit), audit)
    accounts = Accounts(database, vault, applications, audit, options)
    return [Synchronising(database, accounts.note_trouble).keep_up]
