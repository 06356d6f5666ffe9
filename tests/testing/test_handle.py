"""What a test can do with the sandbox that the fixture gives it."""

import asyncio
import typing
import urllib.error
import urllib.request
from typing import Any, get_type_hints

import msgspec
import pytest

from buyerline import (
    AccessDenied,
    AmazonUnavailable,
    AsyncSellingPartner,
    GrantInvalid,
    OutcomeUnknown,
    SellingPartner,
    Throttled,
)
from buyerline.sandbox import faults, makers, world
from buyerline.testing import AmazonSandbox, views

QUESTION = "Which of the two colours did you mean?"


def ask(amazon: AmazonSandbox, order_id: str) -> str | None:
    return amazon.client.messaging.send(order_id, "confirmOrderDetails", text=QUESTION).request_id


def test_an_order_is_made_in_the_state_that_is_asked_for(amazon_sandbox: AmazonSandbox) -> None:
    order_id = amazon_sandbox.order(
        state="shipped", marketplace="MX", types=["warranty"], items=[{"title": "A lamp", "quantity": 2}]
    )
    mexico = amazon_sandbox.connect("MX")
    order = mexico.orders.get(order_id)
    assert order.order_items[0].quantity_ordered == 2
    assert [action.name for action in mexico.messaging.get_actions(order_id)] == ["warranty"]


def test_facts_that_do_not_fit_together_are_named(amazon_sandbox: AmazonSandbox) -> None:
    with pytest.raises(ValueError, match="sells in US, CA, MX, BR only"):
        amazon_sandbox.order(marketplace="DE")
    with pytest.raises(ValueError, match="state"):
        amazon_sandbox.order(state="lost")  # type: ignore[arg-type] # that is the point


def test_an_account_is_made_with_the_rights_that_are_asked_for(amazon_sandbox: AmazonSandbox) -> None:
    account = amazon_sandbox.account(region="eu", roles=["Buyer Communication"])
    order_id = amazon_sandbox.order(account=account.id, marketplace="FR", types=["invoice"])
    client = amazon_sandbox.connect("FR", account)
    with pytest.raises(AccessDenied):
        client.messaging.send(order_id, "invoice", attachments=[("facture.txt", b"Facture 1")])


def test_an_account_whose_authorisation_was_taken_back_gets_no_token(amazon_sandbox: AmazonSandbox) -> None:
    account = amazon_sandbox.account(revoked=True)
    with pytest.raises(GrantInvalid):
        amazon_sandbox.connect("US", account).sellers.get_account()


def test_messages_tell_what_was_accepted(amazon_sandbox: AmazonSandbox) -> None:
    request_id = amazon_sandbox.client.messaging.send(
        amazon_sandbox.guide_order, "invoice", attachments=[("invoice.txt", b"Invoice 1")]
    ).request_id
    (message,) = amazon_sandbox.messages()
    assert (message.type, message.order_id, message.request_id) == ("invoice", amazon_sandbox.guide_order, request_id)
    assert message.account == amazon_sandbox.default_account.id
    assert [(file.file_name, file.size) for file in message.attachments] == [("invoice.txt", 9)]


def test_emails_are_what_the_buyer_got_oldest_first(amazon_sandbox: AmazonSandbox) -> None:
    first, second = (amazon_sandbox.order(types=["confirmOrderDetails"]) for _ in range(2))
    for order_id in (first, second):
        ask(amazon_sandbox, order_id)
    emails = amazon_sandbox.emails()
    assert [first in str(email) for email in emails] == [True, False]
    (of_second,) = amazon_sandbox.emails(second, "confirmOrderDetails")
    text = of_second.get_body(("plain",))
    assert text is not None
    assert QUESTION in text.get_content()
    assert amazon_sandbox.emails(second, "warranty") == []


def test_requests_are_listed_and_counted(amazon_sandbox: AmazonSandbox) -> None:
    ask(amazon_sandbox, amazon_sandbox.order(types=["confirmOrderDetails"]))
    (request,) = amazon_sandbox.requests("createConfirmOrderDetails")
    assert (request.status, request.account, request.notes) == (201, "sandbox", ())
    assert [request.operation for request in amazon_sandbox.requests()] == [
        "lwa",
        "getMessagingActionsForOrder",
        "createConfirmOrderDetails",
    ]
    assert amazon_sandbox.count("lwa") == amazon_sandbox.count("lwa", 200) == 1
    assert amazon_sandbox.count("lwa", 400) == amazon_sandbox.count("CreateWarranty") == 0


