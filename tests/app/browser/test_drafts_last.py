"""What was written is there again: after a reload, a lost connection, a session that ended, and on another computer."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import (
    PDF,
    TEXT,
    attach,
    box,
    choose,
    file_in,
    files,
    fill_in,
    foot,
    open_order,
    pdf_in,
    send_button,
    sent,
    write,
)
from tests.app.office import OWNER, Office

MORE = TEXT + " Tell us by Friday."


def _saved(page: Page, text: str) -> None:
    """Wait until the server has this text, as a browser that knows nothing shows."""
    page.reload()
    expect(box(page)).to_have_value(text)


def test_a_draft_is_there_after_a_reload_and_on_another_computer(
    office: Office, open_page: Open, tmp_path: Path
) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    attach(page, pdf_in(tmp_path))
    page.reload()
    elsewhere = open_page()
    open_order(elsewhere, office)
    for each in (page, elsewhere):
        expect(each.get_by_role("radio", name="customization")).to_be_checked()
        expect(box(each)).to_have_value(TEXT)
        expect(files(each).get_by_role("textbox")).to_have_value("proof.pdf")
        expect(foot(each)).to_contain_text("Ready")


def test_a_lost_connection_loses_nothing(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    page.context.set_offline(True)
    box(page).press_sequentially(" Tell us by")
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    box(page).press_sequentially(" Friday.")
    send_button(page).click()
    expect(page.get_by_text("The message was not sent.")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        page.context.set_offline(False)
    expect(page.get_by_text("No connection. Go on writing")).to_be_hidden()
    expect(box(page)).to_have_value(MORE)
    _saved(page, MORE)
    expect(sent(page)).to_have_count(0)


def test_what_was_never_saved_can_be_put_back(office: Office, open_page: Open) -> None:
    """The browser was closed while there was no connection."""
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    page.context.set_offline(True)
    box(page).fill(MORE)
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    page.close()

    later = page.context.new_page()
    page.context.set_offline(False)
    open_order(later, office)
    expect(box(later)).to_have_value(TEXT)
    expect(later.locator("#kept")).to_contain_text("What you wrote here before was not saved")
    with later.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        later.get_by_role("button", name="Put it back").click()
    _saved(later, MORE)
    expect(later.locator("#kept")).to_be_hidden()


def test_a_session_that_ended_loses_nothing(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    office.services.sessions.end_all(office.owner.person_id)
    box(page).press_sequentially(" Tell us by Friday.")
    expect(page.get_by_text("You were signed out. Your text is kept in this browser.")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    fill_in(page, OWNER)

    page.get_by_role("button", name="Put it back").click()
    expect(box(page)).to_have_value(MORE)
    expect(foot(page)).to_contain_text("Ready")


def test_what_is_done_while_amazon_is_asked_for_the_buyers_language_stays(
    office: Office, open_page: Open, tmp_path: Path
) -> None:
    """Choosing a type that takes a text asks for it, and the answer comes to a page on which somebody works already."""
    office.amazon.fault("GetAttributes", "delay", seconds=1)
    page = open_page()
    open_order(page, office)
    with page.expect_response(lambda answer: answer.url.endswith("/offer")):
        choose(page, "customization")
        attach(page, pdf_in(tmp_path))
        page.locator("#file").set_input_files(file_in(tmp_path, "film.pdf", PDF + b"\0" * 11_500_000))
        box(page).press_sequentially("Is this")
    expect(page.get_by_text("The buyer reads English.")).to_be_visible()
    expect(box(page)).to_have_value("Is this")
    expect(box(page)).to_be_focused()
    expect(files(page).get_by_role("textbox")).to_have_value("proof.pdf")
    expect(page.locator("#uploads li")).to_contain_text("larger than 10 MB")


def test_what_another_page_wrote_is_not_overwritten(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    other = page.context.new_page()
    open_order(other, office)
    write(other, "Written in the other window.")
    box(page).fill(TEXT)
    expect(page.get_by_role("alert")).to_contain_text("changed on another page")
    expect(box(page)).to_have_value(TEXT)
    page.get_by_role("link", name="Open the order anew").click()
    expect(box(page)).to_have_value("Written in the other window.")


def test_a_draft_can_be_thrown_away(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    page.get_by_text("Discard", exact=True).click()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.locator("#notice")).to_contain_text("The draft was discarded.")
    expect(box(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
