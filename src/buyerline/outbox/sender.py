"""Sending one account's messages: in their order, within its usage plans, each once."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions, connect
from buyerline.amazon.credentials import Credentials, find
from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.amazon.flow import Flow, Join, Progress
from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.amazon.messaging import GET_ACTIONS
from buyerline.amazon.operations import Operation
from buyerline.amazon.repeating import Repeating
from buyerline.amazon.session import Receipt, Session
from buyerline.amazon.transport import AsyncDriver
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.messages.drafts import Attachment
from buyerline.messages.sending import MessageFlows, Step, sent_step
from buyerline.outbox import levels
from buyerline.outbox.beside import Beside, Companions, Serving
from buyerline.outbox.clock import awake, now
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.keeping import Taken
from buyerline.outbox.messages import State
from buyerline.outbox.metrics import Metrics
from buyerline.outbox.schema import account, attachment, content, milliseconds
from buyerline.outbox.transitions import ONCE, Job, Outcome
from buyerline.outbox.verdicts import Late, Overtaken, Verdict, pause_after, verdict_on
from buyerline.outbox.writer import Standing, Writer

if TYPE_CHECKING:
    from concurrent.futures import Future

IN_PASSING = 0.1
"""Seconds between two looks whether messages that wait for a slot have taken their places in the usage plan."""

SLOTS = 512
"""Messages that get ready, and as many that are posted, at once at one region's endpoint: enough for 1,000 accounts at
one message a second with answers that take half a second."""

WINDOW = 20
"""Messages of one account under way at once."""

UNHURRIED = 10.0
"""Seconds for which an account's next message waits for one that is still getting ready (a large file)."""

IN_ORDER = 1.0
"""Seconds for which it waits for the answer to the one that has left, so that a burst arrives in its order."""

FRESH = 2.0
"""Seconds that may pass between the commit of ``sending`` and the POST. A process that stood still for longer may
have been taken for dead."""

ONE_TRY = Repeating(times=0)

_LOGGER = logging.getLogger("buyerline.outbox")


@dataclass(frozen=True, slots=True)
class Slots:
    """Places for messages under way at one region's endpoint.

    Those that are ready do not wait behind those that are only getting ready.
    """

    preparing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SLOTS))
    posting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SLOTS))


@dataclass(frozen=True, slots=True)
class Means:
    """What all senders of a worker share."""

    writer: Writer
    driver: AsyncDriver
    options: ClientOptions
    metrics: Metrics
    only: str | None
    on_step: Callable[[Step], None] | None
    progress: Callable[[str], Progress] | None
    tell: Callable[[Verdict, Exception | None], None]
    ended: Callable[[], None]
    beside: Sequence[Beside]
    slots: dict[Region, Slots] = field(default_factory=lambda: {region: Slots() for region in Region})


