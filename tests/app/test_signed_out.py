"""A form that comes after its session has ended: nothing is done, and what was typed is not lost."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from buyerline.app.schema import session
from tests.app.html import Page
from tests.app.office import OWNER, PASSWORD, Office, Visitor
from tests.app.premises import Premises, premises

TEXT = "\n  <b>Which colour</b> would you like? </textarea>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("premises")) as made:
        yield made


@pytest.fixture
def office(place: Premises) -> Office:
    return place.office


@pytest.fixture
def gone(office: Office) -> Visitor:
    """A browser that has looked at a page, and whose session has ended since."""
    visitor = office.visitor()
    visitor.get("/settings")
    with office.services.database.write() as connection:
        connection.execute(session.delete())
    return visitor


def next_of(url: str) -> str:
    """Where somebody comes who signs in at this URL."""
    parts = urlsplit(url)
    assert parts.path == "/sign-in"
    return parse_qs(parts.query)["next"][0]


def test_a_text_is_shown_to_be_copied_and_leads_back_to_its_page(place: Premises, gone: Visitor) -> None:
    at = place.fill("/orders/{account:str}/{order_id:str}")
    answer = gone.post(f"{at}/send", {"version": "0", "type": "confirmOrderDetails", "text": TEXT, "when": "now"})
    assert answer.status_code == 401
    found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", answer.text, re.DOTALL)
    assert found is not None
    assert unescape(found[1]) == TEXT
    link = next(each["href"] for each in Page(answer).each("a") if each["href"].startswith("/sign-in"))
    assert next_of(link) == at
    gone.get(link)
    entered = gone.post("/sign-in", {"email": OWNER, "password": PASSWORD, "next": next_of(link)})
    assert entered.headers["location"] == at
    assert gone.get(at).status_code == 200
    assert all(each.queued_by != OWNER for each in place.office.services.outbox.list())


def test_why_a_message_is_given_back_is_shown_too(place: Premises, gone: Visitor) -> None:
    answer = gone.post(place.fill("/approvals/{draft_id:str}/give-back"), {"why": "Name the colours."})
    assert (answer.status_code, "Name the colours." in Page(answer).text) == (401, True)


def test_a_script_is_sent_to_sign_in_and_back(place: Premises, gone: Visitor) -> None:
    at = place.fill("/orders/{account:str}/{order_id:str}")
    answer = gone.post(f"{at}/draft", {"text": TEXT}, htmx=True)
    assert (answer.status_code, next_of(answer.headers["hx-redirect"])) == (401, at)


def test_no_password_is_shown(gone: Visitor) -> None:
    answer = gone.post("/settings/password", {"old": PASSWORD, "new": PASSWORD, "new_again": PASSWORD})
    assert (answer.status_code, next_of(answer.headers["location"])) == (303, "/settings")
    assert PASSWORD not in answer.text


def test_every_form_leads_back_to_a_page(place: Premises) -> None:
    visitor = place.office.visitor()
    shown = place.office.visitor(None)
    for address in place.addresses("POST"):
        if not address.startswith(("/api/", "/sign-in", "/welcome/", "/invitation/", "/password/")):
            back = next_of(shown.post(address).headers["location"])
            assert visitor.get(back).status_code in (200, 303), address
