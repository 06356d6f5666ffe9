"""Messages of programs that wait for a second person."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.app.programs import House, Program, house, letter
from tests.app.writing import PDF


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house where a second person approves."""
    with house(tmp_path_factory.mktemp("house")) as made:
        made.office.services.store.set_approval(made.office.owner, needed=True)
        yield made


@pytest.fixture
def order(shop: House) -> str:
    return shop.order()


@pytest.fixture
def writer(shop: House) -> Program:
    return shop.agent()


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


def give_back(program: Program, waits: str, why: str) -> httpx.Response:
    """Give back what waits as it stands now."""
    return program.post(f"/approvals/{waits}/give-back", {"digest": digest(program, waits), "why": why})


def test_a_message_waits_and_is_queued_once_somebody_else_approves_it(shop: House, writer: Program, order: str) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert writer.get("/messages", order=order).json()["messages"] == []
    listed = {each["id"]: each for each in shop.owner.get("/approvals").json()["approvals"]}
    assert (listed[waits]["text"], listed[waits]["own"]) == (body["text"], False)
    assert shop.owner.get(f"/approvals/{waits}").json() == listed[waits]
    message = approve(shop.owner, waits).json()
    assert (message["state"], message["text"], message["queued_by"]) == ("queued", body["text"], writer.viewer.email)
    assert shop.owner.get(f"/approvals/{waits}").status_code == 404
    who = [
        (event["what"], event["who"]) for event in shop.owner.get(f"/messages/{message['id']}/history").json()["events"]
    ]
    assert ("approved", shop.owner.viewer.email) in who


def test_files_wait_with_it(shop: House, writer: Program) -> None:
    files = [{"file_name": "invoice.pdf", "content": base64.b64encode(PDF).decode()}]
    body = {"account": "shop", "order_id": shop.order(types=["sendInvoice"]), "type": "invoice", "attachments": files}
    waits = writer.post("/messages", body)
    assert waits.json()["attachments"] == [{"file_name": "invoice.pdf", "size": len(PDF)}]
    message = approve(shop.owner, waiting(waits)).json()
    assert [file["file_name"] for file in message["attachments"]] == ["invoice.pdf"]


@pytest.mark.parametrize("more", [{}, {"idempotency_key": "a key"}], ids=["content", "key"])
def test_the_same_request_waits_once_and_then_tells_what_became_of_it(
    shop: House, writer: Program, order: str, more: dict[str, str]
) -> None:
    body = letter(order, **{name: f"{value} {order}" for name, value in more.items()})
    waits = waiting(writer.post("/messages", body))
    assert waiting(writer.post("/messages", body)) == waits
    message = approve(shop.owner, waits).json()
    again = writer.post("/messages", body)
    assert (again.status_code, again.json()["id"]) == (200, message["id"])
    assert len(writer.get("/messages", order=order).json()["messages"]) == 1


def test_what_was_queued_before_approval_was_needed_is_not_asked_about(
    shop: House, writer: Program, order: str
) -> None:
    body = letter(order, idempotency_key=f"key of {order}")
    store, owner = shop.office.services.store, shop.office.owner
    store.set_approval(owner, needed=False)
    queued = writer.post("/messages", body)
    store.set_approval(owner, needed=True)
    assert (queued.status_code, writer.post("/messages", body).status_code) == (201, 200)


def test_what_waits_still_waits_when_approval_is_needed_no_more(shop: House, writer: Program, order: str) -> None:
    body = letter(order)
    store, owner = shop.office.services.store, shop.office.owner
    waits = waiting(writer.post("/messages", body))
    store.set_approval(owner, needed=False)
    again = writer.post("/messages", body)
    store.set_approval(owner, needed=True)
    assert waiting(again) == waits


def test_what_waits_of_somebody_else_is_told_as_theirs(shop: House, writer: Program, order: str) -> None:
    body = letter(order, idempotency_key=f"key of {order}")
    waits = waiting(writer.post("/messages", body))
    again = shop.owner.post("/messages", body)
    assert waiting(again) == waits
    assert (again.json()["own"], again.json()["writer"]) == (False, writer.viewer.name)


