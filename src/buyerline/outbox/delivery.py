"""Delivering one message: made ready, claimed in the database, posted, and what became of it written down."""

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.flow import Flow, Join
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import Operation
from buyerline.amazon.repeating import Repeating
from buyerline.amazon.session import Receipt, Session
from buyerline.messages.drafts import Attachment
from buyerline.messages.sending import MessageFlows, Prepared
from buyerline.outbox.clock import awake, now
from buyerline.outbox.means import Means
from buyerline.outbox.messages import State
from buyerline.outbox.schema import attachment, content, milliseconds
from buyerline.outbox.telling import tell_end
from buyerline.outbox.transitions import ONCE, Job, Outcome
from buyerline.outbox.verdicts import Late, Overtaken, Verdict
from buyerline.outbox.writer import Standing

if TYPE_CHECKING:
    from concurrent.futures import Future

    from buyerline.amazon.credentials import Credentials

UNHURRIED = 10.0
"""Seconds for which an account's next message waits for one that is still getting ready (a large file)."""

IN_ORDER = 1.0
"""Seconds for which it waits for the answer to the one that has left, so that a burst arrives in its order."""

FRESH = 2.0
"""Seconds that may pass between the commit of ``sending`` and the POST. A process that stood still for longer may
have been taken for dead."""

ONE_TRY = Repeating(times=0)


class Delivery:
    """One message in the hands of a worker, in that worker's life `life`. It begins when it is made.

    Attributes:
        job: the message.
        credentials: by which it is sent, once that is known.
        passed: set when the account's next message may leave.
        asked: whether it has taken its place in the usage plan, or is about to.
        claimed: whether ``sending`` was committed for it: it may have left.
        left_at: when it left last, by `time.monotonic`.
    """

    def __init__(self, job: Job, life: str, means: Means) -> None:
        self.job = job
        self.credentials: Credentials | None = None
        self.passed = asyncio.Event()
        self.asked = False
        self.claimed = False
        self.left_at = 0.0
        self._life = life
        self._means = means
        self._claim: Future[float | None] | None = None
        self._in_time = asyncio.get_running_loop().call_later(UNHURRIED, self.passed.set)

    @property
    def claiming(self) -> bool:
        """Whether it is claimed, or about to be: ``sending`` may stand in the database."""
        return self._claim is not None

    async def deliver(self, flows: MessageFlows, before: "Delivery | None") -> Receipt:
        """Post the message by `flows`, in its turn after `before`.

        Raises:
            Overtaken: it is no longer to be sent.
            Late: it must not leave any more; it may be tried again.
            BuyerlineError: as `MessageFlows.send` does.
        """
        self.credentials = flows.session.login.credentials
        slots = self._means.slots[Marketplace.of(self.job.marketplace_id).region]
        prepared = await self._prepared(flows, slots.preparing)
        if before is not None:
            await before.passed.wait()
        await _room_for(flows.session, prepared.kind.operation)  # without a slot: it may be some seconds
        posting = flows.post(
            self.job.order_id,
            prepared.kind,
            prepared.body,
            before=self._about_to_leave,
            repeating=None if self._means.only else ONE_TRY,
        )
        async with slots.posting:
            return await self._means.driver.run(posting)

    def end(self) -> None:
        """Let the account's next message go, whatever became of this one."""
        self._in_time.cancel()
        self.passed.set()

    def record(self, verdict: Verdict) -> "asyncio.Future[None]":
        """Have written what became of the message."""
        job, at = self.job, milliseconds(now())
        tell_end(job.id, job.order_id, verdict.state)
        return self._means.writer.record(
            Outcome(
                id=job.id,
                state=verdict.state,
                worker=self._life,
                attempts=job.attempts + (1 if self.claiming else 0),
                claimed=self.claiming,
                at=at,
                request_id=verdict.request_id,
                reason=verdict.reason or None,
                tries=job.tries + 1 if verdict.pause is not None else job.tries,
                not_before=at + int(verdict.pause * 1000) if verdict.pause else None,
                look_at=at if verdict.state is State.UNKNOWN and job.type in ONCE else None,
            )
        )

    async def _prepared(self, flows: MessageFlows, slot: asyncio.Semaphore) -> Prepared:
        job = self.job
        preparing = flows.prepare(
            job.order_id,
            job.type,
            text=job.text,
            attachments=await self._attachments() if job.files else (),
            coverage_start=job.coverage_start,
            coverage_end=job.coverage_end,
            allow_unlisted=job.allow_unlisted,
            on_step=self._means.on_step,
            progress=self._means.progress,
        )
        async with slot:
            self.asked = True
            return await self._means.driver.run(preparing)

    async def _attachments(self) -> list[Attachment]:
        found = await self._means.writer.chore(partial(_read_attachments, self.job.id))
        if len(found) != self.job.files:
            raise ConfigurationError("attachments: a file of the message is no longer stored.", hint="Queue it anew.")
        return found

    def _about_to_leave(self) -> Flow[None]:
        """The last thing before each POST: have ``sending`` committed, or made sure of when it leaves another time."""
        again = self.claimed  # with another access token, or after a 429: Amazon had certainly not taken it
        self._claim = self._means.writer.claim(self.job, self._life, again=again)
        yield Join(self._claim, "the outbox's database")
        committed_at = self._claim.result()
        if committed_at is None and again:
            raise Late("outbox: the account was stopped, or given to others, before the message left another time.")
        if committed_at is None:
            self._claim = None
            raise Overtaken("outbox: the message is no longer to be sent.")
        if awake() - committed_at > FRESH:
            raise Late("outbox: this process stood still before the message left; it will be sent again.")
        self.claimed, self.left_at = True, time.monotonic()
        asyncio.get_running_loop().call_later(IN_ORDER, self.passed.set)


def _read_attachments(message_id: str, standing: Standing) -> list[Attachment]:
    lines = standing.connection.execute(_ATTACHMENTS, {"message_id": message_id})
    return [Attachment(name, bytes(data)) for name, data in lines]


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
