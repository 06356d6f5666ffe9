"""Messages of programs that wait for a second person."""

import base64
from typing import Any

import httpx
import pytest

from buyerline.app.accounts import Account
from buyerline.app.draft_rows import Draft
from tests.app.programs import House, Program, letter
from tests.app.samples import PDF


@pytest.fixture(scope="module")
def house(house: House) -> House:
    """A house where a second person approves."""
    house.office.services.store.set_approval(house.office.owner, needed=True)
    return house


@pytest.fixture
def order(house: House) -> str:
    return house.order()


@pytest.fixture
def writer(house: House) -> Program:
    return house.agent()


def waiting(answer: Any) -> str:
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["id"]
    return found


def digest(program: Program, waits: str) -> str:
    """What somebody is shown who looks at what waits, in short; any where there is nothing to see."""
    found: str = program.get(f"/approvals/{waits}").json().get("digest", "a digest")
    return found


def approve(program: Program, waits: str) -> httpx.Response:
    """Approve what waits as it stands now."""
    return program.post(f"/approvals/{waits}/approve", {"digest": digest(program, waits)})


def account_of(house: House) -> Account:
    return house.office.services.accounts.of(house.office.owner, "shop")


def writing(house: House, program: Program, order: str) -> Draft:
    """What the program's person finds on the order's page."""
    found = house.office.services.drafts.open(program.viewer, account_of(house), order)
    assert found is not None
    return found


def give_back(program: Program, waits: str, why: str) -> httpx.Response:
    """Give back what waits as it stands now."""
    return program.post(f"/approvals/{waits}/give-back", {"digest": digest(program, waits), "why": why})


def test_a_message_waits_and_is_queued_once_somebody_else_approves_it(
    house: House, writer: Program, order: str
) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert writer.get("/messages", order=order).json()["messages"] == []
    listed = {each["id"]: each for each in house.owner.get("/approvals").json()["approvals"]}
    assert (listed[waits]["text"], listed[waits]["own"]) == (body["text"], False)
    assert house.owner.get(f"/approvals/{waits}").json() == listed[waits]
    message = approve(house.owner, waits).json()
    assert (message["state"], message["text"], message["queued_by"]) == ("queued", body["text"], writer.viewer.email)
    assert house.owner.get(f"/approvals/{waits}").status_code == 404
    who = [
        (event["what"], event["who"])
        for event in house.owner.get(f"/messages/{message['id']}/history").json()["events"]
    ]
    assert ("approved", house.owner.viewer.email) in who


def test_files_wait_with_it(house: House, writer: Program) -> None:
    files = [{"file_name": "invoice.pdf", "content": base64.b64encode(PDF).decode()}]
    body = {"account": "shop", "order_id": house.order(types=["sendInvoice"]), "type": "invoice", "attachments": files}
    waits = writer.post("/messages", body)
    assert waits.json()["attachments"] == [{"file_name": "invoice.pdf", "size": len(PDF)}]
    message = approve(house.owner, waiting(waits)).json()
    assert [file["file_name"] for file in message["attachments"]] == ["invoice.pdf"]


def test_files_are_read_before_somebody_decides(house: House, writer: Program) -> None:
    named = {"drawing.pdf": PDF, "größe.pdf": PDF + b"% ours"}
    files = [{"file_name": name, "content": base64.b64encode(each).decode()} for name, each in named.items()]
    body = {"account": "shop", "order_id": house.order(types=["sendInvoice"]), "type": "invoice", "attachments": files}
    waits = waiting(writer.post("/messages", body))
    path = f"/approvals/{waits}/files"
    assert [house.owner.get(f"{path}/{each}").content for each in range(2)] == list(named.values())
    second = writer.get(f"{path}/1")
    assert second.headers["content-disposition"] == "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.pdf"
    assert (house.owner.get(f"{path}/2").status_code, house.owner.get(f"{path}/-1").status_code) == (404, 400)
    stranger = house.program(house.office.agents_view("hanna@other.example", accounts=()))
    assert stranger.get(f"{path}/0").status_code == 404
    approve(house.owner, waits)
    assert house.owner.get(f"{path}/0").status_code == 404


@pytest.mark.parametrize("more", [{}, {"idempotency_key": "a key"}], ids=["content", "key"])
def test_the_same_request_waits_once_and_then_tells_what_became_of_it(
    house: House, writer: Program, order: str, more: dict[str, str]
) -> None:
    body = letter(order, **{name: f"{value} {order}" for name, value in more.items()})
    waits = waiting(writer.post("/messages", body))
    assert waiting(writer.post("/messages", body)) == waits
    message = approve(house.owner, waits).json()
    again = writer.post("/messages", body)
    assert (again.status_code, again.json()["id"]) == (200, message["id"])
    assert len(writer.get("/messages", order=order).json()["messages"]) == 1


