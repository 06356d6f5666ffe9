"""Every operation's answers have the shape that Amazon's models give them."""

from pathlib import Path
from typing import Any

import pytest

from buyerline.sandbox import GUIDE_ORDER
from buyerline.sandbox.apis import OPERATIONS
from buyerline.sandbox.message_types import MESSAGE_TYPES
from tests.sandbox.answers import Model
from tests.sandbox.client import US, Amazon, md5_of

FILES = {
    "/messaging/": "messaging",
    "/uploads/": "uploads_2020-11-01",
    "/orders/2026-01-01/": "orders_2026-01-01",
    "/orders/v0/": "ordersV0",
    "/solicitations/": "solicitations",
    "/sellers/": "sellers",
    "/tokens/": "tokens_2021-03-01",
}
REMOVED = {"createNegativeFeedbackRemoval", "createAmazonMotors"}
EVERYTHING = (
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS"
)
SINCE = "2020-01-01T00:00:00Z"


def model_of(models: Path, path: str) -> Model:
    (name,) = [name for prefix, name in FILES.items() if path.startswith(prefix)]
    return Model(models / f"{name}.json")


@pytest.mark.parametrize(
    ("operation", "path", "query"),
    [
        ("getMessagingActionsForOrder", f"/messaging/v1/orders/{GUIDE_ORDER}", {"marketplaceIds": US}),
        ("GetAttributes", f"/messaging/v1/orders/{GUIDE_ORDER}/attributes", {"marketplaceIds": US}),
        ("searchOrders", "/orders/2026-01-01/orders", {"createdAfter": SINCE, "includedData": EVERYTHING}),
        ("searchOrders", "/orders/2026-01-01/orders", {"lastUpdatedAfter": SINCE, "maxResultsPerPage": "2"}),
        ("getOrder", f"/orders/2026-01-01/orders/{GUIDE_ORDER}", {"includedData": EVERYTHING}),
        ("getOrders", "/orders/v0/orders", {"CreatedAfter": SINCE, "MarketplaceIds": US}),
        ("getOrder", f"/orders/v0/orders/{GUIDE_ORDER}", {}),
        ("getOrderItems", f"/orders/v0/orders/{GUIDE_ORDER}/orderItems", {}),
        ("getSolicitationActionsForOrder", f"/solicitations/v1/orders/{GUIDE_ORDER}", {"marketplaceIds": US}),
        ("getMarketplaceParticipations", "/sellers/v1/marketplaceParticipations", {}),
        ("getAccount", "/sellers/v1/account", {}),
    ],
)
def test_reads_answer_as_the_model_says(
    amazon: Amazon, models: Path, operation: str, path: str, query: dict[str, str]
) -> None:
    reply = amazon.get(path, **query)
    assert reply.status == 200
    model_of(models, path).check(operation, 200, reply.body)


@pytest.mark.parametrize(
    "message_type", [t for t in MESSAGE_TYPES if t.operation and t.operation not in REMOVED], ids=lambda t: t.segment
)
def test_messages_answer_as_the_model_says(unlimited: Amazon, models: Path, message_type: Any) -> None:
    model = Model(models / "messaging.json")
    content: dict[str, Any] = {"text": "A message."} if message_type.text_limit else {}
    if message_type.files:
        upload = unlimited.upload(message_type.segment, b"file")
        content["attachments"] = [{"uploadDestinationId": upload, "fileName": "a.txt"}]
    if message_type.coverage:
        content |= {"coverageStartDate": SINCE, "coverageEndDate": "2030-01-01T00:00:00Z"}
    replies = [
        (201, unlimited.message(message_type.segment, content)),
        (400, unlimited.message(message_type.segment, {"text": "<b>", "attachments": {}})),
        (403, unlimited.message(message_type.segment, content, unlimited.new_order(types=[]))),
        (404, unlimited.message(message_type.segment, content, "111-1111111-1111111")),
        (
            415,
            unlimited.send(
                "POST",
                f"/messaging/v1/orders/{GUIDE_ORDER}/messages/{message_type.segment}?marketplaceIds={US}",
                b"x",
                unlimited.headers(**{"Content-Type": "text/plain"}),
            ),
        ),
    ]
    for status, reply in replies:
        assert reply.status == status
        model.check(message_type.operation, status, reply.body)


def test_uploads_solicitations_and_tokens_answer_as_the_models_say(amazon: Amazon, models: Path) -> None:
    uploads = Model(models / "uploads_2020-11-01.json")
    for status, segment in ((201, "invoice"), (403, "nothing")):
        reply = amazon.destination(segment, md5_of(b"x"))
        assert reply.status == status
        uploads.check("createUploadDestinationForResource", status, reply.body)
    solicitations = Model(models / "solicitations.json")
    order_id = amazon.new_order(state="delivered")
    for status in (201, 403):
        path = f"/solicitations/v1/orders/{order_id}/solicitations/productReviewAndSellerFeedback"
        reply = amazon.post(path, marketplaceIds=US)
        assert reply.status == status
        solicitations.check("createProductReviewAndSellerFeedbackSolicitation", status, reply.body)
    tokens = Model(models / "tokens_2021-03-01.json")
    for status, path in ((200, "/orders/v0/orders/{orderId}"), (400, "nothing")):
        body = {"restrictedResources": [{"method": "GET", "path": path}]}
        reply = amazon.post("/tokens/2021-03-01/restrictedDataToken", body)
        assert reply.status == status
        tokens.check("createRestrictedDataToken", status, reply.body)


def test_a_throttled_answer_is_as_the_model_says(amazon: Amazon, models: Path) -> None:
    replies = [amazon.actions() for _ in range(7)]
    assert replies[-1].status == 429
    Model(models / "messaging.json").check("getMessagingActionsForOrder", 429, replies[-1].body)


def test_every_operation_of_the_models_is_there_with_its_path(models: Path) -> None:
    ours = {(operation.name, operation.method, operation.path.replace("+}", "}")) for operation in OPERATIONS}
    left_out = {"/orders/v0/orders/{orderId}/" + rest for rest in ("buyerInfo", "address", "shipment", "regulatedInfo")}
    left_out |= {f"/orders/v0/orders/{{orderId}}/{rest}" for rest in ("orderItems/buyerInfo", "shipmentConfirmation")}
    for name in FILES.values():
        for path, methods in Model(models / f"{name}.json").content["paths"].items():
            for method, operation in methods.items():
                if path not in left_out and isinstance(operation, dict) and "operationId" in operation:
                    known = (operation["operationId"], method.upper(), path.replace("amazonOrderId", "orderId"))
                    assert known in ours


def test_usage_plans_are_those_of_the_models(models: Path) -> None:
    figures = 0
    for operation in OPERATIONS:
        if operation.name in REMOVED or operation.path.endswith("/schema"):
            continue
        methods = model_of(models, operation.path).content["paths"]
        described = next(
            o["description"]
            for m in methods.values()
            for o in m.values()
            if isinstance(o, dict) and o.get("operationId") == operation.name
        )
        rows = [line.strip("| \t").split("|") for line in described.splitlines() if line.strip().startswith("|")]
        numbers = [row for row in rows if len(row) == 2 and row[0].strip()[0].isdigit()]
        for rate, burst in numbers:
            figures += 1
            assert (float(rate), float(burst)) == (operation.plan.rate, operation.plan.burst), operation.name
    assert figures >= 20
