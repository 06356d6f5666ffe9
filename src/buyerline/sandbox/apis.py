"""All of Amazon's operations that the sandbox has."""

from buyerline.sandbox import messaging, orders_api, orders_v0, sellers, solicitations, tokens_api, uploads
from buyerline.sandbox.operations import Operation

OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for api in (messaging, uploads, orders_api, orders_v0, solicitations, sellers, tokens_api)
    for operation in api.OPERATIONS
)

NAMES = frozenset(operation.name for operation in OPERATIONS)
