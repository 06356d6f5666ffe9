"""Sending: once, however often a button is pressed; not before the time to undo is over; later, where asked for."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import (
    TEXT,
    arrives,
    box,
    choose,
    foot,
    open_order,
    order_url,
    send,
    send_button,
    sent,
    set_undo,
    write,
)
from tests.app.office import Office

LONG = 30


def _written(office: Office, open_page: Open, undo: int = 0) -> Page:
    set_undo(office, undo)
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    expect(foot(page)).to_contain_text("Ready")
    return page


def _texts(office: Office) -> list[str | None]:
    return [message.text for message in office.amazon.messages()]


def test_a_double_click_sends_once(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    send_button(page).dblclick()
    arrives(page)
    expect(sent(page)).to_have_count(1)
    assert _texts(office) == [TEXT]


def test_a_second_window_with_the_same_draft_sends_nothing_more(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    second = page.context.new_page()
    open_order(second, office)
    send(page)
    arrives(page)
    send(second)
    arrives(second)
    expect(sent(second)).to_have_count(1)
    assert _texts(office) == [TEXT]


def test_back_and_a_form_that_is_sent_once_more_send_nothing_more(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/send")) as sending:
        send(page)
    arrives(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text(office.amazon.guide_order)
    expect(box(page)).to_have_count(0)

    form = sending.value
    kind = {"Content-Type": form.headers["content-type"]}
    assert page.request.post(
        form.url, data=form.post_data_buffer, headers=kind
    ).ok  # as a browser that is reloaded does
    page.goto(order_url(office))
    expect(sent(page)).to_have_count(1)
    assert _texts(office) == [TEXT]


def test_undo_brings_the_draft_back(office: Office, open_page: Open) -> None:
    page = _written(office, open_page, undo=LONG)
    send(page)
    expect(sent(page)).to_contain_text("Sending in")
    expect(box(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(box(page)).to_have_value(TEXT)
    expect(foot(page)).to_contain_text("Ready")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    set_undo(office, 0)
    send(page)
    arrives(page)
    assert _texts(office) == [TEXT]


def test_a_message_leaves_when_the_time_to_undo_is_over(office: Office, open_page: Open) -> None:
    page = _written(office, open_page, undo=1)
    send(page)
    arrives(page)
    assert _texts(office) == [TEXT]


def test_a_message_for_later_waits_and_can_be_taken_back(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    page.get_by_text("Send later", exact=True).click()
    page.get_by_label("When?").fill("2020-01-01T09:00")
    page.get_by_role("button", name="Send then").click()
    expect(page.locator("#at-problems")).to_contain_text("That time has passed")

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    page.get_by_label("When?").fill(f"{tomorrow:%Y-%m-%dT09:00}")
    page.get_by_role("button", name="Send then").click()
    expect(sent(page)).to_contain_text("Until then it can be taken back")
    assert _texts(office) == []
    page.get_by_role("button", name="Take back and edit").click()
    expect(box(page)).to_have_value(TEXT)


def test_the_same_once_more_is_asked_about(office: Office, open_page: Open) -> None:
    page = _written(office, open_page)
    send(page)
    arrives(page)
    choose(page, "customization")
    write(page, TEXT)
    expect(foot(page).get_by_role("link", name="Sent before: send it once more?")).to_be_visible()
    expect(foot(page).get_by_text("Ready")).to_be_hidden()
    send_button(page).click()
    expect(page.locator("#again-problems")).to_contain_text("second time")
    page.get_by_label("Send it once more all the same").check()
    send_button(page).click()
    expect(sent(page)).to_have_count(2)
    arrives(page)
    assert _texts(office) == [TEXT, TEXT]
