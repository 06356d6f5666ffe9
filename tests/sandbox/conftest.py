"""A sandbox for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.client import Amazon, running

MODELS = Path(os.environ.get("BUYERLINE_AMAZON_MODELS", Path(__file__).parents[3] / "shared" / "models"))
"""Where Amazon's model files are; tests against them are skipped when they are not there."""


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
        pytest.skip(f"Amazon's models are not in {MODELS}; name their folder in BUYERLINE_AMAZON_MODELS")
    return MODELS
