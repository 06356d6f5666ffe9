"""The SDK's operations against Amazon's own models."""

from types import ModuleType

import pytest

from buyerline.amazon import messaging, orders, orders_v0, sellers, solicitations, tokens, uploads
from buyerline.amazon.operations import Operation, UsagePlan
from tests.amazon import models

V0_READS = {"getOrders", "getOrder", "getOrderItems"}


def known(module: ModuleType) -> dict[str, Operation[object]]:
    found = [value for value in vars(module).values() if isinstance(value, Operation)]
    if module is messaging:
        found += [kind.operation for kind in messaging.TYPES]
    return {operation.id: operation for operation in found}


@pytest.mark.parametrize(
    ("module", "model"),
    [
        (messaging, "messaging"),
        (uploads, "uploads_2020-11-01"),
        (orders, "orders_2026-01-01"),
        (orders_v0, "ordersV0"),
        (solicitations, "solicitations"),
        (sellers, "sellers"),
        (tokens, "tokens_2021-03-01"),
    ],
)
def test_every_operation_of_the_model_is_there_with_its_method_path_and_usage_plan(
    module: ModuleType, model: str
) -> None:
    """Of Orders v0 the three reads of orders, which are all that is wanted of it."""
    ours = known(module)
    for theirs in models.operations(model):
        if module is orders_v0 and theirs.id not in V0_READS:
            continue
        operation = ours.pop(theirs.id)
        assert (operation.method, operation.path) == (theirs.method, theirs.path)
        if theirs.plan is not None:
            assert operation.plan == UsagePlan(*theirs.plan)
    # What is left is gone from Amazon's model and still offered in places.
    assert set(ours) == ({"createNegativeFeedbackRemoval", "createAmazonMotors"} if module is messaging else set())


def test_only_what_reaches_a_buyer_is_never_repeated() -> None:
    for module in (messaging, uploads, orders, orders_v0, solicitations, sellers, tokens):
        for operation in known(module).values():
            reaches_a_buyer = operation.method == "POST" and module in (messaging, solicitations)
            assert operation.repeatable is not reaches_a_buyer, operation.id
