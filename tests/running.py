"""The sandbox of this project's own tests: `buyerline.testing`, with the words that are short here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from buyerline import testing
from buyerline.testing import AmazonSandbox


class Amazon(AmazonSandbox):
    """A running sandbox with a fresh world."""

    @classmethod
    def at(cls, sandbox: AmazonSandbox) -> "Amazon":
        """The same sandbox in these words."""
        return cls(sandbox.url, sandbox.default_account)

    def ledger(self) -> list[dict[str, Any]]:
        """The messages that were accepted, in order, as the control plane tells them."""
        messages: list[dict[str, Any]] = self.control("GET", "messages")["messages"]
        return messages

    def counts(self, operation: str) -> dict[str, int]:
        """How often an operation was answered with which status."""
        counts: dict[str, int] = self.control("GET", "requests")["counts"].get(operation, {})
        return counts

    def lift_plans(self) -> None:
        """Let everybody call as often as they like."""
        self.lift_usage_plans()


@contextmanager
def running(**options: Any) -> Iterator[Amazon]:
    """A sandbox of its own, for the time of the block."""
    with testing.running(**options) as sandbox:
        yield Amazon.at(sandbox)
