"""The blocking client."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self

from buyerline.amazon.flow import Flow
from buyerline.amazon.transport import Driver
from buyerline.sp_api.base.api_response import ApiResponse
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.answering import answered

P = ParamSpec("P")


class Client(Connected):
    """The base of the blocking clients, see `Connected` for the arguments. Threads may share one.

    Within a ``with`` block a restricted data token that a call got stays in use; the block's end closes the
    connections.
    """

    def _open(self, *, timeout: float, proxy: str | None, verify: bool | Path) -> None:
        self._driver = Driver(timeout=timeout, proxy=proxy, verify=verify)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        self.keep_restricted_data_token = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.restricted_data_token = None
        self.keep_restricted_data_token = False
        self.close()


def blocking(flow: Callable[Concatenate[Connected, P], Flow[Any]]) -> Callable[Concatenate[Client, P], ApiResponse]:
    """A method that runs `flow` while the caller waits."""

    @wraps(flow)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> ApiResponse:
        return self._driver.run(answered(flow(self, *args, **kwargs)))

    return method
