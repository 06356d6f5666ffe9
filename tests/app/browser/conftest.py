"""A browser, and people at it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.browser.pages import PATIENCE, Pages
from tests.app.office import Office
from tests.browsers import NONE, program, running_browser

Open = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A running browser, gone before other tests begin: its event loop counts as running until then."""
    if program() is None:
        pytest.skip(NONE)
    expect.set_options(timeout=PATIENCE)
    with running_browser() as running:
        yield running


@pytest.fixture(autouse=True)
def orders_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for the next look whether orders are to be synchronised."""
    monkeypatch.setattr("buyerline.app.synchronising.LOOK", 0.05)


@pytest.fixture
def open_page(browser: Browser, office: Office) -> Iterator[Open]:
    """Opens pages, as `Pages.open` does, and complains when the test is over."""
    with Pages(browser, office) as pages:
        yield pages.open
