"""The worker: takes accounts, and sends their messages until it is stopped."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from buyerline.amazon.connect import TIMEOUT, ClientOptions, destination
from buyerline.amazon.credentials import default_sources, of_default
from buyerline.amazon.errors import BuyerlineError
from buyerline.amazon.flow import Progress
from buyerline.amazon.login import TokenStore
from buyerline.amazon.observe import CallEvent
from buyerline.amazon.transport import AsyncDriver
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.messages.sending import Step
from buyerline.outbox.alone import FileLock
from buyerline.outbox.beside import Beside
from buyerline.outbox.database import Database
from buyerline.outbox.depths import Depths, read_depths
from buyerline.outbox.keeping import Keeper, Round
from buyerline.outbox.life import Life
from buyerline.outbox.means import Means
from buyerline.outbox.metrics import Metrics
from buyerline.outbox.process import allow_many_connections, seldom_collecting
from buyerline.outbox.retention import Retention
from buyerline.outbox.sender import Sender
from buyerline.outbox.verdicts import Verdict
from buyerline.outbox.writer import Standing, Writer

T = TypeVar("T")

ROUND = 0.5
"""Seconds between two rounds of housekeeping: between beats, and until a new message is noticed."""

GRACE = 35.0
"""Seconds that a stopping worker gives the messages that have left to be answered: a little more than one timeout."""

FORGETTING = 60.0
"""Seconds between two looks for texts and attachments whose retention time is over."""

_LOGGER = logging.getLogger("buyerline.outbox")


class Worker:
    """Sends what is in the outbox, on one event loop.

    In a program of yours::

        asyncio.run(Worker().run())

    On SQLite one worker serves at a time and a second one waits for it to end; on PostgreSQL any number share the
    accounts. A worker that dies is replaced within seconds, and nothing is sent twice.

    Args:
        url: the database, as for `Outbox`.
        options: those of the clients that send (`ClientOptions`); credentials are looked for by account.
        resend: whether a message with an unknown outcome is sent again without asking a person. It may then arrive
            twice; off by default.
        only: the id of the one message that this worker is for. It takes its account for that long.
        on_step: called after each step of sending; progress: as in `MessageFlows.send`.
        database: the database, open, in place of `url`; the worker leaves it open.
        beside: what else to do for each account while the worker serves it, by its usage plans.

    Attributes:
        serving: whether it takes accounts and sends.
        round_at: when its last round of housekeeping began, by the clock of its event loop.
        tried: what came of the last try to send a message, and the failure behind it; ``None`` before there was one.

    Raises:
        ConfigurationError, OutboxUnavailable: the database cannot be used.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        options: ClientOptions | None = None,
        resend: bool = False,
        only: str | None = None,
        on_step: Callable[[Step], None] | None = None,
        progress: Callable[[str], Progress] | None = None,
        database: Database | None = None,
        beside: Sequence[Beside] = (),
    ) -> None:
        self._beside = beside
        self._owns_database = database is None
        self._options = self._settled(options or {})
        self.endpoint = destination(self._options)
        self._retention = Retention.of_environment()
        self.database = database or Database.open(url)
        self.metrics = Metrics(depths=self._depths, worker=lambda: self.name)
        self._keeper = Keeper(self.database, self.endpoint, only, resend)
        self._lock = FileLock(self.database.path) if self.database.path else None
        self._only, self._on_step, self._progress = only, on_step, progress
        self._senders: dict[int, Sender] = {}
        self._leaving: dict[asyncio.Task[None], Sender] = {}
        self._giving_back: set[int] = set()
        self._stopping = threading.Event()
        self._wake: Callable[[], None] = _nothing
        self._lost = threading.Event()
        self._forgot_at = 0.0
        self._trouble = ""
        self.serving = False
        self.round_at = 0.0
        self.tried: tuple[Verdict, Exception | None] | None = None

    @property
    def accounts(self) -> dict[str, int]:
        """The accounts that it has, each with how many messages of it are under way."""
        return {sender.name: sender.under_way for sender in self._senders.values()}

    def plans_of(self, account: str) -> UsagePlans | None:
        """The usage plans of an account that it serves now, for others in this process who ask Amazon on its behalf.

        Threads may call it.
        """
        return next((each.usage_plans for each in tuple(self._senders.values()) if each.name == account), None)

    @property
    def name(self) -> str:
        """The id of its present life, empty while it does not serve."""
        return self._writer.worker if self.serving else ""

    def stop(self) -> None:
        """Begin nothing more, see what has left to its answer, and end. Threads and signal handlers may call it."""
        self._stopping.set()
        self._wake()

    async def run(self, *, once: bool = False) -> None:
        """Serve until `stop`; with `once`, until nothing is due any more.

        Raises:
            ConfigurationError, OutboxUnavailable: the database could not be used at the start.
        """
        loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._wake = partial(_ring, loop, self._bell)
        try:
            if await self._alone():
                with seldom_collecting():
                    await self._serve(once=once)
        finally:
            self._wake = _nothing
            if self._lock:
                self._lock.release()
            if self._owns_database:
                self.database.close()

    async def _alone(self) -> bool:
        """Wait until no other worker serves a SQLite database. Whether to serve."""
        told = False
        while self._lock and not self._lock.acquire():
            if self._stopping.is_set():
                return False
            if not told:
                told = True
                _LOGGER.warning("another worker serves %s; waiting for it to end", self.database.url_shown)
            await self._pause(ROUND)
        return True

    async def _serve(self, *, once: bool) -> None:
        allow_many_connections()
        self._driver = AsyncDriver(
            timeout=self._options.get("timeout", TIMEOUT),
            proxy=self._options.get("proxy"),
            verify=self._options.get("verify", True),
        )
        self._writer = Writer(self.database, self._new_life, self._lose)
        try:
            await asyncio.to_thread(self._writer.start)
        except BaseException:
            await self._driver.close()
            raise
        self._means = Means(
            writer=self._writer,
            driver=self._driver,
            options=self._options,
            metrics=self.metrics,
            only=self._only,
            on_step=self._on_step,
            progress=self._progress,
            tell=self._tell,
            ended=self._message_ended,
            beside=self._beside,
        )
        self.serving = True
        try:
            await self._until_stopped(self._rounds(once=once))
            await self._finish()
        finally:
            self.serving = False
            await self._end()

    async def _rounds(self, *, once: bool) -> None:
        while not self._stopping.is_set() and (await self._round() or not once or not await self._done()):
            await self._pause(ROUND)

    async def _until_stopped(self, work: Coroutine[None, None, None]) -> None:
        """See `work` to its end, or to `stop`: a database that does not answer must not keep a worker from ending."""
        working = asyncio.create_task(work)
        try:
            while not working.done() and not self._stopping.is_set():
                await asyncio.wait({working}, timeout=ROUND)
        finally:
            working.cancel()
        if working.done():
            working.result()

    async def _round(self) -> bool:
        """One round of housekeeping. Whether anything is under way."""
        self.round_at = asyncio.get_running_loop().time()
        if self._lost.is_set() and not await self._revive():
            return True
        resting = [sender.id for sender in self._senders.values() if sender.resting]
        owned, leaving = len(self._senders), len(self._giving_back)
        try:
            found = await self._chore(lambda standing: self._keeper.round(standing, owned, leaving, resting))
            self._forget()
        except BuyerlineError:  # the writer has said what it is: a life was lost
            return True
        self._follow(found)
        self.metrics.accounts(owned=len(self._senders), stopped=sum(each.stopped for each in self._senders.values()))
        self.metrics.in_flight(sum(sender.under_way for sender in self._senders.values()))
        return any(not sender.idle for sender in self._senders.values())

    def _follow(self, found: Round) -> None:
        """Do what a round has found to be done."""
        for taken in found.taken:
            self._senders[taken.id] = Sender(taken, self._means)
        for account_id in found.stopped:
            self._senders[account_id].halt()
        for account_id in found.busy:
            self._senders[account_id].wake()
        for job in found.looks:
            if job.account_id in self._senders:
                self._senders[job.account_id].look_into(job)
        surplus = sorted(self._senders.values(), key=lambda sender: sender.under_way)[: found.surplus]
        for sender in surplus:
            self._give_back(sender)

    def _give_back(self, sender: Sender) -> None:
        """Let another worker have an account, once what is under way for it has ended."""
        del self._senders[sender.id]
        self._giving_back.add(sender.id)
        self._see_off(sender, self._leave(sender))

    def _see_off(self, sender: Sender, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._leaving[task] = sender
        task.add_done_callback(self._leaving.pop)

    async def _leave(self, sender: Sender) -> None:
        await sender.finish()
        if sender.life != self._writer.worker:
            return  # it was taken in a life that has ended: it may be somebody's already, or this worker's anew
        with suppress(BuyerlineError):
            await self._chore(lambda standing: self._keeper.give_back(standing, {sender.id: sender.plans()}))
            self._giving_back.discard(sender.id)

    def _forget(self) -> None:
        at = asyncio.get_running_loop().time()
        if at - self._forgot_at > FORGETTING:
            self._forgot_at = at
            self._writer.chore(self._retention.forget).add_done_callback(self._forgot)

    def _forgot(self, chore: "asyncio.Future[bool]") -> None:
        if not chore.cancelled() and chore.exception() is None and chore.result():
            self._forgot_at = 0.0

    async def _done(self) -> bool:
        """Whether nothing is due any more, in whoever's hands."""
        try:
            return not await self._chore(self._keeper.waiting)
        except BuyerlineError:
            return False

    async def _revive(self) -> bool:
        """Begin a new life after one was lost. The accounts are taken anew, as anybody's."""
        for sender in self._senders.values():
            self._see_off(sender, sender.finish())
        self._senders.clear()
        self._giving_back.clear()
        self._lost.clear()
        try:
            await asyncio.to_thread(self._writer.revive)
        except Exception as failure:  # noqa: BLE001 - whatever it is, a worker tries again
            self._lost.set()
            if str(failure) != self._trouble:
                self._trouble = str(failure)
                _LOGGER.warning("the outbox is not back yet: %s", failure)
            return False
        self._trouble = ""
        _LOGGER.warning("the worker serves again, as %s", self._writer.worker)
        return True

    async def _finish(self) -> None:
        """Begin nothing more, and let what has left be answered, and written down."""
        loop = asyncio.get_running_loop()
        until = loop.time() + GRACE
        for sender in self._senders.values():
            self._see_off(sender, sender.finish())
        while self._leaving and loop.time() < until:
            if self._lost.is_set():
                await self._revive()
            if self._leaving:
                await asyncio.wait(self._leaving, timeout=ROUND)

    async def _end(self) -> None:
        """Stop what is still under way, write what became of it, and sign off."""
        for sender in self._leaving.values():
            sender.cancel()
        for sender in self._senders.values():
            sender.cancel()
            self._see_off(sender, sender.finish())
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=ROUND)
        plans = {sender.id: sender.plans() for sender in self._senders.values()}
        unwritten = await asyncio.to_thread(self._writer.close, partial(self._sign_off, plans))
        if unwritten:
            _LOGGER.error("%d outcomes could not be written: those messages will be unknown", unwritten)
        await self._driver.close()

    def _sign_off(self, plans: Mapping[int, str], standing: Standing) -> None:
        """The last transaction of a life."""
        self._retention.forget(standing)
        self._keeper.give_back(standing, plans)
        standing.life.end(standing.connection)

    async def _chore(self, work: Callable[[Standing], T]) -> T:
        return await self._writer.chore(work)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # `wait_for` of Python 3.11 may swallow a cancellation
                await self._bell.wait()
        self._bell.clear()

    def _settled(self, options: ClientOptions) -> ClientOptions:
        """The options of every account's client. Credentials given in code are those of the account ``default``."""
        settled: ClientOptions = {"tokens": TokenStore(), **options}
        settled["observers"] = [self._observe, *options.get("observers", ())]
        given = settled.pop("credentials", None)
        if given is not None:
            settled["sources"] = [of_default(given), *(options.get("sources") or default_sources())]
        return settled

    def _new_life(self) -> Life:
        return Life(self.database, self.endpoint, shares=self._only is None)

    def _lose(self) -> None:
        self._lost.set()
        self._wake()

    def _depths(self) -> Depths:
        with self.database.read() as connection:
            return read_depths(connection)

    def _tell(self, verdict: Verdict, cause: Exception | None) -> None:
        self.tried = verdict, cause

    def _message_ended(self) -> None:
        """A person waits for the only message: no pause before looking whether it has ended."""
        if self._only is not None:
            self._bell.set()

    def _observe(self, event: CallEvent) -> None:
        if event.status == 429:
            self.metrics.throttled(event.operation)


def _ring(loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop was closed meanwhile: nobody sleeps
        loop.call_soon_threadsafe(bell.set)


def _nothing() -> None:
    """What `stop` wakes when nobody sleeps."""
