"""What a worker does for its accounts beside sending: whatever a program gives it to do (`Worker(beside=...)`)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from buyerline.amazon.connect import ClientOptions, connect
from buyerline.amazon.flow import Flow
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.session import Session
from buyerline.amazon.transport import AsyncDriver

T = TypeVar("T")

AGAIN = 60.0
"""Seconds after which work that failed is begun again."""

_LOGGER = logging.getLogger("buyerline.outbox")


@dataclass(frozen=True, slots=True)
class Serving:
    """An account that a worker serves now.

    Attributes:
        account_id: its number in the outbox.
        name: its name.
    """

    account_id: int
    name: str
    _options: ClientOptions = field(repr=False)
    _driver: AsyncDriver = field(repr=False)

    def session(self, marketplace: Marketplace | str | None = None) -> Session:
        """Amazon for this account. Its usage plans are those by which the account's messages are sent.

        Raises:
            CredentialsMissing, ConfigurationError, UnknownMarketplace: as `buyerline.SellingPartner` does.
        """
        return connect(marketplace, self.name, self._options)

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow on the worker's connections."""
        return await self._driver.run(flow)


Beside: TypeAlias = Callable[[Serving], Coroutine[None, None, None]]
"""Work for one account, from when a worker takes it until it is cancelled because the worker gives it back."""


class Companions:
    """The work beside sending for one account, each piece in a task of its own."""

    def __init__(self, serving: Serving, work: Sequence[Beside]) -> None:
        self._tasks = [asyncio.create_task(_for_good(each, serving), name=f"beside {serving.name}") for each in work]

    def cancel(self) -> None:
        """Stop it."""
        for task in self._tasks:
            task.cancel()

    async def ended(self) -> None:
        """Wait until it has stopped."""
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _for_good(work: Beside, serving: Serving) -> None:
    """Do `work`, and again after a while when it fails, until it ends by itself."""
    while True:
        try:
            return await work(serving)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it must not end what is done for the account
            _LOGGER.error("work for account %s failed and begins anew: %s", serving.name, type(failure).__name__)  # noqa: TRY400 - its words may hold a row
            await asyncio.sleep(AGAIN)
