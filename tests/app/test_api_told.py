"""What the API tells beside its answers: headers, refusals, what there is to choose from."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from buyerline.app.codes import FULFILLED_BY, ORDER_STATUSES
from buyerline.app.web.api.orders import OrderStatus, Shipper
from buyerline.app.web.rendering import retry_after
from buyerline.outbox.clock import now
from tests.app.programs import API, House, Program, letter

PROBLEM = "application/problem+json"


@pytest.fixture
def writer(house: House) -> Program:
    return house.agent()


class TestTheDocument:
    def test_has_what_may_go_wrong_with_every_request(self, house: House) -> None:
        for path, item in house.document.raw["paths"].items():
            for told in item.values():
                assert {"400", "401", "421", "500", "503"} <= told["responses"].keys(), path
                assert told["responses"]["503"]["headers"]["Retry-After"]["schema"] == {"type": "integer"}, path

    def test_tells_where_to_follow_what_was_queued(self, house: House) -> None:
        answers = house.document.raw["paths"][f"{API}/messages"]["post"]["responses"]
        assert [status for status, answer in answers.items() if "Location" in answer.get("headers", {})] == [
            "201",
            "200",
        ]
        queued = house.owner.post("/messages", letter(house.order()))
        assert queued.headers["location"] == f"{API}/messages/{queued.json()['id']}"

    def test_lists_what_an_order_may_be(self, house: House) -> None:
        schemas = house.document.raw["components"]["schemas"]
        assert set(schemas["OrderStatus"]["enum"]) == set(OrderStatus) == set(ORDER_STATUSES)
        assert set(schemas["Shipper"]["enum"]) == set(Shipper) == set(FULFILLED_BY)


class TestAFilter:
    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("/orders", {"status": "unshipped"}),
            ("/orders", {"status": "SHIPED"}),
            ("/orders", {"fulfilled_by": "merchant"}),
            ("/messages", {"type": "confirmOrderDetail"}),
            ("/messages", {"type": ""}),
            ("/messages", {"tab": "need"}),
        ],
    )
    def test_that_is_misspelt_is_refused_and_finds_not_nothing(
        self, house: House, path: str, query: dict[str, str]
    ) -> None:
        answer = house.owner.get(path, **query)
        assert answer.status_code in {400, 422}
        assert answer.json()["field"] in query

    def test_takes_what_there_is(self, house: House) -> None:
        assert house.owner.get("/orders", status="UNSHIPPED", fulfilled_by="MERCHANT").json()["orders"]
        house.owner.post("/messages", letter(house.order()))
        for name in ("confirmOrderDetails", "CONFIRM_ORDER_DETAILS"):
            answer = house.owner.get("/messages", type=name)
            assert answer.status_code == (200 if name == "confirmOrderDetails" else 422)


class TestAMessageWhoseTimeIsOver:
    def test_is_refused(self, house: House) -> None:
        order = house.order()
        over = (now() - timedelta(minutes=1)).isoformat()
        answer = house.owner.post("/messages", letter(order, expires_at=over))
        assert answer.status_code == 422
        assert [problem["field"] for problem in answer.json()["problems"]] == ["expires_at"]
        assert house.owner.get("/messages", order=order).json()["messages"] == []

    def test_is_found_again_where_it_was_queued_in_time(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same request after a lost answer must not find out late that there was none."""
        body = letter(house.order(), expires_at=(now() + timedelta(hours=1)).isoformat())
        queued = house.owner.post("/messages", body)
        monkeypatch.setattr("buyerline.app.posting.now", lambda: now() + timedelta(hours=2))
        again = house.owner.post("/messages", body)
        assert (queued.status_code, again.status_code) == (201, 200)
        assert again.json()["id"] == queued.json()["id"]


@pytest.mark.parametrize(("seconds", "told"), [(0, "1"), (0.2, "1"), (60, "60"), (60.2, "61"), (61, "61")])
def test_when_to_ask_again_is_told_in_whole_seconds_and_never_too_early(seconds: float, told: str) -> None:
    assert retry_after(seconds) == {"Retry-After": told}


