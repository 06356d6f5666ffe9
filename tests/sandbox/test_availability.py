"""Which types an order offers follows from its facts."""

from typing import Any

import pytest

from tests.sandbox.client import Amazon

TEMPLATE = "Invalid amazonOrderId and template combination."


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ({"state": "pending"}, []),
        ({"state": "pending_availability"}, []),
        ({"state": "unfulfillable"}, []),
        ({"state": "unshipped", "fulfilled_by": "AMAZON"}, ["legalDisclosure"]),
        ({"state": "shipped", "fulfilled_by": "AMAZON"}, ["legalDisclosure", "unexpectedProblem"]),
        ({"state": "unshipped"}, ["legalDisclosure", "confirmOrderDetails", "unexpectedProblem"]),
        ({"state": "partially_shipped"}, ["legalDisclosure", "confirmOrderDetails", "unexpectedProblem"]),
        (
            {"state": "unshipped", "customized": True},
            ["confirmCustomizationDetails", "legalDisclosure", "confirmOrderDetails", "unexpectedProblem"],
        ),
        ({"state": "delivered", "customized": True}, ["legalDisclosure", "unexpectedProblem"]),
        (
            {"state": "unshipped", "scheduled": True},
            ["confirmDeliveryDetails", "legalDisclosure", "confirmOrderDetails", "unexpectedProblem"],
        ),
        ({"state": "delivered", "digital": True}, ["legalDisclosure", "digitalAccessKey"]),
        (
            {"state": "unshipped", "service": True},
            ["legalDisclosure", "confirmOrderDetails", "confirmServiceDetails", "unexpectedProblem"],
        ),
        ({"state": "shipped", "motors": True}, ["legalDisclosure", "amazonMotors", "unexpectedProblem"]),
        ({"state": "shipped", "warranty": True}, ["legalDisclosure", "warranty", "unexpectedProblem"]),
        ({"state": "delivered", "warranty": True, "refunded": True}, ["legalDisclosure"]),
        ({"state": "shipped", "business": True}, ["legalDisclosure", "unexpectedProblem", "sendInvoice"]),
        ({"types": ["invoice", "digitalAccessKey"]}, ["digitalAccessKey", "sendInvoice"]),
        ({"types": ["sendInvoice"]}, ["sendInvoice"]),
        ({"types": []}, []),
    ],
)
def test_the_facts_decide(unlimited: Amazon, facts: dict[str, Any], offered: list[str]) -> None:
    assert unlimited.offered(unlimited.new_order(**facts)) == offered


def test_an_invoice_is_offered_where_it_is_customary(amazon: Amazon) -> None:
    order_id = amazon.new_order(marketplace="BR", state="shipped")
    assert "sendInvoice" in amazon.offered(order_id, "A2Q3Y263D00KWC")


@pytest.mark.parametrize("facts", [{"state": "cancelled"}, {"closed": True}, {"purchased_at": "2020-01-01T00:00:00Z"}])
def test_a_closed_order_is_403_even_to_look_at(amazon: Amazon, facts: dict[str, Any]) -> None:
    order_id = amazon.new_order(**facts)
    for reply in (amazon.actions(order_id), amazon.message("legalDisclosure", {"attachments": []}, order_id)):
        assert reply.status == 403
        assert reply.error == {"code": "Unauthorized", "message": TEMPLATE, "details": ""}


def test_an_order_closes_thirty_days_after_its_promised_delivery(amazon: Amazon) -> None:
    order_id = amazon.new_order(state="delivered")
    assert amazon.actions(order_id).status == 200
    amazon.control("POST", "/clock", {"advance": 40 * 24 * 3600})
    assert Amazon(amazon.url).actions(order_id).status == 403


def test_a_type_that_is_not_offered_is_refused(amazon: Amazon) -> None:
    order_id = amazon.new_order(state="shipped")
    reply = amazon.message("confirmOrderDetails", {"text": "Which size?"}, order_id)
    assert (reply.status, reply.error) == (403, {"code": "Unauthorized", "message": TEMPLATE, "details": ""})
    assert amazon.ledger() == []


def test_a_disabled_type_is_listed_with_its_reason_and_refused(amazon: Amazon) -> None:
    order_id = amazon.new_order(disabled={"confirmOrderDetails": "Wait for the payment."})
    actions = amazon.actions(order_id).json["_embedded"]["actions"]
    (form,) = [a["_embedded"]["schema"] for a in actions if a["name"] == "confirmOrderDetails"]
    assert (form["disabled"], form["disabledReason"]) == (True, "Wait for the payment.")
    assert amazon.message("confirmOrderDetails", {"text": "Which size?"}, order_id).status == 403


def test_a_type_is_disabled_after_it_was_sent_five_times(unlimited: Amazon) -> None:
    order_id = unlimited.new_order()
    for _ in range(5):
        assert unlimited.message("confirmOrderDetails", {"text": "Which size?"}, order_id).status == 201
    assert unlimited.message("confirmOrderDetails", {"text": "Which size?"}, order_id).status == 403
    assert "confirmOrderDetails" in unlimited.offered(order_id)
