"""Queueing messages by the API, following them, and deciding about them."""

import base64
from datetime import timedelta
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa

from buyerline.app.audit import What
from buyerline.outbox.clock import now
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.schema import account
from tests.app.programs import House, letter
from tests.app.samples import PDF


@pytest.fixture
def order(house: House) -> str:
    return house.order()


def attachment(name: str = "invoice.pdf", content: bytes = PDF) -> dict[str, Any]:
    return {"file_name": name, "content": base64.b64encode(content).decode()}


def codes(answer: Any) -> set[str]:
    return {problem["code"] for problem in answer.json()["problems"]}


def test_a_message_is_queued_and_can_be_followed(house: House, order: str) -> None:
    answer = house.owner.post("/messages", letter(order))
    message = answer.json()
    assert (answer.status_code, message["state"], message["queued_by"]) == (201, "queued", house.owner.viewer.email)
    assert answer.headers["location"] == f"/api/v1/messages/{message['id']}"
    assert house.owner.get(f"/messages/{message['id']}").json() == message
    events = house.owner.get(f"/messages/{message['id']}/history").json()["events"]
    assert [(event["what"], event["who"]) for event in events] == [("queued", house.owner.viewer.email)]
    assert house.owner.get(f"/orders/shop/{order}").json()["messages"] == 1
    assert house.owner.get("/audit", what=What.MESSAGE_SENT, limit=1).json()["entries"][0]["about"] == message["id"]


def test_everything_that_a_message_can_have_arrives_in_the_outbox(house: House, order: str) -> None:
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
    message = house.owner.post("/messages", body).json()
    assert [(file["file_name"], file["size"]) for file in message["attachments"]] == [
        ("a.pdf", len(PDF)),
        ("b.pdf", len(PDF) + 1),
    ]
    assert message["coverage_start"][:10] == "2026-12-01"
    assert message["coverage_end"][:10] == "2027-11-30"
    assert message["not_before"] == later.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (message["priority"], message["idempotency_key"]) == (-7, f"warranty of {order}")


