"""A sandbox for one test, and the handles a test needs on it."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from buyerline import Credentials
from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.login import TokenStore
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN, Options, background

CREDENTIALS = Credentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN)


@dataclass(frozen=True)
class Amazon:
    """A running sandbox, seen through its control plane."""

    url: str

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control plane, its JSON answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}", data, {"content-type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read() or b"null")

    def ledger(self) -> list[dict[str, Any]]:
        """The messages that were accepted, in order."""
        messages: list[dict[str, Any]] = self.control("GET", "messages")["messages"]
        return messages

    def counts(self, operation: str) -> dict[str, int]:
        """How often an operation was answered with which status."""
        counts: dict[str, int] = self.control("GET", "requests")["counts"].get(operation, {})
        return counts

    def fault(self, operation: str, kind: str, **details: Any) -> None:
        """Make calls of an operation fail, once unless `count` says otherwise."""
        self.control("POST", "faults", [{"operation": operation, "kind": kind, "count": 1, **details}])

    def lift_plans(self) -> None:
        """Let everybody call as often as they like."""
        self.control("PUT", "usage-plans", {"*": {"rate": 1e6, "burst": 1e6}})

    def advance(self, seconds: float) -> None:
        """Let Amazon's time pass."""
        self.control("POST", "clock", {"advance": seconds})

    def order(self, **state: Any) -> str:
        """Make an order in a given state, and return its id."""
        order_id: str = self.control("POST", "orders", state)["order_id"]
        return order_id

    def account(self, **state: Any) -> dict[str, Any]:
        """Make an account in a given state."""
        account: dict[str, Any] = self.control("POST", "accounts", state)
        return account

    def client(self, **options: Any) -> ClientOptions:
        """Options for a client of the default account that shares nothing with other tests."""
        settings: ClientOptions = {
            "credentials": CREDENTIALS,
            "endpoint": self.url,
            "tokens": TokenStore(),
            "timeout": 10,
            **options,  # type: ignore[typeddict-item] # the tests name options that exist
        }
        return settings


@contextmanager
def running(**options: Any) -> Iterator[Amazon]:
    """A sandbox with a fresh world on a free port, for the time of the block."""
    with background(Options(port=0, **options)) as server:
        yield Amazon(server.url)
