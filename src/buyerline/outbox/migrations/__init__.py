"""The steps by which the outbox's tables came to be what `schema` says, run by Alembic."""

from pathlib import Path

import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox.errors import OutboxNewer
from buyerline.outbox.schema import metadata

HEAD = "0001"
"""The version that this buyerline knows, the last of the steps."""

VERSION_TABLE = "outbox_version"
"""Not Alembic's default, which another application in the same database may have."""

_FOLDER = Path(__file__).parent
_version = sa.table(VERSION_TABLE, sa.column("version_num", sa.Text)).c.version_num
_LOCK = int.from_bytes(b"buyerlin", "big")


def version(connection: sa.Connection) -> str | None:
    """The version of the database's tables; ``None`` where there are none."""
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    return connection.execute(sa.select(_version)).scalar()


def upgrade(connection: sa.Connection) -> None:
    """Make the tables, or bring them up to date, in the connection's transaction; one process at a time.

    Raises:
        ConfigurationError: tables of these names are there that buyerline has not made.
        OutboxNewer: the tables are of a version that is not known here. Nothing was changed.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":  # SQLite's writing transactions come one after another anyway
        connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    found = version(connection)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if found is None:
        _refuse_others(connection)
    elif found not in known:
        raise OutboxNewer(found, HEAD)
    command.upgrade(config, "head")


def _refuse_others(connection: sa.Connection) -> None:
    taken = metadata.tables.keys() & set(sa.inspect(connection).get_table_names())
    if taken:
        raise ConfigurationError(
            f"outbox: the database has a table {min(taken)!r} that is not buyerline's.",
            hint="Give buyerline a database of its own.",
        )
