"""The steps by which the outbox's tables came to be what `schema` says, run by Alembic."""

from pathlib import Path

import sqlalchemy as sa

from buyerline.outbox.schema import metadata
from buyerline.outbox.steps import Steps

HEAD = "0001"
"""The version that this buyerline knows, the last of the steps."""

VERSION_TABLE = "outbox_version"
"""Not Alembic's default, which another application in the same database may have."""

_STEPS = Steps(Path(__file__).parent, HEAD, VERSION_TABLE, metadata)


def version(connection: sa.Connection) -> str | None:
    """The version of the database's tables; ``None`` where there are none."""
    return _STEPS.version(connection)


def upgrade(connection: sa.Connection) -> None:
    """Make the tables, or bring them up to date, as `Steps.upgrade` does."""
    _STEPS.upgrade(connection)
