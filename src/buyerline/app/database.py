"""The app's database is the outbox's, with tables of its own beside."""

from buyerline.app.migrations import HEAD, STEPS
from buyerline.outbox.database import Database


def open_database(url: str | None = None) -> Database:
    """Open the outbox's database, with the app's tables made and brought up to date.

    Raises:
        ConfigurationError, OutboxNewer, OutboxUnavailable: as `Database.open` does.
    """
    database = Database.open(url)
    try:
        with database.read() as connection:
            current = STEPS.version(connection)
        if current != HEAD:
            with database.write() as connection:
                STEPS.upgrade(connection)
    except BaseException:
        database.close()
        raise
    return database
