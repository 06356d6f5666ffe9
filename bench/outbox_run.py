"""Workers in processes of their own, and waiting until they have sent what is queued."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import IO, Self

import msgspec
import sqlalchemy as sa

from bench.outbox_work import Work, options_for
from bench.outbox_worker import Used
from bench.process import Failed
from bench.server import Server
from buyerline.outbox import Outbox, State
from buyerline.outbox.schema import message, worker

BATCH = "bench"
POLL = 0.2
"""Seconds between two looks at what is left; they are cheap, and yet not for nothing."""

PATIENCE = 60.0
"""Seconds beyond the plan's own after which a run has failed."""


class Workers:
    """Worker processes on one outbox, on any core. A context manager: none outlives it."""

    def __init__(self, database: str, endpoint: str) -> None:
        self._arguments = (database, endpoint)
        self._running: list[tuple[subprocess.Popen[str], IO[str]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._running:
            self.kill(self._running[0][0].pid)

    @property
    def pids(self) -> list[int]:
        """The processes, oldest first."""
        return [process.pid for process, _ in self._running]

    def start(self, outbox: Outbox, count: int = 1) -> None:
        """Start so many; returns when the outbox knows as many more as can serve it at once.

        Raises:
            Failed: one ended instead.
        """
        command = [sys.executable, "-m", "bench.outbox_worker", *self._arguments]
        for _ in range(count):
            errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with its process
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
            self._running.append((process, errors))
        expected = len(self._running) if outbox.database.kind == "postgresql" else 1
        deadline = time.monotonic() + PATIENCE
        while len(living(outbox)) < expected:
            self.check()
            if time.monotonic() > deadline:
                raise Failed(f"{len(living(outbox))} of {expected} workers are there after {PATIENCE} s")
            time.sleep(0.02)

    def check(self) -> None:
        """See that all of them still run.

        Raises:
            Failed: one has ended; its errors are in the message.
        """
        for process, errors in self._running:
            if process.poll() is not None:
                raise Failed(f"a worker ended with {process.returncode}:\n{_told(errors)}")

    def stop(self) -> list[Used]:
        """Ask all of them to end, and return what they used.

        Raises:
            Failed: one did not end well; its errors are in the message.
        """
        for process, _ in self._running:
            process.send_signal(signal.SIGTERM)
        used = []
        while self._running:
            process, errors = self._running.pop(0)
            with errors:
                printed, _ = process.communicate(timeout=PATIENCE)
                if process.returncode:
                    raise Failed(f"a worker ended with {process.returncode}:\n{_told(errors)}")
                used.append(msgspec.json.decode(printed, type=Used))
        return used

    def kill(self, pid: int) -> None:
        """Kill one of them, whatever it is doing."""
        number = self.pids.index(pid)
        process, errors = self._running.pop(number)
        with errors:
            process.kill()
            process.communicate()

    def freeze(self, pid: int) -> None:
        """Let one of them stand still, as if its host were gone, until it is killed."""
        os.kill(pid, signal.SIGSTOP)


def _told(errors: IO[str]) -> str:
    errors.seek(0)
    return errors.read()[-4000:].strip()


@contextmanager
def outbox_for(database: str, server: Server) -> Iterator[Outbox]:
    """An outbox whose messages go to `server`."""
    with Outbox(database, who="bench", options=options_for(server.url)) as outbox:
        yield outbox


def queue(outbox: Outbox, work: Work) -> None:
    """Queue all messages of `work` in one transaction."""
    outbox.add_many(work.messages(), batch=BATCH)


def wait(outbox: Outbox, workers: Workers, work: Work) -> None:
    """Wait until every message of `work` was sent.

    Raises:
        Failed: a worker ended, a message came to another end, or it takes far longer than the plan demands.
    """
    deadline = time.monotonic() + work.plan_seconds + PATIENCE
    time.sleep(work.plan_seconds)
    while (counts := outbox.counts(batch=BATCH)).get(State.SENT, 0) < work.total:
        workers.check()
        if time.monotonic() > deadline or not counts.keys() <= {State.QUEUED, State.SENDING, State.SENT}:
            raise Failed(f"of {work.total} messages not all were sent: {counts}")
        time.sleep(POLL)


def check_sent_once(server: Server, work: Work) -> int:
    """See that the server has each message of `work` exactly once. How many calls it answered with 429.

    Raises:
        Failed: it has not.
    """
    record = server.record()
    if record.messages != work.total or record.repeats:
        raise Failed(f"of {work.total} messages {record.messages} were sent, and {record.repeats} again")
    return record.throttled


def first_and_last(outbox: Outbox, server: Server) -> tuple[float, float]:
    """When the first and the last message was accepted, in seconds since 1970: by the server, else by the outbox."""
    record = server.record()
    if record.first is not None and record.last is not None:
        return record.first, record.last
    span = sa.select(sa.func.min(message.c.sent_at), sa.func.max(message.c.sent_at)).where(message.c.batch == BATCH)
    with outbox.database.read() as connection:
        first, last = connection.execute(span).one()
    return first.timestamp(), last.timestamp()


def living(outbox: Outbox) -> dict[int, str]:
    """The ids of the workers that the outbox knows, by process."""
    with outbox.database.read() as connection:
        return {line.pid: line.id for line in connection.execute(sa.select(worker.c.pid, worker.c.id))}
