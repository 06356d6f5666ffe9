"""Part ten: the outbox beside a plain loop with python-amazon-sp-api, also when it is killed in the middle."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.databases import Databases
from bench.outbox_run import BATCH, PATIENCE, Workers, first_and_last, outbox_for, queue
from bench.outbox_work import Work, make_orders
from bench.plain_loop import BY_ACCOUNT, IN_TURN
from bench.process import Failed
from bench.results import Comparison, ComparisonFigures
from bench.server import Sandbox
from buyerline.outbox import Outbox, State
from buyerline.outbox.messages import UNDER_WAY

LOOP = "python-amazon-sp-api"
OUTBOX = "buyerline"
NOTES = {
    LOOP: "One loop over all messages, each call decorated with the library's `throttle_retry`. When it is killed it "
    "is started again, and knows nothing of before.",
    OUTBOX: "The outbox on SQLite, one worker. When the worker is killed it is started again.",
}

LOOK = 0.02
"""Seconds between two looks at how far the work is."""


@dataclass(frozen=True, slots=True)
class Case:
    """Which program does what; `sequence` is that of the loop, the outbox knows no such thing."""

    program: str
    work: Work
    sequence: str = ""
    killed: bool = False

    @property
    def words(self) -> str:
        """The work, for people."""
        accounts = "1 account" if self.work.accounts == 1 else f"{self.work.accounts} accounts"
        return f"{accounts} x {self.work.each}{self.sequence and ', ' + self.sequence}"


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a program ended.

    ``seconds`` is from its first start to the last message, ``unknown`` the orders of whose messages it says that
    nobody knows whether they were sent.
    """

    seconds: float
    unknown: frozenset[str] = frozenset()


def measure(tell: Callable[[str], None], *, quick: bool) -> Comparison:
    """Each program with the same work on a fresh world, one account's also with a kill when half has arrived."""
    one, many = (Work(1, 8), Work(2, 7)) if quick else (Work(1, 30), Work(20, 10))
    cases = [Case(program, one, killed=killed) for killed in (False, True) for program in (LOOP, OUTBOX)]
    cases += [Case(LOOP, many, BY_ACCOUNT), Case(LOOP, many, IN_TURN), Case(OUTBOX, many)]
    figures = []
    with Databases() as databases, Sandbox(own_core=False, lift_plans=False) as sandbox:
        for case in cases:
            tell(f"outbox, loop: {case.program}, {case.words}{', killed' if case.killed else ''}")
            sandbox.reset()
            make_orders(sandbox.url, case.work)
            if case.program == LOOP:
                ended = _by_loop(sandbox, case)
            else:
                ended = _by_outbox(databases.new("sqlite"), sandbox, case)
            figures.append(_figures(case, ended, sandbox))
    return Comparison(NOTES, figures)


def _by_loop(sandbox: Sandbox, case: Case) -> _Ended:
    arguments = (sandbox.url, str(case.work.accounts), str(case.work.each), case.sequence or BY_ACCOUNT)
    command = [sys.executable, "-m", "bench.plain_loop", *arguments]
    start = time.monotonic()
    if case.killed:
        with subprocess.Popen(command) as process:
            _until_half_has_arrived(sandbox, case.work)
            process.kill()
    with subprocess.Popen(command) as process:
        if process.wait():
            raise Failed(f"the loop ended with {process.returncode}")
    return _Ended(time.monotonic() - start)


def _by_outbox(database: str, sandbox: Sandbox, case: Case) -> _Ended:
    with outbox_for(database, sandbox) as outbox, Workers(database, sandbox.url) as workers:
        queue(outbox, case.work)
        start = time.time()
        workers.start(outbox)
        if case.killed:
            _until_half_has_arrived(sandbox, case.work)
            workers.kill(workers.pids[0])
            workers.start(outbox)
        _until_nothing_is_under_way(outbox, workers, case.work)
        workers.stop()
        _, last = first_and_last(outbox, sandbox)
        unknown = outbox.list(state=State.UNKNOWN, batch=BATCH, limit=case.work.total)
    return _Ended(last - start, frozenset(each.order_id for each in unknown))


def _until_half_has_arrived(sandbox: Sandbox, work: Work) -> None:
    deadline = time.monotonic() + work.plan_seconds + PATIENCE
    while sandbox.record().messages < work.total / 2:
        if time.monotonic() > deadline:
            raise Failed(f"not even half of {work.total} messages arrive")
        time.sleep(LOOK)


def _until_nothing_is_under_way(outbox: Outbox, workers: Workers, work: Work) -> None:
    deadline = time.monotonic() + work.plan_seconds + PATIENCE
    while UNDER_WAY & outbox.counts(batch=BATCH).keys():
        workers.check()
        if time.monotonic() > deadline:
            raise Failed(f"{work.total} messages do not end")
        time.sleep(LOOK)


def _figures(case: Case, ended: _Ended, sandbox: Sandbox) -> ComparisonFigures:
    record = sandbox.record()
    return ComparisonFigures(
        program=case.program,
        work=case.words,
        killed=case.killed,
        messages=case.work.total,
        plan_seconds=case.work.plan_seconds,
        seconds=ended.seconds,
        throttled=record.throttled,
        arrived=record.messages,
        repeated=record.repeats,
        unknown=len(ended.unknown),
        lost=case.work.total - len(ended.unknown | sandbox.sent().keys()),
    )
