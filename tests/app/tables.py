"""Databases with the app's tables. They are copies: to make the tables for each test would take far longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from buyerline.app.database import open_database

if TYPE_CHECKING:
    from tests.databases import Postgres


@cache
def empty() -> bytes:
    """The SQLite file of an app in which nobody was yet."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "outbox.db"
        open_database(f"sqlite:///{path}").close()
        return path.read_bytes()


def sqlite_in(folder: Path) -> str:
    """The URL of a new SQLite database in a folder, with the app's tables."""
    path = folder / "outbox.db"
    path.write_bytes(empty())
    return f"sqlite:///{path}"


@contextmanager
def lasting_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database for all tests of a module, of the kind that the fixture is parametrised with."""
    if request.param == "sqlite":
        yield sqlite_in(request.getfixturevalue("tmp_path_factory").mktemp("lasting"))
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database(request.getfixturevalue("tables_in_postgres"))
    yield url
    server.drop_database(url)
