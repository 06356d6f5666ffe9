"""Several capabilities writing in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from buyerline.outbox.database import Database


@contextmanager
def joined(database: Database, connection: sa.Connection | None) -> Iterator[sa.Connection]:
    """The writing transaction that is under way on `connection`; without one, its own, committed with the block."""
    if connection is not None:
        yield connection
        return
    with database.write() as own:
        yield own
