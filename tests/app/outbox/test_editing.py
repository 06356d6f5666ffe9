"""A message that was not sent is written on: as a draft of whoever presses "Edit"."""

import pytest
import sqlalchemy as sa

from buyerline.app.draft_rows import Draft
from buyerline.app.schema import draft, draft_file
from buyerline.messages.drafts import Attachment
from buyerline.outbox import State
from buyerline.outbox.messages import NOT_SENT
from buyerline.outbox.schema import message
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.lasting_office import somebody
from tests.app.office import Office, Visitor
from tests.app.outbox.pages import look
from tests.app.samples import PDF
from tests.app.stock import told
from tests.outbox.samples import ORDER

AT = f"/orders/shop/{ORDER}"
TEXT = "Would you like the green cup?"


@pytest.fixture(autouse=True)
def order(office: Office) -> None:
    """The order of the messages is here, and nobody writes anything for it."""
    office.keep("shop", told(0, order_id=ORDER))
    with office.services.database.write() as connection:
        for table in (draft_file, draft):
            connection.execute(sa.delete(table))


def own_draft(office: Office, number: int) -> Draft | None:
    """What a person writes for the order."""
    services = office.services
    account = services.accounts.of(office.owner, "shop")
    return services.drafts.open(services.people.get(number).viewer(), account, ORDER)


def rows_of(shop: Correspondence, message_id: str) -> object:
    """The message as it stands, with its history."""
    return shop.outbox.get(message_id), shop.outbox.history(message_id)


@pytest.mark.parametrize("state", sorted(NOT_SENT))
def test_a_message_that_was_not_sent_becomes_the_draft_of_who_edits_it(
    office: Office, shop: Correspondence, state: State
) -> None:
    """With all that it says; it stays what it is itself, and may be edited by who did not write it."""
    email, number = somebody(office)
    message_id = shop.brought_to(state, text=TEXT, attachments=[Attachment("key.pdf", PDF)], type="digitalAccessKey")
    before = rows_of(shop, message_id)
    browser = office.visitor(email)
    assert 'id="edit"' in browser.get(f"/outbox/{message_id}").text
    answer = browser.post(f"/outbox/{message_id}/edit")
    assert (answer.status_code, answer.headers["location"]) == (303, AT)
    page = browser.get(AT).text
    assert TEXT in page
    assert "Here is what it says, as a draft." in page
    taken = own_draft(office, number)
    assert taken is not None
    assert (taken.type, taken.text, [file.name for file in taken.files]) == ("digitalAccessKey", TEXT, ["key.pdf"])
    assert browser.get(f"{AT}/files/{taken.files[0].id}").content == PDF
    assert rows_of(shop, message_id) == before


def test_a_warranty_is_edited_with_its_days(office: Office, shop: Correspondence) -> None:
    email, number = somebody(office)
    days = {"coverage_start": "2026-12-01", "coverage_end": "2027-11-30"}
    message_id = shop.brought_to(
        State.REFUSED, type="warranty", text=None, attachments=[Attachment("terms.pdf", PDF)], **days
    )
    office.visitor(email).post(f"/outbox/{message_id}/edit")
    taken = own_draft(office, number)
    assert taken is not None
    assert (taken.type, taken.coverage_start, taken.coverage_end) == ("warranty", *days.values())


def test_to_edit_twice_is_the_same_as_once(office: Office, shop: Correspondence) -> None:
    email, number = somebody(office)
    message_id = shop.brought_to(State.FAILED, text=TEXT)
    browser = office.visitor(email)
    browser.post(f"/outbox/{message_id}/edit")
    first = own_draft(office, number)
    assert browser.post(f"/outbox/{message_id}/edit").headers["location"] == AT
    assert own_draft(office, number) == first


def test_another_message_that_they_write_is_not_overwritten(office: Office, shop: Correspondence) -> None:
    email, number = somebody(office)
    services = office.services
    account = services.accounts.of(office.owner, "shop")
    services.drafts.save(services.people.get(number).viewer(), account, ORDER, text="Something else.")
    written = own_draft(office, number)
    message_id = shop.brought_to(State.EXPIRED, text=TEXT)
    answer = office.visitor(email).post(f"/outbox/{message_id}/edit")
    assert answer.status_code == 409
    assert "You are writing another message for this order, which stays as it is." in Page(answer).text
    assert AT in {each.get("href") for each in Page(answer).each("a")}
    assert own_draft(office, number) == written


@pytest.mark.parametrize("state", sorted(set(State) - NOT_SENT))
def test_what_was_sent_or_may_be_is_not_edited(
    owner: Visitor, office: Office, shop: Correspondence, state: State
) -> None:
    message_id = shop.brought_to(state)
    assert "/edit" not in owner.get(f"/outbox/{message_id}").text
    assert owner.post(f"/outbox/{message_id}/edit").status_code == 409
    assert own_draft(office, office.owner.person_id) is None


def test_what_is_no_longer_kept_is_not_edited(owner: Visitor, office: Office, shop: Correspondence) -> None:
    message_id = shop.brought_to(State.REFUSED)
    with office.services.database.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == message_id).values(kept=False, text=None))
    assert "/edit" not in owner.get(f"/outbox/{message_id}").text
    refused = owner.post(f"/outbox/{message_id}/edit")
    assert (refused.status_code, "Its text was deleted" in refused.text) == (409, True)
    assert own_draft(office, office.owner.person_id) is None


def test_nobody_edits_what_is_not_theirs_to_see(elsewhere: Visitor, shop: Correspondence) -> None:
    message_id = shop.brought_to(State.REFUSED)
    assert elsewhere.post(f"/outbox/{message_id}/edit").status_code == 404


def test_a_disconnected_accounts_message_is_not_edited(owner: Visitor, office: Office, shop: Correspondence) -> None:
    office.connect("Shut", office.amazon.account(id="shut", name="Shut", orders=0))
    message_id = shop.brought_to(State.REFUSED, account="shut")
    office.services.accounts.disconnect(office.owner, "shut")
    assert "/edit" not in owner.get(f"/outbox/{message_id}").text
    assert owner.post(f"/outbox/{message_id}/edit").status_code == 409


def test_a_refused_one_is_edited_from_the_orders_timeline_too(owner: Visitor, shop: Correspondence) -> None:
    message_id = shop.brought_to(State.REFUSED, "A reason.")
    assert f'action="/outbox/{message_id}/edit"' in owner.get(f"/outbox/timeline/shop/{ORDER}").text
    assert "Edit it as the reason asks" in look(owner, f"/outbox/timeline/shop/{ORDER}")
