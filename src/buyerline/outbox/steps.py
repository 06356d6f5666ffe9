"""The steps by which tables came to be what their schema says, run by Alembic. The outbox has some, the app others."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox.errors import OutboxNewer

_LOCK = int.from_bytes(b"buyerlin", "big")


@dataclass(frozen=True, slots=True)
class Steps:
    """The migrations in a folder.

    Attributes:
        folder: where Alembic finds its ``env.py`` and ``versions``.
        head: the version that this buyerline knows, the last of the steps.
        version_table: where the version of the database's tables stands.
        metadata: the tables.
    """

    folder: Path
    head: str
    version_table: str
    metadata: sa.MetaData

    def version(self, connection: sa.Connection) -> str | None:
        """The version of the database's tables; ``None`` where there are none."""
        if not connection.dialect.has_table(connection, self.version_table):
            return None
        column = sa.table(self.version_table, sa.column("version_num", sa.Text)).c.version_num
        return connection.execute(sa.select(column)).scalar()

    def upgrade(self, connection: sa.Connection) -> None:
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
        found = self.version(connection)
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        if found is None:
            self._refuse_others(connection)
        elif found not in known:
            raise OutboxNewer(found, self.head)
        command.upgrade(config, "head")

    def _refuse_others(self, connection: sa.Connection) -> None:
        taken = self.metadata.tables.keys() & set(sa.inspect(connection).get_table_names())
        if taken:
            raise ConfigurationError(
                f"outbox: the database has a table {min(taken)!r} that is not buyerline's.",
                hint="Give buyerline a database of its own.",
            )