class TestProblems:
    @pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/messages"])
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    def test_are_told_to_programs_wherever_they_ask(self, house: House, method: str, path: str) -> None:
        answer = httpx.request(method, house.office.url + path, json={}, trust_env=False)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
        assert answer.json()["status"] == 404

    def test_are_told_of_a_host_that_is_not_the_apps(self, house: House) -> None:
        for path, kind in ((f"{API}/me", PROBLEM), ("/orders", "text/plain; charset=utf-8")):
            answer = httpx.get(house.office.url + path, headers={"host": "evil.example"}, trust_env=False)
            assert (answer.status_code, answer.headers["content-type"]) == (421, kind)
            assert "BUYERLINE_URL" in answer.text

    def test_the_page_about_the_api_is_a_page(self, house: House) -> None:
        answer = house.office.visitor(None).get("/api/docs")
        assert answer.status_code == 303

    def test_speak_of_what_a_program_can_do(self, house: House) -> None:
        gone = house.owner.post("/approvals/none/approve", {"digest": "0" * 64})
        assert gone.status_code == 404
        assert "Open the order" not in gone.json()["detail"]
        queued = house.owner.post("/messages", letter(house.order())).json()["id"]
        house.owner.post(f"/messages/{queued}/cancel")
        again = house.owner.post(f"/messages/{queued}/cancel")
        assert again.status_code == 409
        assert "below" not in again.json()["detail"]

    def test_say_where_to_find_what_a_key_stands_for(self, house: House, approval: None, writer: Program) -> None:
        body = letter(house.order())
        waits = writer.post("/messages", body, **{"Idempotency-Key": "colour"}).json()["id"]
        taken = writer.post("/messages", {**body, "text": "Green or red?"}, **{"Idempotency-Key": "colour"})
        assert (taken.status_code, taken.json()["field"]) == (409, "idempotency_key")
        assert f"GET {API}/approvals/{waits}." in taken.json()["detail"]
        assert writer.get(f"/approvals/{waits}").status_code == 200


@pytest.fixture
def approval(house: House) -> Any:
    """Messages need a second person."""
    house.office.services.store.set_approval(house.office.owner, needed=True)
    yield
    house.office.services.store.set_approval(house.office.owner, needed=False)


@pytest.mark.usefixtures("approval")
class TestWhatWasTakenBack:
    def test_can_be_discarded_so_that_another_may_wait(self, house: House, writer: Program) -> None:
        order = house.order()
        waits = writer.post("/messages", letter(order)).json()["id"]
        assert writer.post(f"/approvals/{waits}/take-back").status_code == 204
        other = letter(order)
        refused = writer.post("/messages", other)
        assert refused.status_code == 409
        [draft] = writer.get("/drafts").json()["drafts"]
        assert f"DELETE {API}/drafts/{draft['id']}" in refused.json()["detail"]
        assert writer.delete(f"/drafts/{draft['id']}", version=draft["version"]).status_code == 204
        assert writer.get("/drafts").json()["drafts"] == []
        assert writer.post("/messages", other).status_code == 202

    def test_is_not_discarded_once_it_was_written_in(self, house: House, writer: Program) -> None:
        order = house.order()
        waits = writer.post("/messages", letter(order)).json()["id"]
        writer.post(f"/approvals/{waits}/take-back")
        services = house.office.services
        shop = services.accounts.of(house.office.owner, "shop")
        for words in ("Written by hand.", "Written by hand, and again."):
            [seen] = writer.get("/drafts").json()["drafts"]
            kept = {"type": seen["type"], "text": words}
            services.drafts.save(writer.viewer, shop, order, draft_id=seen["id"], version=seen["version"], **kept)
        refused = writer.delete(f"/drafts/{seen['id']}", version=seen["version"])
        assert refused.status_code == 409
        assert f"GET {API}/drafts" in refused.json()["detail"]
        assert writer.delete(f"/drafts/{waits}", version=seen["version"]).status_code == 404, "it is its person's now"
        assert [each["text"] for each in writer.get("/drafts").json()["drafts"]] == ["Written by hand, and again."]

    def test_is_its_writers_alone_to_discard(self, house: House, writer: Program) -> None:
        waits = writer.post("/messages", letter(house.order())).json()["id"]
        assert writer.delete(f"/drafts/{waits}", version=99).status_code == 409, "it waits"
        writer.post(f"/approvals/{waits}/take-back")
        [draft] = writer.get("/drafts").json()["drafts"]
        assert house.agent().delete(f"/drafts/{draft['id']}", version=99).status_code == 404
        assert len(writer.get("/drafts").json()["drafts"]) == 1
