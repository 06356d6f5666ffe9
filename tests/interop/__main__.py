"""Writes docs/interoperability.md from what every client does against the sandbox."""

import sys

from buyerline.testing import running
from tests.interop.cells import Cell, try_out
from tests.interop.operations import OPERATIONS, Operation
from tests.interop.page import PAGE, render
from tests.interop.registry import CLIENTS


def main() -> None:
    """Try everything, then write the page."""
    missing = [f"{client.name}: {reason}" for client in CLIENTS if (reason := client.why_missing()) is not None]
    if missing:
        sys.exit("The page needs every client.\n" + "\n".join(missing))
    table: dict[tuple[Operation, str], Cell] = {}
    for client in CLIENTS:
        for operation in OPERATIONS:
            with running() as amazon:
                table[operation, client.name] = try_out(client, operation, amazon)
    PAGE.write_text(render(table, OPERATIONS, [client.name for client in CLIENTS]), "utf-8")


main()
