"""Running a sandbox: for good in the foreground, or for a while inside another process."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from buyerline.sandbox.app import make_app
from buyerline.sandbox.entrance import Entrance
from buyerline.sandbox.options import Options
from buyerline.sandbox.state import State

BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers."""

    url: str
    port: int
    orders: int
    accounts: int


class _Server(Server):
    """Granian inside this process, on a socket that is already open.

    The socket comes from outside so that a taken port is an error before anything starts, and port 0 is known.
    """

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


class _Sandbox:
    """One world and its server, ready to run."""

    def __init__(self, options: Options) -> None:
        self._threads_before = _native_threads()
        self._state = State(options)
        try:
            self._app = Entrance(make_app(self._state))
            self._listener = _listen(options.host, options.port)
        except BaseException:
            self._state.close()
            raise
        port: int = self._listener.getsockname()[1]
        host = f"[{options.host}]" if ":" in options.host else options.host
        self.running = Running(
            f"http://{host}:{port}", port, self._state.orders.count(), len(self._state.accounts.all())
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Answer requests until ``stop`` is set. What comes before the server is up waits at the open socket."""
        server: Any = _Server(self._app, self._listener)
        serving = asyncio.create_task(server.serve())
        await stop.wait()
        await self._state.mailboxes.aclose()
        self._app.stop()
        server.stop()
        await serving

    def close(self) -> None:
        """Give the port and the database free."""
        self._listener.close()
        self._state.close()
        _let_native_threads_end(self._threads_before)


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


def serve(options: Options, announce: Callable[[Running], None] | None = None) -> None:
    """Run a sandbox until SIGINT or SIGTERM.

    Args:
        options: How it is set up.
        announce: Called once, when it answers.

    Raises:
        OSError: The port is taken, or the address is not this machine's.
        sqlite3.Error: The data file is no database.
    """
    sandbox = _Sandbox(options)

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        if announce is not None:
            announce(sandbox.running)
        await sandbox.run(stop)

    try:
        asyncio.run(run())
    finally:
        sandbox.close()


@contextmanager
def background(options: Options) -> Iterator[Running]:
    """Run a sandbox inside this process, on a thread and event loop of its own, while the context lasts.

    Raises:
        OSError: The port is taken. Port 0 takes any free one.
        sqlite3.Error: The data file is no database.
    """
    sandbox = _Sandbox(options)
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop))
        await sandbox.run(stop)

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="buyerline-sandbox", daemon=True)
    thread.start()
    loop, stop = started.result()
    try:
        yield sandbox.running
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        sandbox.close()
