"""What tests of the app share: an office, its passwords cheap to hash."""

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest

from tests.app.office import Office, opened
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


@pytest.fixture
def office(tmp_path: Path, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A running app with an owner and a connected account, on a fresh world of the sandbox."""
    for name in ("LWA_APP_ID", "LWA_CLIENT_SECRET", "BUYERLINE_APPLICATION_ID", "BUYERLINE_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LWA_APP_ID", amazon.credentials.client_id)
    monkeypatch.setenv("LWA_CLIENT_SECRET", amazon.credentials.client_secret)
    monkeypatch.setenv("BUYERLINE_APPLICATION_ID", "amzn1.sp.solution.sandbox")
    with opened(tmp_path, amazon) as made:
        yield made
