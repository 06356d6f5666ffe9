"""Amazon's static sandbox: documented values get documented answers."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from buyerline.sandbox.apis import OPERATIONS
from buyerline.sandbox.static_cases import Case, all_cases
from tests.sandbox.client import US, Amazon, Reply

APIS = {
    "messaging": ("messaging", "/messaging/v1/"),
    "solicitations": ("solicitations", "/solicitations/v1/"),
    "sellers": ("sellers", "/sellers/v1/"),
    "tokens": ("tokens_2021-03-01", "/tokens/2021-03-01/"),
    "orders": ("orders_2026-01-01", "/orders/2026-01-01/"),
    "orders_v0": ("ordersV0", "/orders/v0/"),
}
REMOVED = {"createNegativeFeedbackRemoval", "createAmazonMotors"}
UNKNOWN_V0 = {"getOrderBuyerInfo", "getOrderAddress", "getOrderItemsBuyerInfo", "getOrderRegulatedInfo"}
UNKNOWN_V0 |= {"updateShipmentStatus", "updateVerificationStatus", "confirmShipment"}
GOOD = "123-1234567-1234567"


def ask(amazon: Amazon, case: Case) -> Reply:
    """The request that a case documents."""
    api, _, name = case.operation.partition(".")
    (operation,) = [o for o in OPERATIONS if o.name == name and o.path.startswith(APIS[api][1])]
    query = {
        key: ",".join(value) if isinstance(value, list) else value
        for key, value in case.arguments.items()
        if key != "orderId"
    }
    if operation.takes_marketplace:
        query.setdefault("marketplaceIds", US)
    target = operation.path.replace("{orderId}", str(case.arguments.get("orderId")))
    headers = amazon.headers(**{"Content-Type": "application/json"})
    if not case.arguments and case.body is None:
        headers["Host"] = "sandbox.sellingpartnerapi-na.amazon.com"
    body = None if operation.method == "GET" else json.dumps({} if case.body is None else case.body).encode()
    return amazon.send(operation.method, f"{target}?{urlencode(query)}" if query else target, body, headers)


def reached(cases: tuple[Case, ...]) -> list[Case]:
    """The cases that can be reached: of two with the same values, Amazon's sandbox answers with the first."""
    seen: list[tuple[Any, ...]] = []
    found = []
    for case in cases:
        key = (case.operation, case.arguments, case.body)
        if key not in seen:
            seen.append(key)
            found.append(case)
    return found


@pytest.mark.parametrize("case", reached(all_cases()), ids=lambda case: f"{case.operation}-{case.status}")
def test_a_documented_request_gets_its_documented_answer(amazon: Amazon, case: Case) -> None:
    amazon.without_limits()
    reply = ask(amazon, case)
    assert (reply.status, reply.json) == (case.status, case.answer)


def test_a_static_order_with_other_values_matches_nothing(amazon: Amazon) -> None:
    reply = amazon.message("confirmOrderDetails", {"text": "Another message"}, GOOD)
    assert (reply.status, reply.error["message"]) == (400, "Could not match input arguments")
    assert amazon.ledger() == []


def test_the_static_host_answers_documented_requests_only(amazon: Amazon) -> None:
    headers = amazon.headers(Host="sandbox.sellingpartnerapi-eu.amazon.com")
    reply = amazon.send("GET", f"/messaging/v1/orders/902-6786204-8179805?marketplaceIds={US}", None, headers)
    assert (reply.status, reply.error["message"]) == (400, "Could not match input arguments")


def test_the_cases_are_those_of_amazons_models(models: Path) -> None:
    documented = []
    for api, (name, _) in APIS.items():
        model = json.loads((models / f"{name}.json").read_text())
        for path in model["paths"].values():
            for operation in path.values():
                if isinstance(operation, dict) and operation.get("operationId") not in UNKNOWN_V0:
                    documented += list(cases_of(api, operation))
    ours = [case for case in all_cases() if case.operation.partition(".")[2] not in REMOVED]
    assert [c.operation for c in ours] == [c.operation for c in documented]
    assert ours == documented


def cases_of(api: str, operation: dict[str, Any]) -> Any:
    for status, response in operation.get("responses", {}).items():
        for case in response.get("x-amzn-api-sandbox", {}).get("static", ()):
            values = {name: value["value"] for name, value in case["request"]["parameters"].items()}
            body = values.pop("body", None)
            arguments = {"orderId" if name == "amazonOrderId" else name: value for name, value in values.items()}
            yield Case(f"{api}.{operation['operationId']}", int(status), arguments, case["response"], body)
