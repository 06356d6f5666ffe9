"""What became of a message: shown as it changes, and decided by a person where nobody knows."""

from playwright.sync_api import Locator, Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import (
    SLOWLY,
    TEXT,
    arrives,
    box,
    choose,
    open_order,
    order_url,
    send,
    sent,
    set_undo,
    write,
)
from tests.app.office import OWNER, Office

LONG = 30


def _send(page: Page, office: Office) -> None:
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    send(page)


def _first(page: Page) -> Locator:
    """The link of the first message in a list."""
    return page.locator("[data-row] .open").first


def _nobody_knows(office: Office, open_page: Open, kind: str) -> Page:
    """The page of a message of which nobody knows whether it was sent."""
    set_undo(office, 0)
    office.amazon.control("POST", "faults", [{"operation": "confirmCustomizationDetails", "kind": kind, "count": 1}])
    page = open_page()
    _send(page, office)
    expect(sent(page)).to_contain_text("Unknown", timeout=SLOWLY)
    expect(sent(page)).to_contain_text("Nobody knows whether Amazon took this message.")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Outbox").click()
    expect(page.get_by_role("link", name="Needs you 1")).to_be_visible()
    _first(page).click()
    expect(page.get_by_text("Nothing: Amazon has no list of what was sent.")).to_be_visible()
    operation = page.get_by_text("Amazon's operation confirmCustomizationDetails")
    expect(operation).to_be_hidden()
    page.locator("#opens-came-back").click()
    expect(operation).to_be_visible()
    return page


def test_of_an_unknown_message_somebody_says_that_it_was_sent(office: Office, open_page: Open) -> None:
    """The connection broke after Amazon had taken it; the seller finds it among the sent ones."""
    page = _nobody_knows(office, open_page, "reset_after")
    with page.context.expect_page() as inbox:
        page.get_by_role("link", name="The sandbox's inbox").click()
    expect(inbox.value.get_by_text(office.amazon.guide_order).first).to_be_visible()
    page.get_by_role("button", name="It was sent").click()
    expect(page.get_by_text("Olga Owner found that it was sent.", exact=True)).to_be_visible()
    expect(page.locator(".rail .count")).to_be_hidden()
    assert len(office.amazon.messages()) == 1


def test_of_an_unknown_message_somebody_says_that_it_was_not_sent(office: Office, open_page: Open) -> None:
    """The connection broke before Amazon had taken it; it is asked once more, and then sent again."""
    page = _nobody_knows(office, open_page, "reset_before")
    assert office.amazon.messages() == []
    page.get_by_role("link", name="It was not: send again").click()
    expect(page.get_by_text("the buyer gets it twice, and nobody can call it back")).to_be_visible()
    page.get_by_role("button", name="It was not sent: send it again").click()
    expect(page.locator("#message")).to_contain_text("accepted it at", timeout=SLOWLY)
    assert [message.text for message in office.amazon.messages()] == [TEXT]


def test_what_others_send_is_seen_without_a_reload(office: Office, open_page: Open) -> None:
    office.agents_view()
    set_undo(office, 2, "anton@shop.example")
    watching, reading, writing = open_page(), open_page(), open_page("anton@shop.example")
    watching.goto(f"{office.url}/outbox?tab=all")
    open_order(reading, office)
    for each in (watching, reading):
        each.evaluate("window.stays = true")
    _send(writing, office)

    expect(sent(reading)).to_contain_text("Anton")
    watching.get_by_role("link", name="1 new message: show").click()
    row = watching.locator("[data-message]")
    expect(row).to_contain_text("Queued")
    watching.evaluate("window.stays = true")
    arrives(reading)
    expect(row).to_contain_text("Sent", timeout=SLOWLY)
    expect(watching.locator("#tab-sent .count")).to_have_text("1")
    assert all(each.evaluate("window.stays === true") for each in (watching, reading))


def test_a_colleague_cancels_a_message_in_the_outbox(office: Office, open_page: Open) -> None:
    office.agents_view("bea@shop.example")
    set_undo(office, LONG)
    writing, page = open_page(), open_page("bea@shop.example")
    _send(writing, office)
    expect(sent(writing)).to_contain_text("Sending in")
    page.goto(f"{office.url}/outbox?tab=queued")
    _first(page).click()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("Bea took it back.")).to_be_visible()
    expect(sent(writing)).to_contain_text("Nothing was sent")
    assert office.amazon.messages() == []


def test_a_second_person_approves(office: Office, open_page: Open) -> None:
    """Given back first with a reason, then changed, asked for again, approved and sent."""
    office.agents_view()
    set_undo(office, 0)
    owner, agent = open_page(), open_page("anton@shop.example")
    owner.goto(f"{office.url}/settings")
    owner.get_by_label("Messages wait for a second person").check()
    owner.locator("#approval").get_by_role("button", name="Save").click()

    open_order(agent, office)
    choose(agent, "customization")
    write(agent, TEXT)
    agent.get_by_role("button", name="Ask for approval").last.click()
    expect(agent.get_by_role("heading", name="Waits for approval")).to_be_visible()

    owner.goto(f"{office.url}/outbox")
    _first(owner).click()
    expect(owner.get_by_text(TEXT)).to_be_visible()
    owner.get_by_role("button", name="Give it back to Anton").click()
    expect(owner.get_by_text("Say what should be changed")).to_be_visible()
    owner.get_by_label("What should be changed?").fill("Name the colour.")
    owner.get_by_role("button", name="Give it back to Anton").click()
    expect(owner.locator("#notice")).to_contain_text("Given back to Anton.")

    agent.goto(order_url(office))
    expect(agent.get_by_text("given back. Olga Owner: Name the colour.")).to_be_visible()
    write(agent, TEXT + " In blue.")
    agent.get_by_role("button", name="Ask for approval").last.click()
    expect(box(agent)).to_have_count(0)
    owner.goto(f"{office.url}/outbox")
    _first(owner).click()
    owner.get_by_role("button", name="Approve and send").click()
    expect(owner.locator("#notice")).to_contain_text("Approved")
    owner.goto(order_url(office))
    arrives(owner)
    owner.get_by_text("What happened").click()
    expect(sent(owner)).to_contain_text("Anton asked for approval.")
    expect(sent(owner)).to_contain_text("Olga Owner approved it.")
    assert [message.text for message in office.amazon.messages()] == [TEXT + " In blue."]


def test_the_list_is_exported_for_spreadsheets(office: Office, open_page: Open) -> None:
    set_undo(office, 0)
    page = open_page(OWNER, accept_downloads=True)
    _send(page, office)
    arrives(page)
    page.goto(f"{office.url}/outbox?tab=all")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert office.amazon.guide_order in lines[1]
    assert TEXT not in lines[1]
