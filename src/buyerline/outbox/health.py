"""Whether a worker is well, and what it counts, over HTTP: for whoever watches over it."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import msgspec
from prometheus_client import make_wsgi_app

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox.metrics import Metrics

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIEnvironment

LOOPBACK = "127.0.0.1"
"""Where it listens unless told otherwise."""

_PATIENCE = 5.0  # seconds that a client may let us wait in the middle of its request
_AT_ONCE = 16  # connections; more are closed unanswered
_POLL = 0.1  # seconds until a server that is told to end does
_PORTS = range(65536)

_LOGGER = logging.getLogger("buyerline.outbox")


class _Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class HealthServer:
    """Answers ``/healthz``, ``/readyz`` and ``/metrics`` in threads of its own, from entering the context to its end.

    The first two are 200 and ``ok``, or 503 and a sentence; as JSON, ``{"status": "ok" | "unwell", "reason"}``, for
    who accepts ``application/json``. The third is in the format of Prometheus or OpenMetrics, as asked for.

    Args:
        host: the address to listen on; only this machine can reach it unless another is given.
        port: 0 takes a free one.
        metrics: what ``/metrics`` tells, asked at each scrape.
        alive: ``None``, or why the worker should be started anew, a sentence. Must not wait for anything.
        ready: ``None``, or why it sends nothing now, a sentence. Must not wait for anything.

    Attributes:
        url: where it listens, without a slash at the end.

    Raises:
        ConfigurationError: it cannot listen there.
    """

    def __init__(
        self,
        host: str | None,
        port: int,
        *,
        metrics: Callable[[], Metrics],
        alive: Callable[[], str | None],
        ready: Callable[[], str | None],
    ) -> None:
        self._probes = {"/healthz": alive, "/readyz": ready}
        self._metrics = metrics
        host = host or LOOPBACK  # to the system, an empty one is every address of the machine
        self._server = _listen(host, port)
        self._server.set_app(self._application)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="buyerline-health", daemon=True
        )
        self.url = f"http://{_in_url(host)}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: "TracebackType | None"
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _application(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            answer = self._answer(environ)
        except Exception:
            _LOGGER.exception("health: %s could not be answered", environ["PATH_INFO"])
            answer = _text("500 Internal Server Error", "This could not be answered; the worker's log says why.")
        # wsgiref would name itself and Python's version as the server.
        common = [("Server", "buyerline"), ("Cache-Control", "no-store"), ("Content-Length", str(len(answer.body)))]
        start_response(answer.status, [*answer.headers, *common])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, environ: "WSGIEnvironment") -> _Answer:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return _text("405 Method Not Allowed", "Only GET and HEAD are answered here.", ("Allow", "GET, HEAD"))
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return self._scrape(environ)
        probe = self._probes.get(path)
        if probe is None:
            return _text("404 Not Found", f"Nothing is here. There are {', '.join(self._probes)} and /metrics.")
        return _told(probe(), as_json="application/json" in environ.get("HTTP_ACCEPT", ""))

    def _scrape(self, environ: "WSGIEnvironment") -> _Answer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        tell = make_wsgi_app(self._metrics().registry)
        body = tell({**environ, "REQUEST_METHOD": "GET"}, lambda status, headers: begun.append((status, headers)))
        status, headers = begun[0]
        return _Answer(status, headers, b"".join(body))


def _told(reason: str | None, *, as_json: bool) -> _Answer:
    status, word = ("200 OK", "ok") if reason is None else ("503 Service Unavailable", "unwell")
    if as_json:
        body = msgspec.json.encode({"status": word, "reason": reason})
        return _Answer(status, [("Content-Type", "application/json")], body)
    return _text(status, word if reason is None else reason)


def _text(status: str, words: str, *headers: tuple[str, str]) -> _Answer:
    return _Answer(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], words.encode())


class _Handler(WSGIRequestHandler):
    """Reads one request. What cannot be read is answered in plain words."""

    timeout = _PATIENCE
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(message)s"

    def version_string(self) -> str:
        return "buyerline"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that it overrides
        """Probes and scrapes come every few seconds: nobody wants a line for each."""


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection, and only so many at once."""

    daemon_threads = True  # an answer under way keeps no worker from ending
    request_queue_size = _AT_ONCE

    def __init__(self, family: socket.AddressFamily, address: tuple[str, int]) -> None:
        self.address_family = family
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Listen, without asking the name service what this machine is called, as the parent would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def verify_request(self, *_: object) -> bool:
        """Whether there is a place for one more connection."""
        return self._places.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, in the thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, *_: object) -> None:
        """The client went away or was too slow: nothing that an operator has to mend."""
        _LOGGER.debug("health: a connection ended early", exc_info=True)


def _listen(host: str, port: int) -> _Server:
    if port not in _PORTS:  # some systems would take its lower 16 bits
        raise _cannot_listen(host, port, "a port is a number from 0 to 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return _Server(family, (str(address[0]), port))
    except OSError as error:
        raise _cannot_listen(host, port, error.strerror or str(error)) from None
    except UnicodeError:
        raise _cannot_listen(host, port, "no host can have that name") from None


def _cannot_listen(host: str, port: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"health: cannot listen on {_in_url(host)}:{port} ({reason}).",
        hint="Choose another port with --health-port, 0 for any free one, or an address of this machine.",
    )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
