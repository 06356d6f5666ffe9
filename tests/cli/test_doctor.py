"""`buyerline doctor`: each thing that can be wrong, its sentence and its exit status."""

from typing import Any

import pytest

from tests.cli.proxy import sign_in_page
from tests.cli.shell import Result, Shell
from tests.running import Amazon

NAMES = ["versions", "credentials", "token service", "endpoint", "access token", "clock", "account", "orders"]
ALL = [*NAMES, "messages", "attachments"]


def checks(result: Result) -> dict[str, Any]:
    return {check["name"]: check for check in result.document["checks"]}


def wrong(result: Result) -> dict[str, str]:
    """What has to be mended, and its sentence."""
    return {name: check["message"] for name, check in checks(result).items() if check["state"] == "wrong"}


def test_all_is_well(shell: Shell) -> None:
    told, as_json = shell.run("doctor"), shell.run("doctor", "--json")

    assert told.status == as_json.status == 0
    assert told.out.endswith("Everything a message needs is there.\n")
    assert max(map(len, told.out.splitlines())) <= 80
    assert as_json.document["ok"] is True
    assert as_json.document["missing"] == []
    assert list(checks(as_json)) == ALL
    assert {check["state"] for check in checks(as_json).values()} == {"good"}


def test_nothing_is_sent_and_no_secret_shown(amazon: Amazon, shell: Shell) -> None:
    result = shell.run("doctor", LWA_CLIENT_SECRET="sandbox")

    assert amazon.ledger() == []
    assert "Atzr|" not in result.out


def test_missing_credentials(shared_shell: Shell) -> None:
    result = shared_shell.run("doctor", "--json", LWA_APP_ID=None)

    assert result.status == 2
    assert result.document["ok"] is False
    assert "LWA_APP_ID not set" in wrong(result)["credentials"]
    assert list(checks(result)) == NAMES[:2]


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"LWA_APP_ID": "amzn1.sp.solution.1234"}, "is it the LWA client id?"),
        ({"SP_API_REFRESH_TOKEN": "abc"}, "is it one?"),
    ],
)
def test_credentials_that_were_mixed_up(variables: dict[str, str], says: str, shared_shell: Shell) -> None:
    shared_shell.environment.update(variables)

    result = shared_shell.run("doctor", "--json")

    assert result.status == 4
    assert checks(result)["credentials"]["state"] == "careful"
    assert says in checks(result)["credentials"]["message"]


@pytest.mark.parametrize(
    ("account", "code", "says"),
    [
        ({"revoked": True}, "invalid_grant", "authorise the application again"),
        ({"client_id": "amzn1.application-oa2-client.other", "secret_expired": True}, "invalid_client", "180 days"),
    ],
)
def test_refused_credentials(
    account: dict[str, Any], code: str, says: str, shared_amazon: Amazon, shared_shell: Shell
) -> None:
    made = shared_amazon.account(**account)

    result = shared_shell.run(
        "doctor",
        "--json",
        LWA_APP_ID=made.client_id,
        LWA_CLIENT_SECRET=made.client_secret,
        SP_API_REFRESH_TOKEN=made.refresh_token,
    )

    assert result.status == 4
    assert checks(result)["access token"]["code"] == code
    assert says in wrong(result)["access token"]


def test_a_refresh_token_of_another_application(shared_amazon: Amazon, shared_shell: Shell) -> None:
    made = shared_amazon.account(client_id="amzn1.application-oa2-client.another", client_secret="other")

    result = shared_shell.run("doctor", "--json", SP_API_REFRESH_TOKEN=made.refresh_token)

    assert result.status == 4
    assert wrong(result).keys() == {"access token"}


@pytest.mark.parametrize(
    ("endpoint", "status", "name", "says"),
    [
        ("http://127.0.0.1:9", 6, "endpoint", "Connection refused"),
        ("https://name.invalid", 6, "endpoint", "cannot be resolved"),
        ("http://sellingpartnerapi.example", 2, "settings", "must be https"),
        ("127.0.0.1:8710", 2, "settings", "not an http(s) URL"),
    ],
)
def test_an_endpoint_that_cannot_be_used(
    endpoint: str, status: int, name: str, says: str, shared_amazon: Amazon, shared_shell: Shell
) -> None:
    lwa = shared_amazon.url

    result = shared_shell.run("doctor", "--json", BUYERLINE_ENDPOINT=endpoint, BUYERLINE_LWA_ENDPOINT=lwa)

    assert result.status == status
    assert says in wrong(result)[name]


