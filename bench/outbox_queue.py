"""Part nine: what a long queue costs: a worker's memory, and a list of the newest messages."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec

from bench.databases import KINDS, Databases, Kind
from bench.outbox_run import Workers, outbox_for, queue, wait
from bench.outbox_work import Work, environment_for
from bench.process import Failed, python, run
from bench.recorder import Recorder
from bench.results import QueueFigures, Queues, Spread
from buyerline.outbox import Outbox

LISTINGS = 50
COMMANDS = 5
EACH_AT_ONCE = 100
"""Messages of each account that are queued in one transaction while the queue is filled."""


def measure(tell: Callable[[str], None], *, quick: bool) -> Queues:
    """On each database a queue that grows, and at each length the same work before all of it."""
    accounts, each, lengths = (20, 7, (100, 1000)) if quick else (1000, 10, (1000, 100_000, 1_000_000))
    figures = []
    with Databases() as databases, Recorder() as recorder:
        for kind in KINDS:
            database, queued, series = databases.new(kind), 0, count(1)
            recorder.reset()
            for length in lengths:
                tell(f"outbox, queue: {length} messages on {kind}")
                with outbox_for(database, recorder) as outbox:
                    for filling in _fillings(accounts, length - queued, series):
                        outbox.add_many(filling.messages())
                    queued = length
                    memory = _memory(outbox, database, recorder, Work(accounts, each, next(series)))
                figures.append(_figures(kind, database, recorder.url, length, memory))
    return Queues(accounts, each, figures)


def _fillings(accounts: int, missing: int, series: Iterator[int]) -> Iterator[Work]:
    """Messages that are there and not sent: in turn, a lot that goes after all others, and one not due for days."""
    later = datetime.now(UTC) + timedelta(days=10)
    each = missing // accounts
    while each:
        some, number = min(each, EACH_AT_ONCE), next(series)
        yield Work(accounts, some, number, priority=-1, not_before=None if number % 2 else later)
        each -= some


def _memory(outbox: Outbox, database: str, recorder: Recorder, work: Work) -> float:
    """MiB at the peak of a worker that sends `work`, which goes before whatever else is queued.

    Raises:
        Failed: something was sent twice.
    """
    queue(outbox, work)
    with Workers(database, recorder.url) as workers:
        workers.start(outbox)
        wait(outbox, workers, work)
        (used,) = workers.stop()
    if repeats := recorder.record().repeats:
        raise Failed(f"{repeats} messages were sent again")
    return used.memory


def _figures(kind: Kind, database: str, endpoint: str, length: int, memory: float) -> QueueFigures:
    listed = python("bench.outbox_api", "list", database, endpoint, str(LISTINGS), any_core=True)
    listing = Spread.of(msgspec.json.decode(listed, type=list[float]))
    command = Spread.of(_command(database, endpoint) for _ in range(COMMANDS))
    return QueueFigures(kind, length, memory, listing, command)


def _command(database: str, endpoint: str) -> float:
    """Milliseconds for the whole command, the interpreter's start included."""
    start = time.perf_counter()
    run(
        [sys.executable, "-m", "buyerline", "outbox", "list"],
        any_core=True,
        environment=environment_for(database, endpoint),
    )
    return (time.perf_counter() - start) * 1000
