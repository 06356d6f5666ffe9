"""The gateway: every row of the error catalogue, in its family's form, with its headers."""

import json
import re
import socket
from email.utils import parsedate_to_datetime

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import DE, US, Amazon, Reply

ORDER = f"/messaging/v1/orders/{GUIDE_ORDER}"
SEND = f"{ORDER}/messages/confirmOrderDetails"
DENIED = "Access to requested resource is denied."


def keys(reply: Reply) -> list[str]:
    """The members of the error in the order they stand."""
    return list(reply.error)


def test_every_answer_has_a_request_id_and_amazons_time(amazon: Amazon) -> None:
    replies = [amazon.actions(), amazon.get("/nowhere"), amazon.log_in(refresh_token="no")]
    ids = {reply.headers["x-amzn-requestid"] for reply in replies}
    assert len(ids) == len(replies)
    assert all(reply.headers["x-amz-apigw-id"] and parsedate_to_datetime(reply.headers["date"]) for reply in replies)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("GET", "/"), ("DELETE", ORDER), ("GET", SEND), ("POST", f"{ORDER}/messages/updateFeedback")],
)
def test_an_unknown_path_or_method_is_taken_for_a_wrong_address(amazon: Amazon, method: str, path: str) -> None:
    reply = amazon.send(method, path, None, amazon.headers())
    assert reply.status == 403
    assert reply.error == {"message": DENIED, "code": "MissingAuthenticationToken"}
    assert keys(reply) == ["message", "code"]
    assert reply.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(
    ("headers", "details"),
    [
        ({}, "Access token is missing in the request header."),
        ({"x-amz-access-token": "x"}, "The access token you provided is revoked, malformed or invalid."),
        (
            {"X-Amz-Access-Token": "Atza|never issued"},
            "The access token you provided is revoked, malformed or invalid.",
        ),
    ],
)
def test_a_missing_or_wrong_access_token_is_403_with_details(
    amazon: Amazon, headers: dict[str, str], details: str
) -> None:
    reply = amazon.send("GET", f"{ORDER}?marketplaceIds={US}", None, headers)
    assert reply.status == 403
    assert reply.error == {"message": DENIED, "code": "Unauthorized", "details": details}
    assert keys(reply) == ["message", "code", "details"]
    assert "x-amzn-ratelimit-limit" not in reply.headers


def test_an_access_token_expires_after_an_hour_of_amazons_time(amazon: Amazon) -> None:
    assert amazon.actions().status == 200
    amazon.control("POST", "/clock", {"advance": 3601})
    reply = amazon.actions()
    assert reply.status == 403
    assert reply.error["details"] == "The access token you provided has expired."


def test_an_access_token_dies_with_its_authorisation(amazon: Amazon) -> None:
    seller = amazon.new_account(id="leaver")
    assert seller.get("/sellers/v1/account").status == 200
    amazon.control("POST", "/accounts", {"id": "leaver", "revoked": True})
    assert "revoked" in seller.get("/sellers/v1/account").error["details"]


@pytest.mark.parametrize(
    ("roles", "path"),
    [
        (["Product Listing"], f"{ORDER}?marketplaceIds={US}"),
        (["Buyer Communication"], f"/solicitations/v1/orders/{GUIDE_ORDER}?marketplaceIds={US}"),
        ([], "/orders/2026-01-01/orders?createdAfter=2020-01-01T00:00:00Z"),
        ([], f"/orders/2026-01-01/orders/{GUIDE_ORDER}"),
        ([], f"/orders/v0/orders?CreatedAfter=2020-01-01T00:00:00Z&MarketplaceIds={US}"),
        ([], f"/orders/v0/orders/{GUIDE_ORDER}"),
        ([], f"/orders/v0/orders/{GUIDE_ORDER}/orderItems"),
    ],
)
def test_a_missing_role_is_403_on_every_order(amazon: Amazon, roles: list[str], path: str) -> None:
    reply = amazon.new_account(roles=roles).get(path)
    assert (reply.status, reply.error) == (403, {"code": "Unauthorized", "message": DENIED, "details": ""})
    assert "x-amzn-ratelimit-limit" not in reply.headers


