"""The sandbox in a process and on a core of its own. ``python -m bench.server`` is that process."""

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

from bench.machine import server_core
from bench.process import Failed, cpu_seconds
from buyerline.sandbox import Options, serve


class Sandbox:
    """A running sandbox process, its usage plans lifted. A context manager."""

    url: str

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([sys.executable, "-m", "bench.server"], stdout=subprocess.PIPE, text=True)
        self.url = self._process.stdout.readline().strip() if self._process.stdout else ""
        if not self.url:
            raise Failed(f"the sandbox did not start; it ended with {self._process.wait()}")
        self.reset()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    def reset(self) -> None:
        """The world as at the start, so that no client works beside another's messages; no usage plan limits."""
        self._control("POST", "reset", {})
        self._control("PUT", "usage-plans", {"*": {"rate": 1e9, "burst": 1e9}})

    def counts(self) -> dict[str, dict[str, int]]:
        """How many requests were answered since the last reset, by operation and status."""
        counts: dict[str, dict[str, int]] = self._control("GET", "requests")["counts"]
        return counts

    @property
    def cpu_seconds(self) -> float:
        """The CPU time that the server has used so far."""
        return cpu_seconds(self._process.pid)

    def _control(self, method: str, path: str, content: Any = None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        headers = {"content-type": "application/json"}
        with urlopen(Request(f"{self.url}/_sandbox/{path}", body, headers, method=method)) as answer:
            return json.load(answer)


def main() -> None:
    os.sched_setaffinity(0, {server_core()})
    serve(Options(port=0), announce=lambda running: print(running.url, flush=True))


if __name__ == "__main__":
    main()
