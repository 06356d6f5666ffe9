"""What is told of a database that cannot be used: what it means, what to do, and nothing that is secret."""

import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.outbox import OutboxUnavailable
from buyerline.outbox.database import Database
from buyerline.outbox.failures import said
from tests.databases import Mode, Postgres, free_port

HOLDING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""
"""A process that keeps a SQLite file locked until its input ends."""

SECRET = "geheim"
TEXT = "Dear buyer, your parcel is late."


@contextmanager
def locked_by_another_process(path: Path) -> Iterator[None]:
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate("", timeout=30)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder in which every user may read, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="buyerline-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """For the time of the block, rights to files hold even when root runs the tests."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)  # nobody
    try:
        yield
    finally:
        os.seteuid(0)


def add_account(connection: sa.Connection) -> None:
    connection.execute(sa.text("INSERT INTO account (name, endpoint) VALUES ('default', 'amazon')"))


def add_until_the_disk_is_full(connection: sa.Connection) -> None:
    add_account(connection)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    connection.execute(sa.text("INSERT INTO content VALUES ('0', zeroblob(100000))"))


def accounts(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM account")).scalar_one())


def told(error: BuyerlineError) -> str:
    """Everything that anybody could see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error)


class TestASQLiteFile:
    def test_that_another_process_keeps_locked_is_not_available_now(self, sqlite_url: str, tmp_path: Path) -> None:
        with closing(Database.open(sqlite_url, busy_timeout=0.01)) as database:
            with (
                locked_by_another_process(tmp_path / "outbox.db"),
                pytest.raises(OutboxUnavailable, match=r"another process keeps it locked\. Try again"),
                database.write(),
            ):
                pass
            with database.write() as connection:
                add_account(connection)
            assert accounts(database) == 1

    def test_that_is_locked_while_it_is_opened_is_not_available_now(self, bare_sqlite_url: str, tmp_path: Path) -> None:
        with (
            locked_by_another_process(tmp_path / "outbox.db"),
            pytest.raises(OutboxUnavailable, match="another process keeps it locked"),
        ):
            Database.open(bare_sqlite_url, busy_timeout=0.01)
        Database.open(bare_sqlite_url).close()

    def test_on_a_full_disk_takes_no_half_transaction(self, sqlite_url: str) -> None:
        with closing(Database.open(sqlite_url)) as database:
            with (
                pytest.raises(OutboxUnavailable, match=r"its disk is full\. Make room there"),
                database.write() as connection,
            ):
                add_until_the_disk_is_full(connection)
            assert accounts(database) == 0

    def test_that_is_no_database_is_left_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text(TEXT * 100)
        with pytest.raises(ConfigurationError, match=r"no SQLite database.*Choose another file"):
            Database.open(f"sqlite:///{tmp_path}/letter.txt")
        assert (tmp_path / "letter.txt").read_text() == TEXT * 100

    def test_that_is_a_folder_cannot_be_opened(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"cannot be opened\. Check that it is a file"):
            Database.open(f"sqlite:///{tmp_path}")

    def test_in_a_folder_that_is_a_file_cannot_be_opened(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ConfigurationError, match=r"cannot be made: .*/file: File exists"):
            Database.open(f"sqlite:///{tmp_path}/file/outbox.db")

    def test_that_may_only_be_read_says_so(self, open_folder: Path) -> None:
        url = f"sqlite:///{open_folder}/outbox.db"
        Database.open(url).close()
        (open_folder / "outbox.db").chmod(0o444)
        open_folder.chmod(0o777)
        with (
            without_roots_rights(),
            pytest.raises(ConfigurationError, match=r"may only be read.*right to write"),
            closing(Database.open(url)) as database,
            database.write() as connection,
        ):
            add_account(connection)

    def test_in_a_folder_that_may_only_be_read_says_so(self, open_folder: Path) -> None:
        url = f"sqlite:///{open_folder}/outbox.db"
        Database.open(url).close()
        (open_folder / "outbox.db").chmod(0o666)
        open_folder.chmod(0o555)
        with without_roots_rights(), pytest.raises(ConfigurationError, match=r"may only be read|cannot be opened"):
            Database.open(url)

    def test_that_may_not_be_made_says_so(self, open_folder: Path) -> None:
        open_folder.chmod(0o555)
        with without_roots_rights(), pytest.raises(ConfigurationError, match=r"Permission denied\. Give buyerline the"):
            Database.open(f"sqlite:///{open_folder}/outbox.db")


class TestPostgreSQL:
    def test_that_does_not_run_cannot_be_reached_now(self) -> None:
        url = f"postgresql://seller:{SECRET}@127.0.0.1:{free_port()}/outbox"
        with pytest.raises(
            OutboxUnavailable, match=r"cannot be reached: .*Connection refused\. Check that it runs"
        ) as it:
            Database.open(url)
        assert SECRET not in told(it.value)

    def test_says_that_the_password_is_wrong_and_not_which(self, postgres: Postgres, postgres_url: str) -> None:
        with pytest.raises(ConfigurationError, match='password authentication failed for user "tester"') as caught:
            Database.open(postgres_url.replace(postgres.password, SECRET))
        assert SECRET not in told(caught.value)

    def test_says_that_a_password_is_missing(self, postgres: Postgres, postgres_url: str) -> None:
        with pytest.raises(ConfigurationError, match=r"no password supplied\. Check BUYERLINE_DATABASE_URL"):
            Database.open(postgres_url.replace(f":{postgres.password}@", "@"))

    def test_says_that_it_has_no_such_database(self, postgres: Postgres) -> None:
        with pytest.raises(ConfigurationError, match='database "nowhere" does not exist'):
            Database.open(postgres.url("nowhere"))

    @pytest.mark.parametrize("option", ["sslmode=perhaps", "colour=red"])
    def test_says_that_an_option_is_wrong(self, option: str, postgres_url: str) -> None:
        with pytest.raises(ConfigurationError, match=r"invalid .* Check BUYERLINE_DATABASE_URL"):
            Database.open(f"{postgres_url}?{option}")

    def test_says_what_to_install_where_its_driver_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(ConfigurationError, match=r"psycopg.*pip install 'buyerline\[postgres\]'"):
            Database.open("postgresql://seller@127.0.0.1/outbox")

    def test_that_may_only_be_read_says_so(self, postgres: Postgres, bare_postgres_url: str) -> None:
        postgres.administer("ALTER DATABASE {} SET default_transaction_read_only = on", bare_postgres_url)
        with pytest.raises(ConfigurationError, match="may only be read"):
            Database.open(bare_postgres_url)

    def test_says_that_the_user_lacks_a_right(self, postgres: Postgres, bare_postgres_url: str) -> None:
        with psycopg.connect(bare_postgres_url) as connection:
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        postgres.administer("ALTER DATABASE {} SET role = pg_monitor", bare_postgres_url)
        with pytest.raises(ConfigurationError, match=r"lacks a right\. Let the user own the database"):
            Database.open(bare_postgres_url)

    def test_that_ends_a_connection_undoes_its_transaction(self, postgres: Postgres, postgres_url: str) -> None:
        def add_account_and_cut(connection: sa.Connection) -> None:
            add_account(connection)
            assert postgres.terminate_connections(postgres_url) == 1

        with closing(Database.open(postgres_url)) as database:
            with pytest.raises(OutboxUnavailable, match="the connection to it ended"), database.write() as connection:
                add_account_and_cut(connection)
            assert accounts(database) == 0

    @pytest.mark.parametrize("mode", ["fast", "immediate"])
    def test_is_used_again_after_a_restart(self, mode: Mode, postgres: Postgres, postgres_url: str) -> None:
        with closing(Database.open(postgres_url)) as database:
            postgres.stop(mode)
            with pytest.raises(OutboxUnavailable, match="Connection refused"), database.read():
                pass
            postgres.start()
            assert accounts(database) == 0

    def test_invalidates_a_connection_of_ones_own_by_a_restart(self, postgres: Postgres, postgres_url: str) -> None:
        with closing(Database.open(postgres_url)) as database, closing(database.connect()) as own:
            postgres.restart("immediate")
            with pytest.raises(sa.exc.DBAPIError) as caught:
                own.execute(sa.text("SELECT 1"))
            assert own.invalidated
            assert isinstance(said(caught.value), OutboxUnavailable)

    def test_that_takes_no_more_connections_is_not_available_now(self, postgres: Postgres, postgres_url: str) -> None:
        """A superuser would get in all the same, so somebody else asks."""
        postgres.administer("CREATE ROLE {} LOGIN PASSWORD 'guest' CONNECTION LIMIT 0", "guest")
        with pytest.raises(OutboxUnavailable, match=r"cannot be reached: .*too many connections"):
            Database.open(postgres_url.replace(f"tester:{postgres.password}", "guest:guest"))
        postgres.administer("DROP ROLE {}", "guest")


class TestAnyDatabase:
    def test_does_not_tell_the_values_of_a_statement_that_it_refused(self, database: Database) -> None:
        """PostgreSQL's own words hold the whole row."""
        values = {"id": "1", "text": TEXT}
        with pytest.raises(ConfigurationError, match="refused a statement") as caught, database.write() as connection:
            connection.execute(sa.text("INSERT INTO message (id, text) VALUES (:id, :text)"), values)
        assert TEXT not in told(caught.value)

    def test_without_a_free_connection_is_not_available_now(self) -> None:
        error = sa.exc.TimeoutError("QueuePool limit of size 5 overflow 10 reached")
        assert isinstance(said(error), OutboxUnavailable)
