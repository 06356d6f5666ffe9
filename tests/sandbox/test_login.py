"""Login with Amazon: what the token endpoint gives, and to whom."""

import base64
import json

import pytest

from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN
from tests.sandbox.client import Amazon, Reply

FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "grant_type": "refresh_token",
    "refresh_token": DEFAULT_REFRESH_TOKEN,
    "client_id": DEFAULT_CLIENT_ID,
    "client_secret": DEFAULT_CLIENT_SECRET,
}


def ask(amazon: Amazon, body: bytes, content_type: str) -> Reply:
    return amazon.send("POST", "/auth/o2/token", body, {"Content-Type": content_type})


def test_a_refresh_token_gives_an_access_token_for_an_hour(amazon: Amazon) -> None:
    reply = amazon.log_in()
    assert reply.status == 200
    answer = reply.json
    assert answer["access_token"].startswith("Atza|")
    assert len(answer["access_token"]) <= 2048
    assert answer | {"access_token": ""} == {
        "access_token": "",
        "refresh_token": DEFAULT_REFRESH_TOKEN,
        "token_type": "bearer",
        "expires_in": 3600,
    }
    assert "no-store" in reply.headers["cache-control"]
    assert reply.headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("&".join(f"{name}={value}" for name, value in FIELDS.items()), FORM),
        ("&".join(f"{name}={value}" for name, value in FIELDS.items()).replace("|", "%7C"), f"{FORM};charset=UTF-8"),
        (json.dumps(FIELDS), "application/json"),
        (json.dumps(FIELDS | {"extra": "field", "number": 1}), "application/json; charset=utf-8"),
        ("&".join(f"{name}={value}" for name, value in FIELDS.items()) + "&marketplace=US", FORM),
    ],
    ids=["raw form", "encoded form with charset", "JSON", "JSON with more fields", "form with more fields"],
)
def test_every_wire_form_of_the_field_is_understood(amazon: Amazon, body: str, content_type: str) -> None:
    assert ask(amazon, body.encode(), content_type).status == 200


def test_client_credentials_may_come_in_an_authorization_header(amazon: Amazon) -> None:
    credentials = base64.b64encode(f"{DEFAULT_CLIENT_ID}:{DEFAULT_CLIENT_SECRET}".encode()).decode()
    body = f"grant_type=refresh_token&refresh_token={DEFAULT_REFRESH_TOKEN}".encode()
    headers = {"Content-Type": FORM, "Authorization": f"Basic {credentials}"}
    assert amazon.send("POST", "/auth/o2/token", body, headers).status == 200


@pytest.mark.parametrize(
    ("fields", "status", "error", "description"),
    [
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant", "invalid grant parameter : refresh_token"),
        ({"client_secret": "wrong"}, 401, "invalid_client", "Client authentication failed"),
        ({"client_id": "amzn1.sp.solution.sandbox"}, 401, "invalid_client", "Client authentication failed"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "not supported"),
        ({"grant_type": ""}, 400, "invalid_request", "required parameter : grant_type"),
        ({"refresh_token": ""}, 400, "invalid_request", "required parameter : refresh_token"),
        ({"client_id": ""}, 400, "invalid_request", "required parameter : client_id"),
        ({"grant_type": "authorization_code", "code": "stale"}, 400, "invalid_grant", "parameter : code"),
        ({"grant_type": "client_credentials", "scope": "everything"}, 400, "invalid_scope", "invalid scope"),
        ({"grant_type": "client_credentials"}, 400, "invalid_request", "required parameter : scope"),
    ],
)
def test_a_wrong_request_gets_the_error_of_its_kind(
    amazon: Amazon, fields: dict[str, str], status: int, error: str, description: str
) -> None:
    reply = amazon.log_in(**fields)
    assert (reply.status, reply.json["error"]) == (status, error)
    assert description in reply.json["error_description"]


def test_a_revoked_refresh_token_says_that_it_may_have_been_revoked(amazon: Amazon) -> None:
    reply = amazon.new_account(revoked=True).log_in()
    assert (reply.status, reply.json["error"]) == (400, "invalid_grant")
    assert "revoked" in reply.json["error_description"]


def test_a_refresh_token_works_for_its_own_application_only(amazon: Amazon) -> None:
    amazon.control("POST", "/accounts", {"client_id": "another", "client_secret": "s", "refresh_token": "Atzr|other"})
    reply = amazon.log_in(refresh_token="Atzr|other")
    assert (reply.status, reply.json["error"]) == (400, "unauthorized_client")
    assert reply.json["error_description"] == "Not authorized for requested operation"
    assert amazon.log_in(refresh_token="Atzr|other", client_id="another", client_secret="s").status == 200


def test_an_expired_secret_is_no_secret(amazon: Amazon) -> None:
    made = amazon.control("POST", "/accounts", {"client_id": "old", "client_secret": "s", "secret_expired": True})
    reply = amazon.log_in(refresh_token=made["refresh_token"], client_id="old", client_secret="s")
    assert (reply.status, reply.json["error"]) == (401, "invalid_client")


def test_a_grantless_token_has_a_scope_and_opens_no_sellers_data(amazon: Amazon) -> None:
    reply = amazon.log_in(grant_type="client_credentials", scope="sellingpartnerapi::notifications")
    assert reply.status == 200
    assert "refresh_token" not in reply.json
    assert reply.json["scope"] == "sellingpartnerapi::notifications"
    denied = amazon.send("GET", "/sellers/v1/account", None, {"x-amz-access-token": reply.json["access_token"]})
    assert denied.status == 403


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"\xff\xfe{", "application/json"), (b"[]", "application/json"), (b"[" * 100_000, "application/json"), (b"", "")],
)
def test_an_unreadable_request_is_an_invalid_request(amazon: Amazon, body: bytes, content_type: str) -> None:
    reply = ask(amazon, body, content_type)
    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


def test_only_post_is_answered_with_a_token(amazon: Amazon) -> None:
    assert amazon.send("GET", "/auth/o2/token").status == 405


def test_no_token_or_secret_is_in_the_request_log(amazon: Amazon) -> None:
    amazon.log_in(refresh_token="Atzr|a-secret-to-look-for")
    amazon.send("GET", "/sellers/v1/account", None, {"x-amz-access-token": "Atza|a-secret-to-look-for"})
    assert "a-secret-to-look-for" not in json.dumps(amazon.control("GET", "/requests"))
