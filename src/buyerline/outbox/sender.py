"""Sending one account's messages: in their order, within its usage plans, each once."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions, connect
from buyerline.amazon.credentials import Credentials, find
from buyerline.amazon.errors import BuyerlineError
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import GET_ACTIONS
from buyerline.amazon.session import Receipt
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.messages.sending import MessageFlows, sent_step
from buyerline.outbox import levels
from buyerline.outbox.beside import Companions, Serving
from buyerline.outbox.clock import now
from buyerline.outbox.delivery import Delivery
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.keeping import Taken
from buyerline.outbox.looking import look
from buyerline.outbox.means import Means
from buyerline.outbox.messages import State
from buyerline.outbox.schema import account, milliseconds
from buyerline.outbox.transitions import Job
from buyerline.outbox.verdicts import Verdict, pause_after, verdict_on
from buyerline.outbox.writer import Standing

IN_PASSING = 0.1
"""Seconds between two looks whether messages that wait for a slot have taken their places in the usage plan."""

WINDOW = 20
"""Messages of one account under way at once."""

_LOGGER = logging.getLogger("buyerline.outbox")


class Sender:
    """Sends the messages of one account while the account is this worker's."""

    def __init__(self, taken: Taken, means: Means) -> None:
        self.id = taken.id
        self.name = taken.name
        self.plans_before = taken.plans
        self.stopped = False
        self._means = means
        self.life = means.writer.worker
        self.usage_plans = UsagePlans(time.monotonic, levels.start(taken.plans, _milliseconds_now))
        self._options: ClientOptions = {**means.options, "plans": self.usage_plans}
        self._companions = Companions(Serving(taken.id, taken.name, self._options, means.driver), means.beside)
        self._flows: dict[Marketplace, MessageFlows] = {}
        self._failures = 0
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._deliveries: dict[str, Delivery] = {}
        self._last: Delivery | None = None
        self._running: asyncio.Task[None] | None = None
        self._ending = False

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent and nobody is looking for more."""
        return self._running is None and not self._under_way

    @property
    def resting(self) -> bool:
        """Whether nobody is looking for more to send."""
        return self._running is None

    @property
    def under_way(self) -> int:
        """How many messages are being sent."""
        return len(self._under_way)

    def plans(self) -> str:
        """How full the account's buckets are now, for its next worker."""
        return levels.left(self.usage_plans.buckets(), self.plans_before, _milliseconds_now())

    def wake(self) -> None:
        """Send what is due, if that is not being done already: the account is not stopped, or not any more."""
        self.stopped = False
        if self._running is None and not self._ending:
            self._running = asyncio.create_task(self._run(), name=f"send for {self.name}")
            self._running.add_done_callback(self._ran)

    def halt(self) -> None:
        """Send nothing until it is woken: the account is stopped.

        Its credentials are looked for anew then: it may have been disconnected, and connected with others.
        """
        self.stopped = True
        self._flows.clear()

    def look_into(self, job: Job) -> None:
        """Find out about a message with an unknown outcome what Amazon's offer tells."""
        self._begin(f"look into {job.id}", self._look(job))

    async def finish(self) -> None:
        """Begin no more messages, stop those that have not left yet, and see the others to their answer."""
        self._stop_where(lambda key: key not in self._deliveries or not self._deliveries[key].claiming)
        while not self.idle:
            await asyncio.wait([*self._under_way.values(), *([self._running] if self._running else [])])
        await self._companions.ended()

    def cancel(self) -> None:
        """Stop everything at once. What has left and has no answer yet is unknown from now on."""
        self._stop_where(lambda _: True)

    def _stop_where(self, stops: Callable[[str], bool]) -> None:
        self._ending = True
        self._companions.cancel()
        if self._running:
            self._running.cancel()
        for key, task in self._under_way.items():
            if stops(key):
                task.cancel()

    async def _run(self) -> None:
        """Begin messages as fast as the usage plan allows, until none is due."""
        while True:
            room = await self._room()
            jobs = [] if self._over else await self._fetch(room + len(self._under_way))
            if self._over:
                return
            fresh = [job for job in jobs if job.id not in self._under_way][:room]
            if not fresh:
                return
            for job in fresh:
                self._begin(job.id, self._send(job))
                await asyncio.sleep(0)  # the first message of every account goes before the second of any

    @property
    def _over(self) -> bool:
        return self._ending or self.stopped

    async def _fetch(self, wanted: int) -> list[Job]:
        only, writer = self._means.only, self._means.writer
        if only is None:
            return await writer.fetch(self.id, wanted)
        return await writer.chore(lambda standing: standing.transitions.fetch_one(standing.connection, only))

    def _ran(self, task: "asyncio.Task[None]") -> None:
        self._running = None
        self._report(task)

    def _report(self, task: "asyncio.Task[None]") -> None:
        """A task that fails must not keep its account: the next round of housekeeping begins another."""
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, OutboxUnavailable):
            _LOGGER.error("sending for account %s failed and begins anew: %s", self.name, type(failure).__name__)

    async def _room(self) -> int:
        """Wait until a message may begin; how many may."""
        window = 1 if self._failures else WINDOW
        while len(self._under_way) >= window:
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
        if self._failures:
            await asyncio.sleep(min(pause_after(self._failures), 30.0))
        room, wait = self._plan_room()
        while room <= 0:
            await asyncio.sleep(wait or IN_PASSING)
            room, wait = self._plan_room()
        return min(room, window - len(self._under_way))

    def _plan_room(self) -> tuple[int, float]:
        """How many messages the usage plan lets begin now, and the seconds until it lets one."""
        rooms = (flows.session.room(GET_ACTIONS) for flows in self._flows.values())
        room, wait = min(rooms, default=(GET_ACTIONS.plan.burst, 0.0))
        unasked = sum(not each.asked for each in self._deliveries.values())  # they will take their places
        return room - unasked, wait

    def _begin(self, key: str, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._under_way[key] = task
        task.add_done_callback(partial(self._ended, key))

    def _ended(self, key: str, task: "asyncio.Task[None]") -> None:
        del self._under_way[key]
        self._report(task)
        self._means.ended()

    async def _send(self, job: Job) -> None:
        """Send one message and record what became of it."""
        delivery, before = Delivery(job, self.life, self._means), self._last
        self._last = self._deliveries[job.id] = delivery
        cause: Exception | None = None
        try:
            receipt = await delivery.deliver(self._flows_of(job.marketplace_id), before)
            verdict: Verdict | None = Verdict(State.SENT, "", receipt.request_id)
            self._tell_sent(receipt)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the message must come to some state
            verdict, cause = verdict_on(failure, job.tries, left=delivery.claimed), failure
        except BaseException:
            if delivery.claiming:
                cut_off = _CUT_OFF if delivery.claimed else _NOT_LEFT
                delivery.record(cut_off)
                self._means.tell(cut_off, None)
            raise
        finally:
            delivery.end()
            del self._deliveries[job.id]
        if verdict is not None:
            self._means.tell(verdict, cause)
            await self._write_down(delivery, verdict)

    def _tell_sent(self, receipt: Receipt) -> None:
        if self._means.on_step is not None:
            with suppress(Exception):  # it is sent, whatever becomes of telling so
                self._means.on_step(sent_step(receipt))

    def _flows_of(self, marketplace_id: str) -> MessageFlows:
        marketplace = Marketplace.of(marketplace_id)
        flows = self._flows.get(marketplace)
        if flows is None:
            flows = self._flows[marketplace] = MessageFlows(connect(marketplace, self.name, self._options))
        return flows

    async def _look(self, job: Job) -> None:
        found = await look(job, partial(self._flows_of, job.marketplace_id), self._means.driver)
        await self._means.writer.chore(
            lambda standing: standing.transitions.looked_into(
                standing.connection, job.id, _milliseconds_now(), found.words, sent=found.sent
            )
        )

    async def _write_down(self, delivery: Delivery, verdict: Verdict) -> None:
        """Have a message's outcome written, and draw the conclusions for its account."""
        metrics = self._means.metrics
        if verdict.pause is None:
            metrics.ended(verdict.state)
        else:
            self._failures += 0 if verdict.stops_account else 1
            metrics.again(verdict.code)
        if verdict.state in (State.SENT, State.REFUSED):
            self._failures = 0  # Amazon answers
        if verdict.state is State.SENT:
            metrics.posted_seconds(time.monotonic() - delivery.left_at)
            metrics.late((_milliseconds_now() - delivery.job.due_at) / 1000)
        written = delivery.record(verdict) if delivery.claiming or not verdict.stops_account else None
        if verdict.stops_account:
            await self._stop(verdict.reason, delivery.credentials)
        if written is not None:
            await written

    async def _stop(self, reason: str, refused: Credentials | None) -> None:
        """Try nothing more for this account before somebody mends something.

        Unless that has been done: other credentials are found by now than those that were `refused`.
        """
        if self._found() not in (None, refused):
            self._flows.clear()
            return
        self.halt()
        _LOGGER.warning("account %s is stopped: %s", self.name, reason)

        def stop(standing: Standing) -> None:
            mine = sa.update(account).where(account.c.id == self.id, account.c.owner == standing.life.worker)
            standing.connection.execute(mine.where(account.c.stopped.is_(None)).values(stopped=reason))

        await self._means.writer.chore(stop)

    def _found(self) -> Credentials | None:
        """The credentials that are found for the account now."""
        try:
            return find(self.name, given=self._options.get("credentials"), sources=self._options.get("sources"))
        except BuyerlineError:
            return None


_CUT_OFF = Verdict(
    State.UNKNOWN, "The worker was stopped while the message was on its way; nobody knows whether Amazon took it."
)
_NOT_LEFT = Verdict(State.QUEUED, "", pause=0.0)


def _milliseconds_now() -> int:
    return milliseconds(now())
