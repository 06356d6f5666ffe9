"""Sending one message of the outbox now, by a worker of its own or whichever has its account, and seeing its end."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import typer

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.amazon.flow import Progress
from buyerline.cli.exits import NobodyKnows, NotSent, PutBack, Stopped
from buyerline.cli.signals import Heard, ringing
from buyerline.messages.sending import Step
from buyerline.outbox import Added, Message, Outbox, OutboxUnavailable, State, Worker, WrongState
from buyerline.outbox.clock import now
from buyerline.outbox.messages import NOT_SENT, UNDER_WAY

TICK = 0.1
"""Seconds until it is noticed that the message has been sent."""

LOOK = 0.5
"""Seconds between two looks at a message that another worker sends."""

WORTH_A_WORD = 3.0
"""Seconds after which it is said that another worker is waited for."""

SOON = 1.0
"""Seconds for which a person waits for another worker's next try: beyond the pause after its first one."""

PATIENCE = 10.0
"""Seconds for which a database that went away in the middle is waited for."""


@dataclass(slots=True)
class Delivery:
    """Sends one message that is in the outbox.

    Attributes:
        outbox: where it is.
        message: the message, queued or being sent.
        options: those of the client that sends, if it is this process that does.
        heard: Ctrl-C and the like.
        on_step, progress: as in `MessageFlows.send`.
    """

    outbox: Outbox
    message: Message
    options: ClientOptions
    heard: Heard
    on_step: Callable[[Step], None] | None = None
    progress: Callable[[str], Progress] | None = None
    _began_at: float = field(default_factory=time.monotonic)
    _seen_at: float = field(default_factory=time.monotonic)
    _told_of_another: bool = False

    def run(self) -> Message:
        """Send it, and return it as it stands when Amazon has it.

        Raises:
            NobodyKnows: it was posted and nobody can say whether Amazon took it, Ctrl-C included.
            Stopped: Ctrl-C before it was posted; it was taken back.
            BuyerlineError: why nothing was sent. A message that cannot be sent now was taken back.
        """
        try:
            return asyncio.run(self._run())
        except ConfigurationError:
            with suppress(WrongState, OutboxUnavailable):
                self.outbox.cancel(self.message.id)
            raise

    async def _run(self) -> Message:
        while True:
            worker = Worker(
                only=self.message.id,
                database=self.outbox.database,
                options=self.options,
                on_step=self.on_step,
                progress=self.progress,
            )
            try:
                await self._serve(worker)
                found = self._found(worker)
                if found.state is State.SENT:
                    return found
                with suppress(WrongState):  # somebody has just taken it in hand again: see what becomes of that
                    self._explain(found, worker)
            except OutboxUnavailable as failure:
                raise _stays_queued(self.message, failure) from None
            await asyncio.sleep(LOOK)

    async def _serve(self, worker: Worker) -> None:
        """Let `worker` send the message, or wait for the one that does.

        Raises:
            ConfigurationError, OutboxUnavailable: the database cannot be used.
        """
        bell = asyncio.Event()
        self.heard.react = ringing(asyncio.get_running_loop(), bell.set)
        if self.heard.times:
            bell.set()
        waiting = asyncio.create_task(bell.wait())
        serving = asyncio.create_task(worker.run(once=True))
        try:
            await self._watch(worker, serving, waiting)
        finally:
            waiting.cancel()
            worker.stop()
            await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()

    async def _watch(self, worker: Worker, serving: "asyncio.Task[None]", stopping: "asyncio.Task[bool]") -> None:
        """Return when nothing is left to wait for: it has ended, it is held up, or the person wants to stop."""
        look_at = time.monotonic() + LOOK
        while not serving.done():
            await asyncio.wait({serving, stopping}, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
            if self.heard.times:
                await self._stop(serving)
                return
            if worker.tried is not None and worker.tried[0].state is State.SENT:
                return
            if time.monotonic() > look_at:
                if not await self._is_under_way(worker):
                    return
                look_at = time.monotonic() + LOOK

    async def _is_under_way(self, worker: Worker) -> bool:
        """Whether the message can be expected to come to its end soon, in whoever's hands."""
        try:
            message = await asyncio.to_thread(self.outbox.get, self.message.id)
        except OutboxUnavailable:
            return time.monotonic() - self._seen_at < PATIENCE
        self._seen_at = time.monotonic()
        if worker.accounts:
            return True
        if not self._told_of_another and time.monotonic() - self._began_at > WORTH_A_WORD:
            self._told_of_another = True
            typer.echo("note: another worker has the account; waiting for it to send the message.", err=True)
        return message.state in UNDER_WAY and not self._held_up(message)

    async def _stop(self, serving: "asyncio.Task[None]") -> None:
        """Take the message back if it has not left yet, and end everything at once."""
        with suppress(WrongState, OutboxUnavailable):
            await asyncio.to_thread(self.outbox.cancel, self.message.id)
        serving.cancel()

    def _held_up(self, message: Message) -> str | None:
        """Why no worker will send a queued message soon; ``None`` where one will."""
        if message.state is not State.QUEUED:
            return None
        if message.not_before and (message.not_before - now()).total_seconds() > SOON:
            return message.reason or "It could not be sent yet."
        return self.outbox.stopped().get(message.account)

    def _found(self, worker: Worker) -> Message:
        """The message as it stands now, by what `worker` knows where the database cannot be read any more.

        Raises:
            OutboxUnavailable: neither tells.
        """
        try:
            return self.outbox.get(self.message.id)
        except OutboxUnavailable:
            if worker.tried is None:
                raise
            verdict, _ = worker.tried
            sent_at = now() if verdict.state is State.SENT else None
            return replace(
                self.message,
                state=verdict.state,
                reason=verdict.reason,
                request_id=verdict.request_id,
                sent_at=sent_at,
            )

    def _explain(self, message: Message, worker: Worker) -> None:
        """Raise why the message was not sent; return when it is to be tried, or waited for, once more.

        Raises:
            WrongState: it is no longer as it was found.
        """
        failure = _own_failure(message, worker)
        if message.state is State.QUEUED:
            reason = self._held_up(message)
            if failure is None and reason is None and not self.heard.times:
                return
            self.outbox.cancel(message.id)
            raise Stopped if self.heard.times else failure or PutBack(reason or "It could not be sent yet.")
        if self.heard.times and message.state is State.CANCELLED:
            raise Stopped
        if self.heard.times and message.state in {State.SENDING, State.UNKNOWN}:
            about = f"the {message.type} message for order {message.order_id}"
            words = f"Whether Amazon took {about} is not known: you stopped it while it was on its way."
            raise NobodyKnows(message, words)
        if message.state is State.UNKNOWN:
            raise unknown(message, failure)
        if message.state is not State.SENDING:
            raise failure or NotSent(f"It is {message.state}: {message.reason or 'no reason given.'}")


def make_due(outbox: Outbox, added: Added) -> Message:
    """A message that was just added, as it is after being queued to go now, where it may go at all.

    Raises:
        WrongState: it was not sent, and its text is no longer here.
    """
    message = outbox.get(added.message_id)
    outbox.resume(message.account)
    again = message.state is State.QUEUED and added.repeated
    if not again and message.state not in NOT_SENT:
        return message
    try:
        return outbox.retry(message.id)
    except WrongState as other:
        if other.state in NOT_SENT:
            raise
        return outbox.get(message.id)


def unknown(message: Message, failure: BuyerlineError | None = None) -> NobodyKnows:
    """The error for a message of which nobody knows whether Amazon took it, told by its cause."""
    words = str(failure) if failure else message.reason
    return NobodyKnows(message, words or "Whether Amazon took it is not known.")


def _own_failure(message: Message, worker: Worker) -> BuyerlineError | None:
    """The failure that brought the message to where it stands, where it was `worker` that tried."""
    if worker.tried is None:
        return None
    verdict, failure = worker.tried
    return failure if verdict.state is message.state and isinstance(failure, BuyerlineError) else None


def _stays_queued(message: Message, failure: OutboxUnavailable) -> OutboxUnavailable:
    return OutboxUnavailable(
        f"{failure.message} Message {message.id} was not sent and stays queued.",
        hint=f"`buyerline outbox cancel {message.id}` takes it back once the database is there again.",
    )
