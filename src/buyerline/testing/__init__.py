"""Amazon's side for your tests: a pytest plugin around the sandbox.

After ``pip install 'buyerline[testing]'`` every test may ask for these fixtures:

- ``amazon_sandbox``: an `AmazonSandbox`, a running sandbox with a fresh world and credentials that are this test's own;
- ``amazon_environment``: the same, with the environment set so that code which makes its own client talks to it.

`running` starts a sandbox where there is no fixture. Everything is loaded when it is first used: a test suite that
does not use the plugin pays nothing for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from buyerline.testing.handle import AmazonSandbox
    from buyerline.testing.server import running
    from buyerline.testing.views import (
        AccountFacts,
        FaultKind,
        OrderFacts,
        Request,
        SellerAccount,
        SentFile,
        SentMessage,
    )

_HOMES = {
    "AmazonSandbox": "handle",
    "AccountFacts": "views",
    "FaultKind": "views",
    "OrderFacts": "views",
    "Request": "views",
    "SellerAccount": "views",
    "SentFile": "views",
    "SentMessage": "views",
    "running": "server",
}

__all__ = [
    "AccountFacts",
    "AmazonSandbox",
    "FaultKind",
    "OrderFacts",
    "Request",
    "SellerAccount",
    "SentFile",
    "SentMessage",
    "running",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'buyerline.testing' has no attribute {name!r}")
    return getattr(import_module(f"buyerline.testing.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
