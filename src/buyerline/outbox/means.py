"""What all of a worker's senders share."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.flow import Progress
from buyerline.amazon.marketplaces import Region
from buyerline.amazon.transport import AsyncDriver
from buyerline.messages.sending import Step
from buyerline.outbox.beside import Beside
from buyerline.outbox.metrics import Metrics
from buyerline.outbox.verdicts import Verdict
from buyerline.outbox.writer import Writer

SLOTS = 512
"""Messages that get ready, and as many that are posted, at once at one region's endpoint: enough for 1,000 accounts at
one message a second with answers that take half a second."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Places for messages under way at one region's endpoint.

    Those that are ready do not wait behind those that are only getting ready.
    """

    preparing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SLOTS))
    posting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SLOTS))


@dataclass(frozen=True, slots=True)
class Means:
    """What all senders of a worker share.

    Attributes:
        writer: the way to the database.
        driver: the way to Amazon.
        options: those of every account's client.
        metrics: what is counted.
        only: the one message that the worker is for, ``None`` for all.
        on_step: called after each step of sending.
        progress: as in `MessageFlows.send`.
        tell: called with what came of each try, and the failure behind it.
        ended: called whenever a message is no longer under way.
        beside: what else is done for each account.
        slots: the places for messages under way, by region.
    """

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
