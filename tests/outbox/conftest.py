from collections.abc import Iterator

import pytest

from buyerline.outbox.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database without messages, once of each kind."""
    opened = Database.open(database_url)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have an outbox of their own."""
    monkeypatch.delenv("BUYERLINE_DATABASE_URL", raising=False)
    monkeypatch.delenv("BUYERLINE_DATA_DIR", raising=False)
