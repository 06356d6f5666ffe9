"""Pages that tell anew how things stand, while answers are slow, fail, or come in another order than was asked."""

import pytest
from playwright.sync_api import Page, expect

from buyerline.outbox import State
from tests.app.browser.conftest import Open
from tests.app.browser.holding import HEARD, Held
from tests.app.browser.steps import (
    SLOWLY,
    TEXT,
    choose,
    is_here,
    list_orders,
    open_order,
    order_url,
    send,
    sent,
    set_undo,
    write,
)
from tests.app.office import OWNER, Office
from tests.waiting import until

PAUSE = 2000
AGAIN = 6000
"""Milliseconds that are longer than those after which a page asks once more, in time that a test lets pass."""

PRESSED_TWICE = """() => {
  let went = 0;
  addEventListener("submit", (event) => (went += event.defaultPrevented ? 0 : 1));
  for (const _ of [1, 2]) document.querySelector("main form .main").click();
  return went;
}"""
"""A script that presses the button of a page's form twice, and tells how often the form goes."""


@pytest.fixture
def page(office: Office, open_page: Open) -> Page:
    """The page of an order that somebody looks at, in which time passes as a test wants it."""
    page: Page = open_page()
    page.add_init_script(HEARD)
    page.clock.install()
    until(lambda: is_here(office, office.amazon.guide_order), "the orders are here")
    with page.expect_request("**/outbox/live*"):
        page.goto(order_url(office))
    return page


def _send(open_page: Open, office: Office, undo: int = 0) -> None:
    """Have somebody else send a message for the order."""
    office.agents_view()
    set_undo(office, undo, "anton@shop.example")
    writing = open_page("anton@shop.example")
    open_order(writing, office)
    choose(writing, "customization")
    write(writing, TEXT)
    send(writing)
    expect(sent(writing)).to_have_count(1)


def _state(office: Office) -> list[State]:
    return [message.state for message in office.services.outbox.list()]


def _heard(page: Page) -> int:
    heard: int = page.evaluate("heard")
    return heard


def test_news_that_come_while_an_answer_is_on_its_way_are_fetched_after_it(
    office: Office, open_page: Open, page: Page
) -> None:
    answers = Held(page, "**/outbox/timeline/**", "GET")
    _send(open_page, office, undo=3)
    page.clock.run_for(PAUSE)
    answers.wait()  # which says that it is queued
    before = _heard(page)
    until(lambda: _state(office) == [State.SENT], "it is sent")
    until(lambda: _heard(page) > before, "the page has heard of it")
    page.clock.run_for(PAUSE)
    answers.end()
    page.clock.run_for(PAUSE)
    expect(sent(page)).to_contain_text("accepted it", timeout=SLOWLY)


def test_news_whose_answer_was_lost_are_asked_for_once_more(office: Office, open_page: Open, page: Page) -> None:
    answers = Held(page, "**/outbox/timeline/**", "GET")
    _send(open_page, office, undo=30)
    page.clock.run_for(PAUSE)
    answers.wait().cut()
    answers.end()
    expect(sent(page)).to_have_count(0)
    page.clock.run_for(AGAIN)
    page.clock.run_for(AGAIN)
    expect(sent(page)).to_contain_text("Sending in")


def test_what_stands_before_the_app_takes_no_parts_place(office: Office, open_page: Open, page: Page) -> None:
    """Such as the page of a proxy that lets too many requests through no more."""
    page.route("**/outbox/timeline/**", lambda route: route.fulfill(status=429, body="<h1>Slow down</h1>"), times=1)
    with page.expect_response("**/outbox/timeline/**"):
        _send(open_page, office, undo=30)
        page.clock.run_for(PAUSE)
    expect(page.get_by_role("heading", name="Messages for this order")).to_be_visible()
    page.clock.run_for(AGAIN)
    page.clock.run_for(AGAIN)
    expect(sent(page)).to_contain_text("Sending in")


def test_a_stream_of_news_that_was_refused_is_opened_once_more(office: Office, open_page: Open, page: Page) -> None:
    page.route("**/outbox/live*", lambda route: route.fulfill(status=429), times=1)
    with page.expect_response("**/outbox/live*"):
        page.reload()
    with page.expect_request("**/outbox/live*"):
        page.clock.run_for(AGAIN)
    _send(open_page, office, undo=30)
    page.clock.run_for(PAUSE)
    expect(sent(page)).to_contain_text("Sending in")


def test_what_was_opened_stays_open_with_the_keyboard_at_it(office: Office, open_page: Open, page: Page) -> None:
    """Though another part of the page is replaced at the same moment."""
    _send(open_page, office, undo=30)
    page.reload()
    summary = sent(page).get_by_text("What happened")
    summary.press("Enter")
    expect(sent(page).get_by_text("Anton queued it.")).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for part, path in (("#timeline", "**/outbox/timeline/**"), ("#sync-state", "**/orders/sync*")):
        page.evaluate("part => document.querySelector(part).setAttribute('data-old', '')", part)
        with page.expect_response(path):
            page.evaluate(
                "part => htmx.ajax('GET', document.querySelector(part).getAttribute('hx-get'),"
                " { source: part, target: part, swap: 'outerHTML' })",
                part,
            )
        expect(page.locator(f"{part}[data-old]")).to_have_count(0)
    page.clock.resume()
    expect(sent(page).get_by_text("Anton queued it.")).to_be_visible()
    expect(summary).to_be_focused()


def test_of_two_filters_pressed_one_after_the_other_the_last_counts(office: Office, open_page: Open) -> None:
    page = open_page()
    list_orders(page, office)
    lists = Held(page, "**/orders?**", "GET")
    page.get_by_role("link", name="Not messaged").click()
    lists.wait()
    page.get_by_role("link", name="Messaged", exact=True).click()
    lists.wait(2).end()
    expect(page.get_by_role("link", name="Messaged (chosen: leave it out)", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="No order fits")).to_be_visible()
    assert page.url.endswith("messaged=yes")


def test_a_filter_that_fails_says_so(office: Office, open_page: Open) -> None:
    office.connect("Stall", office.amazon.account(id="stall", orders=3))
    office.agents_view(accounts=("shop", "stall"))
    until(lambda: is_here(office, office.amazon.guide_order), "the orders are here")
    page = open_page("anton@shop.example")
    page.goto(f"{office.url}/orders?account=stall")
    agent = office.agents_view()
    shop = office.services.accounts.of(office.owner, "shop").id
    office.services.people.change(office.owner, agent.person_id, role=agent.role, accounts=[shop])
    page.get_by_role("link", name="Not messaged").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.url.endswith("account=stall")


def test_an_invitation_is_made_once_however_often_its_button_is_pressed(office: Office, open_page: Open) -> None:
    page = open_page(OWNER)
    page.goto(f"{office.url}/people/invite")
    page.get_by_label("Name").fill("Rosa Duarte")
    page.get_by_label("Email").fill("rosa@shop.example")
    went = page.evaluate(PRESSED_TWICE)
    expect(page.get_by_role("textbox", name="Link")).to_be_visible()
    assert went == 1
