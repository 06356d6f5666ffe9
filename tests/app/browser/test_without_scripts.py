"""The whole app works where no scripts run: each step is a form that the server answers with the next one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from buyerline.outbox import State
from tests.app.browser.conftest import Open
from tests.app.browser.steps import (
    TEXT,
    box,
    cards,
    files,
    foot,
    list_orders,
    pdf_in,
    send,
    send_button,
    sent,
    set_undo,
    sign_in,
)
from tests.app.office import Office
from tests.waiting import until


@pytest.fixture
def page(office: Office, open_page: Open) -> Page:
    """A page of the owner's, in a browser that runs no scripts, after signing in there."""
    page: Page = open_page(None, java_script_enabled=False)
    sign_in(page, office)
    return page


def _write(page: Page, office: Office, text: str = TEXT) -> None:
    list_orders(page, office).click()
    expect(cards(page).first).to_be_visible()
    page.get_by_role("radio", name="customization").check()
    page.get_by_role("button", name="Continue").click()
    box(page).fill(text)


def _settled(office: Office, state: State) -> Callable[[], bool]:
    """Whether the only message has come to a state."""
    return lambda: [message.state for message in office.services.outbox.list()] == [state]


def test_the_nine_steps(office: Office, page: Page, tmp_path: Path) -> None:
    set_undo(office, 0)
    _write(page, office, "Mail me at ada@example.com")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#text-problems")).to_contain_text("email address is not allowed")
    expect(foot(page)).to_contain_text("1 thing to fix")
    send_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    box(page).fill(TEXT)
    page.locator("#file").set_input_files(pdf_in(tmp_path))
    page.get_by_role("button", name="Add files").click()
    files(page).get_by_role("textbox").fill("engraving.pdf")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#preview")).to_contain_text("engraving.pdf")
    send(page)

    expect(sent(page)).to_have_count(1)
    until(_settled(office, State.SENT), "it is sent")
    page.reload()
    expect(sent(page)).to_contain_text("accepted it")
    [message] = office.amazon.messages()
    assert message.text == TEXT
    assert [file.file_name for file in message.attachments] == ["engraving.pdf"]


def test_a_message_is_undone_and_an_unknown_one_decided_about(office: Office, page: Page) -> None:
    _write(page, office)
    send_button(page).click()
    page.get_by_role("button", name="Undo").click()
    expect(box(page)).to_have_value(TEXT)

    set_undo(office, 0)
    office.amazon.fault("confirmCustomizationDetails", "reset_before")
    send_button(page).click()
    until(lambda: State.UNKNOWN in {message.state for message in office.services.outbox.list()}, "nobody knows")
    page.goto(f"{office.url}/outbox")
    page.locator("[data-row] .open").click()
    page.get_by_role("link", name="It was not: send again").click()
    page.get_by_role("button", name="It was not sent: send it again").click()
    until(office.amazon.messages, "it is sent")
    assert [message.text for message in office.amazon.messages()] == [TEXT]


def test_a_message_for_later_is_taken_back(office: Office, page: Page) -> None:
    _write(page, office)
    page.get_by_text("Send later", exact=True).click()
    page.get_by_label("When?").fill("2020-01-01T09:00")
    page.get_by_role("button", name="Send then").click()
    expect(page.get_by_text("That time has passed")).to_be_visible()
    page.get_by_label("When?").fill(f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT09:00}")
    page.get_by_role("button", name="Send then").click()
    expect(sent(page)).to_contain_text("Until then it can be taken back")
    page.get_by_role("button", name="Take back and edit").click()
    expect(box(page)).to_have_value(TEXT)


def test_people_are_invited_and_filters_filter(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/people/invite")
    page.get_by_label("Name").fill("Rosa Duarte")
    page.get_by_label("Email").fill("rosa@shop.example")
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.get_by_label("Link")).to_have_value(re.compile("/invitation/."))
    page.goto(f"{office.url}/audit")
    page.get_by_label("What was done").select_option("Invited a person")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"{office.url}/orders")
    page.get_by_label("Search orders").fill("nothing of that name")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="No order fits")).to_be_visible()
    page.get_by_label("Search orders").fill(office.amazon.guide_order)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name=f"Order {office.amazon.guide_order}")).to_be_visible()
