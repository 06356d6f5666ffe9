"""Databases for tests: a SQLite file, or one in a real PostgreSQL of this machine that lives as long as the tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.postgres import Mode, Postgres, find_binaries, free_port

__all__ = ["Mode", "Postgres", "database_url", "find_binaries", "free_port", "postgres", "postgres_url", "sqlite_url"]

SETTINGS = {"max_connections": "60", "shared_buffers": "16MB"}


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
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database in PostgreSQL."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'outbox.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url
