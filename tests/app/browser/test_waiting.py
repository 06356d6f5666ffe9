"""The open page of who has asked for approval, and what it says once somebody has decided."""

import pytest
from playwright.sync_api import Page, expect

from buyerline.app.approving import Waiting
from tests.app.browser.conftest import Open
from tests.app.browser.steps import TEXT, box, cards, choose, foot, open_order, write
from tests.app.office import Office

AGENT = "anton@shop.example"


@pytest.fixture
def page(office: Office, open_page: Open) -> Page:
    """The page of an order on which an agent has asked for approval."""
    office.services.store.set_approval(office.owner, needed=True)
    office.agents_view(AGENT)
    page: Page = open_page(AGENT)
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    expect(foot(page)).to_contain_text("Ready")
    with page.expect_request("**/outbox/live*"):
        page.get_by_role("button", name="Ask for approval").last.click()
    expect(page.get_by_role("heading", name="Waits for approval")).to_be_visible()
    return page


def _waiting(office: Office) -> Waiting:
    [found] = office.services.approving.waiting(office.owner)
    return found


def _approve(office: Office) -> None:
    waiting = _waiting(office)
    office.services.approving.approve(office.owner, waiting.draft.id, waiting.digest)


def test_goes_on_when_it_is_approved(office: Office, page: Page) -> None:
    _approve(office)
    expect(page.get_by_role("button", name="Take it back to change it")).to_have_count(0)
    expect(cards(page).first).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text(TEXT)


def test_has_the_draft_again_when_it_was_given_back_and_somebody_comes_back_to_it(office: Office, page: Page) -> None:
    waiting = _waiting(office)
    office.services.approving.give_back(office.owner, waiting.draft.id, waiting.digest, "Name the colours.")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("Name the colours.")).to_be_visible()
    expect(box(page)).to_have_value(TEXT)


def test_stays_while_nobody_has_decided(page: Page) -> None:
    page.evaluate("document.querySelector('#waiting').dataset.old = 'yes'")
    with page.expect_response("**/decided"):
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#waiting[data-old]")).to_be_visible()


def test_never_calls_unsaved_what_was_approved(office: Office, page: Page) -> None:
    """Though another message for the order was begun elsewhere when the page is opened the next time."""
    page.goto(f"{office.url}/orders")
    _approve(office)
    services = office.services
    account = services.accounts.of(office.owner, "shop")
    order, kind = office.amazon.guide_order, "confirmCustomizationDetails"
    services.drafts.save(office.agents_view(AGENT), account, order, type=kind, text="Begun on the phone.")
    open_order(page, office)
    expect(box(page)).to_have_value("Begun on the phone.")
    expect(page.locator("#kept")).to_be_hidden()
