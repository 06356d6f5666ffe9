"""Databases for tests: a SQLite file, or one in a real PostgreSQL of this machine that lives as long as the tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.postgres import Mode, Postgres, find_binaries, free_port
from buyerline.outbox.database import Database

__all__ = [
    "Mode",
    "Postgres",
    "bare_postgres_url",
    "bare_sqlite_url",
    "bare_url",
    "database_url",
    "empty_outbox",
    "empty_outbox_in_postgres",
    "find_binaries",
    "free_port",
    "postgres",
    "postgres_url",
    "sqlite_url",
]

SETTINGS = {"max_connections": "60", "shared_buffers": "16MB", "max_wal_size": "128MB"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, one for each process of the tests."""
    binaries = find_binaries()
    if binaries is None:
        reason = "no PostgreSQL here: neither PATH nor /usr/lib/postgresql/*/bin has initdb and postgres"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with Postgres(binaries, SETTINGS) as server:
        yield server


@pytest.fixture
def bare_postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database in PostgreSQL in which nothing is."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'outbox.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, once of each kind."""
    url: str = request.getfixturevalue({"sqlite": "bare_sqlite_url", "postgresql": "bare_postgres_url"}[request.param])
    return url


@pytest.fixture(scope="session")
def empty_outbox(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The SQLite file of an outbox without messages. To have each test make its tables would take far longer."""
    path = tmp_path_factory.mktemp("empty") / "outbox.db"
    Database.open(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture(scope="session")
def empty_outbox_in_postgres(postgres: Postgres) -> str:
    """The URL of the same in PostgreSQL."""
    url = postgres.create_database()
    Database.open(url).close()
    return url


@pytest.fixture
def postgres_url(postgres: Postgres, empty_outbox_in_postgres: str) -> Iterator[str]:
    """An outbox without messages in PostgreSQL."""
    url = postgres.create_database(empty_outbox_in_postgres)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sqlite_url(bare_sqlite_url: str, empty_outbox: bytes) -> str:
    """An outbox without messages in a SQLite file."""
    Path(bare_sqlite_url.removeprefix("sqlite:///")).write_bytes(empty_outbox)
    return bare_sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An outbox without messages, once in each kind of database."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url
