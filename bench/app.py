"""The seller's app: how long its pages take with many orders in its database."""

import sys
import tempfile
from collections.abc import Callable

import msgspec

from bench.databases import KINDS, Databases
from bench.outbox_work import CLIENT_ID, CLIENT_SECRET
from bench.process import run
from bench.results import AppPages
from bench.server import Sandbox

ORDERS = 1_000_000
TIMES = 40


def measure(tell: Callable[[str], None], *, quick: bool) -> list[AppPages]:
    """Make the orders, then ask for pages, on each database in a process of its own."""
    count, times = (2_000, 3) if quick else (ORDERS, TIMES)
    environment = {"LWA_APP_ID": CLIENT_ID, "LWA_CLIENT_SECRET": CLIENT_SECRET, "BUYERLINE_SECRET_KEY": "k" * 48}
    figures = []
    for kind in KINDS:
        tell(f"app: {count} orders on {kind}, then {times} requests of each kind")
        with (
            Databases() as databases,
            Sandbox(own_core=False) as sandbox,
            tempfile.TemporaryDirectory(prefix="buyerline-bench-") as folder,
        ):
            given = [databases.new(kind), folder, sandbox.url, str(count), str(times)]
            answer = run([sys.executable, "-m", "bench.app_pages", *given], any_core=True, environment=environment)
            figures.append(msgspec.json.decode(answer, type=AppPages))
    return figures
