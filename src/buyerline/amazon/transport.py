"""The two drivers of flows: they do the sending and the waiting that flows ask for.

What pyreqwest says of a failure is read with care. It raises `ConnectError` also when the server read the whole
request and hung up, and `ConnectTimeoutError` when the server never answered; only the cause ``client error
(Connect)`` means that no connection was made.
"""

import atexit
import errno
import re
import time
from collections.abc import Generator, Iterator
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from pyreqwest.client import BaseClientBuilder, Client, ClientBuilder, SyncClient, SyncClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    DetailedPyreqwestError,
    PyreqwestError,
    RequestTimeoutError,
)
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import RequestBuilder, SyncRequestBuilder

from buyerline.amazon.errors import ConfigurationError, ConnectionLost, NotConnected, TimedOut
from buyerline.amazon.flow import Effect, Flow, HttpRequest, HttpResponse, Join, Pause, Read

T = TypeVar("T")
B = TypeVar("B", bound=BaseClientBuilder)
R = TypeVar("R", RequestBuilder, SyncRequestBuilder)

IDLE = timedelta(seconds=20)
"""Idle connections are closed well before Amazon's side would (60 s), so that a message is never written onto a
connection that is just being closed: its outcome would be unknown."""

CHUNK = 64 * 1024

PATIENCE = 5
"""How many timeouts long a call waits for another one's work (a token renewal, repeats included)."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class Driver:
    """Runs flows, blocking the calling thread. Any number of threads may share one."""

    def __init__(self, *, timeout: float, proxy: str | None = None, verify: bool | Path = True) -> None:
        self._closed = False
        self._patience = timeout * PATIENCE
        with _usable_settings():
            self._client: SyncClient = _configured(SyncClientBuilder(), timeout, proxy, verify).build()

    def run(self, flow: Flow[T]) -> T:
        """Drive `flow` to its end and return what it returns, or raise what it raises."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = self._perform(effect)
                except Exception as error:  # noqa: BLE001 - the flow says what it means: something may have left
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
            if wait_for([effect.future], timeout=self._patience).not_done:
                raise _in_vain(effect)
        return None

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        try:
            with _sendable(request, closed=self._closed):
                built = _filled(self._client.request(request.method, request.url), request).build()
            response = built.send()
            return HttpResponse(response.status, response.get_header, bytes(response.bytes()), response.headers)
        except PyreqwestError as error:
            _fail(request, error)

    def close(self) -> None:
        """Close the connections."""
        self._closed = True
        self._client.close()


def _let_answers_go() -> None:
    """Wait until pyreqwest's threads have let go of the last answers.

    One that still holds a Python object when the interpreter shuts down aborts the process (seen with 0.15.1, in a
    tenth of the processes that ended right after an awaited answer).
    """
    time.sleep(0.01)


@cache
def _wait_at_exit() -> None:
    atexit.register(_let_answers_go)


class AsyncDriver:
    """Runs flows in asyncio. Any number of tasks of one event loop may share one."""

    def __init__(self, *, timeout: float, proxy: str | None = None, verify: bool | Path = True) -> None:
        _wait_at_exit()
        self._closed = False
        self._patience = timeout * PATIENCE
        with _usable_settings():
            self._client: Client = _configured(ClientBuilder(), timeout, proxy, verify).build()

    async def run(self, flow: Flow[T]) -> T:
        """Drive `flow` to its end and return what it returns, or raise what it raises."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = await self._perform(effect)
                except Exception as error:  # noqa: BLE001 - the flow says what it means: something may have left
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
        import asyncio  # late: it takes longest of all to import, and who blocks needs none of it

        if isinstance(effect, Read):
            return await asyncio.to_thread(_read, effect)
        if isinstance(effect, Pause):
            await asyncio.sleep(effect.seconds)
        else:
            await _joined(effect, self._patience)
        return None

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        try:
            with _sendable(request, closed=self._closed):
                built = _filled(self._client.request(request.method, request.url), request).build()
            response = await built.send()
            return HttpResponse(response.status, response.get_header, bytes(await response.bytes()), response.headers)
        except PyreqwestError as error:
            _fail(request, error)

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        await self._client.close()


def _filled(builder: R, request: HttpRequest) -> R:
    """The request's headers, body and time, for either kind of client."""
    builder = builder.headers(request.headers)
    if request.timeout is not None:
        builder = builder.timeout(timedelta(seconds=request.timeout))
    if request.body is None:
        return builder
    if request.progress is None:
        return builder.body_bytes(request.body)
    return builder.header("Content-Length", str(len(request.body))).body_stream(_chunks(request))