@dataclass(slots=True, eq=False)
class _Delivery:
    """One message in a sender's hands, and by which credentials. ``passed`` is set when the next one may leave."""

    job: Job
    credentials: Credentials | None = None
    passed: asyncio.Event = field(default_factory=asyncio.Event)
    claim: "Future[float | None] | None" = None
    claimed: bool = False
    asked: bool = False
    left_at: float = 0.0


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
        self._unasked = 0
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._deliveries: dict[str, _Delivery] = {}
        self._last: _Delivery | None = None
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
        self._stop_where(lambda key: key not in self._deliveries or self._deliveries[key].claim is None)
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
                self._unasked += 1
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
        return room - self._unasked, wait  # those that still wait for a slot will take their places

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
        delivery, before = _Delivery(job), self._last
        self._last = self._deliveries[job.id] = delivery
        loop = asyncio.get_running_loop()
        in_time = loop.call_later(UNHURRIED, delivery.passed.set)
        cause: Exception | None = None
        try:
            receipt = await self._deliver(delivery, before)
            verdict: Verdict | None = Verdict(State.SENT, "", receipt.request_id)
            self._tell_sent(receipt)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the message must come to some state
            verdict, cause = verdict_on(failure, job.tries, left=delivery.claimed), failure
        except BaseException:
            if delivery.claim is not None:
                cut_off = _CUT_OFF if delivery.claimed else _NOT_LEFT
                self._record(delivery, cut_off)
                self._means.tell(cut_off, None)
            raise
        finally:
            in_time.cancel()
            delivery.passed.set()
            self._unasked -= 0 if delivery.asked else 1
            del self._deliveries[job.id]
        if verdict is not None:
            self._means.tell(verdict, cause)
            await self._write_down(delivery, verdict)

    async def _deliver(self, delivery: _Delivery, before: _Delivery | None) -> Receipt:
        job, means = delivery.job, self._means
        flows = self._flows_of(Marketplace.of(job.marketplace_id))
        delivery.credentials = flows.session.login.credentials
        attachments = await self._attachments(job) if job.files else ()
        slots = means.slots[Marketplace.of(job.marketplace_id).region]
        preparing = flows.prepare(
            job.order_id,
            job.type,
            text=job.text,
            attachments=attachments,
            coverage_start=job.coverage_start,
            coverage_end=job.coverage_end,
            allow_unlisted=job.allow_unlisted,
            on_step=means.on_step,
            progress=means.progress,
        )
        async with slots.preparing:
            delivery.asked = True
            self._unasked -= 1
            prepared = await means.driver.run(preparing)
        if before is not None:
            await before.passed.wait()
        await _room_for(flows.session, prepared.kind.operation)  # without a slot: it may be some seconds
        posting = flows.post(
            job.order_id,
            prepared.kind,
            prepared.body,
            before=partial(self._claim, delivery),
            repeating=None if means.only else ONE_TRY,
        )
        async with slots.posting:
            return await means.driver.run(posting)

    def _tell_sent(self, receipt: Receipt) -> None:
        if self._means.on_step is not None:
            with suppress(Exception):  # it is sent, whatever becomes of telling so
                self._means.on_step(sent_step(receipt))

    def _claim(self, delivery: _Delivery) -> Flow[None]:
        """The last thing before each POST: have ``sending`` committed, or made sure of when it leaves another time."""
        again = delivery.claimed  # with another access token, or after a 429: Amazon had certainly not taken it
        delivery.claim = self._means.writer.claim(delivery.job, self.life, again=again)
        yield Join(delivery.claim, "the outbox's database")
        committed_at = delivery.claim.result()
        if committed_at is None and again:
            raise Late("outbox: others took this worker for dead before the message left another time.")
        if committed_at is None:
            delivery.claim = None
            raise Overtaken("outbox: the message is no longer to be sent.")
        if awake() - committed_at > FRESH:
            raise Late("outbox: this process stood still before the message left; it will be sent again.")
        delivery.claimed, delivery.left_at = True, time.monotonic()
        asyncio.get_running_loop().call_later(IN_ORDER, delivery.passed.set)

    def _flows_of(self, marketplace: Marketplace) -> MessageFlows:
        flows = self._flows.get(marketplace)
        if flows is None:
            flows = self._flows[marketplace] = MessageFlows(connect(marketplace, self.name, self._options))
        return flows

    async def _attachments(self, job: Job) -> list[Attachment]:
        def read(standing: Standing) -> list[Attachment]:
            lines = standing.connection.execute(_ATTACHMENTS, {"message_id": job.id})
            return [Attachment(name, bytes(data)) for name, data in lines]

        found = await self._means.writer.chore(read)
        if len(found) != job.files:
            raise ConfigurationError("attachments: a file of the message is no longer stored.", hint="Queue it anew.")
        return found

    async def _look(self, job: Job) -> None:
        """Ask what Amazon offers for the order: a once-only type that it stopped offering was sent."""
        sent = False
        try:
            flows = self._flows_of(Marketplace.of(job.marketplace_id))
            actions = await self._means.driver.run(flows.get_actions(job.order_id))
        except BuyerlineError as failure:
            found = f"Amazon could not be asked: {failure}"
        else:
            action = actions.find(job.type)
            sent = len(actions) > 0 and (action is None or action.disabled)
            found = _LOOKED_UP if sent else actions.closed_reason or f"Amazon still offers {job.type}."
        await self._means.writer.chore(
            lambda standing: standing.transitions.looked_into(
                standing.connection, job.id, _milliseconds_now(), found, sent=sent
            )
        )

    async def _write_down(self, delivery: _Delivery, verdict: Verdict) -> None:
        """Have a message's outcome written, and draw the conclusions for its account."""
        metrics, claimed = self._means.metrics, delivery.claim is not None
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
        written = self._record(delivery, verdict) if claimed or not verdict.stops_account else None
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

    def _record(self, delivery: _Delivery, verdict: Verdict) -> "asyncio.Future[None]":
        job, at = delivery.job, _milliseconds_now()
        claimed = delivery.claim is not None
        return self._means.writer.record(
            Outcome(
                id=job.id,
                state=verdict.state,
                worker=self.life,
                attempts=job.attempts + (1 if claimed else 0),
                claimed=claimed,
                at=at,
                request_id=verdict.request_id,
                reason=verdict.reason or None,
                tries=job.tries + 1 if verdict.pause is not None else job.tries,
                not_before=at + int(verdict.pause * 1000) if verdict.pause else None,
                look_at=at if verdict.state is State.UNKNOWN and job.type in ONCE else None,
            )
        )


_CUT_OFF = Verdict(
    State.UNKNOWN, "The worker was stopped while the message was on its way; nobody knows whether Amazon took it."
)
_NOT_LEFT = Verdict(State.QUEUED, "", pause=0.0)
_LOOKED_UP = "Amazon has stopped offering this type, which an order takes once: it was sent."
_ATTACHMENTS = (
    sa.select(attachment.c.file_name, content.c.bytes)
    .join(content, content.c.sha256 == attachment.c.sha256)
    .where(attachment.c.message_id == sa.bindparam("message_id"))
    .order_by(attachment.c.position)
)


async def _room_for(session: Session, operation: Operation[Any]) -> None:
    """Wait until the usage plan has room for a call."""
    room, wait = session.room(operation)
    while not room:
        await asyncio.sleep(wait)
        room, wait = session.room(operation)


def _milliseconds_now() -> int:
    return milliseconds(now())