def test_a_marketplace_of_another_region_is_denied(amazon: Amazon) -> None:
    reply = amazon.actions(marketplace=DE)
    assert (reply.status, reply.error["message"]) == (403, DENIED)


@pytest.mark.parametrize("query", ["", "?marketplaceIds=", "?MarketplaceId=ATVPDKIKX0DER"])
def test_a_missing_marketplace_is_a_gateway_error(amazon: Amazon, query: str) -> None:
    reply = amazon.send("GET", ORDER + query, None, amazon.headers())
    assert reply.status == 400
    assert reply.error == {
        "message": "Missing or invalid request parameters: [marketplaceIds]",
        "code": "InvalidInput",
    }
    assert keys(reply) == ["message", "code"]
    assert reply.headers["x-amzn-errortype"] == "BadRequestException"


@pytest.mark.parametrize(
    "query",
    [f"marketplaceIds={US}&marketplaceIds={US}", f"marketplaceIds={US},{DE}", "marketplaceIds=US", "marketplaceIds=x"],
)
def test_a_repeated_or_wrongly_built_marketplace_is_a_service_error(amazon: Amazon, query: str) -> None:
    reply = amazon.send("GET", f"{ORDER}?{query}", None, amazon.headers())
    assert reply.status == 400
    assert reply.error == {
        "code": "InvalidInput",
        "message": "marketplaceIds: Missing or invalid request parameter: marketplaceId",
        "details": "",
    }
    assert keys(reply) == ["code", "message", "details"]


def test_a_marketplace_in_the_body_is_missing_from_the_query(amazon: Amazon) -> None:
    reply = amazon.post(SEND, {"text": "Which size?", "marketplaceIds": [US]})
    assert reply.error["message"] == "Missing or invalid request parameters: [marketplaceIds]"


def test_a_form_with_a_query_is_refused_with_its_target(amazon: Amazon) -> None:
    target = f"{SEND}?marketplaceIds={US}"
    headers = amazon.headers(**{"Content-Type": "application/x-www-form-urlencoded"})
    reply = amazon.send("POST", target, b"text=hello", headers)
    assert reply.status == 400
    assert reply.error["message"] == (
        "When Content-Type:application/x-www-form-urlencoded, URL cannot include query-string parameters "
        f"(after '?'): '{target}'"
    )


def test_a_form_without_a_query_misses_the_marketplace(amazon: Amazon) -> None:
    headers = amazon.headers(**{"Content-Type": "application/x-www-form-urlencoded"})
    reply = amazon.send("POST", SEND, f"marketplaceIds={US}&text=hello".encode(), headers)
    assert reply.error["message"] == "Missing or invalid request parameters: [marketplaceIds]"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_another_format_than_json_is_415(amazon: Amazon, content_type: str) -> None:
    headers = amazon.headers(**{"Content-Type": content_type})
    reply = amazon.send("POST", f"{SEND}?marketplaceIds={US}", b'{"text": "hello"}', headers)
    assert reply.status == 415
    assert keys(reply) == ["code", "message", "details"]


def test_a_body_over_ten_megabytes_is_413(amazon: Amazon) -> None:
    headers = amazon.headers(**{"Content-Type": "application/json"})
    reply = amazon.send("POST", f"{SEND}?marketplaceIds={US}", b" " * (10 * 1024 * 1024 + 1), headers)
    assert reply.status == 413


def test_json_types_and_any_accept_are_taken(amazon: Amazon) -> None:
    for content_type in ("application/json", "application/json; charset=utf-8", "application/hal+json"):
        headers = amazon.headers(**{"Content-Type": content_type, "Accept": "*/*"})
        reply = amazon.send("POST", f"{SEND}?marketplaceIds={US}", b'{"text": "Which size?"}', headers)
        assert (reply.status, reply.json) == (201, {})


def test_the_sixth_request_at_once_exceeds_the_quota(amazon: Amazon) -> None:
    replies = [amazon.actions() for _ in range(7)]
    assert [reply.status for reply in replies][:5] == [200] * 5
    last = replies[-1]
    assert last.status == 429
    assert last.error == {
        "code": "QuotaExceeded",
        "message": "You exceeded your quota for the requested resource.",
        "details": "",
    }
    assert "x-amzn-ratelimit-limit" not in last.headers


