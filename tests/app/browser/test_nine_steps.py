"""From the order to the buyer's mailbox, as a seller does it in the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.browser.conftest import Open
from tests.app.browser.pages import ON_A_PHONE
from tests.app.browser.steps import (
    TEXT,
    arrives,
    attach,
    box,
    choose,
    files,
    list_orders,
    open_order,
    pdf_in,
    send,
    sent,
    set_undo,
    write,
)
from tests.app.office import Office


@pytest.fixture(autouse=True)
def hurried(office: Office) -> None:
    """The owner needs no time to think again."""
    set_undo(office, 0)


@pytest.mark.parametrize("device", [{}, ON_A_PHONE], ids=["desk", "phone"])
def test_a_text_with_a_pdf(office: Office, open_page: Open, tmp_path: Path, device: dict[str, object]) -> None:
    """List the orders, choose one, choose a type, write, attach, look it over, send: the buyer has it."""
    page = open_page(**device)
    list_orders(page, office).click()
    choose(page, "customization")
    write(page, TEXT)
    attach(page, pdf_in(tmp_path))
    expect(page.locator("#preview")).to_contain_text(TEXT)
    expect(page.locator("#preview")).to_contain_text("proof.pdf")
    send(page)

    arrives(page)
    [message] = office.amazon.messages()
    assert (message.type, message.text) == ("confirmCustomizationDetails", TEXT)
    assert [file.file_name for file in message.attachments] == ["proof.pdf"]
    assert message.request_id[:8] in sent(page).inner_text()
    [email] = office.amazon.emails(office.amazon.guide_order)
    assert [part.get_filename() for part in email.iter_attachments()] == ["proof.pdf"]


def test_a_type_that_takes_files_alone(office: Office, open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "Send the invoice")
    expect(box(page)).to_have_count(0)
    attach(page, pdf_in(tmp_path, "scan 0042.pdf"))
    name = files(page).get_by_role("textbox")
    name.fill("invoice.pdf")
    name.blur()
    send(page)

    arrives(page)
    [message] = office.amazon.messages()
    assert (message.type, message.text) == ("invoice", None)
    assert [file.file_name for file in message.attachments] == ["invoice.pdf"]


def test_a_type_that_takes_no_input_and_goes_once(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "negative feedback")
    send(page)

    arrives(page)
    assert [message.type for message in office.amazon.messages()] == ["negativeFeedbackRemoval"]
    page.reload()
    page.get_by_role("button", name="Ask Amazon again").click()
    expect(page.get_by_role("radio", name="negative feedback")).to_have_count(0)


def test_a_warranty_with_its_days(office: Office, open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "Send the warranty")
    page.get_by_label("First day").fill("2030-01-01")
    page.get_by_label("Last day").fill("2031-12-31")
    attach(page, pdf_in(tmp_path))
    expect(page.locator("#preview")).to_contain_text("The warranty covers 2030-01-01 to 2031-12-31")
    send(page)

    arrives(page)
    assert [message.type for message in office.amazon.messages()] == ["warranty"]
