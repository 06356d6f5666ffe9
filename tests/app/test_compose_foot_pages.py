"""What the foot of an order's page says of what is written, and what it leads to."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import Office, Visitor
from tests.app.samples import PDF
from tests.app.stock import told

ORDER = "902-6786204-8179805"
AT = f"/orders/shop/{ORDER}"
GERMAN = (
    "Guten Tag, die Tasse in Blau ist leider ausverkauft. Möchten Sie stattdessen die grüne haben? Wir freuen uns auf "
    "Ihre Antwort und wünschen Ihnen einen schönen Tag."
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with lasting_office(tmp_path_factory.mktemp("office")) as made:
        made.amazon.lift_plans()
        made.keep("shop", told(0, order_id=ORDER))
        yield made


@pytest.fixture
def browser(office: Office) -> Visitor:
    """Somebody who has nothing written yet, where it is known what may be sent."""
    email, _ = somebody(office)
    visitor = office.visitor(email)
    visitor.get(f"{AT}?ask=yes")
    return visitor


def write(browser: Visitor, **written: Any) -> None:
    """Save what is written on the page as it is now; ask Amazon for the buyer's language."""
    page = Page(browser.get(AT))
    names = {each["name"]: each["value"] for each in page.each("input") if each.get("name", "").startswith("name-")}
    form = {name: page.field(name)["value"] for name in ("draft", "version")}
    assert browser.post(f"{AT}/draft", {**form, **names, **written}).status_code == 303
    browser.get(f"{AT}?ask=yes")


def foot(browser: Visitor) -> tuple[str, list[tuple[str, str]]]:
    """What the foot says, and its links: where each leads, and its words."""
    found = re.search(r'<div id="foot".*?</div>', browser.get(AT).text, re.DOTALL)
    assert found
    links = re.findall(r'href="([^"]+)">([^<]*)</a>', found[0])
    return " ".join(unescape(re.sub("<[^>]+>", " ", found[0])).split()), links


def test_a_text_in_another_language_than_the_buyers_is_not_simply_ready(browser: Visitor) -> None:
    write(browser, type="confirmOrderDetails", text=GERMAN)
    words, links = foot(browser)
    assert words == "Ready, but it looks German"
    assert links == [("#language", words)]
    write(browser, type="confirmOrderDetails", text="Would you like the green cup instead of the blue one?")
    assert foot(browser) == ("Ready", [])


def test_a_file_without_a_name_is_called_by_its_number(browser: Visitor) -> None:
    write(browser, type="digitalAccessKey", text="Here is your key.")
    for name in ("one.pdf", "two.pdf"):
        browser.post(f"{AT}/files", files=[("file", (name, PDF, "application/pdf"))])
    second = [each["name"] for each in Page(browser.get(AT)).each("input") if each.get("name", "").startswith("name-")][
        1
    ]
    write(browser, type="digitalAccessKey", text="Here is your key.", **{second: " "})
    _, links = foot(browser)
    assert links == [(f"#file-{second.removeprefix('name-')}", "file 2")]


def test_a_warranty_that_ends_before_it_begins_is_told_in_days_alone(browser: Visitor) -> None:
    """The page has fields for days, and none for a time or its zone."""
    write(browser, type="warranty", coverage_start="2026-12-02", coverage_end="2026-12-01")
    page = Page(browser.get(AT)).text
    assert "The last day of the warranty is before the first. Choose a later one." in page
    assert "UTC." not in page
