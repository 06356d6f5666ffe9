"""Parts of a page that an answer replaces: what is pressed in them works, and so does what comes after it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import (
    TEXT,
    arrives,
    attach,
    box,
    choose,
    files,
    foot,
    list_orders,
    open_order,
    pdf_in,
    send,
    set_undo,
    write,
)
from tests.app.office import Office


def _written(office: Office, open_page: Open) -> Page:
    set_undo(office, 0)
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    return page


def test_a_message_is_sent_after_a_file_was_removed(office: Office, open_page: Open, tmp_path: Path) -> None:
    page = _written(office, open_page)
    attach(page, pdf_in(tmp_path))
    files(page).get_by_role("button", name="Remove").click()
    expect(files(page)).to_have_count(0)
    send(page)
    arrives(page)
    assert [message.attachments for message in office.amazon.messages()] == [()]


def test_a_message_is_sent_after_amazon_was_asked_again(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    with page.expect_response(lambda answer: answer.url.endswith("/offer") and answer.ok):
        page.get_by_role("button", name="Ask Amazon again").click()
    send(page)
    arrives(page)


def test_files_that_are_chosen_in_a_dialog_are_added_though_the_form_was_replaced_beneath_it(
    office: Office, open_page: Open, tmp_path: Path
) -> None:
    page = _written(office, open_page)
    with page.expect_file_chooser() as dialog:
        page.get_by_text("Choose files").click()
    page.evaluate("document.querySelector('#file').dataset.old = 'yes'")
    page.get_by_role("button", name="Change what").click()
    page.get_by_role("radio", name="Send the invoice").check()
    expect(page.locator("#file:not([data-old])")).to_be_attached()
    dialog.value.set_files(pdf_in(tmp_path))
    expect(files(page)).to_have_count(1)


def test_a_press_that_ends_renaming_a_file_removes_it(office: Office, open_page: Open, tmp_path: Path) -> None:
    page = _written(office, open_page)
    attach(page, pdf_in(tmp_path))
    files(page).get_by_role("textbox").fill("other.pdf")
    files(page).get_by_role("button", name="Remove").click(delay=300)  # as long as a hand takes; saving is faster
    expect(files(page)).to_have_count(0)


def test_the_keyboard_stays_where_it_is_when_a_renamed_file_is_saved(
    office: Office, open_page: Open, tmp_path: Path
) -> None:
    page = _written(office, open_page)
    attach(page, pdf_in(tmp_path))
    files(page).get_by_role("textbox").fill("other.pdf")
    page.keyboard.press("Tab")
    expect(files(page).get_by_role("link", name="Download other.pdf")).to_be_focused()
    expect(foot(page)).to_contain_text("Ready")


def test_a_file_whose_button_to_remove_it_has_the_focus_is_saved_and_stays(
    office: Office, open_page: Open, tmp_path: Path
) -> None:
    page = _written(office, open_page)
    attach(page, pdf_in(tmp_path))
    files(page).get_by_role("textbox").fill("other.pdf")
    files(page).get_by_role("button", name="Remove").focus()
    expect(page.get_by_role("button", name="Remove other.pdf")).to_be_focused()


def test_the_keyboard_goes_on_at_the_next_file_when_one_is_removed(
    office: Office, open_page: Open, tmp_path: Path
) -> None:
    page = _written(office, open_page)
    attach(page, pdf_in(tmp_path, "first.pdf"), pdf_in(tmp_path, "second.pdf"))
    page.get_by_role("button", name="Remove first.pdf").press("Enter")
    expect(page.get_by_role("button", name="Remove second.pdf")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_focused()


def test_the_keyboard_stays_where_it_is_when_amazon_is_asked_again(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    with page.expect_response(lambda answer: answer.url.endswith("/offer") and answer.ok):
        page.get_by_role("button", name="Ask Amazon again").press("Enter")
    expect(page.get_by_role("button", name="Ask Amazon again")).to_be_focused()


def test_what_was_just_sent_is_undone_by_one_key(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    set_undo(office, 30)
    send(page)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(TEXT)


def test_the_list_of_orders_goes_on_at_the_one_that_was_opened(office: Office, open_page: Open) -> None:
    page = open_page()
    opened = list_orders(page, office)
    opened.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(office.amazon.guide_order)
    page.go_back()
    expect(opened).to_be_focused()
