"""Part eight: queueing many messages, by the API and from a file."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.databases import KINDS, Databases
from bench.outbox_work import Work, environment_for, options_for
from bench.process import Failed, python, run
from bench.results import Adding, Spread
from buyerline.outbox import Outbox, State

ENDPOINT = "http://127.0.0.1:9"
"""Where messages are to go that nobody sends: queueing asks no server."""


def measure(tell: Callable[[str], None], *, quick: bool) -> Adding:
    """Each round on an empty database, in a fresh process."""
    rounds, work = (1, Work(10, 100)) if quick else (1, Work(1000, 100))
    api: dict[str, Spread] = {}
    file: dict[str, Spread] = {}
    with Databases() as databases, tempfile.TemporaryDirectory() as folder:
        lines = _write(Path(folder, "messages.jsonl"), work)
        for kind in KINDS:
            tell(f"outbox, adding: {work.total} messages on {kind}, {rounds} rounds by the API and as many from a file")
            api[kind] = Spread.of(_by_api(databases.new(kind), work) for _ in range(rounds))
            file[kind] = Spread.of(_from_file(databases.new(kind), lines, work) for _ in range(rounds))
    return Adding(rounds, work.total, api, file)


def _by_api(database: str, work: Work) -> float:
    arguments = (database, ENDPOINT, str(work.accounts), str(work.each))
    taken = float(python("bench.outbox_api", "add", *arguments, any_core=True))
    _check_queued(database, work)
    return taken


def _from_file(database: str, lines: Path, work: Work) -> float:
    """Seconds for the whole command, the interpreter's start included."""
    command = [sys.executable, "-m", "buyerline", "send-many", str(lines), "--yes", "--no-wait"]
    start = time.perf_counter()
    run(command, any_core=True, environment=environment_for(database, ENDPOINT))
    taken = time.perf_counter() - start
    _check_queued(database, work)
    return taken


def _check_queued(database: str, work: Work) -> None:
    with Outbox(database, options=options_for(ENDPOINT)) as outbox:
        counts = outbox.counts()
    if counts != {State.QUEUED: work.total}:
        raise Failed(f"of {work.total} messages not all were queued: {counts}")


def _write(path: Path, work: Work) -> Path:
    """A file of JSON Lines with the messages of `work`, all of one account as in a seller's own file."""
    with path.open("wb") as file:
        for each in work.messages():
            line = {"order_id": each.order_id, "type": each.type, "text": each.text}
            file.write(msgspec.json.encode(line) + b"\n")
    return path
