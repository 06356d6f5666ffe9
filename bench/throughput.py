"""Part four: how many getMessagingActionsForOrder a sandbox answers in a second on one core."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.machine import client_cores
from bench.one_client import GET
from bench.process import python
from bench.results import Spread, Throughput
from bench.server import Sandbox

AT_ONCE = 50


def measure(tell: Callable[[str], None], *, quick: bool) -> Throughput:
    """Rounds of load, from one process for each of the clients' cores."""
    rounds, seconds = (2, 1.0) if quick else (5, 4.0)
    loaders = len(client_cores())
    rates: list[float] = []
    cpu: list[float] = []
    with Sandbox() as sandbox:
        for number in range(1, rounds + 1):
            tell(f"sandbox: round {number} of {rounds}")
            sandbox.reset()
            used = sandbox.cpu_seconds
            rates.append(_load(sandbox.url, seconds, loaders))
            cpu.append((sandbox.cpu_seconds - used) * 1000 / sandbox.counts()[GET]["200"])
    return Throughput(rounds, seconds, AT_ONCE * loaders, Spread.of(rates), Spread.of(cpu))


def _load(url: str, seconds: float, loaders: int) -> float:
    def one(_: int) -> float:
        return float(python("bench.load", url, str(seconds), str(AT_ONCE)))

    with ThreadPoolExecutor(loaders) as threads:
        return sum(threads.map(one, range(loaders)))
