"""The two drivers of flows: they do the sending and the waiting that flows ask for.

What pyreqwest says of a failure is read with care. It raises `ConnectError` also when the server read the whole
request and hung up, and `ConnectTimeoutError` when the server never answered; only the cause ``client error
(Connect)`` means that no connection was made.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pyreqwest.client import BaseClientBuilder, Client, ClientBuilder, SyncClient, SyncClientBuilder
from pyreqwest.exceptions import BuilderError, DetailedPyreqwestError, PyreqwestError, RequestTimeoutError
from pyreqwest.http import Url
from pyreqwest.proxy import ProxyBuilder

from buyerline.amazon.errors import ConfigurationError, ConnectionLost, NotConnected, TimedOut, TransportError
from buyerline.amazon.flow import Effect, Flow, HttpRequest, HttpResponse, Join, Pause, Read

T = TypeVar("T")
B = TypeVar("B", bound=BaseClientBuilder)

IDLE = timedelta(seconds=20)
"""Idle connections are closed well before Amazon's side would (60 s), so that a message is never written onto a
connection that is just being closed: its outcome would be unknown."""

CHUNK = 64 * 1024


class Driver:
    """Runs flows, blocking the calling thread. Any number of threads may share one."""

    def __init__(self, *, timeout: float, proxy: str | None = None) -> None:
        self._client: SyncClient = _configured(SyncClientBuilder(), timeout, proxy).build()

    def run(self, flow: Flow[T]) -> T:
        """Drive `flow` to its end and return what it returns, or raise what it raises."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = self._perform(effect)
                except (TransportError, OSError) as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return] # StopIteration is not generic
        finally:
            flow.close()

    def _perform(self, effect: Effect) -> HttpResponse | bytes | None:
        if isinstance(effect, HttpRequest):
            return self._exchange(effect)
        if isinstance(effect, Read):
            return _read(effect)
        if isinstance(effect, Pause):
            time.sleep(effect.seconds)
        else:
            wait_for([effect.future])
        return None

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        try:
            builder = self._client.request(request.method, request.url).headers(request.headers)
            if request.progress is not None and request.body is not None:
                builder = builder.header("Content-Length", str(len(request.body))).body_stream(_chunks(request))
            elif request.body is not None:
                builder = builder.body_bytes(request.body)
            response = builder.build().send()
            return HttpResponse(response.status, response.get_header, bytes(response.bytes()))
        except PyreqwestError as error:
            _fail(request, error)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class AsyncDriver:
    """Runs flows in asyncio. Any number of tasks of one event loop may share one."""

    def __init__(self, *, timeout: float, proxy: str | None = None) -> None:
        self._client: Client = _configured(ClientBuilder(), timeout, proxy).build()

    async def run(self, flow: Flow[T]) -> T:
        """Drive `flow` to its end and return what it returns, or raise what it raises."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = await self._perform(effect)
                except (TransportError, OSError) as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return] # StopIteration is not generic
        finally:
            flow.close()

    async def _perform(self, effect: Effect) -> HttpResponse | bytes | None:
        if isinstance(effect, HttpRequest):
            return await self._exchange(effect)
        if isinstance(effect, Read):
            return await asyncio.to_thread(_read, effect)
        if isinstance(effect, Pause):
            await asyncio.sleep(effect.seconds)
        else:
            await asyncio.wrap_future(_watch(effect))
        return None

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        try:
            builder = self._client.request(request.method, request.url).headers(request.headers)
            if request.progress is not None and request.body is not None:
                builder = builder.header("Content-Length", str(len(request.body))).body_stream(_chunks(request))
            elif request.body is not None:
                builder = builder.body_bytes(request.body)
            response = await builder.build().send()
            return HttpResponse(response.status, response.get_header, bytes(await response.bytes()))
        except PyreqwestError as error:
            _fail(request, error)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _configured(builder: B, timeout: float, proxy: str | None) -> B:
    """Set what both drivers have in common.

    Redirects are not followed: a 307 would post a message a second time, and Amazon sends none.
    """
    builder = (
        builder.follow_redirects(False)  # noqa: FBT003 - the library's own signature
        .referer(False)  # noqa: FBT003 - likewise
        .timeout(timedelta(seconds=timeout))
        .connect_timeout(timedelta(seconds=min(timeout, 10.0)))
        .pool_idle_timeout(IDLE)
    )
    return builder.proxy(ProxyBuilder.all(proxy)) if proxy else builder


def _read(effect: Read) -> bytes:
    if not isinstance(effect.source, Path):
        return effect.source.read(effect.limit)
    with effect.source.open("rb") as file:
        return file.read(effect.limit)


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    body, progress = request.body or b"", request.progress
    for start in range(0, len(body), CHUNK):
        chunk = body[start : start + CHUNK]
        if progress is not None:
            progress(start + len(chunk), len(body))
        yield chunk


def _watch(effect: Join) -> "Future[None]":
    """A future of this waiter's own, so that cancelling the waiter cancels nobody else's renewal."""
    own: Future[None] = Future()

    def wake(_: Any) -> None:
        if own.set_running_or_notify_cancel():
            own.set_result(None)

    effect.future.add_done_callback(wake)
    return own


def _fail(request: HttpRequest, error: PyreqwestError) -> NoReturn:
    """Say what `error` means for the request. Never quotes the URL: it may carry a signature."""
    causes: list[str] = []
    if isinstance(error, DetailedPyreqwestError):
        causes = [cause["message"] for cause in error.details.get("causes") or ()]
    if isinstance(error, BuilderError):
        raise ConfigurationError(f"{request.operation}: the request could not be built: {error.message}.") from None
    host = Url(request.url).authority
    words = next((cause for cause in reversed(causes) if "://" not in cause), "no reason given")
    if "client error (Connect)" in causes:
        raise NotConnected(
            f"no connection to {host}: {words}.",
            operation=request.operation,
            host=host,
            hint="Check the network, the proxy settings and the endpoint.",
        ) from None
    if isinstance(error, RequestTimeoutError):
        raise TimedOut(f"{host} did not answer in time.", operation=request.operation, host=host) from None
    raise ConnectionLost(
        f"the connection to {host} ended before the answer was complete: {words}.",
        operation=request.operation,
        host=host,
    ) from None
