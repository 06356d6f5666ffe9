"""Workers as processes that can be killed, frozen, woken and asked to end."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import sqlalchemy as sa

from buyerline.outbox.database import Database
from buyerline.outbox.messages import State
from buyerline.outbox.schema import message, worker
from tests.durability.checker import Faults
from tests.durability.worker_process import Settings, work
from tests.waiting import PATIENCE, until
from tests.warm import WARM

ANY_NUMBER = 10**6
"""In flight, where a fault hits at a moment at which nobody could count."""

_SETTLED = 3
_PAUSE = 0.02


class WorkerProcess:
    """A worker, running."""

    def __init__(self, database: Database, settings: Settings, output: Path) -> None:
        self._database = database
        self._output = output
        self._process = WARM.Process(target=work, args=(settings, output), daemon=True)
        self._process.start()

    @property
    def name(self) -> str:
        """As histories tell it, see `Line.process`."""
        return f"worker {self._id}"

    @property
    def _id(self) -> str:
        return f"{socket.gethostname()}:{self._process.pid}"

    @property
    def output(self) -> str:
        """What it wrote."""
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    @property
    def status(self) -> int | None:
        """Its exit status, the negative signal where one ended it; ``None`` while it runs."""
        return self._process.exitcode

    def serves(self) -> bool:
        """Whether it has registered."""
        mine = sa.select(sa.func.count()).where(worker.c.pid == self._process.pid)
        with self._database.read() as connection:
            return connection.execute(mine).scalar_one() > 0

    def in_flight(self) -> int:
        """How many messages it is sending just now."""
        mine = message.c.worker.startswith(f"{self._id}:", autoescape=True)
        query = sa.select(sa.func.count()).where(message.c.state == State.SENDING, mine)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def stands_still(self) -> bool:
        """Whether it was stopped, by itself or from outside."""
        state = subprocess.run(["ps", "-o", "state=", "-p", str(self._process.pid)], capture_output=True, check=False)
        return state.stdout.startswith(b"T")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.status is None and self._process.pid:
            os.kill(self._process.pid, number)

    def wait(self) -> int | None:
        """Wait until it has ended; its exit status, ``None`` where it does not end."""
        self._process.join(PATIENCE)
        return self.status


class Workers:
    """The workers of a run, and what was done to them. All have ended when the block ends.

    Attributes:
        database: the outbox's.
        faults: what their deaths and lapses explain.
    """

    def __init__(self, database: Database, settings: Settings, folder: Path) -> None:
        self.database = database
        self.faults = Faults()
        self._settings = settings
        self._folder = folder
        self._started: list[WorkerProcess] = []
        self._expected_to_end: list[WorkerProcess] = []

    def start(self, **settings: Any) -> WorkerProcess:
        """One more worker; further keywords change its `Settings`."""
        told = msgspec.structs.replace(self._settings, **settings)
        output = self._folder / f"worker-{len(self._started) + 1}.log"
        started = WorkerProcess(self.database, told, output)
        self._started.append(started)
        if told.once or (told.trap and told.trap.action == "die"):
            self._expected_to_end.append(started)
        return started

    def serving(self, **settings: Any) -> WorkerProcess:
        """One more worker, which has begun to serve."""
        started = self.start(**settings)
        self.wait_until(started.serves, "the worker serves")
        return started

    def wait_until(self, happened: Any, what: str) -> None:
        """Wait for something that the workers are bound to do, as long as none has ended by itself."""

        def happened_or_ended() -> bool:
            self.check()
            return bool(happened())

        until(happened_or_ended, what)

    def check(self) -> None:
        """Fail when a worker has ended that nobody ended."""
        for each in self._started:
            unexpected = each.status is not None and each not in self._expected_to_end
            assert not unexpected, f"{each.name} ended by itself with {each.status}:\n{each.output}"

    def kill(self, victim: WorkerProcess) -> None:
        """End it as a power cut would. What it had in flight is counted while it stands still."""
        self.freeze(victim)
        self._expected_to_end.append(victim)
        victim.signal(signal.SIGKILL)
        victim.wait()

    def freeze(self, victim: WorkerProcess) -> None:
        """Let it stand still: to the others it looks dead. Whatever it had in flight may be unknown for a while."""
        victim.signal(signal.SIGSTOP)
        self.faults.cut_off[victim.name] += self._settled_in_flight(victim)

    def wake(self, victim: WorkerProcess) -> None:
        """Let a frozen one go on."""
        victim.signal(signal.SIGCONT)

    def cut_off(self) -> None:
        """Note that all of them lose the database now: what is in flight may be unknown until they are back."""
        for each in self._started:
            self.faults.cut_off[each.name] = ANY_NUMBER

    def died(self, victim: WorkerProcess) -> None:
        """Wait until one has died in its trap, while no other works."""
        assert victim.wait() == -signal.SIGKILL, victim.output
        self.faults.cut_off[victim.name] += victim.in_flight()

    def froze(self, victim: WorkerProcess) -> None:
        """Wait until one stands still in its trap."""
        self.wait_until(victim.stands_still, "it stands still")
        self.faults.cut_off[victim.name] += self._settled_in_flight(victim)

    def end(self, victim: WorkerProcess) -> None:
        """Ask it to end, and wait until it has: with what it had begun, and in peace."""
        self._expected_to_end.append(victim)
        victim.signal(signal.SIGTERM)
        assert victim.wait() == 0, victim.output

    def ended(self, victim: WorkerProcess) -> None:
        """Wait until one has ended by itself because nothing was due."""
        assert victim.wait() == 0, victim.output

    def outputs(self) -> str:
        """What they wrote, each with how it ended."""
        return "\n".join(f"{each.name} ended with {each.status}\n{each.output}" for each in self._started)

    def _settled_in_flight(self, frozen: WorkerProcess) -> int:
        """How many messages it has in flight. PostgreSQL may be about to carry out what it was told last."""
        counts = [frozen.in_flight()]
        while self.database.kind == "postgresql" and (len(counts) < _SETTLED or len(set(counts[-_SETTLED:])) > 1):
            time.sleep(_PAUSE)
            counts.append(frozen.in_flight())
        return counts[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._started:
            each.signal(signal.SIGKILL)
            each.wait()
