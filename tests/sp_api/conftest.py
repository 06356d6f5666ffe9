from collections.abc import Callable, Iterator
from typing import Any

import pytest

from buyerline.amazon.login import TokenStore
from buyerline.sp_api.base import Client
from tests.running import Amazon
from tests.sp_api.sides import CREDENTIALS

Make = Callable[..., Any]


@pytest.fixture
def make(amazon: Amazon) -> Iterator[Make]:
    """Makes blocking clients of the default account at the sandbox, and closes them."""
    made: list[Client] = []

    def client(kind: type[Client], **arguments: Any) -> Client:
        options = {"endpoint": amazon.url, "tokens": TokenStore(), **arguments.pop("options", {})}
        made.append(kind(**{"credentials": CREDENTIALS, **arguments, "options": options}))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> pytest.MonkeyPatch:
    """An environment in which no credentials and no settings are to be found."""
    for name in ("SP_API_REFRESH_TOKEN", "LWA_APP_ID", "LWA_CLIENT_SECRET", "SP_API_AWS_SECRET_ID", "AWS_ENV"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SP_API_DEFAULT_MARKETPLACE", "BUYERLINE_ENDPOINT", "BUYERLINE_LWA_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON-SP-APIDIR", str(tmp_path))
    return monkeypatch