def test_a_key_that_waits_for_other_content_is_refused(shop: House, writer: Program, order: str) -> None:
    key = f"key of {order}"
    waits = waiting(writer.post("/messages", letter(order, idempotency_key=key)))
    other = writer.post("/messages", letter(order, idempotency_key=key))
    assert (other.status_code, other.json()["field"]) == (409, "idempotency_key")
    approve(shop.owner, waits)
    assert writer.post("/messages", letter(order, idempotency_key=key)).status_code == 409


def test_nobody_approves_their_own(writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    assert writer.get(f"/approvals/{waits}").json()["own"] is True
    assert approve(writer, waits).status_code == 403
    assert give_back(writer, waits, "No.").status_code == 403


def test_what_was_given_back_tells_why_and_can_be_written_anew(shop: House, writer: Program, order: str) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert give_back(shop.owner, waits, "Name the colours.").status_code == 204
    again = writer.post("/messages", body)
    assert again.status_code == 409
    assert "Name the colours." in again.json()["detail"]
    assert waiting(writer.post("/messages", letter(order))) != waits
    assert approve(shop.owner, waits).status_code == 404


def test_a_reason_is_needed_to_give_something_back(shop: House, writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    answer = give_back(shop.owner, waits, " ")
    assert (answer.status_code, answer.json()["field"]) == (422, "why")


def test_what_was_changed_since_it_was_shown_is_not_decided_about(shop: House, writer: Program, order: str) -> None:
    """A program's message keeps its id when it is thrown away and sent once more."""
    key = f"key of {order}"
    first, second = letter(order, idempotency_key=key), letter(order, idempotency_key=key)
    waits = waiting(writer.post("/messages", first))
    shown = digest(shop.owner, waits)
    assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
    shop.office.services.drafts.discard(writer.viewer, waits)
    assert waiting(writer.post("/messages", second)) == waits
    assert shop.owner.post(f"/approvals/{waits}/approve", {"digest": shown}).status_code == 409
    assert shop.owner.post(f"/approvals/{waits}/give-back", {"digest": shown, "why": "No."}).status_code == 409
    assert approve(shop.owner, waits).json()["text"] == second["text"]


def test_a_decision_without_what_was_shown_is_none(shop: House, writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    assert shop.owner.post(f"/approvals/{waits}/approve").status_code == 400
    assert shop.owner.post(f"/approvals/{waits}/approve", {}).status_code == 400
    assert shop.owner.get(f"/approvals/{waits}").status_code == 200


def test_what_is_taken_back_is_a_draft_on_the_order_s_page(shop: House, writer: Program, order: str) -> None:
    body = letter(order)
    waits = waiting(writer.post("/messages", body))
    assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
    services = shop.office.services
    draft = services.drafts.open(writer.viewer, services.accounts.of(writer.viewer, "shop"), order)
    assert draft is not None
    assert (draft.text, draft.waits) == (body["text"], False)


def test_a_program_writes_over_nothing_that_its_person_is_writing(shop: House, writer: Program, order: str) -> None:
    services = shop.office.services
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


def test_the_checks_come_before_the_second_person(shop: House, writer: Program, order: str) -> None:
    answer = writer.post("/messages", letter(order, text="Write to a@b.example."))
    assert [problem["code"] for problem in answer.json()["problems"]] == ["text_email"]
    assert order not in {each["order_id"] for each in shop.owner.get("/approvals").json()["approvals"]}


def test_what_waits_cannot_expire(writer: Program, order: str) -> None:
    answer = writer.post("/messages", letter(order, expires_at="2100-01-01T00:00:00Z"))
    assert (answer.status_code, answer.json()["field"]) == (422, "expires_at")


def test_an_order_that_nobody_can_look_at_yet_cannot_wait(writer: Program) -> None:
    answer = writer.post("/messages", letter("999-1111111-2222222", marketplace="US"))
    assert answer.status_code == 409
    assert "not been synchronised" in answer.json()["detail"]


def test_an_agent_of_another_account_sees_nothing_that_waits(shop: House, writer: Program, order: str) -> None:
    waits = waiting(writer.post("/messages", letter(order)))
    stranger = shop.program(shop.office.agents_view("hanna@other.example", accounts=()))
    assert stranger.get("/approvals").json()["approvals"] == []
    assert stranger.get(f"/approvals/{waits}").status_code == 404
    assert approve(stranger, waits).status_code == 404
    assert give_back(stranger, waits, "No.").status_code == 404
    assert stranger.post(f"/approvals/{waits}/take-back").status_code == 404
