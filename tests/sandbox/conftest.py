"""A sandbox for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.amazon.models import MODELS
from tests.sandbox.client import Amazon, running


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Amazon]:
    """One sandbox for the tests of this process, each of which meets it as at its start."""
    with running() as client:
        yield client


@pytest.fixture
def amazon(sandbox: Amazon) -> Amazon:
    """A sandbox as at its start, with the usage plans of the models, and a client that is not yet logged in."""
    sandbox.control("POST", "/reset")
    return Amazon(sandbox.url)


@pytest.fixture
def unlimited(amazon: Amazon) -> Amazon:
    """A sandbox as at its start, but without usage plans."""
    return amazon.without_limits()


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of Amazon's model files."""
    if not (MODELS / "messaging.json").is_file():
        pytest.skip(f"Amazon's models are not in {MODELS}; name their folder in BUYERLINE_MODELS")
    return MODELS
