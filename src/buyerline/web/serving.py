"""Granian inside this process: on a socket that is open before anything else, for good or for a while on a thread."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar.types import ASGIApp, Receive, Scope, Send

BACKLOG = 1024


class Site:
    """An application and the open socket at which it will answer. What comes before it is served waits there.

    Attributes:
        host, port: where it listens.
        url: its base URL.

    Raises:
        OSError: the port is taken, or the address is not this machine's. Port 0 takes any free one.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._threads_before = _native_threads()
        self._app = _Stoppable(app)
        self._listener = _listen(host, port)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def run(self, stop: asyncio.Event, *, before_end: Callable[[], Awaitable[None]] | None = None) -> None:
        """Answer requests until `stop` is set; then see to `before_end`, and end those that are being answered."""
        server: Any = _Server(self._app, self._listener)
        serving = asyncio.create_task(server.serve())
        await stop.wait()
        if before_end is not None:
            await before_end()
        self._app.stop()
        server.stop()
        await serving

    def close(self) -> None:
        """Give the port free."""
        self._listener.close()
        _let_native_threads_end(self._threads_before)


def until_signalled(run: Callable[[asyncio.Event], Awaitable[None]], announce: Callable[[], None]) -> None:
    """Run `run` on an event loop until SIGINT or SIGTERM sets the event that it is given; `announce` comes before."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        announce()
        await run(stop)

    asyncio.run(main())


@contextmanager
def on_a_thread(run: Callable[[asyncio.Event], Awaitable[None]], name: str) -> Iterator[None]:
    """Run `run` on a thread and event loop of its own while the context lasts; its end sets the event it is given."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def main() -> None:
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop))
        await run(stop)

    thread = threading.Thread(target=asyncio.run, args=(main(),), name=name, daemon=True)
    thread.start()
    loop, stop = started.result()
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # it ended by itself, and its loop is closed
            loop.call_soon_threadsafe(stop.set)
        thread.join()


class _Stoppable:
    """An application with a way to end all requests that are being answered: some never end by themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answering: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("The server must answer each request in a task of its own.")
        self._answering.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._answering.discard(task)

    def stop(self) -> None:
        for task in self._answering:
            task.cancel()


class _Server(Server):
    """Granian on a socket that is already open, so that a taken port is an error before anything starts."""

    def __init__(self, target: Any, listener: socket.socket) -> None:
        self._listener = listener
        super().__init__(
            target,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
            # Granian configures logging for the whole process; like this it changes no handler but its own.
            log_dictconfig={"incremental": True, "handlers": {}},
        )

    def _init_shared_socket(self) -> None:
        make_holder: Any = SocketHolder  # granian's type stub leaves the arguments out
        # Granian owns the descriptor from here on, and closes it.
        holder = make_holder(self._listener.detach(), False, BACKLOG)  # noqa: FBT003 - they have no names
        self._shd = holder
        self._sfd = holder.get_fd()
        self._ssp = None


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 - the standard library has no name for it
    except OSError:
        listener.close()
        raise
    return listener


def _native_threads() -> int:
    """How many threads the process has, those that Python does not know of included; 0 where nobody tells."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - only their number is wanted
    except OSError:
        return 0


def _let_native_threads_end(wanted: int) -> None:
    """Wait a moment for granian's own threads, which end just after its server does.

    One that is left when the interpreter shuts down aborts the whole process.
    """
    for _ in range(100):
        time.sleep(0.001)
        if 0 < _native_threads() <= wanted:
            return
