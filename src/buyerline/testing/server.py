"""The sandbox's server inside this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from buyerline.sandbox import Options, background
from buyerline.testing.handle import AmazonSandbox, fresh_world

ORDERS = 20
"""How many orders the default account has at first, besides the one that offers every message type."""


@contextmanager
def serving(**options: Any) -> Iterator[str]:
    """A server on a free port while the block lasts; its URL. ``options`` are those of `buyerline.sandbox.Options`."""
    with background(Options(**({"port": 0, "orders": ORDERS} | options))) as server:
        yield server.url


@contextmanager
def running(**options: Any) -> Iterator[AmazonSandbox]:
    """A sandbox of its own on a free port, for the time of the block.

    For what a fixture cannot do: a sandbox for a whole module, two at once, or one with other options::

        with running(accounts=3, uploads="na") as amazon:
            ...

    Args:
        options: those of `buyerline.sandbox.Options`, such as ``orders``, ``accounts``, ``uploads`` or ``data``.
    """
    with serving(**options) as url, fresh_world(url) as sandbox:
        yield sandbox
