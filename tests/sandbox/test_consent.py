"""The website authorisation flow: consent page, code, refresh token."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sandbox.client import Amazon, Reply, running

PATH = "/apps/authorize/consent"
WISH = {
    "application_id": "amzn1.sp.solution.sandbox",
    "state": "a state & <more>",
    "redirect_uri": "http://localhost:8700/callback?kept=1",
}


def show(amazon: Amazon, **wish: str) -> Reply:
    return amazon.send("GET", f"{PATH}?{urlencode(WISH | {'version': 'beta'} | wish)}")


def agree(amazon: Amazon, **fields: str) -> Reply:
    body = urlencode(WISH | {"account": "sandbox"} | fields).encode()
    return amazon.send("POST", PATH, body, {"Content-Type": "application/x-www-form-urlencoded"})


def code_of(amazon: Amazon, **fields: str) -> str:
    return parse_qs(urlsplit(agree(amazon, **fields).headers["location"]).query)["spapi_oauth_code"][0]


def exchange(amazon: Amazon, code: str, **fields: str) -> Reply:
    return amazon.log_in(grant_type="authorization_code", refresh_token="", code=code, **fields)


def test_the_page_lets_a_person_choose_an_account(amazon: Amazon) -> None:
    reply = show(amazon)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'<option value="sandbox">' in reply.body
    assert b"a state &amp; &lt;more&gt;" in reply.body
    assert "form-action 'self' http://localhost:8700" in reply.headers["content-security-policy"]


def test_confirming_sends_the_browser_back_with_a_code(amazon: Amazon) -> None:
    reply = agree(amazon)
    assert reply.status == 302
    url = urlsplit(reply.headers["location"])
    assert (url.scheme, url.netloc, url.path) == ("http", "localhost:8700", "/callback")
    query = parse_qs(url.query)
    assert (query["kept"], query["state"]) == (["1"], [WISH["state"]])
    assert query["selling_partner_id"]
    assert query["spapi_oauth_code"]


def test_a_code_gives_a_refresh_token_that_works(amazon: Amazon) -> None:
    reply = exchange(amazon, code_of(amazon), redirect_uri=WISH["redirect_uri"])
    assert reply.status == 200
    assert reply.json["access_token"].startswith("Atza|")
    assert amazon.log_in(refresh_token=reply.json["refresh_token"]).status == 200


def test_a_new_application_gets_a_refresh_token_of_its_own(amazon: Amazon) -> None:
    amazon.control("POST", "/accounts", {"id": "shop"})
    made = amazon.control("POST", "/accounts", {"client_id": "app", "client_secret": "s"})
    reply = exchange(amazon, code_of(amazon, account="shop"))
    assert reply.json["refresh_token"] == "Atzr|shop"
    foreign = exchange(amazon, code_of(amazon), client_id=made["client_id"], client_secret="s")
    assert foreign.json["error"] == "invalid_grant"


def test_a_code_is_good_once_and_for_five_minutes(amazon: Amazon) -> None:
    code = code_of(amazon)
    assert exchange(amazon, code).status == 200
    again = exchange(amazon, code)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    late = code_of(amazon)
    amazon.control("POST", "/clock", {"advance": 301})
    assert exchange(amazon, late).json["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_redirect_uri(amazon: Amazon) -> None:
    reply = exchange(amazon, code_of(amazon), redirect_uri="http://localhost:1/elsewhere")
    assert reply.json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "wish",
    [
        {"application_id": "nothing"},
        {"state": ""},
        {"redirect_uri": ""},
        {"redirect_uri": "https://shop.example/callback"},
        {"redirect_uri": "javascript:alert(1)//localhost"},
        {"redirect_uri": "http://localhost@shop.example/"},
        {"redirect_uri": "http://localhost:8700@shop.example/"},
        {"redirect_uri": "//localhost/"},
        {"redirect_uri": "http://[::1"},
        {"redirect_uri": "http://localhost/\r\nX: y"},
        {"redirect_uri": "http://localhost\\@shop.example/"},
    ],
)
def test_nothing_is_sent_anywhere_else(amazon: Amazon, wish: dict[str, Any]) -> None:
    for reply in (show(amazon, **wish), agree(amazon, **wish)):
        assert reply.status == 400
        assert "location" not in reply.headers
        assert reply.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:1/x", "https://localhost/", "http://[::1]:8700/callback"])
def test_loopback_addresses_are_allowed(amazon: Amazon, uri: str) -> None:
    assert agree(amazon, redirect_uri=uri).headers["location"].startswith(uri)


def test_a_configured_address_is_allowed_and_the_default() -> None:
    with running(redirect_uris=("https://shop.example/callback",)) as amazon:
        assert agree(amazon, redirect_uri="").headers["location"].startswith("https://shop.example/callback?")
        assert show(amazon, redirect_uri="https://shop.example/other").status == 400


def test_an_unknown_account_is_refused(amazon: Amazon) -> None:
    assert agree(amazon, account="nobody").status == 400
