"""What was begun and left is found again in the outbox, and thrown away there without a slip of the hand."""

from playwright.sync_api import expect

from tests.app.browser.accessibility import violations
from tests.app.browser.conftest import Open
from tests.app.browser.pages import ON_A_PHONE
from tests.app.browser.steps import TEXT, box, choose, list_orders, open_order, write
from tests.app.office import Office


def test_a_draft_is_found_among_the_drafts_and_gone_on_with(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    list_orders(page, office)
    expect(page.get_by_role("row", name=office.amazon.guide_order)).to_contain_text("Draft")
    page.get_by_role("link", name="Outbox").first.click()
    page.get_by_role("link", name="Drafts 1").click()
    expect(page.get_by_role("link", name="Drafts 1")).to_have_attribute("aria-current", "page")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(TEXT)


def test_a_draft_is_discarded_only_after_a_second_look(office: Office, open_page: Open) -> None:
    for options in ({}, ON_A_PHONE):
        page = open_page(**options)
        open_order(page, office)
        choose(page, "customization")
        write(page, TEXT)
        page.goto(f"{office.url}/outbox/drafts")
        page.locator("summary", has_text="Discard").click()
        expect(page.get_by_text("The text and its files are deleted.")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="Discard the draft").click()
        expect(page.get_by_text("The draft was discarded.")).to_be_visible()
        expect(page.get_by_role("heading", name="You have no drafts")).to_be_visible()
