"""What a person does in the browser, in the words of the pages."""

from pathlib import Path
from urllib.parse import parse_qs

from playwright.sync_api import Locator, Page, Request, expect

from buyerline.app.errors import NotHere
from tests.app.office import OWNER, PASSWORD, Office
from tests.waiting import until

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TEXT = "Is this how you would like your name to be engraved?"

SLOWLY = 30_000
"""Milliseconds for what a worker has to do."""


def set_undo(office: Office, seconds: int, email: str = OWNER) -> None:
    """Let somebody's messages wait so long before they leave."""
    person = next(person for person in office.services.people.list() if person.email == email)
    office.services.profiles.change(
        person.viewer(), name=person.name, language=person.language, zone=person.zone, undo_seconds=seconds
    )


def sign_in(page: Page, office: Office, email: str = OWNER, password: str = PASSWORD) -> None:
    """Sign in by the page for it."""
    page.goto(f"{office.url}/sign-in")
    fill_in(page, email, password)


def fill_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in email and password, and send them."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def order_url(office: Office, order_id: str | None = None, account: str = "shop") -> str:
    """Where an order's page is, that of the guide's order by default."""
    return f"{office.url}/orders/{account}/{order_id or office.amazon.guide_order}"


def list_orders(page: Page, office: Office) -> Locator:
    """Open the list of orders once they have come; the link to the guide's order."""
    until(lambda: is_here(office, office.amazon.guide_order), "the orders are here")
    page.goto(f"{office.url}/orders")
    return page.get_by_role("link", name=office.amazon.guide_order)


def is_here(office: Office, order_id: str, account: str = "shop") -> bool:
    """Whether an order has been synchronised."""
    try:
        return bool(office.services.orders.get(office.services.accounts.of(office.owner, account).id, order_id))
    except NotHere:
        return False


def open_order(page: Page, office: Office) -> None:
    """Open the guide's order once it has come, and wait until Amazon has said what may be sent."""
    until(lambda: is_here(office, office.amazon.guide_order), "the orders are here")
    page.goto(order_url(office))
    expect(cards(page).first).to_be_visible()


def cards(page: Page) -> Locator:
    """The message types to choose from."""
    return page.get_by_role("radio")


def choose(page: Page, title: str) -> None:
    """Choose what the message is about, and wait for the next steps."""
    page.get_by_role("radio", name=title).check()
    expect(page.locator("#foot")).to_be_visible()


def box(page: Page) -> Locator:
    """Where the message is written."""
    return page.get_by_label("Your message")


def write(page: Page, text: str = TEXT) -> None:
    """Write the message, and wait until it is saved and checked."""
    with page.expect_response(lambda answer: answer.url.endswith("/draft") and _text_in(answer.request) == text):
        box(page).fill(text)
    expect(page.locator("#saved")).to_contain_text("Saved")


def _text_in(request: Request) -> str:
    """The text in a form that a page sends."""
    return parse_qs(request.post_data or "").get("text", [""])[0].replace("\r\n", "\n")


def files(page: Page) -> Locator:
    """The files of the message."""
    return page.locator("#file-list li")


def attach(page: Page, *paths: Path) -> None:
    """Add files, and wait until they are there."""
    there = files(page).count()
    page.locator("#file").set_input_files(list(paths))
    expect(files(page)).to_have_count(there + len(paths))


def foot(page: Page) -> Locator:
    """What says whether the message is ready."""
    return page.locator("#foot")


def send_button(page: Page) -> Locator:
    """The button that sends."""
    return page.get_by_role("button", name="Send", exact=True)


def send(page: Page) -> None:
    """Send, once everything is ready."""
    expect(foot(page)).to_contain_text("Ready")
    send_button(page).click()


def sent(page: Page) -> Locator:
    """What the page of an order tells of what was sent for it, newest first."""
    return page.locator("#timeline > ol.messages > li")


def arrives(page: Page) -> None:
    """Wait until the page tells that what was sent last has arrived."""
    expect(sent(page).first).to_contain_text("accepted it", timeout=SLOWLY)


def pdf_in(folder: Path, name: str = "proof.pdf") -> Path:
    """A small PDF."""
    return file_in(folder, name, PDF)


def file_in(folder: Path, name: str, content: bytes) -> Path:
    """A file."""
    path = folder / name
    path.write_bytes(content)
    return path
