"""From settings to a session: where secrets may go, and what is refused."""

import pytest

from buyerline.amazon.connect import connect
from buyerline.amazon.errors import ConfigurationError
from tests.amazon.by_hand import SECRETS


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://sp.example",
        "http://evil.example\\@localhost:8710",
        "http://localhost@evil.example",
        "http://evil.localhost.example",
        "https://user:hush@sp.example",
        "https://sp.example?x=1",
        "https://sp.example#x",
        "http://[::1",
        "http://127.0.0.1:99999",
        "ftp://127.0.0.1",
        "nonsense",
    ],
)
def test_an_endpoint_to_which_no_token_may_go_is_refused(endpoint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect("US", "shop", {"credentials": SECRETS, "endpoint": endpoint})
    assert str(caught.value).startswith("endpoint: ")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8710", "http://localhost:1/", "http://[::1]:8710", "https://sp.example/x"]
)
def test_an_endpoint_on_this_machine_or_over_https_serves(endpoint: str) -> None:
    assert connect("US", "shop", {"credentials": SECRETS, "endpoint": endpoint}).endpoint == endpoint.rstrip("/")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ({"endpoint": "http://127.0.0.1:8710"}, "http://127.0.0.1:8710/auth/o2/token"),
        ({"lwa_endpoint": "https://lwa.example"}, "https://lwa.example/auth/o2/token"),
        ({"lwa_endpoint": "https://lwa.example/token"}, "https://lwa.example/token"),
        ({}, "https://api.amazon.com/auth/o2/token"),
    ],
)
def test_the_token_service_is_found(given: dict[str, str], used: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BUYERLINE_ENDPOINT", "BUYERLINE_LWA_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    session = connect("US", "shop", {"credentials": SECRETS, **given})  # type: ignore[typeddict-item] # two of its keys
    assert session.login.endpoint == used


def test_amazons_own_endpoints_follow_the_marketplace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUYERLINE_ENDPOINT", raising=False)
    hosts = {place: connect(place, "shop", {"credentials": SECRETS}).host for place in ("US", "DE", "JP")}
    assert hosts == {
        place: f"sellingpartnerapi-{code}.amazon.com" for place, code in zip(hosts, ("na", "eu", "fe"), strict=True)
    }
    monkeypatch.setenv("AWS_ENV", "SANDBOX")
    assert connect("DE", "shop", {"credentials": SECRETS}).host == "sandbox.sellingpartnerapi-eu.amazon.com"


def test_an_option_that_does_not_exist_is_refused_and_named() -> None:
    with pytest.raises(TypeError, match="time_out"):
        connect("US", "shop", {"credentials": SECRETS, "time_out": 3})  # type: ignore[typeddict-unknown-key] # it must be


@pytest.mark.parametrize(("option", "value"), [("timeout", 0), ("timeout", -1), ("max_wait", -1), ("repeats", -1)])
def test_a_number_that_makes_no_sense_is_refused_and_named(option: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=option):
        connect("US", "shop", {"credentials": SECRETS, option: value})  # type: ignore[misc] # one of its keys


def test_what_was_read_from_a_file_may_end_in_a_line_break() -> None:
    session = connect("US", "shop", {"credentials": {**SECRETS, "refresh_token": "Atzr|x\n"}})
    assert session.login.credentials.refresh_token == "Atzr|x"
