"""Queueing messages by the API, following them, and deciding about them."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from buyerline.app.audit import What
from buyerline.outbox.clock import now
from tests.app.programs import House, house, letter
from tests.app.writing import PDF


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture
def order(shop: House) -> str:
    return shop.order()


def attachment(name: str = "invoice.pdf", content: bytes = PDF) -> dict[str, Any]:
    return {"file_name": name, "content": base64.b64encode(content).decode()}


def codes(answer: Any) -> set[str]:
    return {problem["code"] for problem in answer.json()["problems"]}


def test_a_message_is_queued_and_can_be_followed(shop: House, order: str) -> None:
    answer = shop.owner.post("/messages", letter(order))
    message = answer.json()
    assert (answer.status_code, message["state"], message["queued_by"]) == (201, "queued", shop.owner.viewer.email)
    assert answer.headers["location"] == f"/api/v1/messages/{message['id']}"
    assert shop.owner.get(f"/messages/{message['id']}").json() == message
    events = shop.owner.get(f"/messages/{message['id']}/history").json()["events"]
    assert [(event["what"], event["who"]) for event in events] == [("queued", shop.owner.viewer.email)]
    assert shop.owner.get(f"/orders/shop/{order}").json()["messages"] == 1
    assert shop.owner.get("/audit", what=What.MESSAGE_SENT, limit=1).json()["entries"][0]["about"] == message["id"]


def test_everything_that_a_message_can_have_arrives_in_the_outbox(shop: House, order: str) -> None:
    later = (now() + timedelta(days=1)).replace(microsecond=0)
    body = {
        "account": "shop",
        "order_id": order,
        "type": "warranty",
        "attachments": [attachment("a.pdf"), attachment("b.pdf", PDF + b"b")],
        "coverage_start": "2026-12-01",
        "coverage_end": "2027-11-30",
        "marketplace": "US",
        "idempotency_key": f"warranty of {order}",
        "not_before": later.isoformat(),
        "expires_at": (later + timedelta(days=1)).isoformat(),
        "priority": -7,
    }
    message = shop.owner.post("/messages", body).json()
    assert [(file["file_name"], file["size"]) for file in message["attachments"]] == [
        ("a.pdf", len(PDF)),
        ("b.pdf", len(PDF) + 1),
    ]
    assert message["coverage_start"][:10] == "2026-12-01"
    assert message["coverage_end"][:10] == "2027-11-30"
    assert message["not_before"] == later.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (message["priority"], message["idempotency_key"]) == (-7, f"warranty of {order}")


def test_the_same_content_is_queued_once(shop: House, order: str) -> None:
    body = letter(order)
    first, second = shop.owner.post("/messages", body), shop.owner.post("/messages", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_the_same_key_is_queued_once_wherever_it_stands(shop: House, order: str) -> None:
    body, key = letter(order), f"key of {order}"
    first = shop.owner.post("/messages", {**body, "idempotency_key": key})
    bare = shop.owner.post("/messages", body, **{"Idempotency-Key": key})
    quoted = shop.owner.post("/messages", body, **{"Idempotency-Key": f'"{key}"'})
    assert [answer.status_code for answer in (first, bare, quoted)] == [201, 200, 200]
    assert len({answer.json()["id"] for answer in (first, bare, quoted)}) == 1


def test_another_key_sends_the_same_content_again(shop: House, order: str) -> None:
    body = letter(order)
    assert shop.owner.post("/messages", body).status_code == 201
    assert shop.owner.post("/messages", {**body, "idempotency_key": f"again {order}"}).status_code == 201


def test_a_key_that_stands_for_other_content_is_refused(shop: House, order: str) -> None:
    key = f"key of {order}"
    shop.owner.post("/messages", letter(order, idempotency_key=key))
    answer = shop.owner.post("/messages", letter(order, idempotency_key=key))
    assert (answer.status_code, answer.json()["field"]) == (409, "idempotency_key")


def test_two_different_keys_in_one_request_are_refused(shop: House, order: str) -> None:
    answer = shop.owner.post("/messages", letter(order, idempotency_key="one"), **{"Idempotency-Key": "two"})
    assert (answer.status_code, answer.json()["field"]) == (422, "idempotency_key")


def test_the_checks_tell_every_problem_with_its_place(shop: House, order: str) -> None:
    text = "Write to olga@shop.example or call +49 30 12345678."
    body = letter(order, text=text, attachments=[attachment("run.exe", b"MZ")], priority=-1)
    answer = shop.owner.post("/messages", body)
    assert answer.status_code == 422
    assert {"text_email", "text_phone", "attachments_not_taken"} <= codes(answer)
    (email,) = [problem for problem in answer.json()["problems"] if problem["code"] == "text_email"]
    assert text[email["start"] : email["end"]] == "olga@shop.example"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "confirmOrderDetail"}, "type_not_available"),
        ({"order_id": "17"}, "order_id_malformed"),
        ({"text": None}, "text_missing"),
        ({"text": "half a \x00 character"}, "text_control"),
        ({"not_before": "2027-01-02T00:00:00Z", "expires_at": "2027-01-01T00:00:00Z"}, "expires_too_early"),
        ({"idempotency_key": "a\nb"}, "value_unprintable"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_message_that_cannot_be_sent_is_refused(shop: House, order: str, change: Any, code: str) -> None:
    answer = shop.owner.post("/messages", {**letter(order, marketplace="US"), **change})
    assert answer.status_code == 422
    assert code in codes(answer)


def test_an_order_that_is_not_here_yet_needs_its_marketplace(shop: House) -> None:
    body = letter("999-1111111-2222222")
    answer = shop.owner.post("/messages", body)
    assert (answer.status_code, answer.json()["field"]) == (422, "marketplace")
    assert shop.owner.post("/messages", {**body, "marketplace": "US"}).json()["marketplace_id"] == "ATVPDKIKX0DER"


@pytest.mark.parametrize("marketplace", ["CA", "DE", "XX"])
def test_a_marketplace_that_cannot_be_is_refused(shop: House, order: str, marketplace: str) -> None:
    answer = shop.owner.post("/messages", letter(order, marketplace=marketplace))
    assert (answer.status_code, answer.json()["field"]) == (422, "marketplace")


def test_a_queued_message_can_be_taken_back_and_tried_again(shop: House, order: str) -> None:
    queued = shop.owner.post("/messages", letter(order)).json()["id"]
    assert shop.owner.post(f"/messages/{queued}/cancel").json()["state"] == "cancelled"
    assert shop.owner.post(f"/messages/{queued}/cancel").status_code == 409
    assert shop.owner.post(f"/messages/{queued}/retry").json()["state"] == "queued"


def test_what_was_queued_anew_is_tried_again_only_if_the_program_says_so(shop: House, order: str) -> None:
    body = letter(order)
    taken_back = shop.owner.post("/messages", body).json()["id"]
    shop.owner.post(f"/messages/{taken_back}/cancel")
    shop.owner.post("/messages", {**body, "idempotency_key": f"anew {order}"})
    for again in (None, {}, {"again": False}):
        refused = shop.owner.post(f"/messages/{taken_back}/retry", again)
        assert (refused.status_code, refused.json()["field"]) == (422, "again")
    assert shop.owner.get(f"/messages/{taken_back}").json()["state"] == "cancelled"
    assert shop.owner.post(f"/messages/{taken_back}/retry", {"again": True}).json()["state"] == "queued"


def test_only_an_unknown_message_can_be_resolved(shop: House, order: str) -> None:
    queued = shop.owner.post("/messages", letter(order)).json()["id"]
    assert shop.owner.post(f"/messages/{queued}/resolve", {"arrived": True}).status_code == 409
    assert shop.owner.post(f"/messages/{queued}/resolve", {"arrived": "yes"}).status_code == 400


def test_lists_are_filtered_and_paged(shop: House, order: str) -> None:
    ids = [shop.owner.post("/messages", letter(order)).json()["id"] for _ in range(5)]
    found: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = shop.owner.get("/messages", order=order, account="shop", tab="queued", limit=2, **before).json()
        found += [message["id"] for message in page["messages"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert found == ids[::-1]
    assert shop.owner.get("/messages", order=order, tab="sent").json()["messages"] == []
    assert shop.owner.get("/messages", order=order, until="2020-01-01T00:00:00Z").json()["messages"] == []


def test_the_counts_are_those_of_the_tabs(shop: House, order: str) -> None:
    before = shop.owner.get("/counts").json()
    shop.owner.post("/messages", letter(order))
    after = shop.owner.get("/counts").json()
    assert after == {**before, "queued": before["queued"] + 1, "all": before["all"] + 1}


def test_a_message_of_another_account_is_not_there(shop: House, order: str) -> None:
    stranger = shop.office.agents_view("hanna@other.example", accounts=())
    program, message = shop.program(stranger), shop.owner.post("/messages", letter(order)).json()["id"]
    paths = [f"/messages/{message}", f"/messages/{message}/history", f"/orders/shop/{order}", "/accounts/shop"]
    assert {program.get(path).status_code for path in paths} == {404}
    acts = [f"/messages/{message}/cancel", f"/messages/{message}/retry", "/accounts/shop/test"]
    assert {program.post(path).status_code for path in acts} == {404}
    assert program.post(f"/messages/{message}/resolve", {"arrived": True}).status_code == 404
    assert program.post("/messages", letter(order)).status_code == 404
    assert program.get("/messages").json()["messages"] == []
    assert program.get("/orders").json()["orders"] == []
    assert program.get("/accounts").json()["accounts"] == []
