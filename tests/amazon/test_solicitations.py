"""Solicitations v1: what Amazon offers for an order, and asking for a review once."""

from typing import Any

import msgspec
import pytest

from buyerline.amazon import errors
from buyerline.amazon.solicitations import GET_ACTIONS, SolicitationsFlows
from tests.amazon import models
from tests.amazon.by_hand import ByHand, Clock, answer, lost, not_connected, session

ORDER = "902-6786204-8179805"
ORDER_URL = f"https://sp.example/solicitations/v1/orders/{ORDER}"
REVIEW_URL = f"{ORDER_URL}/solicitations/productReviewAndSellerFeedback?marketplaceIds=ATVPDKIKX0DER"
ALREADY = "You have already requested a review for this order."
OUTSIDE = (
    "You can\N{RIGHT SINGLE QUOTATION MARK}t use this feature to request a review outside the 5-30 day range "
    "after the order delivery date."
)
NOT_AVAILABLE = "The requested solicitation is not available for this amazonOrderId."
NO_TEMPLATE = "Invalid amazonOrderId and template combination."

REQUEST = "createProductReviewAndSellerFeedbackSolicitation"


def refused(message: str, status: int = 403, code: str = "Unauthorized") -> Any:
    body = {"errors": [{"code": code, "message": message, "details": ""}]}
    return answer(status, msgspec.json.encode(body), x_amzn_requestid="r-1")


def flows(by_hand: ByHand) -> SolicitationsFlows:
    return SolicitationsFlows(session(by_hand.clock))


def test_what_amazon_offers_is_listed() -> None:
    links = [{"name": "productReviewAndSellerFeedback", "href": "/x"}, {"name": "somethingNew"}, {"href": "/y"}, 7]
    by_hand = ByHand(answer(200, msgspec.json.encode({"_links": {"actions": links}})), clock=Clock())
    actions = by_hand.run(flows(by_hand).get_actions(ORDER))
    assert by_hand.requests[0].url == f"{ORDER_URL}?marketplaceIds=ATVPDKIKX0DER"
    assert actions.names == ("productReviewAndSellerFeedback", "somethingNew")
    assert actions.review


@pytest.mark.parametrize("body", [b"{}", b'{"_links":null}', b'{"_links":{"actions":5}}', b'{"_links":{"actions":[]}}'])
def test_an_answer_without_actions_offers_nothing(body: bytes) -> None:
    by_hand = ByHand(answer(200, body), clock=Clock())
    actions = by_hand.run(flows(by_hand).get_actions(ORDER))
    assert actions.names == ()
    assert not actions.review


@pytest.mark.parametrize("message", [ALREADY, OUTSIDE, NOT_AVAILABLE, NO_TEMPLATE])
def test_an_order_that_takes_no_solicitation_offers_nothing_and_says_why(message: str) -> None:
    by_hand = ByHand(refused(message), clock=Clock())
    actions = by_hand.run(flows(by_hand).get_actions(ORDER))
    assert (actions.names, actions.closed_reason) == ((), message)


def test_a_missing_role_is_an_error_and_not_an_order_that_takes_nothing() -> None:
    by_hand = ByHand(refused("Access to requested resource is denied."), clock=Clock())
    with pytest.raises(errors.AccessDenied) as denied:
        by_hand.run(flows(by_hand).get_actions(ORDER))
    assert not isinstance(denied.value, errors.TypeNotAvailable)


def test_a_review_is_requested_without_a_body() -> None:
    by_hand = ByHand(answer(201, b"{}", x_amzn_requestid="r-1"), clock=Clock())
    receipt = by_hand.run(flows(by_hand).request_review(ORDER, marketplace="US"))
    request = by_hand.requests[0]
    assert (request.method, request.url, request.body) == ("POST", REVIEW_URL, None)
    assert "content-type" not in request.headers
    assert (receipt.status, receipt.request_id) == (201, "r-1")


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize(
    ("message", "code"),
    [(ALREADY, "already_requested"), (OUTSIDE, "outside_window"), (NOT_AVAILABLE, "solicitation_not_available")],
)
def test_a_refusal_of_this_order_is_not_taken_for_a_missing_role(message: str, code: str, status: int) -> None:
    """Amazon answers both with the code Unauthorized."""
    by_hand = ByHand(refused(message, status), clock=Clock())
    with pytest.raises(errors.TypeNotAvailable) as refusal:
        by_hand.run(flows(by_hand).request_review(ORDER))
    assert (refusal.value.code, refusal.value.status, refusal.value.request_id) == (code, status, "r-1")
    assert "role" not in str(refusal.value)
    assert message in str(refusal.value)
    assert len(by_hand.requests) == 1


def test_a_closed_order_refuses_a_request_as_it_refuses_a_message() -> None:
    by_hand = ByHand(refused(NO_TEMPLATE), clock=Clock())
    with pytest.raises(errors.TypeNotAvailable) as refusal:
        by_hand.run(flows(by_hand).request_review(ORDER))
    assert refusal.value.code == "type_not_available"


@pytest.mark.parametrize(
    "failure",
    [
        lost(REQUEST),
        answer(500, b"<html>"),
        answer(504, b'{"message":"Endpoint request timed out"}'),
        answer(201, b"<html>"),
        refused(ALREADY, status=500),
    ],
)
def test_a_request_whose_outcome_is_not_known_is_never_repeated(failure: Any) -> None:
    by_hand = ByHand(failure, clock=Clock())
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        by_hand.run(flows(by_hand).request_review(ORDER))
    assert (unknown.value.order_id, unknown.value.type) == (ORDER, "productReviewAndSellerFeedback")
    assert len(by_hand.requests) == 1


@pytest.mark.parametrize("failure", [not_connected(REQUEST), refused("You exceeded your quota.", 429, "QuotaExceeded")])
def test_a_request_that_certainly_was_not_taken_is_made_again(failure: Any) -> None:
    by_hand = ByHand(failure, answer(201), clock=Clock())
    assert by_hand.run(flows(by_hand).request_review(ORDER)).status == 201


def test_every_answer_that_amazon_documents_is_read() -> None:
    for body in models.documented_answers("solicitations", "getSolicitationActionsForOrder"):
        by_hand = ByHand(answer(200, body), clock=Clock())
        assert by_hand.run(flows(by_hand).get_actions(ORDER)).names == ("productReviewAndSellerFeedback",)
    assert GET_ACTIONS.repeatable
