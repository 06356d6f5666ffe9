"""Whatever arrives is answered: no 5xx, no answer that the models do not have."""

import socket
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.answers import MODEL_NAMES, Model
from tests.sandbox.client import US, Amazon

QUIET = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
LEFT_OUT = {"getOrderBuyerInfo", "getOrderAddress", "getOrderItemsBuyerInfo", "getOrderRegulatedInfo"}
LEFT_OUT |= {"updateShipmentStatus", "updateVerificationStatus", "confirmShipment"}


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_requests_made_from_the_models_get_answers_of_the_models(unlimited: Amazon, models: Path, name: str) -> None:
    path = models / f"{name}.json"
    model = Model(path)
    operations: Any = schemathesis.openapi.from_path(str(path)).get_all_operations()
    for found in operations:
        operation = found.ok()
        if operation.definition.raw["operationId"] not in LEFT_OUT:
            fuzz(unlimited, model, operation)


def fuzz(amazon: Amazon, model: Model, operation: Any) -> None:
    """Ask one operation whatever its model allows, half of the time about an order that exists."""
    name = operation.definition.raw["operationId"]
    headers = amazon.headers()

    @QUIET
    @given(case=operation.as_strategy(), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real:
            aim(case)
        reply = case.call(base_url=amazon.url, headers=headers, timeout=20)
        assert reply.status_code < 500, reply.content
        if reply.headers["content-type"][0].startswith("text/html"):
            assert reply.status_code == 400
        elif not misses_its_path(reply.content):
            model.check(name, reply.status_code, reply.content)

    ask()


def aim(case: Any) -> None:
    """Name the guide's order and its marketplace."""
    for name in ("amazonOrderId", "orderId"):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = GUIDE_ORDER
    if "resource" in (case.path_parameters or {}):
        case.path_parameters["resource"] = f"messaging/v1/orders/{GUIDE_ORDER}/messages/invoice"
    for name in ("marketplaceIds", "MarketplaceIds"):
        if name in (case.query or {}):
            case.query[name] = US


def misses_its_path(body: bytes) -> bool:
    """Whether a value in the path, such as an empty one, made it the path of nothing."""
    return b"MissingAuthenticationToken" in body


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    start=st.sampled_from(
        [
            "/",
            "/auth/o2/token",
            "/_sandbox/",
            "/_sandbox/orders",
            "/_sandbox/faults",
            "/apps/authorize/consent",
            "/inbox",
            "/buyer-seller-messaging-x/",
            f"/messaging/v1/orders/{GUIDE_ORDER}/messages/warranty/schema",
            "/uploads/2020-11-01/uploadDestinations/",
        ]
    ),
    rest=st.text(alphabet="abz019-_.~%/?=&+:@!$'()*,;[]%25%2F%00%ff", max_size=30),
    body=st.binary(max_size=60),
    content_type=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/x", ""]
    ),
)
def test_wild_requests_are_answered_below_500(
    unlimited: Amazon, method: str, start: str, rest: str, body: bytes, content_type: str
) -> None:
    reply = unlimited.send(method, start + rest, body, unlimited.headers(**{"Content-Type": content_type}))
    assert 200 <= reply.status < 500, reply.body
    unlimited.control("DELETE", "/faults")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(garbage=st.binary(min_size=1, max_size=200))
def test_garbage_on_the_wire_disturbs_nobody(unlimited: Amazon, garbage: bytes) -> None:
    with socket.create_connection((unlimited.host, unlimited.port), timeout=10) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        try:
            answer = connection.recv(100)
        except ConnectionResetError:
            answer = b""
    assert not answer.startswith(b"HTTP/1.1 5")
    assert unlimited.send("GET", "/_sandbox/health").status == 200
