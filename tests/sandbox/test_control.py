"""The control plane: making accounts and orders, moving the clock, reading what happened."""

import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from buyerline.sandbox import DEFAULT_CLIENT_ID, GUIDE_ORDER
from tests.sandbox.client import US, Amazon


def refused(amazon: Amazon, method: str, path: str, content: Any) -> str:
    """The reason that the control plane gives for refusing something."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    reply = amazon.send(method, f"/_sandbox{path}", body, {"Content-Type": "application/json"})
    assert reply.status == 400, reply.body
    return json.dumps([reply.json["detail"], reply.json.get("extra", "")])


def test_health_answers(amazon: Amazon) -> None:
    assert amazon.control("GET", "/health")["status"] == "ok"


def test_a_new_account_comes_with_all_that_is_needed_to_use_it(amazon: Amazon) -> None:
    made = amazon.control("POST", "/accounts", {})
    assert made["account"] == "sandbox-2"
    assert (made["region"], made["marketplaces"]) == ("na", ["US", "CA", "MX", "BR"])
    assert (made["client_id"], made["client_secret"]) == (DEFAULT_CLIENT_ID, "sandbox")
    assert Amazon(amazon.url, made["refresh_token"]).log_in().status == 200


def test_a_new_account_may_have_its_own_marketplaces_name_application_and_orders(amazon: Amazon) -> None:
    wanted = {"marketplaces": ["de", "A13V1IB3VIYZZH"], "name": "Laden", "client_id": "app", "client_secret": "x"}
    made = amazon.control("POST", "/accounts", wanted | {"orders": 30, "refresh_token": "Atzr|laden", "id": "laden"})
    assert (made["region"], made["marketplaces"], made["name"]) == ("eu", ["DE", "FR"], "Laden")
    seller = Amazon(amazon.url)
    token = seller.log_in(refresh_token="Atzr|laden", client_id="app", client_secret="x").json["access_token"]
    path = "/orders/2026-01-01/orders?createdAfter=2020-01-01T00:00:00Z"
    orders = amazon.send("GET", path, None, {"x-amz-access-token": token}).json["orders"]
    assert len(orders) >= 25
    assert {order["salesChannel"]["marketplaceId"] for order in orders} == {"A1PA6795UKMFR9", "A13V1IB3VIYZZH"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"marketplaces": ["US", "DE"]}, "one region"),
        ({"region": "eu", "marketplaces": ["US"]}, "one region"),
        ({"marketplaces": ["XX"]}, "unknown marketplace"),
        ({"region": "moon"}, "region must be one of na, eu, fe"),
        ({"roles": ["Baker"]}, "unknown roles"),
        ({"client_secret": "changed"}, "default application"),
        ({"client_id": DEFAULT_CLIENT_ID, "secret_expired": True}, "default application"),
        ({"orders": -1}, "orders"),
        ({"unknown": 1}, "unknown"),
        (b"{", ""),
        ([], ""),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(amazon: Amazon, content: Any, reason: str) -> None:
    assert reason in refused(amazon, "POST", "/accounts", content)


@pytest.mark.parametrize("path", ["/accounts", "/orders"])
def test_no_body_means_all_defaults(amazon: Amazon, path: str) -> None:
    reply = amazon.send("POST", f"/_sandbox{path}")
    assert (reply.status, reply.json["account"]) == (201, "sandbox-2" if path == "/accounts" else "sandbox")


def test_an_expired_secret_makes_an_application_of_its_own(amazon: Amazon) -> None:
    made = amazon.control("POST", "/accounts", {"secret_expired": True})
    assert made["client_id"] != DEFAULT_CLIENT_ID
    seller = Amazon(amazon.url, made["refresh_token"])
    reply = seller.log_in(client_id=made["client_id"], client_secret=made["client_secret"])
    assert (reply.status, reply.json["error"]) == (401, "invalid_client")
    assert amazon.log_in().status == 200


def test_an_order_is_made_as_wanted(amazon: Amazon) -> None:
    wanted = {
        "order_id": "123-7654321-7654321",
        "marketplace": "MX",
        "state": "delivered",
        "locale": "es-MX",
        "fulfilled_by": "AMAZON",
        "items": [{"title": "Una cosa", "sku": "COSA", "asin": "B000000001", "quantity": 3, "price": "19.99"}],
    }
    made = amazon.control("POST", "/orders", wanted)
    assert (made["order_id"], made["marketplace_id"]) == ("123-7654321-7654321", "A1AM78C64UM0Y8")
    order = amazon.get("/orders/2026-01-01/orders/123-7654321-7654321", includedData="FULFILLMENT,PROCEEDS").json[
        "order"
    ]
    (item,) = order["orderItems"]
    assert (item["product"]["title"], item["product"]["sellerSku"], item["quantityOrdered"]) == ("Una cosa", "COSA", 3)
    assert order["proceeds"]["grandTotal"] == {"amount": "59.97", "currencyCode": "MXN"}
    assert order["fulfillment"]["fulfilledBy"] == "AMAZON"


def test_an_order_with_the_same_id_is_replaced(amazon: Amazon) -> None:
    order_id = amazon.new_order(state="unshipped")
    assert amazon.new_order(order_id=order_id, state="shipped") == order_id
    assert "confirmOrderDetails" not in amazon.offered(order_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"account": "nobody"}, "no such account"),
        ({"marketplace": "DE"}, "sells in"),
        ({"marketplace": "XX"}, "unknown marketplace"),
        ({"order_id": "1"}, "NNN-NNNNNNN-NNNNNNN"),
        ({"state": "lost"}, "state must be one of pending_availability, pending, unshipped"),
        ({"fulfilled_by": "POST"}, "fulfilled_by must be one of MERCHANT, AMAZON"),
        ({"types": ["shout"]}, "unknown message type"),
        ({"disabled": {"shout": "no"}}, "unknown message type"),
        ({"purchased_at": "2999-01-01T00:00:00Z"}, "future"),
        ({"purchased_at": "2026-01-01T00:00:00"}, "time zone"),
        ({"items": []}, "items"),
        ({"items": [{"price": "cheap"}]}, "price"),
        ({"items": [{"quantity": 0}]}, "quantity"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(amazon: Amazon, content: Any, reason: str) -> None:
    assert reason in refused(amazon, "POST", "/orders", content)


@pytest.mark.parametrize("advance", ["soon", None, 1e300, -1e300])
def test_a_move_of_the_clock_that_makes_no_sense_is_refused(amazon: Amazon, advance: Any) -> None:
    assert refused(amazon, "POST", "/clock", {"advance": advance})


def test_the_clock_moves_amazons_time(amazon: Amazon) -> None:
    before = datetime.fromisoformat(amazon.control("GET", "/health")["time"])
    after = datetime.fromisoformat(amazon.control("POST", "/clock", {"advance": 86400})["time"])
    assert (after - before).total_seconds() >= 86400


def test_the_clock_goes_no_further_than_ten_years(amazon: Amazon) -> None:
    nine_years = {"advance": -9 * 366 * 86400}
    amazon.control("POST", "/clock", nine_years)
    assert "ten years" in refused(amazon, "POST", "/clock", nine_years)


def test_a_clock_that_was_moved_is_set_back_by_its_offset(amazon: Amazon) -> None:
    before = datetime.fromisoformat(amazon.control("GET", "/health")["time"])
    moved = amazon.control("POST", "/clock", {"advance": 3600})
    assert (moved["offset"], amazon.control("GET", "/health")["offset"]) == (3600, 3600)
    assert date_of(amazon) - before >= timedelta(hours=1)
    assert amazon.control("POST", "/clock", {"advance": -moved["offset"]})["offset"] == 0
    assert before <= date_of(amazon) < before + timedelta(hours=1)


def date_of(amazon: Amazon) -> datetime:
    """Amazon's time by the ``Date`` of an answer."""
    return parsedate_to_datetime(amazon.send("GET", "/").headers["date"])


