"""Letting workers work: until nothing is due, or for the time of a block."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials
from buyerline.outbox import Worker
from buyerline.testing import SellerAccount
from tests.running import Amazon

PATIENCE = 30.0
"""Seconds after which what is bound to happen counts as stuck. No test depends on when it happens."""


def options_for(amazon: Amazon, **sellers: SellerAccount) -> ClientOptions:
    """How clients reach the sandbox: as these sellers, by account, and as its default account for ``default``."""

    def look(account: str) -> Credentials | str:
        found = {"default": amazon.default_account, **sellers}.get(account)
        return found.credentials if found else "the test's accounts: not there"

    options = amazon.options(sources=[look])
    del options["credentials"]
    return options


def send_all(url: str, options: ClientOptions, **settings: Any) -> None:
    """A worker that sends until nothing is due. Further keywords are those of `Worker`."""
    asyncio.run(asyncio.wait_for(Worker(url, options=options, **settings).run(once=True), PATIENCE))


@asynccontextmanager
async def serving(url: str, options: ClientOptions, **settings: Any) -> AsyncIterator[Worker]:
    """A worker that serves while the block lasts."""
    worker = Worker(url, options=options, **settings)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait_for(task, PATIENCE)


async def until(happened: Callable[[], object], what: str) -> None:
    """Look again and again until `happened` says so."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not happened():
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain until {what}"
        await asyncio.sleep(0.02)
