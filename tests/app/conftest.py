"""What tests of the app share: an office, its passwords cheap to hash."""

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest

from buyerline.app.database import open_database
from tests.app.office import Office, opened
from tests.databases import Postgres
from tests.running import Amazon

CHEAP = argon2.Parameters(
    type=argon2.Type.ID, version=19, salt_len=16, hash_len=32, time_cost=1, memory_cost=8, parallelism=1
)


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at no cost: what a hash costs in earnest has a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("buyerline.app.services.PASSWORD_COST", CHEAP)
        yield


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The SQLite file of an app in which nobody was yet. To have each test make its tables would take far longer."""
    path = tmp_path_factory.mktemp("tables") / "outbox.db"
    open_database(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture(scope="session")
def tables_in_postgres(postgres: Postgres) -> str:
    """The URL of the same in PostgreSQL."""
    url = postgres.create_database()
    open_database(url).close()
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path, tables: bytes) -> str:
    """A SQLite database with the app's tables."""
    path = tmp_path / "outbox.db"
    path.write_bytes(tables)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, tables_in_postgres: str) -> Iterator[str]:
    """A database in PostgreSQL with the app's tables."""
    url = postgres.create_database(tables_in_postgres)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A running app with an owner and a connected account, on a fresh world of the sandbox."""
    for name in ("LWA_APP_ID", "LWA_CLIENT_SECRET", "BUYERLINE_APPLICATION_ID", "BUYERLINE_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LWA_APP_ID", amazon.credentials.client_id)
    monkeypatch.setenv("LWA_CLIENT_SECRET", amazon.credentials.client_secret)
    monkeypatch.setenv("BUYERLINE_APPLICATION_ID", "amzn1.sp.solution.sandbox")
    with opened(tmp_path, amazon) as made:
        yield made