def test_what_was_queued_before_approval_was_needed_is_not_asked_about(
    house: House, writer: Program, order: str
) -> None:
    body = letter(order, idempotency_key=f"key of {order}")
    store, owner = house.office.services.store, house.office.owner
    store.set_approval(owner, needed=False)
    queued = writer.post("/messages", body)
    store.set_approval(owner, needed=True)
    assert (queued.status_code, writer.post("/messages", body).status_code) == (201, 200)


def test_what_waits_still_waits_when_approval_is_needed_no_more(house: House, writer: Program, order: str) -> None:
    body = letter(order)
    store, owner = house.office.services.store, house.office.owner
    waits = waiting(writer.post("/messages", body))
    store.set_approval(owner, needed=False)
    again = writer.post("/messages", body)
    store.set_approval(owner, needed=True)
    assert waiting(again) == waits


def test_what_waits_of_somebody_else_is_told_as_theirs(house: House, writer: Program, order: str) -> None:
    body = letter(order, idempotency_key=f"key of {order}")
    waits = waiting(writer.post("/messages", body))
    again = house.owner.post("/messages", body)
    assert waiting(again) == waits
    assert (again.json()["own"], again.json()["writer"]) == (False, writer.viewer.name)


def test_a_key_that_waits_for_other_content_is_refused(house: House, writer: Program, order: str) -> None:
    key = f"key of {order}"
    waits = waiting(writer.post("/messages", letter(order, idempotency_key=key)))
    other = writer.post("/messages", letter(order, idempotency_key=key))
    assert (other.status_code, other.json()["field"]) == (409, "idempotency_key")
    approve(house.owner, waits)
    assert writer.post("/messages", letter(order, idempotency_key=key)).status_code == 409


