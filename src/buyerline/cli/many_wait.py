"""Waiting until the messages of a file have come to their ends, as the worker that sends them or beside it."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from buyerline.cli.connection import client_options
from buyerline.cli.exits import Exit
from buyerline.cli.many_show import Shown
from buyerline.cli.signals import Heard, ringing
from buyerline.outbox import Outbox, OutboxUnavailable, State, Worker
from buyerline.outbox.messages import NOT_SENT, UNDER_WAY
from buyerline.outbox.outlook import Outlook

LOOK = 0.5
"""Seconds between two looks at how many messages are in each state."""

SHARE = 0.1
"""The share of the time that looking may take at most: counting a million messages is work for the database."""

STILL = 3.0
"""Seconds without any change after which it is asked whether there is anything left to wait for."""

SPAN = 30.0
"""Seconds over which the rate is measured."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the waiting for a batch ended.

    Attributes:
        counts: how many of its messages are in each state.
        outlook: what is to be expected of those that are still queued.
        stopped: whether it was Ctrl-C that ended it.
        waited: whether anybody waited at all.
    """

    counts: Mapping[State, int]
    outlook: Outlook
    stopped: bool = False
    waited: bool = True

    @property
    def word(self) -> str:
        """The ending in one word, as the JSON has it."""
        if self.stopped:
            return "stopped"
        if not self.waited:
            return "queued"
        if self.number(State.UNKNOWN):
            return "unknown"
        if self.number(*NOT_SENT):
            return "refused"
        if self.number(*UNDER_WAY) > self.outlook.later:
            return "not_now"
        return "queued" if self.outlook.later else "sent"

    @property
    def status(self) -> Exit:
        """The exit status that the ending means."""
        return {
            "stopped": Exit.STOPPED,
            "queued": Exit.DONE,
            "unknown": Exit.OUTCOME_UNKNOWN,
            "refused": Exit.REFUSED_BY_AMAZON,
            "not_now": Exit.NOT_NOW,
            "sent": Exit.DONE,
        }[self.word]

    def number(self, *states: State) -> int:
        """How many messages are in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)


def glance(outbox: Outbox, batch: str) -> Ending:
    """The ending of a batch for which nobody waits."""
    return Ending(outbox.counts(batch=batch), outbox.outlook(batch), waited=False)


@dataclass(slots=True)
class Waiting:
    """The waiting for one batch.

    Attributes:
        outbox: where it is.
        batch: its name.
        heard: Ctrl-C and the like.
        shown: where its progress is shown.
        resend: whether messages with an unknown outcome are sent again, if it is this process that sends.
    """

    outbox: Outbox
    batch: str
    heard: Heard
    shown: Shown
    resend: bool
    _counts: Mapping[State, int] = field(default_factory=dict)
    _moved_at: float = field(default_factory=time.monotonic)
    _course: deque[tuple[float, int]] = field(default_factory=deque)

    def run(self) -> Ending:
        """Wait, and send meanwhile where that is this process's part.

        Raises:
            ConfigurationError, OutboxUnavailable: the database cannot be used.
        """
        asyncio.run(self._run())
        counts = self.outbox.counts(batch=self.batch)
        return Ending(counts, self.outbox.outlook(self.batch), stopped=bool(self.heard.times))

    async def _run(self) -> None:
        bell = asyncio.Event()
        stopping = asyncio.create_task(bell.wait())
        worker = self._worker()
        serving = asyncio.create_task(worker.run() if worker else _nobody())

        def asked_to_stop() -> None:
            bell.set()
            if self.heard.times > 1:
                serving.cancel()
            elif worker:
                self.shown.note("Stopping: waiting for the answers to what has left (once more to end at once).")

        self.heard.react = ringing(asyncio.get_running_loop(), asked_to_stop)
        try:
            await self._watch(worker, serving, stopping)
        finally:
            stopping.cancel()
            if worker is None or self.heard.times > 1:
                serving.cancel()
            else:
                worker.stop()
            await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()

    def _worker(self) -> Worker | None:
        """On SQLite this process sends, unless another does; on PostgreSQL it leaves that to the workers."""
        if self.outbox.database.kind != "sqlite":
            return None
        database = self.outbox.database
        return Worker(database=database, options=client_options(database), resend=self.resend)

    async def _watch(
        self, worker: Worker | None, serving: "asyncio.Task[None]", stopping: "asyncio.Task[bool]"
    ) -> None:
        """Show the progress until there is nothing left to wait for, or the person wants to stop."""
        started = time.monotonic()
        while not (self.heard.times or serving.done()):
            began = time.monotonic()
            try:
                if await self._has_ended(first=not self._counts):
                    return
            except OutboxUnavailable as failure:
                self.shown.note(f"{failure.message} Waiting for it.")
            if worker and not worker.serving and began - started > STILL:
                self.shown.note("Another worker has the outbox; it sends these, or this command once it has ended.")
            pause = max(LOOK, (time.monotonic() - began) / SHARE)
            await asyncio.wait({serving, stopping}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)

    async def _has_ended(self, *, first: bool) -> bool:
        """Look, show, and say whether there is nothing left to wait for."""
        counts = await asyncio.to_thread(self.outbox.counts, batch=self.batch)
        at = time.monotonic()
        if counts != self._counts:
            self._counts, self._moved_at = counts, at
        under_way = sum(counts.get(state, 0) for state in UNDER_WAY)
        rate = self._rate(at, sum(counts.values()) - under_way)
        self.shown.progress(counts, rate, under_way / rate if rate else None)
        still = at - self._moved_at > STILL
        if not under_way:
            return still or not counts.get(State.UNKNOWN)  # unknown ones may be looked into, or sent again
        if not (first or still):
            return False
        outlook = await asyncio.to_thread(self.outbox.outlook, self.batch)
        if self.outbox.database.kind != "sqlite" and not outlook.workers:
            self.shown.note("No worker is running: start one with `buyerline worker`.")
        return still and not outlook.going

    def _rate(self, at: float, done: int) -> float:
        """Messages a second that came to their ends lately."""
        self._course.append((at, done))
        while at - self._course[0][0] > SPAN:
            self._course.popleft()
        since, before = self._course[0]
        return (done - before) / (at - since) if done > before else 0.0


async def _nobody() -> None:
    """Stands where a worker would, if this process were to send."""
    await asyncio.Event().wait()