@contextmanager
def _sendable(request: HttpRequest, *, closed: bool) -> Generator[None]:
    """Say of a request that cannot be built what is wrong, without quoting it: its headers hold tokens.

    Raises:
        ConfigurationError: a URL or header is not one, or the client is closed. Nothing was sent.
    """
    if closed:
        raise ConfigurationError("This client is closed; make a new one.", code="client_closed")
    try:
        yield
    except (ValueError, TypeError):
        raise ConfigurationError(
            f"{request.operation}: the request cannot be built.",
            hint="A token, a secret or the endpoint holds a character that HTTP does not take, a line break perhaps.",
        ) from None


@contextmanager
def _usable_settings() -> Generator[None]:
    """Say of a setting that the library cannot use that it has to be set right."""
    try:
        yield
    except ValueError as error:
        raise ConfigurationError(
            f"proxy, verify: a connection cannot be made with these settings ({error}).",
            hint="A proxy is a URL, http://proxy.example:3128; verify takes a file of PEM certificates.",
        ) from None


def _configured(builder: B, timeout: float, proxy: str | None, verify: bool | Path) -> B:
    """Set what both drivers have in common.

    Redirects are not followed: a 307 would post a message a second time, and Amazon sends none.
    """
    builder = (
        builder.follow_redirects(False)  # noqa: FBT003 - the library's own signature
        .referer(False)  # noqa: FBT003 - likewise
        .timeout(timedelta(seconds=timeout))
        .connect_timeout(timedelta(seconds=min(timeout / 2, 10.0)))
        .pool_idle_timeout(IDLE)
    )
    if proxy:
        builder = builder.proxy(ProxyBuilder.all(proxy))
    if isinstance(verify, Path):
        for certificate in _certificates(verify):
            builder = builder.add_root_certificate_pem(certificate)
    elif not verify:
        builder = builder.danger_accept_invalid_certs(True)  # noqa: FBT003 - the library's own signature
    return builder


def _certificates(bundle: Path) -> list[bytes]:
    """The certificates of a bundle, one by one, as the library takes them.

    Raises:
        ConfigurationError: the file cannot be read, or holds no certificate.
    """
    try:
        found = _CERTIFICATE.findall(bundle.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"verify: {bundle} cannot be read ({type(error).__name__}).") from None
    if not found:
        raise ConfigurationError(f"verify: {bundle} holds no certificate.", hint="It must be a file of PEM blocks.")
    return found


def run_here(flow: Flow[T]) -> T:
    """Run a flow that asks for nothing but files, as `Driver.run` would, without any connection.

    Raises:
        TypeError: it asks for something else.
    """
    try:
        effect = next(flow)
        while isinstance(effect, Read):
            try:
                content = _read(effect)
            except OSError as error:
                effect = flow.throw(error)
            else:
                effect = flow.send(content)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return] # StopIteration is not generic
    raise TypeError(f"only reading files is possible here, not {type(effect).__name__}")


def _read(effect: Read) -> bytes:
    try:
        if not isinstance(effect.source, Path):
            return _read_all(effect.source, effect.limit)
        with effect.source.open("rb") as file:
            return _read_all(file, effect.limit)
    except (ValueError, TypeError, AttributeError):
        raise OSError(errno.EINVAL, "it is closed, not a file, or not opened in binary mode") from None


def _read_all(file: BinaryIO, limit: int) -> bytes:
    """Up to `limit` bytes; pipes and unbuffered files give less at a time than is asked for."""
    parts: list[bytes] = []
    missing = limit
    while missing > 0 and (part := file.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    body, progress = request.body or b"", request.progress
    for start in range(0, len(body), CHUNK):
        chunk = body[start : start + CHUNK]
        if progress is not None:
            progress(start + len(chunk), len(body))
        yield chunk


async def _joined(effect: Join, patience: float) -> None:
    """Wait on a future of this waiter's own, so that cancelling the waiter cancels it for nobody else."""
    import asyncio

    loop = asyncio.get_running_loop()
    own: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not own.done():
            own.set_result(None)

    def give_up() -> None:
        if not own.done():
            own.set_exception(_in_vain(effect))

    def wake(_: Any) -> None:
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(settle)

    effect.future.add_done_callback(wake)
    timer = loop.call_later(patience, give_up)
    try:
        await own
    finally:
        timer.cancel()


def _in_vain(effect: Join) -> TimedOut:
    return TimedOut(f"{effect.what} did not end.", operation="lwa", host="this process")


def _fail(request: HttpRequest, error: PyreqwestError) -> NoReturn:
    """Say what `error` means for the request. Never quotes the URL: it may carry a signature."""
    causes: list[str] = []
    if isinstance(error, DetailedPyreqwestError):
        causes = [cause["message"] for cause in error.details.get("causes") or ()]
    if isinstance(error, BuilderError):
        raise ConfigurationError(f"{request.operation}: the request could not be built: {error.message}.") from None
    host = request.host
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
