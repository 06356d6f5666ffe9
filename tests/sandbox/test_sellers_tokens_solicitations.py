"""Solicitations, Sellers and Tokens: the small APIs."""

from typing import Any

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import US, Amazon, running

NAME = "productReviewAndSellerFeedback"
DAY = 24 * 3600


def actions(amazon: Amazon, order_id: str) -> list[str]:
    reply = amazon.get(f"/solicitations/v1/orders/{order_id}", marketplaceIds=US)
    assert reply.status == 200, reply.body
    assert reply.headers["content-type"] == "application/hal+json"
    assert reply.json["_links"]["self"]["href"] == f"/solicitations/v1/orders/{order_id}?marketplaceIds={US}"
    return [action["name"] for action in reply.json["_links"]["actions"]]


def ask(amazon: Amazon, order_id: str) -> Any:
    return amazon.post(f"/solicitations/v1/orders/{order_id}/solicitations/{NAME}", marketplaceIds=US)


def test_a_review_is_asked_for_once(amazon: Amazon) -> None:
    order_id = amazon.new_order(state="delivered")
    assert actions(amazon, order_id) == [NAME]
    assert (ask(amazon, order_id).status, ask(amazon, order_id).status) == (201, 403)
    assert ask(amazon, order_id).error["message"] == "You have already requested a review for this order."
    assert actions(amazon, order_id) == []


def test_a_review_is_asked_for_five_to_thirty_days_after_the_promised_delivery(unlimited: Amazon) -> None:
    order_id = unlimited.new_order(state="shipped")
    early = ask(unlimited, order_id)
    assert (early.status, early.error["code"]) == (403, "Unauthorized")
    assert early.error["message"].startswith("You can\N{RIGHT SINGLE QUOTATION MARK}t use this feature")
    unlimited.control("POST", "/clock", {"advance": 8 * DAY})
    assert actions(Amazon(unlimited.url), order_id) == [NAME]
    unlimited.control("POST", "/clock", {"advance": 35 * DAY})
    late = ask(Amazon(unlimited.url), order_id)
    assert "outside the 5-30 day range" in late.error["message"]


@pytest.mark.parametrize(
    "facts", [{"state": "unshipped"}, {"state": "cancelled"}, {"state": "delivered", "closed": True}]
)
def test_no_review_is_asked_for_where_nothing_arrives(amazon: Amazon, facts: dict[str, Any]) -> None:
    order_id = amazon.new_order(**facts)
    assert actions(amazon, order_id) == []
    expected = "The requested solicitation is not available for this amazonOrderId."
    assert ask(amazon, order_id).error["message"] == expected


def test_the_sellers_marketplaces_are_listed() -> None:
    with running(accounts=3) as amazon:
        listed = {}
        for token in ("Atzr|sandbox", "Atzr|sandbox-2", "Atzr|sandbox-3"):
            payload = Amazon(amazon.url, token).get("/sellers/v1/marketplaceParticipations").json["payload"]
            listed[token] = [participation["marketplace"]["countryCode"] for participation in payload]
        assert listed["Atzr|sandbox"] == ["US", "CA", "MX", "BR"]
        assert {"DE", "FR", "GB"} <= set(listed["Atzr|sandbox-2"])
        assert {"JP", "AU", "SG"} == set(listed["Atzr|sandbox-3"])


def test_the_sellers_account_is_told(amazon: Amazon) -> None:
    payload = amazon.new_account(name="Elm Street Supplies").get("/sellers/v1/account").json["payload"]
    assert payload["business"]["name"] == "Elm Street Supplies"


def restricted(amazon: Amazon, *paths: str) -> dict[str, str]:
    """Headers with a restricted data token for GETs of these paths."""
    body = {"restrictedResources": [{"method": "GET", "path": path, "dataElements": ["buyerInfo"]} for path in paths]}
    reply = amazon.post("/tokens/2021-03-01/restrictedDataToken", body)
    assert (reply.status, reply.json["expiresIn"]) == (200, 3600)
    return {"x-amz-access-token": reply.json["restrictedDataToken"]}


def test_a_restricted_data_token_opens_its_resources_alone(amazon: Amazon) -> None:
    path = f"/orders/v0/orders/{GUIDE_ORDER}"
    headers = restricted(amazon, path)
    assert amazon.send("GET", path, None, headers).status == 200
    assert amazon.send("GET", f"{path}/orderItems", None, headers).status == 403


def test_a_restricted_data_token_may_cover_every_order(amazon: Amazon) -> None:
    headers = restricted(amazon, "/orders/v0/orders/{orderId}")
    assert amazon.send("GET", f"/orders/v0/orders/{GUIDE_ORDER}", None, headers).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"restrictedResources": []},
        {"restrictedResources": "x"},
        {"restrictedResources": [{"method": "FETCH", "path": "/x"}]},
        {"restrictedResources": [{"method": [], "path": "/x"}]},
        {"restrictedResources": [{"method": "GET"}]},
        {"restrictedResources": [{"method": "GET", "path": "/x", "dataElements": "x"}]},
        {"restrictedResources": [{"method": "GET", "path": "/x"}], "targetApplication": 5},
        [],
    ],
)
def test_a_wrong_restricted_token_request_is_an_invalid_request(amazon: Amazon, body: Any) -> None:
    reply = amazon.post("/tokens/2021-03-01/restrictedDataToken", body)
    assert (reply.status, reply.error["code"]) == (400, "InvalidRequest")
    assert reply.error["message"] == "Request is missing or has invalid parameters"
