"""The inbox alone, on a real server."""

import asyncio
import http.client
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from buyerline.sandbox.inbox import inbox_routes
from buyerline.sandbox.ledger import AcceptedMessage
from buyerline.sandbox.mailboxes import Mailboxes


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Inbox:
    """A running inbox: what tests do to its mailboxes happens on the server's own thread."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop, mailboxes: Mailboxes) -> None:
        self._port = port
        self._loop = loop
        self._mailboxes = mailboxes

    def deliver(self, *messages: AcceptedMessage) -> None:
        for message in messages:
            self.on_server(partial(Mailboxes.deliver, message=message))

    def on_server(self, action: Callable[[Mailboxes], None]) -> None:
        async def act() -> None:
            action(self._mailboxes)

        asyncio.run_coroutine_threadsafe(act(), self._loop).result(timeout=10)

    def get(self, path: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())


@contextmanager
def served_inbox() -> Iterator[Inbox]:
    """An inbox with empty mailboxes on a free port."""
    port = free_port()
    ready: Future[tuple[asyncio.AbstractEventLoop, Server, Mailboxes]] = Future()

    async def serve() -> None:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
            mailboxes = Mailboxes(database)
            app = Litestar(inbox_routes(mailboxes), openapi_config=None, logging_config=None)
            server = _server(app, port)
            ready.set_result((asyncio.get_running_loop(), server, mailboxes))
            await server.serve()
            await mailboxes.aclose()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    loop, server, mailboxes = ready.result(timeout=10)
    try:
        _wait_for(port)
        yield Inbox(port, loop, mailboxes)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join()


def _server(app: Litestar, port: int) -> Server:
    # Granian would configure the logging of the whole process.
    quiet = {"incremental": True, "handlers": {}}
    return Server(app, port=port, interface=Interfaces.ASGINL, log_enabled=False, log_dictconfig=quiet)


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
