"""One client's round: ``python -m bench.one_client CLIENT URL SECONDS AT_ONCE`` prints what it measured, as JSON.

Every kind of call is warmed up first: one alone, by which a client gets its token, then some more.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec

from bench.clients import adapter
from bench.process import let_threads_end

GET = "getMessagingActionsForOrder"
POST = "createConfirmOrderDetails"

WARM_UP = 0.2
"""The share of the measured time that is spent beforehand."""


class Measured(msgspec.Struct, frozen=True):
    """What ``calls`` calls took, in seconds. ``sent`` counts those of the warm-up too."""

    mode: str
    operation: str
    calls: int
    sent: int
    cpu: float
    wall: float


class _Meter:
    """The time and the CPU time of this process since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = _cpu_seconds(), time.perf_counter()

    def read(self, mode: str, operation: str, calls: int, warm_up: int) -> Measured:
        wall = time.perf_counter() - self._wall
        return Measured(mode, operation, calls, calls + warm_up, _cpu_seconds() - self._cpu, wall)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure_sync(name: str, url: str, seconds: float) -> list[Measured]:
    """One call after another."""
    client = adapter(name).sync_client(url)
    measured = []
    for operation, call in ((GET, client.get_actions), (POST, client.confirm_order_details)):
        warm_up = _call_in_turn(call, seconds * WARM_UP)
        meter = _Meter()
        calls = _call_in_turn(call, seconds)
        measured.append(meter.read("sync", operation, calls, warm_up))
    return measured


def _call_in_turn(call: Callable[[], object], seconds: float) -> int:
    calls, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        call()
        calls += 1
    return calls


async def measure_async(name: str, url: str, seconds: float, at_once: int) -> list[Measured]:
    """As many calls under way at any moment as `at_once` says."""
    client = adapter(name).async_client(url)
    measured: list[Measured] = []
    if client is None:
        return measured
    for operation, call in ((GET, client.get_actions), (POST, client.confirm_order_details)):
        await call()
        warm_up = 1 + await _call_at_once(call, seconds * WARM_UP, at_once)
        meter = _Meter()
        calls = await _call_at_once(call, seconds, at_once)
        measured.append(meter.read("async", operation, calls, warm_up))
    return measured


async def _call_at_once(call: Callable[[], Awaitable[object]], seconds: float, at_once: int) -> int:
    end = time.perf_counter() + seconds

    async def caller() -> int:
        calls = 0
        while time.perf_counter() < end:
            await call()
            calls += 1
        return calls

    return sum(await asyncio.gather(*(caller() for _ in range(at_once))))


def main() -> None:
    name, url, seconds, at_once = sys.argv[1:]
    measured = measure_sync(name, url, float(seconds))
    measured += asyncio.run(measure_async(name, url, float(seconds), int(at_once)))
    print(msgspec.json.encode(measured).decode())
    let_threads_end()


if __name__ == "__main__":
    main()