def test_a_fault_is_played_once_unless_told_otherwise(amazon_sandbox: AmazonSandbox) -> None:
    amazon_sandbox.fault("getAccount", "status", status=503, count=None)
    client = amazon_sandbox.connect(repeats=1)
    for _ in range(2):
        with pytest.raises(AmazonUnavailable):
            client.sellers.get_account()
    amazon_sandbox.clear_faults()
    amazon_sandbox.fault("getAccount", "status", status=429)
    with pytest.raises(Throttled):
        amazon_sandbox.connect(repeats=0, max_wait=0).sellers.get_account()


def test_faults_of_a_block_end_with_it(amazon_sandbox: AmazonSandbox) -> None:
    order_id = amazon_sandbox.order(types=["confirmOrderDetails"])
    with amazon_sandbox.faulty("createConfirmOrderDetails", "reset_after"), pytest.raises(OutcomeUnknown):
        ask(amazon_sandbox, order_id)
    assert len(amazon_sandbox.messages()) == 1
    assert ask(amazon_sandbox, order_id) == amazon_sandbox.messages()[1].request_id


def test_the_end_of_a_block_leaves_other_faults_with_what_is_left_of_them(amazon_sandbox: AmazonSandbox) -> None:
    amazon_sandbox.fault("lwa", "status", status=400, count=2)
    amazon_sandbox.fault("getOrder", "delay", seconds=0, count=1)
    with amazon_sandbox.faulty("lwa", "status", status=401):
        with pytest.raises(GrantInvalid):
            amazon_sandbox.client.sellers.get_account()
        amazon_sandbox.fault("s3", "html")
    left = amazon_sandbox.control("GET", "faults")["faults"]
    assert [(fault["operation"], fault["count"], fault["played"]) for fault in left] == [
        ("lwa", 1, 0),
        ("getOrder", 1, 0),
        ("s3", 1, 0),
    ]


def test_a_fault_that_makes_no_sense_is_refused(amazon_sandbox: AmazonSandbox) -> None:
    with pytest.raises(ValueError, match="unknown operation: readMessages"):
        amazon_sandbox.fault("readMessages", "status")


def test_the_clock_ends_access_tokens(amazon_sandbox: AmazonSandbox) -> None:
    amazon_sandbox.client.sellers.get_account()
    amazon_sandbox.advance(3601)
    amazon_sandbox.client.sellers.get_account()
    assert amazon_sandbox.count("getAccount", 403) == 1
    assert amazon_sandbox.count("lwa", 200) == 2


def test_usage_plans_can_be_narrowed_and_lifted(amazon_sandbox: AmazonSandbox) -> None:
    amazon_sandbox.set_usage_plan("getOrder", rate=0.001, burst=1)
    url = f"{amazon_sandbox.url}/orders/2026-01-01/orders/{amazon_sandbox.guide_order}"

    def get_order() -> int:
        token = {"x-amz-access-token": access_token(amazon_sandbox)}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=token)) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code

    assert [get_order(), get_order()] == [200, 429]
    amazon_sandbox.lift_usage_plans()
    amazon_sandbox.set_usage_plan("getOrder", rate=100, burst=100)
    assert [get_order() for _ in range(10)] == [200] * 10


def access_token(amazon: AmazonSandbox) -> str:
    """A token of the default account, by plain HTTP as any client would get it."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": amazon.credentials.refresh_token,
        "client_id": amazon.credentials.client_id,
        "client_secret": amazon.credentials.client_secret,
    }
    request = urllib.request.Request(
        amazon.lwa_url, msgspec.json.encode(form), {"content-type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        return str(msgspec.json.decode(answer.read())["access_token"])


def test_the_async_client_reaches_it_too(amazon_sandbox: AmazonSandbox) -> None:
    async def locale() -> str | None:
        async with AsyncSellingPartner("US", **amazon_sandbox.options()) as amazon:
            return (await amazon.messaging.get_attributes(amazon_sandbox.guide_order)).locale

    assert asyncio.run(locale()) == "en-US"


def test_with_the_environment_set_clients_find_it_by_themselves(
    amazon_environment: AmazonSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SellingPartner() as amazon:
        amazon.sellers.get_account()
    assert amazon_environment.count("getAccount", 200) == 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (views.OrderFacts, makers.NewOrder),
        (views.AccountFacts, makers.NewAccount),
        (views.ItemFacts, makers.NewItem),
    ],
)
def test_everything_that_the_sandbox_can_make_can_be_asked_for(ours: Any, theirs: type[msgspec.Struct]) -> None:
    assert set(ours.__annotations__) == {field.name for field in msgspec.structs.fields(theirs)}


def test_states_and_kinds_of_faults_are_those_of_the_sandbox() -> None:
    assert set(typing.get_args(views.OrderState)) == set(typing.get_args(world.Stage))
    assert set(typing.get_args(views.FaultKind)) == set(typing.get_args(faults.Kind))
    assert get_type_hints(AmazonSandbox.fault)["kind"] == views.FaultKind
