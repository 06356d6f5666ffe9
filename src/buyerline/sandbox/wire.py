"""A request as it came over the wire, and the answer that goes back."""

import uuid
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

if TYPE_CHECKING:
    from buyerline.sandbox.accounts import Grant

JSON = b"application/json"
HAL_JSON = b"application/hal+json"
FORM = "application/x-www-form-urlencoded"

Headers = list[tuple[bytes, bytes]]

_encode = msgspec.json.encode


class NotJson(ValueError):
    """A body that is no JSON."""


def read_json(body: bytes) -> Any:
    """The content of a JSON body.

    Raises:
        NotJson: It is none, or is nested too deeply.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJson from None


class Call:
    """One HTTP request.

    ``raw_path`` and ``raw_query`` stay as they were sent, percent-encoding included; ``headers`` has lower-case names
    and joins repeated ones with a comma. What is learnt on the way (who calls, about which order) is kept for the
    request log, and so are ``notes`` on what is odd about the request.
    """

    def __init__(self, scope: Any, body: bytes = b"") -> None:
        self.method: str = scope["method"]
        self.raw_path: str = scope["raw_path"].decode("latin-1")
        self.raw_query: str = scope["query_string"].decode("latin-1")
        self.header_lines: Headers = scope["headers"]
        self.headers = _headers(self.header_lines)
        self.body = body
        self.body_size = len(body)
        self.client: tuple[str, int] = scope["client"]
        self.server: tuple[str, int] = scope["server"]
        self.request_id = str(uuid.uuid4())
        self.operation = "unknown"
        self.arguments: dict[str, str] = {}
        self.grant: Grant | None = None
        self.order_id: str | None = None
        self.notes: list[str] = []
        self._query: dict[str, list[str]] | None = None

    @property
    def segments(self) -> list[str]:
        """The path's segments, each decoded by itself, so that an encoded slash stays inside its segment."""
        return [unquote(part) for part in self.raw_path[1:].split("/")]

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded values of each query parameter, in the order they came."""
        if self._query is None:
            self._query = {}
            for name, value in parse_qsl(self.raw_query, keep_blank_values=True, errors="replace"):
                self._query.setdefault(name, []).append(value)
        return self._query

    def values(self, name: str) -> list[str]:
        """The values of a list parameter: repeated, joined with commas, or both. Empty ones do not count."""
        return [part for value in self.query.get(name, ()) for part in value.split(",") if part]

    def value(self, name: str) -> str | None:
        """The first value of a parameter, ``None`` when it is not there or empty."""
        found = self.query.get(name)
        return found[0] or None if found else None

    @property
    def media_type(self) -> str:
        """The Content-Type in lower case without its parameters, ``""`` when none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def host(self) -> str:
        """The Host header: the name under which the caller knows the sandbox."""
        return self.headers.get("host") or self._address

    @property
    def way_back(self) -> str:
        """The host and port for URLs that the caller is given.

        It is the Host header, unless that names another machine although the request came from this one: some clients
        name Amazon's host wherever they are pointed, and what they send to it would leave this machine.
        """
        astray = _is_loopback(self._address) and not _is_loopback(self.host)
        return self._address if astray else self.host

    @property
    def _address(self) -> str:
        return f"{self.server[0]}:{self.server[1]}"

    def note(self, text: str) -> None:
        """Keep a remark on something odd for the request log. It must hold no secret and no buyer's text."""
        self.notes.append(text)


def _is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this machine (RFC 6761, 6.3 for names under ``localhost``)."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _headers(lines: Headers) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in lines:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


class Answer:
    """One HTTP answer. ``body`` is what goes out; ``headers`` come besides the ones every answer has."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, status: int, body: bytes, media_type: bytes | None = JSON, headers: Headers | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.headers: Headers = headers or []
        if media_type is not None:
            self.headers.append((b"content-type", media_type))

    @classmethod
    def json(cls, status: int, content: Any, media_type: bytes = JSON) -> "Answer":
        """An answer whose body is this content as JSON."""
        return cls(status, _encode(content), media_type)

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        """All header lines, with the body's length."""
        yield from self.headers
        yield b"content-length", str(len(self.body)).encode("ascii")


async def read_body(receive: Callable[[], Any], limit: int) -> tuple[bytes, int]:
    """The body and its size in bytes. Past the limit the rest is read and dropped, so that an answer can be given."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("The client went away while it was sending.")
        size += len(message["body"])
        if size <= limit:
            parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts), size
