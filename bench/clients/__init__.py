"""The clients that are compared, one module each, all behind the same two shapes.

A module has ``NOTE``, a sentence for the table; ``sync_client(url)`` and, where the library has asyncio,
``async_client(url)``. Each client is set up by the library's own means and keeps connections as the library does.
"""

from importlib import import_module
from typing import Protocol, cast

from buyerline.sandbox import GUIDE_ORDER

CLIENTS = ("buyerline", "buyerline_sp_api", "python_amazon_sp_api", "amzn_sp_api", "pyreqwest")

ORDER = GUIDE_ORDER
MARKETPLACE = "ATVPDKIKX0DER"
TEXT = "Please confirm the size and the colour of the item that you ordered, so that we can ship it today."


class SyncClient(Protocol):
    """Calls that block."""

    def get_actions(self) -> object:
        """GetMessagingActionsForOrder, its answer decoded as the library decodes it."""

    def confirm_order_details(self) -> object:
        """CreateConfirmOrderDetails, its answer decoded as the library decodes it."""


class AsyncClient(Protocol):
    """Calls that are awaited."""

    async def get_actions(self) -> object:
        """GetMessagingActionsForOrder, its answer decoded as the library decodes it."""

    async def confirm_order_details(self) -> object:
        """CreateConfirmOrderDetails, its answer decoded as the library decodes it."""


class Adapter(Protocol):
    """A module of this package."""

    NOTE: str

    def sync_client(self, url: str) -> SyncClient:
        """A client of the sandbox at ``url``."""

    def async_client(self, url: str) -> AsyncClient | None:
        """The same in asyncio, ``None`` where the library has none. Called inside the event loop."""


def adapter(name: str) -> Adapter:
    """The module of one of `CLIENTS`. Its library is imported here and not before."""
    return cast("Adapter", import_module(f"bench.clients.{name}"))
