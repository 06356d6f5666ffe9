"""A client of the sandbox that puts on the wire exactly what a test says."""

import base64
import hashlib
import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from buyerline.sandbox import (
    DEFAULT_CLIENT_ID,
    DEFAULT_CLIENT_SECRET,
    DEFAULT_REFRESH_TOKEN,
    GUIDE_ORDER,
    Options,
    background,
)

US = "ATVPDKIKX0DER"
FR = "A13V1IB3VIYZZH"
DE = "A1PA6795UKMFR9"
USER_AGENT = "buyerline-tests/1.0 (Language=Python/3)"


@dataclass(frozen=True)
class Reply:
    """One answer, with lower-case header names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The one error of the body."""
        (error,) = self.json["errors"]
        assert isinstance(error, dict)
        return error


class Amazon:
    """A client of one sandbox, authorised for an account unless told otherwise."""

    def __init__(self, url: str, refresh_token: str = DEFAULT_REFRESH_TOKEN) -> None:
        self.url = url
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.refresh_token = refresh_token
        self._token = ""

    def send(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request, its target byte for byte, with these headers and no others of ours."""
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as connection:
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def log_in(self, **fields: str) -> Reply:
        """A token request; by default for the refresh token of this client's account."""
        values = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": DEFAULT_CLIENT_ID,
            "client_secret": DEFAULT_CLIENT_SECRET,
        } | fields
        body = urlencode({name: value for name, value in values.items() if value}).encode()
        return self.send("POST", "/auth/o2/token", body, {"Content-Type": "application/x-www-form-urlencoded"})

    @property
    def token(self) -> str:
        """An access token, fetched once."""
        if not self._token:
            reply = self.log_in()
            assert reply.status == 200, reply.body
            self._token = reply.json["access_token"]
        return self._token

    def headers(self, **more: str) -> dict[str, str]:
        """The headers of a well-behaved client."""
        return {"x-amz-access-token": self.token, "User-Agent": USER_AGENT, "Accept": "application/json"} | more

    def get(self, path: str, /, **query: str) -> Reply:
        """An authorised GET."""
        target = f"{path}?{urlencode(query)}" if query else path
        return self.send("GET", target, None, self.headers())

    def post(self, path: str, content: Any = None, /, **query: str) -> Reply:
        """An authorised POST of a JSON body, or of none."""
        target = f"{path}?{urlencode(query)}" if query else path
        if content is None:
            return self.send("POST", target, None, self.headers())
        headers = self.headers(**{"Content-Type": "application/json"})
        return self.send("POST", target, json.dumps(content).encode(), headers)

    def control(self, method: str, path: str, content: Any = None) -> Any:
        """A request to the control plane that must succeed."""
        body = None if content is None else json.dumps(content).encode()
        reply = self.send(method, f"/_sandbox{path}", body, {"Content-Type": "application/json"})
        assert reply.status < 300, reply.body
        return reply.json if reply.body else None

    # The flow of messages

    def actions(self, order_id: str = GUIDE_ORDER, marketplace: str = US) -> Reply:
        return self.get(f"/messaging/v1/orders/{order_id}", marketplaceIds=marketplace)

    def offered(self, order_id: str, marketplace: str = US) -> list[str]:
        """The names of the actions of an order."""
        reply = self.actions(order_id, marketplace)
        assert reply.status == 200, reply.body
        return [action["name"] for action in reply.json["_links"]["actions"]]

    def message(self, segment: str, content: Any, order_id: str = GUIDE_ORDER, marketplace: str = US) -> Reply:
        return self.post(f"/messaging/v1/orders/{order_id}/messages/{segment}", content, marketplaceIds=marketplace)

    def new_order(self, **facts: Any) -> str:
        """An order made to measure; its id."""
        order_id = self.control("POST", "/orders", facts)["order_id"]
        assert isinstance(order_id, str)
        return order_id

    def new_account(self, **facts: Any) -> "Amazon":
        """A client of an account made to measure."""
        made = self.control("POST", "/accounts", facts)
        return Amazon(self.url, made["refresh_token"])

    def destination(
        self, segment: str, content_md5: str, order_id: str = GUIDE_ORDER, marketplace: str = US, **query: str
    ) -> Reply:
        resource = quote(f"messaging/v1/orders/{order_id}/messages/{segment}", safe="")
        return self.post(
            f"/uploads/2020-11-01/uploadDestinations/{resource}",
            marketplaceIds=marketplace,
            contentMD5=content_md5,
            **query,
        )

    def put(
        self, payload: Mapping[str, Any], content: bytes, headers: Mapping[str, str] | None = None, method: str = "PUT"
    ) -> Reply:
        """The PUT of a file to its destination, with the headers that came with it."""
        target = str(payload["url"]).removeprefix(self.url)
        return self.send(method, target, content, payload["headers"] if headers is None else headers)

    def upload(self, segment: str, content: bytes, order_id: str = GUIDE_ORDER, marketplace: str = US) -> str:
        """Store a file; the id of its destination."""
        reply = self.destination(segment, md5_of(content), order_id, marketplace)
        assert reply.status == 201, reply.body
        payload = reply.json["payload"]
        stored = self.put(payload, content)
        assert stored.status == 200, stored.body
        upload_id = payload["uploadDestinationId"]
        assert isinstance(upload_id, str)
        return upload_id

    def ledger(self) -> list[dict[str, Any]]:
        messages = self.control("GET", "/messages")["messages"]
        assert isinstance(messages, list)
        return messages

    def without_limits(self) -> "Amazon":
        """Lift the usage plans."""
        self.control("PUT", "/usage-plans", {"*": {"rate": 1000000, "burst": 1000000}})
        return self


def md5_of(content: bytes) -> str:
    """Content-MD5: base64 of the 16 digest bytes."""
    return base64.b64encode(hashlib.md5(content).digest()).decode()


@contextmanager
def running(**options: Any) -> Iterator[Amazon]:
    """A sandbox with these options, and a client of its default account."""
    with background(Options(port=0, **({"orders": 25} | options))) as sandbox:
        yield Amazon(sandbox.url)