def test_the_bucket_fills_again_as_amazons_time_passes(amazon: Amazon) -> None:
    while amazon.actions().status == 200:
        pass
    amazon.control("POST", "/clock", {"advance": 2})
    assert [amazon.actions().status for _ in range(2)] == [200, 200]


def test_each_account_and_each_operation_has_its_own_bucket(amazon: Amazon) -> None:
    while amazon.actions().status == 200:
        pass
    assert amazon.get(f"{ORDER}/attributes", marketplaceIds=US).status == 200
    assert amazon.new_account().actions().status == 404


@pytest.mark.parametrize(
    ("path", "rate"),
    [
        (f"{ORDER}?marketplaceIds={US}", "1.0"),
        (f"{ORDER}", "1.0"),
        (f"/messaging/v1/orders/111-1111111-1111111?marketplaceIds={US}", "1.0"),
        ("/sellers/v1/account", "0.016"),
        ("/orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z", "0.0056"),
        (f"/orders/v0/orders/{GUIDE_ORDER}", "0.5"),
    ],
)
def test_the_rate_goes_with_20x_400_and_404(amazon: Amazon, path: str, rate: str) -> None:
    reply = amazon.send("GET", path, None, amazon.headers())
    assert reply.status in (200, 400, 404)
    assert reply.headers["x-amzn-ratelimit-limit"] == rate


def test_a_user_agent_over_500_characters_is_rejected(amazon: Amazon) -> None:
    reply = amazon.send("GET", f"{ORDER}?marketplaceIds={US}", None, amazon.headers(**{"User-Agent": "x" * 501}))
    assert (reply.status, reply.error["code"]) == (400, "InvalidInput")


def test_an_odd_user_agent_is_taken_and_noted(amazon: Amazon) -> None:
    assert amazon.send("GET", "/sellers/v1/account", None, {"x-amz-access-token": amazon.token}).status == 200
    (request,) = [r for r in amazon.control("GET", "/requests")["requests"] if r["operation"] == "getAccount"]
    assert "User-Agent" in request["notes"][0]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /sellers/v1/account HTTP/1.1\r\n",
        b"GET /sellers/v1/account HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        b"GET /sellers/v1/account HTTP/1.1\r\nHost: a b\r\n",
        b"GET /sellers/v1/account?a={b} HTTP/1.1\r\nHost: a\r\n",
    ],
    ids=["no host", "two hosts", "no host's name", "characters that a target cannot have"],
)
def test_a_request_that_breaks_rfc_7230_gets_a_web_page(amazon: Amazon, head: bytes) -> None:
    with socket.create_connection((amazon.host, amazon.port), timeout=10) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert re.search(rb"content-type: text/html", answer, re.IGNORECASE)
    assert answer.rstrip().endswith(b"</html>")


def test_messaging_speaks_hal_and_the_others_json(amazon: Amazon) -> None:
    assert amazon.actions().headers["content-type"] == "application/hal+json"
    assert amazon.actions("x").headers["content-type"] == "application/hal+json"
    assert amazon.get("/sellers/v1/account").headers["content-type"] == "application/json"


def test_the_date_follows_amazons_clock(amazon: Amazon) -> None:
    before = parsedate_to_datetime(amazon.get("/sellers/v1/account").headers["date"])
    amazon.control("POST", "/clock", {"advance": 7200})
    after = parsedate_to_datetime(amazon.get("/sellers/v1/account").headers["date"])
    assert (after - before).total_seconds() >= 7200


def test_the_spellings_that_clients_add_are_ignored_and_noted(amazon: Amazon) -> None:
    path = f"{ORDER}?MarketplaceId={US}&MarketplaceIds={US}&marketplace_ids={US}&marketplaceIds={US}"
    assert amazon.send("GET", path, None, amazon.headers()).status == 200
    notes = json.dumps(amazon.control("GET", "/requests")["requests"][-1]["notes"])
    assert "MarketplaceId, MarketplaceIds, marketplace_ids" in notes
