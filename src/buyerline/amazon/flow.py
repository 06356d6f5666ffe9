"""How calls are described free of input and output.

A flow is a generator. It yields effects, receives their results, and returns its answer. It never opens a socket,
sleeps or blocks, so one description serves the sync and the async client (`buyerline.amazon.transport` drives both)
and every rule about repeating, waiting and renewing stands once.
"""

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes handed to the network so far and the bytes in all."""


class HttpRequest(msgspec.Struct, frozen=True, gc=False):
    """The effect "send this and give me the answer". A driver throws a `TransportError` in when there is none.

    ``operation`` names it in errors (an operation id, ``"lwa"`` or ``"s3"``), ``host`` is the one that ``url`` leads
    to. ``url`` is used byte for byte. ``timeout`` is in seconds, the driver's own by default. ``repr`` shows neither
    the URL, which may be signed, nor headers and body.
    """

    operation: str
    method: str
    host: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    progress: Progress | None = None
    timeout: float | None = None

    def __repr__(self) -> str:
        return f"HttpRequest(operation={self.operation!r}, method={self.method!r}, host={self.host!r})"

    def __rich_repr__(self, /) -> list[tuple[str, str]]:
        return [("operation", self.operation), ("method", self.method), ("host", self.host)]


class HttpResponse:
    """An answer that arrived whole. Headers are found in any case; ``headers`` has all of them."""

    __slots__ = ("_header", "body", "headers", "status")

    def __init__(
        self,
        status: int,
        header: Callable[[str], str | None],
        body: bytes,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers
        self._header = header

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case; ``None`` also for one that is no text."""
        try:
            return self._header(name)
        except ValueError:
            return None


class Pause(msgspec.Struct, frozen=True, gc=False):
    """The effect "go on after this many seconds"."""

    seconds: float


class Read(msgspec.Struct, frozen=True):
    """The effect "read at most this many bytes". A driver throws the `OSError` in when that fails."""

    source: Path | BinaryIO
    limit: int


class Join(msgspec.Struct, frozen=True):
    """The effect "go on when this future is done"; its result or error is not looked at.

    ``what`` says, in an error, what was waited for in vain. Whoever waits for long gets a `TransportError`.
    """

    future: Future[Any]
    what: str


Effect: TypeAlias = HttpRequest | Pause | Read | Join
Flow: TypeAlias = Generator[Effect, Any, T]


class Pages(Generic[T]):
    """An answer of many pages: `next_page` is a flow for the following page, ``None`` after the last."""

    __slots__ = ("_next",)

    def __init__(self, next_page: Callable[[], Flow[list[T] | None]]) -> None:
        self._next = next_page

    def next_page(self) -> Flow[list[T] | None]:
        """The flow that fetches the following page."""
        return self._next()
