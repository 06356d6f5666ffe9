"""The fixtures. Nothing of the sandbox is imported before a test asks for it."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from buyerline.testing.handle import AmazonSandbox

_NEEDED = ("granian", "litestar", "botocore")


@pytest.fixture(scope="session")
def _amazon_sandbox_url() -> Iterator[str]:
    """One server for all tests of this process, started by the first one that needs it.

    A server for each test would cost some 40 ms, a reset costs 4, and what clients keep between tests (the URL, open
    connections) stays good. Under pytest-xdist each worker is a process and has its own.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        pytest.fail(
            f"The fixture needs the sandbox ({', '.join(missing)} not installed): pip install 'buyerline[testing]'",
            pytrace=False,
        )
    from buyerline.testing.server import serving

    with serving() as url:
        yield url


@pytest.fixture
def amazon_sandbox(_amazon_sandbox_url: str) -> "Iterator[AmazonSandbox]":
    """A running sandbox of Amazon's side with a fresh world, and credentials that no other test has."""
    from buyerline.testing.handle import fresh_world

    with fresh_world(_amazon_sandbox_url) as sandbox:
        yield sandbox


@pytest.fixture
def amazon_environment(amazon_sandbox: "AmazonSandbox", monkeypatch: pytest.MonkeyPatch) -> "AmazonSandbox":
    """The sandbox, with the environment variables set that lead to it, and those of real accounts taken away."""
    for name in sorted(os.environ):
        if any(name.startswith(f"{known}_") for known in amazon_sandbox.environment):
            monkeypatch.delenv(name)
    for name, value in amazon_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return amazon_sandbox