def test_the_same_content_is_queued_once(house: House, order: str) -> None:
    body = letter(order)
    first, second = house.owner.post("/messages", body), house.owner.post("/messages", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_the_same_key_is_queued_once_wherever_it_stands(house: House, order: str) -> None:
    body, key = letter(order), f"key of {order}"
    first = house.owner.post("/messages", {**body, "idempotency_key": key})
    bare = house.owner.post("/messages", body, **{"Idempotency-Key": key})
    quoted = house.owner.post("/messages", body, **{"Idempotency-Key": f'"{key}"'})
    assert [answer.status_code for answer in (first, bare, quoted)] == [201, 200, 200]
    assert len({answer.json()["id"] for answer in (first, bare, quoted)}) == 1


@pytest.mark.parametrize("more", [{}, {"idempotency_key": "a key"}], ids=["content", "key"])
def test_what_was_queued_before_its_account_was_disconnected_is_still_found(house: House, more: dict[str, str]) -> None:
    name = house.office.connect("Old", house.office.amazon.account())
    body = letter(house.order(), account=name, **more)
    first = house.owner.post("/messages", {**body, "marketplace": "US"})
    house.office.services.accounts.disconnect(house.office.owner, name)
    again = house.owner.post("/messages", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert house.owner.post("/messages", letter(body["order_id"], account=name)).status_code == 409


def test_where_the_database_is_lost_in_the_middle_nobody_is_told_that_nothing_was_done(
    house: House, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> NoReturn:
        raise OutboxUnavailable("outbox: the database cannot be used: the connection to it ended.")

    body = letter(order)
    with monkeypatch.context() as broken:
        broken.setattr(house.office.services.following, "get", lost)
        answer = house.owner.post("/messages", body)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "may have been done, or not: send the same request again" in answer.json()["detail"]
    assert house.owner.post("/messages", body).status_code == 200


def test_another_key_sends_the_same_content_again(house: House, order: str) -> None:
    body = letter(order)
    assert house.owner.post("/messages", body).status_code == 201
    assert house.owner.post("/messages", {**body, "idempotency_key": f"again {order}"}).status_code == 201


def test_a_key_that_stands_for_other_content_is_refused(house: House, order: str) -> None:
    key = f"key of {order}"
    house.owner.post("/messages", letter(order, idempotency_key=key))
    answer = house.owner.post("/messages", letter(order, idempotency_key=key))
    assert (answer.status_code, answer.json()["field"]) == (409, "idempotency_key")


def test_two_different_keys_in_one_request_are_refused(house: House, order: str) -> None:
    answer = house.owner.post("/messages", letter(order, idempotency_key="one"), **{"Idempotency-Key": "two"})
    assert (answer.status_code, answer.json()["field"]) == (422, "idempotency_key")


def test_the_checks_tell_every_problem_with_its_place(house: House, order: str) -> None:
    text = "Write to olga@shop.example or call +49 30 12345678."
    body = letter(order, text=text, attachments=[attachment("run.exe", b"MZ")], priority=-1)
    answer = house.owner.post("/messages", body)
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
def test_a_message_that_cannot_be_sent_is_refused(house: House, order: str, change: Any, code: str) -> None:
    answer = house.owner.post("/messages", {**letter(order, marketplace="US"), **change})
    assert answer.status_code == 422
    assert code in codes(answer)


def test_an_order_that_is_not_here_yet_needs_its_marketplace(house: House) -> None:
    body = letter("999-1111111-2222222")
    answer = house.owner.post("/messages", body)
    assert (answer.status_code, answer.json()["field"]) == (422, "marketplace")
    assert house.owner.post("/messages", {**body, "marketplace": "US"}).json()["marketplace_id"] == "ATVPDKIKX0DER"


@pytest.mark.parametrize("marketplace", ["CA", "DE", "XX"])
def test_a_marketplace_that_cannot_be_is_refused(house: House, order: str, marketplace: str) -> None:
    answer = house.owner.post("/messages", letter(order, marketplace=marketplace))
    assert (answer.status_code, answer.json()["field"]) == (422, "marketplace")


def test_a_queued_message_can_be_taken_back_and_tried_again(house: House, order: str) -> None:
    queued = house.owner.post("/messages", letter(order)).json()["id"]
    assert house.owner.post(f"/messages/{queued}/cancel").json()["state"] == "cancelled"
    assert house.owner.post(f"/messages/{queued}/cancel").status_code == 409
    assert house.owner.post(f"/messages/{queued}/retry").status_code == 400
    assert house.owner.post(f"/messages/{queued}/retry", {"state": "queued"}).status_code == 409
    assert house.owner.post(f"/messages/{queued}/retry", {"state": "cancelled"}).json()["state"] == "queued"


def test_what_was_queued_anew_is_tried_again_only_if_the_program_says_so(house: House, order: str) -> None:
    body = letter(order)
    taken_back = house.owner.post("/messages", body).json()["id"]
    house.owner.post(f"/messages/{taken_back}/cancel")
    anew = house.owner.post("/messages", {**body, "idempotency_key": f"anew {order}"}).json()["id"]
    for again in ({}, {"again": False}):
        refused = house.owner.post(f"/messages/{taken_back}/retry", {"state": "cancelled", **again})
        assert (refused.status_code, refused.json()["field"]) == (422, "again")
        assert f"/api/v1/messages/{anew}." in refused.json()["detail"]
        assert 'say "again": true.' in refused.json()["detail"]
    assert house.owner.get(f"/messages/{taken_back}").json()["state"] == "cancelled"
    assert (
        house.owner.post(f"/messages/{taken_back}/retry", {"state": "cancelled", "again": True}).json()["state"]
        == "queued"
    )


def test_what_is_tried_again_goes_at_once_whatever_it_was_planned_for(house: House, order: str) -> None:
    later = now() + timedelta(days=1)
    times = {"not_before": later.isoformat(), "expires_at": (later + timedelta(days=1)).isoformat()}
    planned = house.owner.post("/messages", letter(order, **times)).json()
    house.owner.post(f"/messages/{planned['id']}/cancel")
    again = house.owner.post(f"/messages/{planned['id']}/retry", {"state": "cancelled"}).json()
    assert (again["standing"], again["not_before"]) == ("waiting", None)
    assert again["expires_at"] == planned["expires_at"]
    retry = house.document.raw["paths"]["/api/v1/messages/{message_id}/retry"]["post"]
    assert "`not_before` is dropped" in retry["description"]


@pytest.mark.parametrize("state", ["queued", "cancelled"])
def test_that_it_can_be_tried_again_is_told_wherever_it_can(house: House, order: str, state: str) -> None:
    """Also of what is queued for an account that is stopped, which is tried again by that."""
    message = house.owner.post("/messages", letter(order)).json()
    if state == "cancelled":
        message = house.owner.post(f"/messages/{message['id']}/cancel").json()
    stopped = sa.update(account).where(account.c.name == "shop")
    with house.office.services.database.write() as connection:
        connection.execute(stopped.values(stopped="Amazon does not let this account in."))
    try:
        told = house.owner.get(f"/messages/{message['id']}").json()
        again = house.owner.post(f"/messages/{message['id']}/retry", {"state": state})
    finally:
        with house.office.services.database.write() as connection:
            connection.execute(stopped.values(stopped=None))
    assert (told["may_retry"], again.status_code) == (True, 200)
    assert again.json()["standing"] == "waiting", "it is not stopped any more"


def test_only_an_unknown_message_can_be_resolved(house: House, order: str) -> None:
    queued = house.owner.post("/messages", letter(order)).json()["id"]
    assert house.owner.post(f"/messages/{queued}/resolve", {"arrived": True, "attempts": 1}).status_code == 409
    assert house.owner.post(f"/messages/{queued}/resolve", {"arrived": True}).status_code == 400
    assert house.owner.post(f"/messages/{queued}/resolve", {"arrived": "yes", "attempts": 1}).status_code == 400


def test_lists_are_filtered_and_paged(house: House, order: str) -> None:
    ids = [house.owner.post("/messages", letter(order)).json()["id"] for _ in range(5)]
    found: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = house.owner.get("/messages", order=order, account="shop", tab="queued", limit=2, **before).json()
        found += [message["id"] for message in page["messages"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert found == ids[::-1]
    assert house.owner.get("/messages", order=order, tab="sent").json()["messages"] == []
    theirs = house.owner.get("/messages", order=order, queued_by=house.owner.viewer.email).json()["messages"]
    assert [message["id"] for message in theirs] == found
    assert house.owner.get("/messages", order=order, queued_by="carl@shop.example").json()["messages"] == []
    assert house.owner.get("/messages", order=order, until="2020-01-01T00:00:00Z").json()["messages"] == []


def test_the_counts_are_those_of_the_tabs(house: House, order: str) -> None:
    before = house.owner.get("/counts").json()
    house.owner.post("/messages", letter(order))
    after = house.owner.get("/counts").json()
    assert after == {**before, "queued": before["queued"] + 1, "all": before["all"] + 1}


def test_a_message_of_another_account_is_not_there(house: House, order: str) -> None:
    stranger = house.office.agents_view("hanna@other.example", accounts=())
    program, message = house.program(stranger), house.owner.post("/messages", letter(order)).json()["id"]
    paths = [f"/messages/{message}", f"/messages/{message}/history", f"/orders/shop/{order}", "/accounts/shop"]
    assert {program.get(path).status_code for path in paths} == {404}
    acts = [f"/messages/{message}/cancel", "/accounts/shop/test"]
    assert {program.post(path).status_code for path in acts} == {404}
    assert program.post(f"/messages/{message}/retry", {"state": "queued"}).status_code == 404
    assert program.post(f"/messages/{message}/resolve", {"arrived": True, "attempts": 1}).status_code == 404
    assert program.post("/messages", letter(order)).status_code == 404
    assert program.get("/messages").json()["messages"] == []
    assert program.get("/orders").json()["orders"] == []
    assert program.get("/accounts").json()["accounts"] == []
