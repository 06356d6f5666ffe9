"""The database: where it is, how it is opened, and its transactions."""

import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox.address import data_folder
from buyerline.outbox.database import Database
from tests.databases import Postgres


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    with closing(Database.open(sqlite_url)) as database:
        yield database


@pytest.fixture
def on_postgresql(postgres_url: str) -> Iterator[Database]:
    with closing(Database.open(postgres_url)) as database:
        yield database


def add_account(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.text("INSERT INTO account (name, endpoint) VALUES (:name, 'amazon')"), {"name": name})


def add_account_and_fail(connection: sa.Connection) -> None:
    add_account(connection, "default")
    raise ZeroDivisionError


def accounts(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.text("SELECT name FROM account ORDER BY id")).scalars())


def answer(connection: sa.Connection, question: str) -> object:
    return connection.exec_driver_sql(question).scalar()


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestItsPlace:
    def test_is_the_url_that_is_given(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_DATABASE_URL", "postgresql://127.0.0.1:1/not-asked")
        with closing(Database.open(f"sqlite:///{tmp_path}/here.db")) as database:
            assert (database.kind, database.path) == ("sqlite", tmp_path / "here.db")
            assert database.url_shown == f"sqlite:///{tmp_path}/here.db"

    def test_is_else_the_url_in_the_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_DATABASE_URL", f"sqlite:///{tmp_path}/here.db")
        monkeypatch.setenv("BUYERLINE_DATA_DIR", str(tmp_path / "elsewhere"))
        with closing(Database.open()) as database:
            assert database.path == tmp_path / "here.db"
        assert not (tmp_path / "elsewhere").exists()

    def test_is_else_a_file_in_the_data_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_DATA_DIR", str(tmp_path / "data"))
        with closing(Database.open()) as database:
            assert database.path == tmp_path / "data" / "outbox.db"

    @pytest.mark.parametrize(
        ("platform", "variable", "folder"),
        [
            ("linux", "XDG_DATA_HOME", "buyerline"),
            ("linux", "HOME", ".local/share/buyerline"),
            ("darwin", "HOME", "Library/Application Support/buyerline"),
            ("win32", "LOCALAPPDATA", "buyerline"),
            ("win32", "HOME", "AppData/Local/buyerline"),
        ],
    )
    def test_is_else_in_the_platforms_folder_for_data(
        self, platform: str, variable: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, str(tmp_path))
        monkeypatch.setattr(sys, "platform", platform)
        assert data_folder() == tmp_path / folder

    def test_is_one_and_the_same_however_it_is_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worker's lock is a file beside it: two names of one database must not make two locks."""
        (tmp_path / "link").symlink_to(tmp_path)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("here.db", "./link/here.db", "~/here.db", f"{tmp_path}/here.db"):
            with closing(Database.open(f"sqlite:///{name}")) as database:
                assert database.path == tmp_path / "here.db"

    def test_is_shown_without_its_secrets(self, postgres: Postgres, postgres_url: str) -> None:
        """PostgreSQL takes a password among the options as well."""
        plain = postgres_url.replace(f":{postgres.password}@", "@")
        for url in (postgres_url, f"{plain}?password={postgres.password}"):
            with closing(Database.open(url)) as database:
                assert (database.kind, database.path, database.url_shown) == ("postgresql", None, plain)

    @pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
    def test_may_be_written_with_any_of_postgresqls_schemes(self, scheme: str, postgres_url: str) -> None:
        with closing(Database.open(postgres_url.replace("postgresql", scheme, 1))) as database:
            assert database.kind == "postgresql"

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("mysql://seller:geheim@localhost/x", "no database of the kind 'mysql'.*Write sqlite:///"),
            ("postgresql+psycopg2://seller:geheim@localhost/x", r"kind 'postgresql\+psycopg2'.*postgresql://user"),
            ("outbox.db", "URL cannot be read. Write sqlite:///"),
            ("postgresql://seller:geheim@localhost:port/x", "URL cannot be read"),
            ("postgresql://seller:very@geheim@localhost/x", "more than one @.*%40"),
            ("sqlite://", "must name a file"),
            ("sqlite:///:memory:", "must name a file"),
            ("sqlite:///outbox.db?mode=ro", "must name a file"),
            ("sqlite://path/outbox.db", "must name a file.*four slashes"),
        ],
    )
    def test_is_refused_where_no_database_can_be(self, url: str, words: str) -> None:
        with pytest.raises(ConfigurationError, match=words) as caught:
            Database.open(url)
        assert "geheim" not in str(caught.value)

    def test_cannot_be_found_for_a_user_without_a_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown() -> Path:
            raise RuntimeError

        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        monkeypatch.setattr(Path, "home", unknown)
        with pytest.raises(ConfigurationError, match=r"no home folder\. Set BUYERLINE_DATA_DIR"):
            Database.open()


