"""Every request that our client makes is valid by a mock that others made from Amazon's models."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from buyerline.amazon.flow import Flow
from buyerline.amazon.messaging import TYPES, MessageType
from buyerline.amazon.orders import OrdersFlows
from buyerline.amazon.orders_v0 import OrdersV0Flows
from buyerline.amazon.sellers import SellersFlows
from buyerline.amazon.solicitations import SolicitationsFlows
from buyerline.amazon.tokens import RestrictedResource, TokensFlows
from buyerline.messages.sending import MessageFlows
from buyerline.testing import AmazonSandbox
from tests.interop import prism as prisms
from tests.interop.operations import FILE, FILE_NAME, TEXT
from tests.interop.prism import Prism

ORDER = AmazonSandbox.guide_order
GONE = ("negativeFeedbackRemoval", "amazonMotors")
"""Message types that Amazon took out of its model."""


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prism]:
    found = prisms.command()
    if found is None:
        pytest.skip("Prism is not installed: see tests/interop/prism.py")
    with prisms.running(found, tmp_path_factory.mktemp("prism")) as mock:
        yield mock


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind.name not in GONE], ids=lambda kind: kind.name)
def test_what_it_takes_to_send_a_message_is_valid(
    kind: MessageType, prism: Prism, amazon_sandbox: AmazonSandbox
) -> None:
    content: dict[str, Any] = {"text": TEXT} if kind.text else {}
    if kind.files:
        content["attachments"] = [(FILE_NAME, FILE)]
    if kind.coverage:
        content |= {"coverage_start": "2026-01-01", "coverage_end": "2028-01-01"}
    flows = MessageFlows(amazon_sandbox.client.session)
    amazon_sandbox.client.run(prism.checked(flows.send(ORDER, kind.name, **content)))
    assert prism.asked[-1] == kind.operation.id
    assert len(amazon_sandbox.messages()) == 1


PLACED = datetime.now(UTC) - timedelta(days=25)
"""So long ago that a review may be asked for."""

CALLS: dict[str, Callable[[AmazonSandbox], Flow[Any]]] = {
    "attributes": lambda amazon: MessageFlows(amazon.client.session).get_attributes(ORDER),
    "orders": lambda amazon: (
        OrdersFlows(amazon.client.session)
        .search(
            created_after=PLACED,
            created_before=PLACED + timedelta(days=20),
            statuses=["UNSHIPPED", "SHIPPED"],
            marketplaces=["US", "CA"],
            fulfilled_by="MERCHANT",
            include=["FULFILLMENT", "PACKAGES"],
            page_size=10,
        )
        .next_page()
    ),
    "orders by their last update": lambda amazon: (
        OrdersFlows(amazon.client.session).search(last_updated_after=PLACED).next_page()
    ),
    "order": lambda amazon: OrdersFlows(amazon.client.session).get(ORDER, include=["FULFILLMENT", "PROCEEDS"]),
    "v0 orders": lambda amazon: (
        OrdersV0Flows(amazon.client.session)
        .search(created_after=PLACED, statuses=["Shipped"], fulfillment_channels="MFN", page_size=10)
        .next_page()
    ),
    "v0 order": lambda amazon: OrdersV0Flows(amazon.client.session).get(ORDER),
    "v0 items": lambda amazon: OrdersV0Flows(amazon.client.session).get_items(ORDER).next_page(),
    "solicitations": lambda amazon: SolicitationsFlows(amazon.client.session).get_actions(ORDER),
    "review": lambda amazon: SolicitationsFlows(amazon.client.session).request_review(
        amazon.order(state="delivered", purchased_at=PLACED)
    ),
    "participations": lambda amazon: SellersFlows(amazon.client.session).get_participations(),
    "account": lambda amazon: SellersFlows(amazon.client.session).get_account(),
    "restricted token": lambda amazon: TokensFlows(amazon.client.session).create_restricted(
        [RestrictedResource(method="GET", path=f"/orders/2026-01-01/orders/{ORDER}", data_elements=("buyerInfo",))]
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_every_other_call_is_valid(
    call: Callable[[AmazonSandbox], Flow[Any]], prism: Prism, amazon_sandbox: AmazonSandbox
) -> None:
    before = len(prism.asked)
    amazon_sandbox.client.run(prism.checked(call(amazon_sandbox)))
    assert len(prism.asked) == before + 1


def test_a_request_that_breaks_the_model_is_found(prism: Prism, amazon_sandbox: AmazonSandbox) -> None:
    session = amazon_sandbox.client.session
    wrong = session.call(TYPES[0].operation, path={"amazonOrderId": ORDER}, body={"text": "x" * 5000})
    with pytest.raises(AssertionError, match="must NOT have more than"):
        amazon_sandbox.client.run(prism.checked(wrong))