def test_a_clock_set_back_leaves_the_world_usable(amazon: Amazon) -> None:
    """Tokens, files, orders and full buckets of the later time are no obstacle, and nothing of the world is lost."""
    amazon.control("POST", "/clock", {"advance": 86400})
    later = amazon.new_order()
    upload = amazon.upload("legalDisclosure", b"terms")
    assert amazon.message("confirmOrderDetails", {"text": "Which size?"}, later).status == 201
    amazon.control("POST", "/clock", {"advance": -2 * 86400})
    attachments = [{"uploadDestinationId": upload, "fileName": "terms.txt"}]
    assert amazon.message("legalDisclosure", {"attachments": attachments}).status == 201
    assert amazon.offered(later)
    fresh = Amazon(amazon.url)
    assert fresh.message("confirmOrderDetails", {"text": "Which colour?"}, later).status == 201
    path = "/orders/2026-01-01/orders?createdAfter=2020-01-01T00:00:00Z"
    assert later not in {order["orderId"] for order in fresh.get(path).json["orders"]}
    assert [message["order_id"] for message in amazon.ledger()] == [later, GUIDE_ORDER, later]
    assert amazon.send("GET", "/inbox").status == 200


def test_buckets_fill_again_from_the_time_that_the_clock_was_set_back_to(amazon: Amazon) -> None:
    amazon.control("PUT", "/usage-plans", {"getMessagingActionsForOrder": {"rate": 0.001, "burst": 1}})
    assert [amazon.actions().status for _ in range(2)] == [200, 429]
    amazon.control("POST", "/clock", {"advance": -3000})
    assert amazon.actions().status == 429
    amazon.control("POST", "/clock", {"advance": 1500})
    assert amazon.actions().status == 200


