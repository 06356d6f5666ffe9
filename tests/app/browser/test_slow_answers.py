"""Writing while answers are slow, late, or lost: nothing that somebody did is lost, or undone by an older answer."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.holding import Held
from tests.app.browser.steps import (
    TEXT,
    arrives,
    attach,
    box,
    choose,
    files,
    open_order,
    pdf_in,
    send,
    send_button,
    sent,
    set_undo,
    write,
)
from tests.app.office import Office

MORE = TEXT + " Tell us by Friday."


@pytest.fixture
def page(office: Office, open_page: Open) -> Page:
    """The page of an order on which nothing is written yet."""
    set_undo(office, 0)
    page: Page = open_page()
    open_order(page, office)
    return page


def _written(page: Page) -> None:
    choose(page, "customization")
    write(page, TEXT)


def _change(page: Page, title: str) -> None:
    page.get_by_role("button", name="Change what").click()
    page.get_by_role("radio", name=title).check()


def _mark(page: Page) -> None:
    """Make the steps differ from what any answer says of them."""
    page.evaluate("document.querySelector('#steps').setAttribute('data-old', '')")


def _drawn_anew(page: Page) -> None:
    """Wait until the steps were replaced since they were marked."""
    expect(page.locator("[data-old]")).to_have_count(0)


# What one is at while it is replaced


def test_what_was_typed_can_be_undone_though_the_steps_were_replaced(page: Page) -> None:
    offer = Held(page, "**/offer", "GET")
    choose(page, "customization")
    box(page).press_sequentially("Is this")
    offer.wait().end()
    expect(page.get_by_text("The buyer reads English.")).to_be_visible()
    expect(box(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(box(page)).to_have_value("Is thi")


def test_a_word_that_is_being_composed_is_finished_though_the_steps_were_replaced(page: Page) -> None:
    """As Japanese and Chinese are typed: the word stands in the box before it is chosen."""
    offer = Held(page, "**/offer", "GET")
    choose(page, "customization")
    expect(box(page)).to_be_focused()
    offer.wait()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    _mark(page)
    offer.end()
    _drawn_anew(page)
    keys.send("Input.insertText", {"text": "日本"})
    expect(box(page)).to_have_value("日本")


def test_a_day_half_typed_is_typed_to_its_end_though_the_steps_were_replaced(page: Page) -> None:
    choose(page, "Send the warranty")
    day = page.get_by_label("First day")
    saves = Held(page, "**/draft")
    page.evaluate("htmx.trigger('#type', 'change')")
    saves.wait()
    day.focus()
    page.keyboard.type("12")  # the month
    page.evaluate("document.querySelector('#steps').dataset.version = '0'")
    with page.expect_response("**/draft"):  # that of saving, which brings what may have changed in the steps
        saves.end()
    page.keyboard.type("312030")
    expect(day).to_have_value("2030-12-31")


def test_the_menu_to_send_later_stays_open_though_the_steps_were_replaced(page: Page) -> None:
    offer = Held(page, "**/offer", "GET")
    choose(page, "customization")
    page.get_by_text("Send later", exact=True).click()
    offer.wait()
    _mark(page)
    offer.end()
    _drawn_anew(page)
    expect(page.get_by_label("When?")).to_be_visible()


# Answers in an unlucky order


def test_an_older_answer_does_not_bring_back_the_steps_of_another_type(page: Page) -> None:
    offer = Held(page, "**/offer", "GET")
    choose(page, "customization")
    offer.wait()
    _change(page, "Send the invoice")
    expect(page.locator("#files .drop")).to_be_visible()
    expect(box(page)).to_have_count(0)
    with page.expect_response("**/draft"):
        offer.end()
    expect(page.get_by_role("radio", name="Send the invoice")).to_be_checked()
    expect(page.locator("#files .drop")).to_be_visible()
    expect(box(page)).to_have_count(0)


def test_a_file_is_removed_though_another_ones_removal_is_under_way(page: Page, tmp_path: Path) -> None:
    """What is typed meanwhile is saved, too."""
    _written(page)
    attach(page, *(pdf_in(tmp_path, f"{name}.pdf") for name in ("first", "second", "third")))
    removals = Held(page, "**/files/*")
    page.get_by_role("button", name="Remove first.pdf").click()
    page.get_by_role("button", name="Remove second.pdf").click()
    removals.wait()
    box(page).fill(MORE)
    page.get_by_role("button", name="Remove second.pdf").focus()
    removals.let_go()
    removals.wait()
    expect(page.get_by_role("button", name="Remove second.pdf")).to_be_focused()
    removals.end()
    expect(files(page)).to_have_count(1)
    expect(page.locator("#preview")).to_contain_text(MORE)
    expect(page.get_by_role("button", name="Remove third.pdf")).to_be_focused()


def test_to_remove_a_file_twice_keeps_nothing_else_waiting(page: Page, tmp_path: Path) -> None:
    _written(page)
    attach(page, pdf_in(tmp_path, "first.pdf"), pdf_in(tmp_path, "second.pdf"))
    removals = Held(page, "**/files/*")
    page.get_by_role("button", name="Remove first.pdf").dblclick()
    removals.wait()
    box(page).fill(MORE)
    box(page).blur()  # which saves at once
    removals.end()
    expect(files(page)).to_have_count(1)
    expect(page.locator("#preview")).to_contain_text(MORE)


def test_a_name_goes_on_being_typed_while_another_file_arrives(page: Page, tmp_path: Path) -> None:
    _written(page)
    attach(page, pdf_in(tmp_path, "first.pdf"))
    uploads = Held(page, "**/files")
    page.locator("#file").set_input_files(pdf_in(tmp_path, "second.pdf"))
    uploads.wait()
    name = files(page).first.get_by_role("textbox")
    name.press("Home")
    name.press_sequentially("my ")
    uploads.end()
    expect(files(page)).to_have_count(2)
    page.keyboard.type("own ")
    expect(name).to_have_value("my own first.pdf")
    name.blur()
    expect(page.locator("#preview")).to_contain_text("my own first.pdf")


# Files and another type


def test_files_on_their_way_arrive_though_a_type_was_chosen_that_takes_none(page: Page, tmp_path: Path) -> None:
    _written(page)
    uploads = Held(page, "**/files")
    page.locator("#file").set_input_files([pdf_in(tmp_path, "first.pdf"), pdf_in(tmp_path, "second.pdf")])
    uploads.wait()
    _change(page, "negative feedback")
    expect(page.locator(".drop")).to_have_count(0)
    uploads.end()
    expect(files(page)).to_have_count(2)
    expect(page.get_by_role("group", name="Files")).to_be_visible()


def test_a_file_is_seen_that_arrived_while_a_type_was_chosen_that_takes_none(page: Page, tmp_path: Path) -> None:
    _written(page)
    saves = Held(page, "**/draft")
    _change(page, "negative feedback")
    saves.wait()
    with page.expect_response("**/files"):
        page.locator("#file").set_input_files(pdf_in(tmp_path))
    saves.end()
    expect(files(page)).to_have_count(1)


def test_nothing_is_sent_while_a_file_is_on_its_way_of_which_the_page_shows_nothing(
    page: Page, office: Office, tmp_path: Path
) -> None:
    _written(page)
    uploads = Held(page, "**/files")
    page.locator("#file").set_input_files(pdf_in(tmp_path))
    uploads.wait()
    _change(page, "negative feedback")
    expect(page.locator(".drop")).to_have_count(0)
    send_button(page).click()
    expect(send_button(page)).to_have_attribute("aria-busy", "true")
    uploads.end()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    expect(files(page)).to_have_count(1)
    assert office.services.outbox.list() == []


def test_a_file_on_its_way_is_shown_again_when_files_are_taken_again(page: Page, tmp_path: Path) -> None:
    _written(page)
    uploads = Held(page, "**/files")
    page.locator("#file").set_input_files(pdf_in(tmp_path))
    uploads.wait()
    _change(page, "negative feedback")
    expect(page.locator(".drop")).to_have_count(0)
    _change(page, "Send the invoice")
    expect(page.locator("#uploads")).to_contain_text("proof.pdf")
    uploads.end()
    expect(files(page)).to_have_count(1)
    expect(page.locator("#uploads li")).to_have_count(0)


# Connections that are cut


def test_the_steps_of_a_type_come_when_the_connection_is_back(page: Page) -> None:
    _written(page)
    page.context.set_offline(True)
    _change(page, "Send the invoice")
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#text-title")).to_have_count(0)  # the steps are those of a type that takes no text
    expect(page.get_by_text("No connection. Go on writing")).to_be_hidden()


def test_a_file_is_removed_when_the_connection_is_back(page: Page, tmp_path: Path) -> None:
    _written(page)
    attach(page, pdf_in(tmp_path))
    page.context.set_offline(True)
    files(page).get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    page.context.set_offline(False)
    expect(files(page)).to_have_count(0)


def test_what_was_saved_though_its_answer_was_lost_is_not_taken_for_another_pages(page: Page) -> None:
    _written(page)
    saves = Held(page, "**/draft")
    box(page).press_sequentially(" Tell us")
    saves.wait()
    box(page).press_sequentially(" by Friday.")
    saves.cut()
    expect(page.get_by_text("No connection. Go on writing")).to_be_visible()
    saves.end()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#preview")).to_contain_text(MORE)
    expect(page.get_by_role("alert")).to_have_count(0)
    send(page)
    expect(sent(page)).to_contain_text(MORE)


def test_a_type_that_was_chosen_after_an_answer_was_lost_is_not_taken_for_another_pages(page: Page) -> None:
    _written(page)
    saves = Held(page, "**/draft")
    box(page).fill(MORE)
    saves.wait()
    _change(page, "Send the invoice")
    saves.cut()
    saves.end()
    expect(page.locator("#text-title")).to_have_count(0)
    expect(page.get_by_role("radio", name="Send the invoice")).to_be_checked()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_who_stops_the_browser_while_it_sends_goes_on_writing(page: Page, office: Office) -> None:
    _written(page)
    page.route("**/send", lambda _: None)  # no answer ever comes
    page.evaluate("navigation.addEventListener('navigate', () => setTimeout(() => window.stop()), { once: true })")
    page.evaluate("navigation.addEventListener('navigateerror', () => document.body.classList.add('stopped'))")
    send_button(page).click(no_wait_after=True)
    expect(page.locator("body.stopped")).to_be_visible()
    expect(send_button(page)).to_be_enabled()
    page.unroute("**/send")
    write(page, MORE)
    send(page)
    arrives(page)
    assert [message.text for message in office.amazon.messages()] == [MORE]


def test_a_session_that_ended_leads_nobody_away_in_the_middle_of_a_sentence(page: Page, office: Office) -> None:
    """Whatever part of the page learns of it first."""
    _written(page)
    office.services.sessions.end_all(office.owner.person_id)
    page.evaluate("htmx.trigger('#timeline', 'outbox-changed', { ids: [] })")
    expect(page.get_by_text("You were signed out. Your text is kept in this browser.")).to_be_visible()
    expect(box(page)).to_have_value(TEXT)