def test_an_endpoint_that_does_not_speak_tls(shared_amazon: Amazon, shared_shell: Shell) -> None:
    endpoint = shared_amazon.url.replace("http:", "https:")

    result = shared_shell.run("doctor", "--json", BUYERLINE_ENDPOINT=endpoint)

    assert result.status == 6
    assert "does not speak TLS" in wrong(result)["endpoint"]


def test_a_proxy_that_answers_html(shared_shell: Shell) -> None:
    with sign_in_page() as page:
        result = shared_shell.run("doctor", "--json", HTTP_PROXY=page, http_proxy=page)

    assert result.status == 6
    assert "goes through the proxy 127.0.0.1" in checks(result)["endpoint"]["message"]
    assert "an HTML page instead of Amazon's JSON" in wrong(result)["access token"]


@pytest.mark.parametrize(
    ("seconds", "state", "status", "says"),
    [(60, "good", 0, "seconds behind"), (300, "careful", 0, "5 minutes behind"), (1200, "wrong", 3, "20 minutes")],
)
def test_a_clock_that_is_off(seconds: int, state: str, status: int, says: str, amazon: Amazon, shell: Shell) -> None:
    amazon.advance(seconds)

    result = shell.run("doctor", "--json")

    assert result.status == status
    assert checks(result)["clock"]["state"] == state
    assert says in checks(result)["clock"]["message"]


def test_a_missing_messaging_role(shared_amazon: Amazon, shared_shell: Shell) -> None:
    account = shared_amazon.account(roles=["Inventory and Order Tracking"], orders=3)

    result = shared_shell.run("doctor", "--json", SP_API_REFRESH_TOKEN=account.refresh_token)

    assert result.status == 4
    assert "Buyer Communication is missing" in wrong(result)["messages"]


def test_a_missing_uploads_role_is_worth_a_word_only(shared_amazon: Amazon, shared_shell: Shell) -> None:
    roles = ["Buyer Communication", "Inventory and Order Tracking"]
    account = shared_amazon.account(roles=roles, orders=3)

    result = shared_shell.run("doctor", "--json", SP_API_REFRESH_TOKEN=account.refresh_token)

    assert result.status == 0
    assert checks(result)["attachments"]["state"] == "careful"
    assert result.document["missing"] == ["attachments"]
    assert "Product Listing" in checks(result)["attachments"]["message"]


def test_a_missing_orders_role_is_worth_a_word_only(amazon: Amazon, shell: Shell) -> None:
    amazon.fault("searchOrders", "status", status=403)

    result = shell.run("doctor", "--json")

    assert result.status == 0
    assert "Inventory and Order Tracking is missing" in checks(result)["orders"]["message"]


def test_a_marketplace_where_the_account_does_not_sell(shared_shell: Shell) -> None:
    result = shared_shell.run("doctor", "--marketplace=DE", "--json")

    assert result.status == 3
    assert "does not sell in DE, only in BR, CA, MX, US" in wrong(result)["account"]
    assert list(checks(result)) == NAMES[:7]


def test_an_account_without_orders_cannot_be_tried_and_that_is_said(shared_amazon: Amazon, shared_shell: Shell) -> None:
    account = shared_amazon.account(orders=0)

    result = shared_shell.run("doctor", "--json", SP_API_REFRESH_TOKEN=account.refresh_token)

    assert result.status == 0
    assert "no order" in checks(result)["orders"]["message"]
    assert result.document["missing"] == ["messages", "attachments"]
    told = shared_shell.run("doctor", SP_API_REFRESH_TOKEN=account.refresh_token).out.splitlines()[-1]
    assert told == "Nothing has to be mended. Not there or not checked: messages, attachments."


def test_the_newest_order_serves_to_try_with(amazon: Amazon, shell: Shell) -> None:
    newest = shell.run("orders", "--limit=1", "--json").document["orders"][0]["order_id"]

    assert newest in checks(shell.run("doctor", "--json"))["messages"]["message"]
