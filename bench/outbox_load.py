"""Part six: many accounts at once; what it costs, and how much of what the usage plans allow is reached.

On the recorder: on shared cores the sandbox cannot answer the two thousand calls a second that this takes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.databases import Databases, Kind
from bench.outbox_run import Workers, check_sent_once, first_and_last, outbox_for, queue, wait
from bench.outbox_work import Work
from bench.outbox_worker import Used
from bench.recorder import Recorder
from bench.results import Load, LoadFigures, Spread
from buyerline.amazon.messaging import PLAN

ACCOUNTS = 1000
STEADY = 20
BURST = int(PLAN.burst)
"""Messages of an account that the plan lets go at once, so that nothing but the worker sets a limit."""


@dataclass(frozen=True, slots=True)
class Case:
    """What works on what, how often."""

    database: Kind
    workers: int
    each: int
    rounds: int


@dataclass(frozen=True, slots=True)
class _Round:
    seconds: float
    used: list[Used]
    throttled: int


CASES = (
    *(Case(kind, workers, STEADY, 1) for kind in ("postgresql", "sqlite") for workers in (1, 2)),
    *(Case(kind, 1, BURST, 3) for kind in ("postgresql", "sqlite")),
)


def measure(tell: Callable[[str], None], *, quick: bool) -> Load:
    """Every case with workers that wait for the work already, each round on a fresh database."""
    accounts = 20 if quick else ACCOUNTS
    figures = []
    with Databases() as databases:
        for case in CASES:
            work = Work(accounts, min(case.each, BURST + 2) if quick else case.each)
            with Recorder() as server:
                rounds = []
                for number in range(1, (1 if quick else case.rounds) + 1):
                    tell(f"outbox, load: {_words(case, work)}, round {number}")
                    rounds.append(_one(databases.new(case.database), server, work, case.workers))
            figures.append(_figures(case, work, rounds))
    return Load(accounts, figures)


def _words(case: Case, work: Work) -> str:
    return f"{work.accounts} x {work.each}, {case.database}, {case.workers} workers"


def _one(database: str, server: Recorder, work: Work, count: int) -> _Round:
    server.reset()
    with outbox_for(database, server) as outbox, Workers(database, server.url) as workers:
        workers.start(outbox, count)
        queue(outbox, work)
        wait(outbox, workers, work)
        used = workers.stop()
        first, last = first_and_last(outbox, server)
    return _Round(last - first, used, check_sent_once(server, work))


def _figures(case: Case, work: Work, rounds: list[_Round]) -> LoadFigures:
    return LoadFigures(
        database=case.database,
        workers=case.workers,
        server="recorder",
        each=work.each,
        rounds=len(rounds),
        rate=Spread.of(work.total / each.seconds for each in rounds),
        share=Spread.of(work.plan_seconds / each.seconds for each in rounds) if work.plan_seconds else None,
        cpu=Spread.of(sum(one.cpu for one in each.used) / work.total * 1000 for each in rounds),
        statements=Spread.of(sum(one.statements for one in each.used) / work.total for each in rounds),
        memory=Spread.of(max(one.memory for one in each.used) for each in rounds),
        throttled=sum(each.throttled for each in rounds),
    )
