"""Tokens 2021-03-01: restricted data tokens."""

import msgspec
import pytest

from buyerline.amazon import errors
from buyerline.amazon.tokens import CREATE_RESTRICTED_DATA_TOKEN, RestrictedResource, RestrictedToken, TokensFlows
from tests.amazon import models
from tests.amazon.by_hand import ByHand, Clock, answer, session

TOKEN = "Atz.sprdt|marker"
GOOD = answer(200, msgspec.json.encode({"restrictedDataToken": TOKEN, "expiresIn": 3600}))
ORDERS = RestrictedResource("GET", "/orders/v0/orders", data_elements=("buyerInfo", "shippingAddress"))
ADDRESS = RestrictedResource("GET", "/orders/v0/orders/{orderId}/address")


def test_a_token_is_asked_for_the_resources_named() -> None:
    by_hand = ByHand(GOOD, clock=Clock())
    token = by_hand.run(TokensFlows(session(by_hand.clock)).create_restricted([ORDERS, ADDRESS], "amzn1.app"))
    request = by_hand.requests[0]
    assert (request.method, request.url) == ("POST", "https://sp.example/tokens/2021-03-01/restrictedDataToken")
    assert msgspec.json.decode(request.body or b"") == {
        "restrictedResources": [
            {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo", "shippingAddress"]},
            {"method": "GET", "path": "/orders/v0/orders/{orderId}/address"},
        ],
        "targetApplication": "amzn1.app",
    }
    assert (token.restricted_data_token, token.expires_in) == (TOKEN, 3600)


def test_a_session_with_the_token_uses_it_in_place_of_access_tokens() -> None:
    by_hand = ByHand(GOOD, clock=Clock())
    by_hand.run(TokensFlows(session(by_hand.clock, restricted_token=TOKEN)).create_restricted([ORDERS]))
    assert by_hand.requests[0].headers["x-amz-access-token"] == TOKEN
    assert by_hand.tokens == 0


@pytest.mark.parametrize("count", [0, 51])
def test_no_resource_and_more_than_fifty_are_not_asked_for(count: int) -> None:
    by_hand = ByHand(clock=Clock())
    with pytest.raises(errors.ConfigurationError, match=f"resources: {count} given"):
        by_hand.run(TokensFlows(session(by_hand.clock)).create_restricted([ORDERS] * count))


def test_asking_twice_does_no_harm_so_a_failure_is_repeated() -> None:
    by_hand = ByHand(answer(503), GOOD, clock=Clock())
    by_hand.run(TokensFlows(session(by_hand.clock)).create_restricted([ORDERS]))
    assert len(by_hand.requests) == 2


def test_the_token_is_not_shown_when_it_is_printed() -> None:
    token = RestrictedToken(restricted_data_token=TOKEN)
    assert TOKEN not in f"{token!r} {token!s} {token.__rich_repr__()}"


def test_every_answer_that_amazon_documents_is_read() -> None:
    for body in models.documented_answers("tokens_2021-03-01", "createRestrictedDataToken"):
        assert CREATE_RESTRICTED_DATA_TOKEN.decode(body).restricted_data_token.startswith("Atz.sprdt|")


def test_the_types_have_every_field_of_amazons_model() -> None:
    assert models.uncovered(RestrictedToken, "tokens_2021-03-01", "CreateRestrictedDataTokenResponse") == []
    assert models.uncovered(RestrictedResource, "tokens_2021-03-01", "RestrictedResource") == []
