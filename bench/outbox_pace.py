"""Part five: one account's messages end when the usage plan lets them, however many workers there are."""

import time
from collections.abc import Callable

from bench.databases import Databases, Kind
from bench.outbox_run import Workers, check_sent_once, first_and_last, outbox_for, queue, wait
from bench.outbox_work import Work, make_orders
from bench.results import Pace, PaceFigures
from bench.server import Sandbox

CASES: tuple[tuple[Kind, int], ...] = (("postgresql", 1), ("postgresql", 3), ("sqlite", 1))


def measure(tell: Callable[[str], None], *, quick: bool) -> Pace:
    """The same work on each database, by workers that wait for it already."""
    work = Work(accounts=1, each=8 if quick else 60)
    figures = []
    with Databases() as databases, Sandbox(own_core=False, lift_plans=False) as sandbox:
        for kind, workers in CASES:
            tell(f"outbox, pace: {work.total} messages on {kind}, {workers} workers")
            figures.append(_one(databases.new(kind), kind, sandbox, work, workers))
    return Pace(work.total, work.plan_seconds, figures)


def _one(database: str, kind: Kind, sandbox: Sandbox, work: Work, count: int) -> PaceFigures:
    sandbox.reset()
    make_orders(sandbox.url, work)
    with outbox_for(database, sandbox) as outbox, Workers(database, sandbox.url) as workers:
        workers.start(outbox, count)
        queue(outbox, work)
        queued = time.time()
        wait(outbox, workers, work)
        workers.stop()
        _, last = first_and_last(outbox, sandbox)
    return PaceFigures(kind, count, last - queued, check_sent_once(sandbox, work))
