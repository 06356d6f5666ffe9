"""What each argument of a client does."""

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.sandbox import GUIDE_ORDER as ORDER
from buyerline.sp_api.api import Messaging, Orders, OrdersV0, OrdersV20260101, OrdersVersion, Sellers
from buyerline.sp_api.base import (
    AuthorizationError,
    Marketplaces,
    SellingApiForbiddenException,
    SellingApiNoAnswerException,
    SellingApiRequestThrottledException,
)
from tests.amazon.scripted import answering, scripted
from tests.running import Amazon
from tests.sp_api.conftest import Make
from tests.sp_api.sides import CREDENTIALS

PROXY_ANSWER = b'{"access_token": "Atza|proxy", "expires_in": 3600, "payload": {"from": "the proxy"}}'


@pytest.mark.parametrize("place", [Marketplaces.CA, Marketplace.CA, "CA", "A2EUQ1WTGCTBG2"])
def test_the_marketplace_may_be_named_in_several_ways(place: Any, make: Make) -> None:
    client = make(Messaging, marketplace=place)
    assert (client.marketplace_id, client.region) == ("A2EUQ1WTGCTBG2", "us-east-1")


def test_the_marketplace_is_the_environments_where_none_is_named(make: Make) -> None:
    with patch.dict(os.environ, SP_API_DEFAULT_MARKETPLACE="JP"):
        assert make(Messaging).marketplace_id == Marketplaces.JP.marketplace_id
        assert make(Messaging, marketplace=Marketplaces.DE).marketplace_id == Marketplaces.DE.marketplace_id


def test_the_marketplace_is_us_where_nothing_names_one(bare_environment: pytest.MonkeyPatch, make: Make) -> None:
    assert make(Messaging).marketplace_id == Marketplaces.US.marketplace_id


def test_amazons_static_sandbox_is_asked_where_the_environment_says_so(bare_environment: pytest.MonkeyPatch) -> None:
    bare_environment.setenv("AWS_ENV", "SANDBOX")
    client = Messaging(Marketplaces.DE, credentials=CREDENTIALS)
    assert client.endpoint == "https://sandbox.sellingpartnerapi-eu.amazon.com"
    client.close()


def test_the_endpoint_may_be_named_by_the_environment_or_set(
    bare_environment: pytest.MonkeyPatch, amazon: Amazon
) -> None:
    bare_environment.setenv("BUYERLINE_ENDPOINT", "http://127.0.0.1:9")
    with Messaging(credentials=CREDENTIALS) as client:
        assert client.endpoint == "http://127.0.0.1:9"
        client.endpoint = amazon.url
        assert client.get_attributes(ORDER).buyer == {"locale": "en-US"}


def test_the_refresh_token_goes_before_the_one_among_the_credentials(make: Make, amazon: Amazon) -> None:
    other = amazon.control("POST", "accounts", {"region": "na"})["refresh_token"]
    own, others = make(Sellers).get_account(), make(Sellers, refresh_token=other).get_account()
    assert own.business["name"] != others.business["name"]
    with pytest.raises(AuthorizationError) as refused:
        make(Sellers, refresh_token="Atzr|revoked").get_account()
    assert (refused.value.error_code, refused.value.status_code) == ("invalid_grant", 400)


def test_a_restricted_data_token_is_used_in_place_of_access_tokens(make: Make, amazon: Amazon) -> None:
    client = make(Messaging, restricted_data_token="Atz.sprdt|nonsense")
    with pytest.raises(SellingApiForbiddenException):
        client.get_attributes(ORDER)
    assert amazon.counts("lwa") == {}
    client.restricted_data_token = None
    assert client.get_attributes(ORDER).buyer


@pytest.mark.parametrize("shape", ["url", "by scheme", "for all", "several"])
def test_calls_go_through_the_proxy(shape: str, make: Make, amazon: Amazon) -> None:
    with scripted(answering(200, PROXY_ANSWER, times=2)) as proxy:
        shapes = {
            "url": proxy.url,
            "by scheme": {"http": proxy.url},
            "for all": {"all": proxy.url},
            "several": [proxy.url],
        }
        client = make(Messaging, proxies=shapes[shape])
        assert client.get_attributes(ORDER).payload == {"from": "the proxy"}
        client.close()
    lines = [request.split(b"\r\n")[0].decode() for request in proxy.requests]
    assert lines[0] == f"POST {amazon.url}/auth/o2/token HTTP/1.1"
    assert lines[1].startswith(f"GET {amazon.url}/messaging/v1/orders/{ORDER}/attributes?")


def test_a_proxy_of_another_scheme_is_left_alone(make: Make) -> None:
    assert make(Messaging, proxies={"https": "http://127.0.0.1:9"}).get_attributes(ORDER).buyer


@pytest.mark.parametrize("settings", [{"proxies": "nonsense"}, {"verify": "/nowhere.pem"}, {"verify": __file__}])
def test_a_setting_that_cannot_be_used_is_told_at_once(settings: dict[str, Any], make: Make) -> None:
    with pytest.raises(ConfigurationError, match=r"proxy|verify"):
        make(Messaging, **settings)


def test_a_certificate_that_is_none_is_told_at_once(make: Make, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(ConfigurationError, match="verify"):
        make(Messaging, verify=bundle)


def test_the_timeout_ends_the_waiting_for_an_answer(make: Make, amazon: Amazon) -> None:
    amazon.fault("GetAttributes", "hang_after")
    with pytest.raises(SellingApiNoAnswerException) as failure:
        make(Messaging, timeout=0.3, options={"repeats": 0}).get_attributes(ORDER)
    assert failure.value.amzn_code == "timed_out"


@pytest.mark.parametrize(
    ("version", "kind", "part"),
    [
        (None, OrdersV0, "AmazonOrderId"),
        ("v0", OrdersV0, "AmazonOrderId"),
        (OrdersVersion.V0, OrdersV0, "AmazonOrderId"),
        ("2026-01-01", OrdersV20260101, "order"),
        (OrdersVersion.LATEST, OrdersV20260101, "order"),
    ],
)
def test_the_version_chooses_the_orders_api(version: Any, kind: type, part: str, make: Make) -> None:
    client = make(Orders, version=version)
    assert isinstance(client, kind)
    assert set(make(Orders, version=version).get_order(ORDER).payload) & {"order", "AmazonOrderId"} == {part}


def test_a_version_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="Known: v0, 2026-01-01"):
        Orders(version="1999")


def test_options_reach_buyerlines_own_settings(make: Make, amazon: Amazon) -> None:
    client = make(Messaging, options={"max_wait": 0, "plans": UsagePlans(lambda: 0.0)})
    for _ in range(5):
        client.get_attributes(ORDER)
    with pytest.raises(SellingApiRequestThrottledException) as full:
        client.get_attributes(ORDER)
    assert full.value.amzn_code == "not_now"
    assert amazon.counts("GetAttributes") == {"200": 5}
