"""Amazon's side for your tests: a pytest plugin around the sandbox.

After ``pip install 'buyerline[testing]'`` every test may ask for these fixtures:

- ``amazon_sandbox``: an `AmazonSandbox`, a running sandbox with a fresh world and credentials that are this test's own;
- ``amazon_environment``: the same, with the environment set so that code which makes its own client talks to it.

`running` starts a sandbox where there is no fixture. Everything is loaded when it is first used: a test suite that
does not use the plugin pays nothing for it.
"""

from typing import TYPE_CHECKING

from buyerline._loading import loading

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
    "handle": ("AmazonSandbox",),
    "server": ("running",),
    "views": ("AccountFacts", "FaultKind", "OrderFacts", "Request", "SellerAccount", "SentFile", "SentMessage"),
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

__getattr__ = loading(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
