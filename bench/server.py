"""Servers in processes of their own. ``python -m bench.server`` is the sandbox on a core of its own.

With ``--any-core`` it shares the cores with whatever is measured.
"""

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from collections import Counter
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

import msgspec

from bench.machine import server_core
from bench.process import Failed, allow_many_connections, cpu_seconds
from buyerline.sandbox import Options, serve

ANY_CORE = "--any-core"

_LIFTED = {"*": {"rate": 1e9, "burst": 1e9}}


class Record(msgspec.Struct, frozen=True):
    """What a server has seen of a work in which every message has an order of its own.

    Attributes:
        messages: orders of which a message was accepted.
        repeats: messages that were accepted for an order which had one already.
        throttled: calls that were answered with 429.
        first, last: when the first and the last message was accepted, in seconds since 1970; ``None`` where the
            server does not tell to the millisecond.
    """

    messages: int
    repeats: int
    throttled: int
    first: float | None = None
    last: float | None = None


class Server(ABC):
    """A server in a process of its own. A context manager."""

    url: str

    def __init__(self, module: str, *arguments: str) -> None:
        """`module` prints its URL once it answers."""
        self._command = [sys.executable, "-m", module, *arguments]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self.url = self._process.stdout.readline().strip() if self._process.stdout else ""
        if not self.url:
            raise Failed(f"{self._command[2]} did not start; it ended with {self._process.wait()}")
        self.reset()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    @abstractmethod
    def reset(self) -> None:
        """Forget what was sent."""

    @abstractmethod
    def record(self) -> Record:
        """What it has seen since the last reset."""

    @property
    def cpu_seconds(self) -> float:
        """The CPU time that the server has used so far."""
        return cpu_seconds(self._process.pid)

    def control(self, method: str, path: str, content: Any = None) -> Any:
        """A call of the server's control plane, and its answer."""
        body = None if content is None else json.dumps(content).encode()
        headers = {"content-type": "application/json"}
        with urlopen(Request(f"{self.url}/{path}", body, headers, method=method)) as answer:
            return json.load(answer)


class Sandbox(Server):
    """A running sandbox, by default on a core of its own and with its usage plans lifted."""

    def __init__(self, *, own_core: bool = True, lift_plans: bool = True) -> None:
        super().__init__("bench.server", *([] if own_core else [ANY_CORE]))
        self._lift_plans = lift_plans

    def reset(self) -> None:
        """The world as at the start, so that no client works beside another's messages."""
        self.control("POST", "_sandbox/reset", {})
        if self._lift_plans:
            self.control("PUT", "_sandbox/usage-plans", _LIFTED)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many requests were answered since the last reset, by operation and status."""
        counts: dict[str, dict[str, int]] = self.control("GET", "_sandbox/requests")["counts"]
        return counts

    def sent(self) -> Counter[str]:
        """How many messages were accepted for each order."""
        return Counter(message["order_id"] for message in self.control("GET", "_sandbox/messages")["messages"])

    def record(self) -> Record:
        """What it has seen since the last reset."""
        sent = self.sent()
        throttled = sum(statuses.get("429", 0) for statuses in self.counts().values())
        return Record(len(sent), sent.total() - len(sent), throttled)


def main() -> None:
    if ANY_CORE not in sys.argv[1:]:
        os.sched_setaffinity(0, {server_core()})
    allow_many_connections()
    serve(Options(port=0), announce=lambda running: print(running.url, flush=True))


if __name__ == "__main__":
    main()