def test_usage_plans_change_for_one_operation_or_all(amazon: Amazon) -> None:
    plans = {"getMessagingActionsForOrder": {"rate": 0.5, "burst": 1}, "*": {"rate": 1000000, "burst": 1000000}}
    amazon.control("PUT", "/usage-plans", plans)
    replies = [amazon.actions() for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 429]
    assert replies[0].headers["x-amzn-ratelimit-limit"] == "0.5"
    path = f"/messaging/v1/orders/{GUIDE_ORDER}/attributes"
    assert {amazon.get(path, marketplaceIds=US).status for _ in range(20)} == {200}


def test_a_rate_of_nothing_lets_the_burst_through_and_no_more(amazon: Amazon) -> None:
    amazon.control("PUT", "/usage-plans", {"getMessagingActionsForOrder": {"rate": 0, "burst": 2}})
    assert [amazon.actions().status for _ in range(3)] == [200, 200, 429]
    amazon.control("POST", "/clock", {"advance": 3000})
    assert amazon.actions().status == 429


@pytest.mark.parametrize(
    "content",
    [
        {"nothing": {"rate": 1, "burst": 1}},
        {"*": {"rate": -1, "burst": 1}},
        {"*": {"rate": 1, "burst": -1}},
        {"*": 5},
    ],
)
def test_a_usage_plan_that_makes_no_sense_is_refused(amazon: Amazon, content: Any) -> None:
    assert refused(amazon, "PUT", "/usage-plans", content)


def test_a_reset_makes_the_world_as_at_the_start(amazon: Amazon) -> None:
    amazon.message("confirmOrderDetails", {"text": "Which size?"})
    amazon.new_account(id="other")
    made = amazon.new_order()
    amazon.control("POST", "/faults", [{"operation": "lwa", "kind": "status"}])
    amazon.control("POST", "/clock", {"advance": 86400})
    amazon.control("POST", "/reset")
    assert (amazon.ledger(), amazon.control("GET", "/requests")) == ([], {"counts": {}, "requests": []})
    assert [account["id"] for account in amazon.control("GET", "/accounts")["accounts"]] == ["sandbox"]
    fresh = Amazon(amazon.url)
    assert fresh.actions(made).status == 404
    assert fresh.actions().status == 200


def test_the_request_log_counts_and_lists(amazon: Amazon) -> None:
    amazon.actions()
    amazon.actions("x")
    amazon.get("/nowhere")
    log = amazon.control("GET", "/requests")
    assert log["counts"] == {
        "lwa": {"200": 1},
        "getMessagingActionsForOrder": {"200": 1, "400": 1},
        "unknown": {"403": 1},
    }
    listed = [(r["operation"], r["status"], r["account"], r["order_id"]) for r in log["requests"]]
    assert listed == [
        ("lwa", 200, None, None),
        ("getMessagingActionsForOrder", 200, "sandbox", GUIDE_ORDER),
        ("getMessagingActionsForOrder", 400, "sandbox", "x"),
        ("unknown", 403, None, None),
    ]


def test_each_message_becomes_an_email_in_the_inbox(amazon: Amazon) -> None:
    amazon.message("confirmOrderDetails", {"text": "Which size would you like?"})
    reply = amazon.send("GET", "/inbox")
    assert reply.status == 200
    assert b"Which size would you like?" in reply.body
