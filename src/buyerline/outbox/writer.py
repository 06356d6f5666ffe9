"""The one thread that talks to the database for a worker, and writes in groups.

Whatever waits goes together in one transaction: while that is under way the next group gathers, so under load a
transaction serves many messages, and an idle worker's message waits for nobody.
"""

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from buyerline.amazon.errors import BuyerlineError
from buyerline.outbox.clock import awake, now
from buyerline.outbox.database import Database
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.failures import said
from buyerline.outbox.life import Life
from buyerline.outbox.schema import milliseconds
from buyerline.outbox.transitions import Job, Outcome, Transitions

T = TypeVar("T")

PATIENCE = 60_000
"""Milliseconds for which a worker waits on SQLite for another process that writes: a large file is being queued."""

CLOSING = 15.0
"""Seconds that a worker which ends waits for a database that does not answer."""

GATHERING = 0.02
"""Seconds between the ends of two transactions in which the next group gathers. Each statement costs much the same for
one message as for fifty; an idle worker's message does not wait, for the last transaction is long over."""

_LOGGER = logging.getLogger("buyerline.outbox")


class LifeLost(OutboxUnavailable):
    """The worker was taken for dead, or its session ended: others may have its accounts. It must begin anew."""

    code = "life_lost"


@dataclass(slots=True)
class Group:
    """What waits to be written or read, each with the future of whoever waits for it."""

    claims: list[tuple[Job, str, bool, Future[float | None]]] = field(default_factory=list)
    outcomes: list[tuple[Outcome, "asyncio.Future[None]"]] = field(default_factory=list)
    fetches: list[tuple[int, int, "asyncio.Future[list[Job]]"]] = field(default_factory=list)
    chores: list[tuple[Callable[["Standing"], Any], "asyncio.Future[Any]"]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.claims or self.outcomes or self.fetches or self.chores)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a chore works with: a transaction of a living worker."""

    connection: sa.Connection
    life: Life
    transitions: Transitions


class Writer:
    """Runs a worker's transactions on a thread of its own, and keeps its life.

    What it is asked for is asked on the event loop that runs while it is made.

    Args:
        database: where.
        new_life: makes the worker's next life.
        lost: called, on that thread, when a life has ended without being asked to.
    """

    def __init__(self, database: Database, new_life: Callable[[], Life], lost: Callable[[], None]) -> None:
        self._database = database
        self._new_life = new_life
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._group = Group()
        self._unwritten: list[tuple[Outcome, asyncio.Future[None]]] = []
        self._last: Callable[[Standing], None] | None = None
        self._gathering = threading.Condition()
        self._closing = False
        self._connection: sa.Connection | None = None
        self._standing: Standing | None = None
        self._thread = threading.Thread(target=self._run, name="buyerline-outbox", daemon=True)

    @property
    def worker(self) -> str:
        """The id of the worker's present life, empty between two lives."""
        return self._standing.life.worker if self._standing else ""

    def start(self) -> None:
        """Begin the first life.

        Raises:
            ConfigurationError, OutboxUnavailable: the database cannot be used.
        """
        self._begin_life()
        self._thread.start()

    def claim(self, job: Job, worker: str, *, again: bool) -> Future[float | None]:
        """Write ``sending`` for a message that was fetched in the life `worker`.

        `again`: it stands there already, because the message leaves another time (with a renewed token, say); then
        it is only made sure that nobody has changed it since.

        When it was about to be committed, by `awake`; ``None`` if somebody was faster, or cancelled it.
        """
        future: Future[float | None] = Future()
        with self._gathering:
            self._group.claims.append((job, worker, again, future))
            self._gathering.notify()
        return future

    def fetch(self, account_id: int, limit: int) -> "asyncio.Future[list[Job]]":
        """The next messages of an account."""
        future: asyncio.Future[list[Job]] = self._loop.create_future()
        with self._gathering:
            self._group.fetches.append((account_id, limit, future))
            self._gathering.notify()
        return future

    def chore(self, work: Callable[[Standing], T]) -> "asyncio.Future[T]":
        """Any other work in the transaction of the next group."""
        future: asyncio.Future[T] = self._loop.create_future()
        with self._gathering:
            self._group.chores.append((work, future))
            self._gathering.notify()
        return future

    def record(self, outcome: Outcome) -> "asyncio.Future[None]":
        """Write what became of a message, now or as soon as the database can be written to."""
        future: asyncio.Future[None] = self._loop.create_future()
        with self._gathering:
            self._group.outcomes.append((outcome, future))
            self._gathering.notify()
        return future

    def revive(self) -> None:
        """Begin a new life after one was lost; outcomes that could not be written are kept for it.

        Raises:
            ConfigurationError, OutboxUnavailable: the database cannot be used yet.
        """
        with self._gathering:
            alive = self._standing is not None
        if not alive:
            self._begin_life()

    def close(self, last: Callable[[Standing], None]) -> int:
        """Write what is left, do `last`, and end this life. How many outcomes could not be written."""
        with self._gathering:
            self._last, self._closing = last, True
            self._gathering.notify()
        self._thread.join(CLOSING)
        if self._thread.is_alive():
            _LOGGER.error("the database does not answer; what is not written will be unknown")
        else:
            self._disconnect()
        return len(self._unwritten)

    def _run(self) -> None:
        ended_at = -GATHERING
        while True:
            with self._gathering:
                while not (self._group or self._closing):
                    self._gathering.wait()
            time.sleep(max(0.0, ended_at + GATHERING - time.monotonic()))
            with self._gathering:
                group, self._group = self._group, Group()
                closing = self._closing
            if group:
                self._serve(group)
                ended_at = time.monotonic()
            elif closing:
                return self._sign_off()

    def _serve(self, group: Group) -> None:
        """One transaction for a group; everybody who waits is told how it went."""
        self._unwritten += group.outcomes
        standing = self._standing
        try:
            answers = self._transact(group, standing)
        except BuyerlineError as failure:
            self._fail(group, failure, standing)
        except Exception as failure:
            _LOGGER.exception("a worker's transaction failed")
            self._fail(group, OutboxUnavailable(f"outbox: unforeseen, {type(failure).__name__}."), standing)
        else:
            answers += [(future, None) for _, future in self._unwritten]
            self._unwritten.clear()
            self._answer(answers)

    def _fail(self, group: Group, failure: BuyerlineError, standing: Standing | None) -> None:
        self._lose_life(failure, standing)
        for *_, claim in group.claims:
            claim.set_exception(failure)
        waiting = [*[future for *_, future in group.fetches], *[future for _, future in group.chores]]
        self._answer([(future, failure) for future in waiting])

    def _answer(self, answers: "list[tuple[asyncio.Future[Any], Any]]") -> None:
        """Tell everybody who waits on the event loop, all at once: waking it takes longer than telling."""
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            self._loop.call_soon_threadsafe(_settle, answers)

    def _sign_off(self) -> None:
        if self._standing is None or self._last is None:
            return
        try:
            with self._standing.connection.begin():
                self._last(self._standing)
        except sa.exc.SQLAlchemyError as error:
            _LOGGER.warning("the worker could not sign off: %s", said(error))

    def _transact(self, group: Group, standing: Standing | None) -> "list[tuple[asyncio.Future[Any], Any]]":
        if standing is None:
            raise LifeLost("outbox: the worker has lost its database and is not back yet.")
        try:
            with standing.connection.begin():
                claimed_at, answers = self._work(group, standing)
        except sa.exc.SQLAlchemyError as error:
            raise said(error) from None
        for job, life, _, claim in group.claims:  # a claim of an earlier life gets nothing of this one's
            claim.set_result(claimed_at.get(job.id) if life == standing.life.worker else None)
        return answers

    def _work(
        self, group: Group, standing: Standing
    ) -> "tuple[dict[str, float], list[tuple[asyncio.Future[Any], Any]]]":
        """When each claimed message was, and the answers to whoever asked for anything else."""
        connection, transitions = standing.connection, standing.transitions
        if not transitions.alive(connection):
            raise LifeLost("outbox: this worker was taken for dead; others have its accounts.")
        mine = [(job, again) for job, life, again, _ in group.claims if life == transitions.worker]
        claimed: set[str] = set()
        if jobs := [job for job, again in mine if not again]:
            claimed |= transitions.claim(connection, jobs, milliseconds(now()))
        if jobs := [job for job, again in mine if again]:
            claimed |= transitions.still_claimed(connection, jobs)
        if self._unwritten:  # after the claims: what was given up while its claim waited is in both
            transitions.record(connection, [outcome for outcome, _ in self._unwritten])
        answers = _fetched(group, standing)
        answers += [(future, work(standing)) for work, future in group.chores]
        return dict.fromkeys(claimed, awake()), answers

    def _begin_life(self) -> None:
        self._disconnect()
        self._connection = connection = self._database.connect()
        life = self._new_life()
        try:
            if self._database.kind == "sqlite":  # before the first transaction, which may have to wait itself
                connection.connection.dbapi_connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")  # type: ignore[union-attr] # it is open
            with connection.begin():
                life.begin(connection)
        except sa.exc.SQLAlchemyError as error:
            self._disconnect()
            raise said(error) from None
        standing = Standing(connection, life, Transitions(self._database, life.worker))
        self._write_what_was_left(standing)
        self._standing = standing

    def _write_what_was_left(self, standing: Standing) -> None:
        """Write the outcomes that an earlier life could not write.

        Each by itself: one that the database refuses for its content must not keep the others from being written.
        """
        for outcome, future in list(self._unwritten):
            try:
                with standing.connection.begin():
                    standing.transitions.record(standing.connection, [outcome])
            except sa.exc.SQLAlchemyError as error:
                failure = said(error)
                if isinstance(failure, OutboxUnavailable):
                    self._disconnect()
                    raise failure from None
                # no traceback: it may quote what stands in the row
                _LOGGER.error("message %s, now %s, cannot be written: %s", outcome.id, outcome.state, failure)  # noqa: TRY400
            self._unwritten.remove((outcome, future))
            self._answer([(future, None)])

    def _lose_life(self, failure: Exception, standing: Standing | None) -> None:
        """End the life in which a transaction failed, if it has not been replaced already."""
        if standing is None or self._standing is not standing:
            return
        _LOGGER.warning("the worker lost its hold on the outbox: %s", failure)
        self._standing = None
        self._disconnect()
        self._lost()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sa.exc.SQLAlchemyError:
                _LOGGER.debug("the connection was gone already")


def _fetched(group: Group, standing: Standing) -> "list[tuple[asyncio.Future[Any], Any]]":
    """Answers to whoever waits for an account's next messages: one query for all who want as many."""
    by_limit: dict[int, list[tuple[int, asyncio.Future[Any]]]] = defaultdict(list)
    for account_id, limit, future in group.fetches:
        by_limit[limit].append((account_id, future))
    answers: list[tuple[asyncio.Future[Any], Any]] = []
    for limit, wanted in by_limit.items():
        jobs: dict[int, list[Job]] = defaultdict(list)
        for job in standing.transitions.fetch(standing.connection, [account_id for account_id, _ in wanted], limit):
            jobs[job.account_id].append(job)
        answers += [(future, jobs[account_id]) for account_id, future in wanted]
    return answers


def _settle(answers: "list[tuple[asyncio.Future[Any], Any]]") -> None:
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, BuyerlineError):
            future.set_exception(answer)
        else:
            future.set_result(answer)
