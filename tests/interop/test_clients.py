"""Every client asks for every operation that it has, and docs/interoperability.md says what came of it."""

import pytest

from buyerline.testing import AmazonSandbox
from tests.interop.cells import try_out
from tests.interop.clients import Client
from tests.interop.operations import OPERATIONS, Operation
from tests.interop.page import PAGE, read, render
from tests.interop.registry import CLIENTS

WRITTEN = PAGE.read_text("utf-8")


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_the_call_goes_as_the_page_says(client: Client, operation: Operation, amazon_sandbox: AmazonSandbox) -> None:
    reason = client.why_missing()
    if reason is not None:
        pytest.skip(reason)
    cell = try_out(client, operation, amazon_sandbox)
    assert cell == read(WRITTEN, OPERATIONS)[operation, client.name], "run python -m tests.interop"


def test_the_page_is_as_it_was_written() -> None:
    """It was not edited by hand, and nothing is missing: `python -m tests.interop` writes it anew."""
    clients = [client.name for client in CLIENTS]
    assert render(read(WRITTEN, OPERATIONS), OPERATIONS, clients) == WRITTEN


def test_every_operation_of_the_sandbox_is_on_the_page() -> None:
    from buyerline.sandbox.apis import NAMES

    # Amazon's links lead to the schemas; they are no operation of its model.
    assert {operation.id for operation in OPERATIONS} >= NAMES - {"getSchema"}
