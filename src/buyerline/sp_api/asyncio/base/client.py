"""The awaited client."""

from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self

from buyerline.amazon.flow import Flow
from buyerline.amazon.transport import AsyncDriver
from buyerline.sp_api.base.api_response import ApiResponse
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.answering import answered

P = ParamSpec("P")


class Client(Connected):
    """The base of the awaited clients, see `Connected` for the arguments. Tasks of one event loop may share one.

    Within an ``async with`` block a restricted data token that a call got stays in use; the block's end closes the
    connections.
    """

    def _open(self, *, timeout: float, proxy: str | None, verify: bool | Path) -> None:
        self._driver = AsyncDriver(timeout=timeout, proxy=proxy, verify=verify)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._driver.close()

    async def __aenter__(self) -> Self:
        self.keep_restricted_data_token = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.restricted_data_token = None
        self.keep_restricted_data_token = False
        await self.aclose()


def awaited(
    flow: Callable[Concatenate[Connected, P], Flow[Any]],
) -> Callable[Concatenate[Client, P], Coroutine[Any, Any, ApiResponse]]:
    """A method that runs `flow` in asyncio."""

    @wraps(flow)
    async def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> ApiResponse:
        return await self._driver.run(answered(flow(self, *args, **kwargs)))

    return method
