from collections.abc import Iterator

import pytest

from buyerline.amazon.connect import connect
from buyerline.amazon.session import Session
from buyerline.amazon.transport import Driver
from tests.running import Amazon


@pytest.fixture
def driver() -> Iterator[Driver]:
    """Runs flows over real HTTP, from the test's own thread."""
    driver = Driver(timeout=10)
    yield driver
    driver.close()


@pytest.fixture
def us(amazon: Amazon) -> Session:
    """The default account's session in US, at a sandbox with a fresh world."""
    return connect("US", "sandbox", amazon.options())
