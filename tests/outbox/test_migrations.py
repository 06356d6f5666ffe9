"""The steps that make the outbox's tables: complete, one process at a time, all or nothing."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox import OutboxNewer, migrations
from buyerline.outbox.database import Database
from buyerline.outbox.schema import metadata

OPENING = """
import sys
from buyerline.outbox.database import Database
print("ready", flush=True)
sys.stdin.readline()
Database.open(sys.argv[1]).close()
"""
"""A process that opens a database when it is told to."""


def tables(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())


def definitions_of_indexes(connection: sa.Connection) -> dict[str, str]:
    """Every index as the database itself writes it, with its columns' order and its condition."""
    if connection.dialect.name == "sqlite":
        catalogue = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        catalogue = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    found = {str(name): str(definition) for name, definition in connection.execute(sa.text(catalogue))}
    return {name: definition for name, definition in found.items() if migrations.VERSION_TABLE not in name}


def newly_made(url: str) -> sa.Engine:
    """An engine of SQLAlchemy's own, for a database that buyerline has not opened."""
    return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg") if url[0] == "p" else url)


def test_the_steps_make_the_tables_that_the_schema_describes(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": migrations.VERSION_TABLE, "compare_server_default": True}
        )
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_the_steps_make_the_indexes_that_the_schema_describes(database: Database) -> None:
    """Alembic's comparison leaves out the conditions of indexes and the order of their columns."""
    with database.write() as connection:
        migrated = definitions_of_indexes(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        described = definitions_of_indexes(connection)
    assert migrated == described
    assert any("WHERE" in definition for definition in migrated.values())


def test_the_version_that_is_known_is_that_of_the_last_step() -> None:
    steps = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert steps.get_heads() == [migrations.HEAD]


def test_processes_that_open_an_empty_database_at_once_make_it_once(bare_url: str) -> None:
    command = [sys.executable, "-c", OPENING, bare_url]
    processes = [subprocess.Popen(command, text=True, stdin=PIPE, stdout=PIPE, stderr=PIPE) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert not any(errors), errors
    with closing(Database.open(bare_url)) as database, database.read() as connection:
        assert tables(connection) == {*metadata.tables, migrations.VERSION_TABLE}


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(database: Database, database_url: str) -> None:
    with database.write() as connection:
        connection.execute(sa.text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '9876'"))
        connection.execute(sa.text("DROP TABLE event"))
    with pytest.raises(OutboxNewer, match=r"schema '9876', .* knows '0001'.*pip install -U buyerline"):
        Database.open(database_url)
    with database.read() as connection:
        assert migrations.version(connection) == "9876"
        assert "event" not in tables(connection)


def test_a_database_with_somebody_elses_tables_is_refused_and_left_as_it_is(bare_url: str) -> None:
    engine = newly_made(bare_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE message (words TEXT)"))
    with pytest.raises(ConfigurationError, match="a table 'message' that is not buyerline's"):
        Database.open(bare_url)
    with engine.begin() as connection:
        assert tables(connection) == {"message"}
    engine.dispose()


def test_a_step_that_fails_leaves_nothing_behind(bare_url: str) -> None:
    """The last index of the step cannot be made: its name is taken."""
    engine = newly_made(bare_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE other (id INTEGER)"))
        connection.execute(sa.text("CREATE INDEX ix_event_message_id ON other (id)"))
    with pytest.raises(ConfigurationError, match="the database refused a statement"):
        Database.open(bare_url)
    with engine.begin() as connection:
        assert tables(connection) == {"other"}
    engine.dispose()


def test_a_database_that_is_up_to_date_is_opened_without_alembic(database: Database, database_url: str) -> None:
    """Importing it would take longer than everything else at the start of a command."""
    code = "import sys; from buyerline.outbox.database import Database; Database.open(sys.argv[1]).close()"
    asking = "; print('alembic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code + asking, database_url], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "False\n"
