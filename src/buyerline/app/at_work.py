"""What a worker on its own (`buyerline worker`) does for the app's accounts beside sending."""

import asyncio

from buyerline.amazon.connect import ClientOptions
from buyerline.app.accounts import Accounts
from buyerline.app.migrations import HEAD, STEPS
from buyerline.app.synchronising import Synchronising
from buyerline.app.vault import Vault
from buyerline.outbox.address import data_folder
from buyerline.outbox.beside import Beside, Serving
from buyerline.outbox.database import Database

LOOK = 5.0
"""Seconds between two looks whether the app has used the database by now."""


def beside(database: Database, options: ClientOptions) -> list[Beside]:
    """Synchronise orders, from when an app of this version has used the database.

    Args:
        database: the outbox's.
        options: those of the worker's clients.

    Raises:
        ConfigurationError: the secret key cannot be used.
    """
    Vault.of_environment(data_folder(), make=False)  # what is wrong with a key is said before anything is sent
    return [_OnceThere(database, options).keep_up]


class _OnceThere:
    """Waits for the app, whose tables and key may come later than the worker."""

    def __init__(self, database: Database, options: ClientOptions) -> None:
        self._database = database
        self._options = options
        self._looking = asyncio.Lock()
        self._work: Beside | None = None

    async def keep_up(self, serving: Serving) -> None:
        """Synchronise an account's orders, until it is cancelled."""
        while True:
            work = await self._found()
            if work is not None:
                await work(serving)
                return
            await asyncio.sleep(LOOK)

    async def _found(self) -> Beside | None:
        async with self._looking:  # the first account finds it for all
            if self._work is None and await asyncio.to_thread(_has_the_app, self._database):
                self._work = _synchronise(self._database, self._options)
            return self._work


def _has_the_app(database: Database) -> bool:
    with database.read() as connection:
        return STEPS.version(connection) == HEAD


def _synchronise(database: Database, options: ClientOptions) -> Beside:
    accounts = Accounts.in_database(database, Vault.of_environment(data_folder(), make=False), options)
    return Synchronising(database, accounts.note_trouble).keep_up
