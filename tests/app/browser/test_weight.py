"""What comes over the wire when somebody looks for the first time."""

from playwright.sync_api import Page

from buyerline.app.order_finding import Filters
from tests.app.browser.conftest import Open
from tests.app.browser.steps import order_url
from tests.app.office import Office
from tests.waiting import until

MOST = 60_000
"""Bytes, compressed, with everything that the page loads."""

ROWS = 50


def test_the_first_view_of_fifty_orders_is_light(office: Office, open_page: Open) -> None:
    office.connect("Stall", office.amazon.account(id="stall", orders=ROWS))
    until(lambda: _full_page(office), "a page of orders is here")
    page = open_page()
    loaded = _load(page, f"{office.url}/orders")
    assert page.locator("[data-row]").count() == ROWS
    assert len(loaded) >= 4  # the page, its looks, its behaviour, its icon
    assert sum(loaded) < MOST

    assert sum(_load(open_page(), order_url(office))) < MOST


def _full_page(office: Office) -> bool:
    return len(office.services.orders.page(office.owner, Filters(), limit=ROWS).rows) == ROWS


def _load(page: Page, url: str) -> list[float]:
    """The bytes of everything that a browser gets that has kept nothing yet."""
    network = page.context.new_cdp_session(page)
    loaded: list[float] = []
    network.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))
    network.send("Network.enable")
    page.goto(url, wait_until="load")
    return loaded
