"""A bare stand-in for Amazon that records what is posted: ``python -m bench.recorder`` prints its URL.

Where the sandbox would be what limits a measurement, this is used instead. It gives every account that asks a token,
offers ``confirmOrderDetails`` for every order, accepts every message, counts the messages of each order, and holds
each account to Amazon's usage plans with as little work as Python allows. It checks nothing else.

``GET /_recorder`` tells what was recorded (`Record`), ``POST /_recorder`` forgets it.
"""

import asyncio
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec

from bench.outbox_work import TYPE
from bench.process import allow_many_connections
from bench.server import Record, Server
from buyerline.amazon.messaging import PLAN
from buyerline.sandbox import GUIDE_ORDER
from buyerline.sandbox.message_types import BY_SEGMENT

TOLERANCE = 0.05
"""Seconds that a call may come before its token."""

BACKLOG = 1024

GET_ACTIONS = "getMessagingActionsForOrder"
POST_MESSAGE = "createConfirmOrderDetails"


class Recorder(Server):
    """A running recorder. It answers each call `delay` seconds late, and what it records it records at once."""

    def __init__(self, *, delay: float = 0.0) -> None:
        super().__init__("bench.recorder", str(delay))

    def reset(self) -> None:
        """Forget what was recorded; all buckets are full."""
        self.control("POST", "_recorder")

    def record(self) -> Record:
        """What it has seen since the last reset."""
        return msgspec.convert(self.control("GET", "_recorder"), Record)


class Recording:
    """The record while it is made, and the buckets of every account and operation."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self._of_order: Counter[bytes] = Counter()
        self._throttled = 0
        self._levels: dict[tuple[str, bytes], tuple[float, float]] = {}
        self._first: float | None = None
        self._last: float | None = None

    def take(self, operation: str, account: bytes) -> bool:
        """Take a token of the account's bucket for the operation, where there is one."""
        now = self._clock()
        level, since = self._levels.get((operation, account), (PLAN.burst, now))
        level = min(PLAN.burst, level + (now - since) * PLAN.rate)
        taken = level >= 1 - TOLERANCE * PLAN.rate
        self._levels[operation, account] = (level - 1 if taken else level, now)
        if not taken:
            self._throttled += 1
        return taken

    def accept(self, order: bytes) -> None:
        self._last = time.time()
        self._first = self._first or self._last
        self._of_order[order] += 1

    def record(self) -> Record:
        messages = len(self._of_order)
        repeats = self._of_order.total() - messages
        return Record(messages, repeats, self._throttled, self._first, self._last)


class Connection(asyncio.Protocol):
    """One client's connection: requests one after another, as HTTP/1.1 has them."""

    def __init__(self, recording: Recording, delay: float) -> None:
        self._recording = recording
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            whole = end + 4 + int(_header(head, b"content-length") or 0)
            if len(self._received) < whole:
                return
            body, self._received = self._received[end + 4 : whole], self._received[whole:]
            self._send(self._answer(head, body))

    def _send(self, answer: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
        else:
            self._transport.write(answer)

    def _answer(self, head: bytes, body: bytes) -> bytes:
        method, target, _ = head.split(b" ", 2)
        path, _, _ = target.partition(b"?")
        if path.startswith(b"/messaging/"):
            return self._message(method, path.split(b"/"), _header(head, b"x-amz-access-token"))
        if path == b"/auth/o2/token":
            return _token(body)
        if path == b"/_recorder":
            if method == b"POST":
                self._recording.reset()
            return _response(b"200 OK", msgspec.json.encode(self._recording.record()))
        return _response(b"404 Not Found", b"{}")

    def _message(self, method: bytes, path: list[bytes], account: bytes) -> bytes:
        """A call of Messaging: ``/messaging/v1/orders/{order}``, and ``.../messages/{type}`` to post one."""
        operation = POST_MESSAGE if method == b"POST" else GET_ACTIONS
        if not self._recording.take(operation, account):
            return _response(b"429 Too Many Requests", _QUOTA_EXCEEDED)
        if method == b"GET":
            return _response(b"200 OK", _ACTIONS, _LIMIT)
        self._recording.accept(path[4])
        return _response(b"201 Created", b"{}", _LIMIT)


def _header(head: bytes, name: bytes) -> bytes:
    """A header's value, empty where there is none."""
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


def _response(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\nx-amzn-RequestId: %b\r\n%b\r\n%b"
        % (status, len(body), str(uuid.uuid4()).encode(), headers, body)
    )


def _token(form: bytes) -> bytes:
    """An access token that names the account: what stands in for its refresh token."""
    refresh_token = parse_qs(form.decode())["refresh_token"][0]
    answer = {"access_token": f"Atza|{refresh_token}", "token_type": "bearer", "expires_in": 3600}
    return _response(b"200 OK", msgspec.json.encode(answer))


def _actions() -> bytes:
    """The answer of getMessagingActionsForOrder for an order that offers one type, as the sandbox would give it."""
    order = f"/messaging/v1/orders/{GUIDE_ORDER}"
    link = {"href": f"{order}/messages/{TYPE}", "name": TYPE}
    form = BY_SEGMENT[TYPE].form(GUIDE_ORDER)
    action = {"_links": {"self": link}, "_embedded": {"schema": form}, "name": TYPE, "title": form["title"]}
    links = {"actions": [link], "self": {"href": order}}
    return msgspec.json.encode({"_links": links, "_embedded": {"actions": [action]}})


_ACTIONS = _actions()
_LIMIT = b"x-amzn-RateLimit-Limit: %.1f\r\n" % PLAN.rate
_QUOTA_EXCEEDED = (
    b'{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource."}]}'
)


async def serve(delay: float, announce: Callable[[str], None]) -> None:
    """Answer on a free port until the process is ended."""
    recording = Recording()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(recording, delay), "127.0.0.1", 0, backlog=BACKLOG)
    announce(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


def main() -> None:
    (delay,) = sys.argv[1:]
    allow_many_connections()
    asyncio.run(serve(float(delay), lambda url: print(url, flush=True)))


if __name__ == "__main__":
    main()
