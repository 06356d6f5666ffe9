"""The steps that make the app's tables, beside the outbox's."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from buyerline.app.database import open_database
from buyerline.app.migrations import HEAD, STEPS, VERSION_TABLE
from buyerline.app.schema import metadata
from buyerline.outbox import OutboxNewer
from buyerline.outbox.database import Database


def test_the_steps_make_the_tables_that_the_schema_describes(database_url: str) -> None:
    database = open_database(database_url)
    with database.read() as connection:
        options: dict[str, Any] = {"version_table": VERSION_TABLE, "include_object": _is_ours}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    database.close()
    assert differences == []


def test_the_last_step_is_the_one_that_is_known() -> None:
    assert ScriptDirectory(str(STEPS.folder)).get_heads() == [HEAD]


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    database = Database.open(database_url)
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    database.close()
    with pytest.raises(OutboxNewer):
        open_database(database_url)


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, _: Any) -> bool:
    """The app's tables and what belongs to them, without what the search has beside them."""
    if kind == "table":
        return name in metadata.tables
    if isinstance(item, sa.Column) and reflected:
        return (item.table.name, name) != ("orders", "document")
    return name != "ix_orders_document"