class TestItsFile:
    def test_and_the_folder_made_for_it_are_its_owners_alone(self, tmp_path: Path) -> None:
        with closing(Database.open(f"sqlite:///{tmp_path}/new/outbox.db")) as database, database.write() as connection:
            add_account(connection, "default")
            files = {path.name: rights(path) for path in (tmp_path / "new").iterdir()}
        assert files == {"outbox.db": 0o600, "outbox.db-wal": 0o600, "outbox.db-shm": 0o600}
        assert rights(tmp_path / "new") == 0o700

    def test_keeps_the_rights_that_somebody_gave_it(self, tmp_path: Path) -> None:
        (tmp_path / "shared").mkdir(mode=0o755)
        (tmp_path / "shared" / "outbox.db").touch(mode=0o640)
        Database.open(f"sqlite:///{tmp_path}/shared/outbox.db").close()
        assert rights(tmp_path / "shared") == 0o755
        assert rights(tmp_path / "shared" / "outbox.db") == 0o640

    def test_needs_a_sqlite_that_knows_the_operators_of_json(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
        monkeypatch.setattr(sqlite3, "sqlite_version", "3.37.2")
        with pytest.raises(ConfigurationError, match=r"SQLite 3\.37\.2, 3\.38 is the oldest.*newer Python"):
            Database.open(sqlite_url)


class TestConnections:
    def test_of_sqlite_lose_nothing_at_a_power_cut_and_hold_to_references(self, on_sqlite: Database) -> None:
        with closing(on_sqlite.connect()) as own, on_sqlite.read() as reader, on_sqlite.read() as other_reader:
            for connection in (own, reader, other_reader):
                assert answer(connection, "PRAGMA journal_mode") == "wal"
                assert answer(connection, "PRAGMA synchronous") == 2  # FULL, https://sqlite.org/pragma.html
                assert answer(connection, "PRAGMA fullfsync") == 1
                assert answer(connection, "PRAGMA foreign_keys") == 1
                assert answer(connection, "PRAGMA busy_timeout") == 5000

    def test_of_postgresql_notice_a_lost_host_within_seconds(self, on_postgresql: Database) -> None:
        with closing(on_postgresql.connect()) as own, on_postgresql.read() as reader, on_postgresql.write() as writer:
            for connection in (own, reader, writer):
                driver: Any = connection.connection.dbapi_connection
                settings = driver.info.get_parameters()
                keepalives = [settings[f"keepalives_{name}"] for name in ("idle", "interval", "count")]
                assert keepalives == ["5", "2", "3"]
                assert settings["connect_timeout"] == "10"
                assert answer(connection, "SHOW application_name") == "buyerline"

    def test_take_options_of_postgresql_from_the_url(self, postgres_url: str) -> None:
        with closing(Database.open(f"{postgres_url}?application_name=shop")) as database, database.read() as connection:
            assert answer(connection, "SHOW application_name") == "shop"

    def test_of_postgresql_wait_until_a_commit_is_on_disk(self, postgres: Postgres, postgres_url: str) -> None:
        postgres.administer("ALTER DATABASE {} SET synchronous_commit = off", postgres_url)
        with closing(Database.open(postgres_url)) as database:
            with closing(database.connect()) as own:
                assert answer(own, "SHOW synchronous_commit") == "on"
            with database.write() as connection:
                assert answer(connection, "SHOW synchronous_commit") == "on"

    def test_of_ones_own_end_their_session_when_closed(self, on_postgresql: Database) -> None:
        """A session's advisory lock tells that a worker lives."""
        own = on_postgresql.connect()
        assert answer(own, "SELECT pg_try_advisory_lock(4)") is True
        own.commit()
        with on_postgresql.read() as connection:
            assert answer(connection, "SELECT pg_try_advisory_xact_lock(4)") is False
        own.close()
        with closing(on_postgresql.connect()) as next_one:
            assert answer(next_one, "SELECT pg_advisory_lock(4)") == ""

    def test_of_ones_own_do_not_take_a_place_in_the_pool(self, database: Database) -> None:
        own = [database.connect() for _ in range(20)]
        assert accounts(database) == []
        for connection in own:
            connection.close()


class TestTransactions:
    def test_that_write_are_committed_at_their_end(self, database: Database) -> None:
        with database.write() as connection:
            add_account(connection, "default")
        assert accounts(database) == ["default"]

    def test_that_write_are_undone_by_an_error_in_them(self, database: Database) -> None:
        with pytest.raises(ZeroDivisionError), database.write() as connection:
            add_account_and_fail(connection)
        assert accounts(database) == []

    def test_of_a_connection_of_ones_own_are_undone_by_an_error_in_them(self, database: Database) -> None:
        with closing(database.connect()) as own:
            with pytest.raises(ZeroDivisionError), own.begin():
                add_account_and_fail(own)
            with own.begin():
                add_account(own, "second")
        assert accounts(database) == ["second"]

    def test_that_write_hold_sqlites_lock_from_their_beginning(self, on_sqlite: Database) -> None:
        """Otherwise two that first read and then write would fail against each other, however long they wait."""
        assert on_sqlite.path is not None
        with closing(sqlite3.connect(on_sqlite.path, timeout=0)) as other:
            with on_sqlite.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            with (
                closing(on_sqlite.connect()) as own,
                own.begin(),
                pytest.raises(sqlite3.OperationalError, match="locked"),
            ):
                other.execute("BEGIN IMMEDIATE")

    def test_that_read_see_one_state_and_hold_nobody_up(self, database: Database) -> None:
        with database.read() as connection:
            assert answer(connection, "SELECT count(*) FROM account") == 0
            with database.write() as writer:
                add_account(writer, "default")
            assert answer(connection, "SELECT count(*) FROM account") == 0
        assert accounts(database) == ["default"]

    def test_that_read_write_and_lock_nothing_on_postgresql(self, on_postgresql: Database) -> None:
        with pytest.raises(ConfigurationError, match="may only be read"), on_postgresql.read() as connection:
            add_account(connection, "default")
        with pytest.raises(ConfigurationError, match="may only be read"), on_postgresql.read() as connection:
            answer(connection, "SELECT name FROM account FOR UPDATE")
        assert accounts(on_postgresql) == []

    def test_that_write_see_what_others_have_written_until_each_statement(self, on_postgresql: Database) -> None:
        """Whoever has waited for a lock has to see what was done under it. Reading before it makes no difference."""
        accounts(on_postgresql)
        with closing(on_postgresql.connect()) as own, on_postgresql.write() as pooled:
            for connection in (own, pooled):
                assert answer(connection, "SHOW transaction_isolation") == "read committed"

    def test_write_nothing_where_postgresql_was_set_to_take_nothing(
        self, postgres: Postgres, postgres_url: str
    ) -> None:
        """As hosts of databases do while the disk is full. Reading before it makes no difference."""
        postgres.administer("ALTER DATABASE {} SET default_transaction_read_only = on", postgres_url)
        with closing(Database.open(postgres_url)) as database:
            accounts(database)
            with pytest.raises(ConfigurationError, match="may only be read"), database.write() as connection:
                add_account(connection, "default")

    def test_take_rows_from_a_json_document(self, database: Database) -> None:
        rows = sa.text(
            "SELECT item.value ->> 'name', CAST(item.value ->> 'size' AS BIGINT), item.value ->> 'none'"
            f" FROM {database.each} ORDER BY 1"
        )
        document = '[{"name": "a \\"b\\" ü", "size": 8589934592, "none": null}, {"name": "c", "size": 0}]'
        with database.read() as connection:
            found = [tuple(row) for row in connection.execute(rows, {"doc": document})]
        assert found == [('a "b" ü', 8589934592, None), ("c", 0, None)]