def test_nobody_approves_their_own(writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    assert writer.get(f"/approvals/{waits}").json()["own"] is True
    assert approve(writer, waits).status_code == 403
    assert give_back(writer, waits, "No.").status_code == 403


def test_what_was_given_back_tells_why_and_can_be_written_anew(house: House, writer: Program, order: str) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert give_back(house.owner, waits, "Name the colours.").status_code == 204
    again = writer.post("/messages", body)
    assert again.status_code == 409
    assert "Name the colours." in again.json()["detail"]
    assert waiting(writer.post("/messages", letter(order))) != waits
    assert approve(house.owner, waits).status_code == 404


def test_a_reason_is_needed_to_give_something_back(house: House, writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    answer = give_back(house.owner, waits, " ")
    assert (answer.status_code, answer.json()["field"]) == (422, "why")


def test_what_was_changed_since_it_was_shown_is_not_decided_about(house: House, writer: Program, order: str) -> None:
    """A program's message keeps its id when it is thrown away and sent once more."""
    key = f"key of {order}"
    first, second = letter(order, idempotency_key=key), letter(order, idempotency_key=key)
    waits = waiting(writer.post("/messages", first))
    shown = digest(house.owner, waits)
    assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
    taken_back = writing(house, writer, order)
    house.office.services.drafts.discard(writer.viewer, taken_back.id, taken_back.version)
    assert waiting(writer.post("/messages", second)) == waits
    assert house.owner.post(f"/approvals/{waits}/approve", {"digest": shown}).status_code == 409
    assert house.owner.post(f"/approvals/{waits}/give-back", {"digest": shown, "why": "No."}).status_code == 409
    assert approve(house.owner, waits).json()["text"] == second["text"]


def test_what_its_person_has_mended_is_theirs_and_no_later_message_takes_its_place(
    house: House, writer: Program, order: str
) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    assert give_back(house.owner, waits, "Name the colours.").status_code == 204
    drafts = house.office.services.drafts
    given_back = writing(house, writer, order)
    drafts.add_file(writer.viewer, account_of(house), order, "colours.pdf", PDF)
    answer = writer.post("/messages", letter(order, text="Something else."))
    assert (answer.status_code, "You are writing a message for this order" in answer.json()["detail"]) == (409, True)
    mended = writing(house, writer, order)
    assert (mended.text, [file.name for file in mended.files]) == (given_back.text, ["colours.pdf"])


def test_the_same_waits_anew_when_its_person_has_made_another_message_of_it(
    house: House, writer: Program, order: str
) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
    services, account, own = house.office.services, account_of(house), writing(house, writer, order)
    own = services.drafts.save(
        writer.viewer, account, order, draft_id=own.id, version=own.version, type=own.type, text="Rather this."
    )
    services.sending.send(writer.viewer, account, own.id, own.version)
    assert approve(house.owner, own.id).json()["text"] == "Rather this."
    assert waiting(writer.post("/messages", body)) == waits
    assert approve(house.owner, waits).json()["text"] == body["text"]


@pytest.mark.parametrize("more", [{}, {"idempotency_key": "its key"}], ids=["content", "key"])
def test_what_is_taken_back_and_asked_about_unchanged_is_still_what_the_program_sent(
    house: House, writer: Program, order: str, more: dict[str, str]
) -> None:
    body = letter(order, **{name: f"{value} {order}" for name, value in more.items()})
    waits = waiting(writer.post("/messages", body))
    assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
    assert writer.post("/messages", body).status_code == 409
    services, own = house.office.services, writing(house, writer, order)
    services.sending.send(writer.viewer, account_of(house), own.id, own.version)
    message = approve(house.owner, own.id).json()
    services.store.set_approval(house.office.owner, needed=False)
    again = writer.post("/messages", body)
    services.store.set_approval(house.office.owner, needed=True)
    assert (again.status_code, again.json()["id"]) == (200, message["id"])


def test_the_same_is_approved_beside_another_message_only_where_that_is_named(
    house: House, writer: Program, order: str
) -> None:
    other, body = house.agent(), letter(order)
    first = waiting(writer.post("/messages", {**body, "idempotency_key": f"first {order}"}))
    second = waiting(other.post("/messages", {**body, "idempotency_key": f"second {order}"}))
    sent = approve(house.owner, first).json()["id"]
    answer = approve(house.owner, second)
    assert (answer.status_code, answer.json()["field"]) == (422, "again")
    assert f'say "again": "{sent}".' in answer.json()["detail"]
    shown = house.owner.get(f"/approvals/{second}").json()
    assert shown["sent_before"] == sent
    decided = {"digest": shown["digest"], "again": sent}
    assert house.owner.post(f"/approvals/{second}/approve", decided).status_code == 200


def test_a_decision_without_what_was_shown_is_none(house: House, writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    assert house.owner.post(f"/approvals/{waits}/approve").status_code == 400
    assert house.owner.post(f"/approvals/{waits}/approve", {}).status_code == 400
    assert house.owner.get(f"/approvals/{waits}").status_code == 200


def test_what_is_taken_back_is_a_draft_on_the_order_s_page(house: House, writer: Program, order: str) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
    services = house.office.services
    draft = services.drafts.open(writer.viewer, services.accounts.of(writer.viewer, "shop"), order)
    assert draft is not None
    assert (draft.text, draft.waits) == (body["text"], False)


def test_a_program_writes_over_nothing_that_its_person_is_writing(house: House, writer: Program, order: str) -> None:
    services = house.office.services
    account = services.accounts.of(writer.viewer, "shop")
    services.drafts.save(writer.viewer, account, order, type="confirmOrderDetails", text="Just begun")
    answer = writer.post("/messages", letter(order))
    assert answer.status_code == 409
    draft = services.drafts.open(writer.viewer, account, order)
    assert draft is not None
    assert draft.text == "Just begun"


def test_one_message_of_a_person_waits_for_an_order_at_a_time(writer: Program, order: str) -> None:
    waiting(writer.post("/messages", letter(order)))
    assert writer.post("/messages", letter(order)).status_code == 409


def test_the_checks_come_before_the_second_person(house: House, writer: Program, order: str) -> None:
    answer = writer.post("/messages", letter(order, text="Write to a@b.example."))
    assert [problem["code"] for problem in answer.json()["problems"]] == ["text_email"]
    assert order not in {each["order_id"] for each in house.owner.get("/approvals").json()["approvals"]}


def test_what_waits_cannot_expire(writer: Program, order: str) -> None:
    answer = writer.post("/messages", letter(order, expires_at="2100-01-01T00:00:00Z"))
    assert (answer.status_code, answer.json()["field"]) == (422, "expires_at")


def test_an_order_that_nobody_can_look_at_yet_cannot_wait(writer: Program) -> None:
    answer = writer.post("/messages", letter("999-1111111-2222222", marketplace="US"))
    assert answer.status_code == 409
    assert "not been synchronised" in answer.json()["detail"]


def test_an_agent_of_another_account_sees_nothing_that_waits(house: House, writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    stranger = house.program(house.office.agents_view("hanna@other.example", accounts=()))
    assert stranger.get("/approvals").json()["approvals"] == []
    assert stranger.get(f"/approvals/{waits}").status_code == 404
    assert approve(stranger, waits).status_code == 404
    assert give_back(stranger, waits, "No.").status_code == 404
    assert stranger.post(f"/approvals/{waits}/take-back").status_code == 404


def test_what_its_writer_would_not_get_back_is_thrown_away_at_ones_word(house: House, order: str) -> None:
    writer = house.agent()
    waits = waiting(writer.post("/messages", letter(order)))
    house.office.services.people.shut_out(house.office.owner, writer.viewer.person_id)
    shown = house.owner.get(f"/approvals/{waits}").json()
    assert shown["orphaned"] is True
    assert give_back(house.owner, waits, "No.").status_code == 409
    decided = {"digest": shown["digest"], "why": "No.", "discard": True}
    assert house.owner.post(f"/approvals/{waits}/give-back", decided).status_code == 204
    assert house.owner.get(f"/approvals/{waits}").status_code == 404
