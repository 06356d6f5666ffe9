"""Drafts that can be found again: the outbox's tab, discarding there, and the mark in the list of orders."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import Office, Visitor
from tests.app.samples import PDF
from tests.app.stock import told

MUG, LAMP = "902-6786204-8179805", "902-6786204-0000002"
ACTION = re.compile(r'action="(/outbox/drafts/[^"]+/discard)"')


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests here, with two orders; each test brings a person."""
    with lasting_office(tmp_path_factory.mktemp("office")) as made:
        made.keep("shop", told(0, "Stoneware mug", order_id=MUG), told(1, "Desk lamp", order_id=LAMP))
        yield made


class Writer:
    """Somebody who writes, and their browser."""

    def __init__(self, office: Office) -> None:
        self.office = office
        email, number = somebody(office)
        self.viewer = office.services.people.get(number).viewer()
        self.browser = office.visitor(email)

    def write(self, order_id: str = MUG, **wording: Any) -> str:
        """Keep a draft; its id."""
        account = self.office.services.accounts.of(self.office.owner, "shop")
        return self.office.services.drafts.save(self.viewer, account, order_id, **wording).id

    def attach(self, order_id: str, name: str) -> None:
        account = self.office.services.accounts.of(self.office.owner, "shop")
        self.office.services.drafts.add_file(self.viewer, account, order_id, name, PDF)

    def page(self, path: str = "/outbox/drafts") -> Page:
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return Page(answer)


@pytest.fixture
def writer(office: Office) -> Writer:
    return Writer(office)


def test_a_row_tells_what_it_is_about_and_leads_to_its_order(writer: Writer) -> None:
    draft = writer.write(type="confirmOrderDetails", text="Would you like\nthe green one?")
    page = writer.page()
    for words in ("Draft", MUG, "Ask about the order", "Would you like the green one?", "just now"):
        assert words in page.text
    [row] = [each for each in page.each("a") if each.get("id") == f"open-{draft}"]
    assert row["href"] == f"/orders/shop/{MUG}"
    assert "the green one?" in writer.page(row["href"]).text


def test_a_row_without_a_type_and_a_text_tells_of_its_files(writer: Writer) -> None:
    writer.attach(LAMP, "invoice.pdf")
    text = writer.page().text
    assert "Nothing chosen yet" in text
    assert "invoice.pdf" in text


def test_the_tab_stands_after_what_needs_somebody_with_its_count(writer: Writer) -> None:
    writer.write(text="One")
    writer.write(LAMP, text="Two")
    page = writer.page("/outbox?tab=all")
    assert "Needs you 0 Drafts 2 Queued 0" in page.text
    [tab] = [each for each in page.each("a") if each.get("id") == "tab-drafts"]
    assert "aria-current" not in tab
    [tab] = [each for each in writer.page(tab["href"]).each("a") if each.get("id") == "tab-drafts"]
    assert tab["aria-current"] == "page"


def test_without_drafts_it_is_told_how_they_come_here(writer: Writer) -> None:
    text = writer.page().text
    assert "You have no drafts" in text
    assert "saved as you type" in text


def test_what_others_write_is_not_shown(office: Office, writer: Writer) -> None:
    Writer(office).write(text="A secret of ours")
    assert "A secret of ours" not in writer.page().text


def test_discarding_asks_and_leads_back_to_the_list(writer: Writer) -> None:
    writer.write(text="Never mind")
    page = writer.browser.get("/outbox/drafts")
    assert "The text and its files are deleted." in Page(page).text
    [action] = ACTION.findall(page.text)
    shown = {"version": Page(page).field("version")["value"]}
    answer = writer.browser.post(action, shown)
    assert (answer.status_code, answer.headers["location"]) == (303, "/outbox/drafts")
    text = writer.page().text
    assert "The draft was discarded." in text
    assert "Never mind" not in text
    assert writer.browser.post(action, shown).status_code == 404


def test_what_was_written_on_another_page_since_is_not_discarded(writer: Writer) -> None:
    draft = writer.write(text="As it was shown")
    shown = {"version": writer.page().field("version")["value"]}
    writer.write(text="Written since", version=int(shown["version"]))
    answer = writer.browser.post(f"/outbox/drafts/{draft}/discard", shown)
    assert answer.status_code == 409
    text = Page(answer).text
    assert "was changed on another page" in text
    assert "Written since" in text


def test_discarding_needs_the_token_of_the_form(writer: Writer) -> None:
    draft = writer.write(text="Stays")
    writer.page()
    assert writer.browser.post(f"/outbox/drafts/{draft}/discard", token="invented").status_code == 403
    assert "Stays" in writer.page().text


def test_nobody_discards_what_somebody_else_writes(office: Office, writer: Writer) -> None:
    draft = writer.write(text="Mine")
    other = Writer(office)
    other.page()
    other.browser.post(f"/outbox/drafts/{draft}/discard", {"version": "1"})
    assert "Mine" in writer.page().text


def test_what_somebody_wrote_is_shown_as_text(writer: Writer) -> None:
    writer.write(type="<b>type</b>", text="<script>alert(1)</script>")
    page = writer.browser.get("/outbox/drafts")
    assert "<script>alert" not in page.text
    assert "<b>type" not in page.text
    assert "<script>alert(1)</script>" in Page(page).text


def test_pages_lead_to_older_ones_and_back(writer: Writer) -> None:
    for number in range(51):
        writer.write(f"905-{number:07}-0000000", text=f"Letter {number}")
    [older] = [each for each in writer.page().each("a") if each.get("rel") == "next"]
    text = writer.page(older["href"]).text
    assert "Letter 0" in text
    assert "Letter 50" not in text
    assert "Newest" in text


def test_an_order_is_marked_for_whoever_writes_about_it(office: Office, writer: Writer) -> None:
    def marks(visitor: Visitor) -> int:
        return sum("drafted" in each.get("class", "") for each in Page(visitor.get("/orders")).each("span"))

    assert marks(writer.browser) == 0
    draft = writer.write(LAMP, text="Begun")
    assert marks(writer.browser) == 1
    assert marks(Writer(office).browser) == 0
    office.services.drafts.discard(writer.viewer, draft, version=1)
    assert marks(writer.browser) == 0


def test_those_of_a_disconnected_account_are_said_to_come_back(office: Office) -> None:
    office.connect("Closing", office.amazon.account(id="closing", name="Closing", orders=0))
    writer = office.agent("ida@shop.example", ["closing"])
    assert "Closing" not in Page(writer.get("/outbox/drafts")).text
    office.services.accounts.disconnect(office.owner, "closing")
    words = "Drafts for Closing are kept, and are here again when it is connected again."
    assert words in Page(writer.get("/outbox/drafts")).text


def test_who_ships_stands_beside_the_status_of_each_order(writer: Writer) -> None:
    page = writer.page("/orders")
    assert "Status · Ships" in page.text
    assert page.text.count("Unshipped Ships: Seller") == 2
