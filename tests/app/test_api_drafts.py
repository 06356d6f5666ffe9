"""Drafts by the API: one's own, page by page."""

import pytest

from tests.app.programs import House, Program

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture
def writer(house: House) -> Program:
    return house.agent()


def write(house: House, writer: Program, text: str) -> str:
    """Keep a draft for a new order; the order."""
    order, services = house.order(), house.office.services
    account = services.accounts.of(house.office.owner, "shop")
    services.drafts.save(writer.viewer, account, order, type="digitalAccessKey", text=text)
    services.drafts.add_file(writer.viewer, account, order, "key.pdf", PDF)
    return order


def test_a_draft_tells_what_was_written_and_for_which_order(house: House, writer: Program) -> None:
    order = write(house, writer, "Your key: 17")
    [draft] = writer.get("/drafts").json()["drafts"]
    assert (draft["account"], draft["order_id"], draft["type"]) == ("shop", order, "digitalAccessKey")
    assert (draft["text"], draft["returned"]) == ("Your key: 17", None)
    assert draft["attachments"] == [{"file_name": "key.pdf", "size": len(PDF)}]
    assert writer.get("/counts").json()["drafts"] == 1


def test_drafts_of_others_are_not_there(house: House, writer: Program) -> None:
    write(house, writer, "Mine")
    for other in (house.owner, house.agent()):
        assert other.get("/drafts").json() == {"drafts": [], "next": None}
        assert other.get("/counts").json()["drafts"] == 0


def test_they_are_listed_page_by_page_those_saved_last_first(house: House, writer: Program) -> None:
    orders = [write(house, writer, f"Key {number}") for number in range(5)]
    page = writer.get("/drafts", limit=2).json()
    found = page["drafts"]
    while page["next"] is not None:
        page = writer.get("/drafts", limit=2, before=page["next"]).json()
        found += page["drafts"]
    assert [each["order_id"] for each in found] == orders[::-1]


def test_a_cursor_that_is_none_is_refused(writer: Program) -> None:
    refused = writer.get("/drafts", before="yesterday")
    assert (refused.status_code, refused.json()["field"]) == (422, "before")
