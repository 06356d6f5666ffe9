"""Running a sandbox: for good in the foreground, or for a while inside another process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from buyerline.sandbox.app import make_app
from buyerline.sandbox.entrance import Entrance
from buyerline.sandbox.options import Options
from buyerline.sandbox.state import State
from buyerline.web.serving import Site, on_a_thread, until_signalled


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers."""

    url: str
    port: int
    orders: int
    accounts: int


class _Sandbox:
    """One world and its server, ready to run."""

    def __init__(self, options: Options) -> None:
        self._state = State(options)
        try:
            self._site = Site(Entrance(make_app(self._state)), options.host, options.port)
        except BaseException:
            self._state.close()
            raise
        site, state = self._site, self._state
        self.running = Running(site.url, site.port, state.orders.count(), len(state.accounts.all()))

    async def run(self, stop: asyncio.Event) -> None:
        """Answer requests until ``stop`` is set."""
        await self._site.run(stop, before_end=self._state.mailboxes.aclose)

    def close(self) -> None:
        """Give the port and the database free."""
        self._site.close()
        self._state.close()


def serve(options: Options, announce: Callable[[Running], None] | None = None) -> None:
    """Run a sandbox until SIGINT or SIGTERM.

    Args:
        options: How it is set up.
        announce: Called once, when it answers.

    Raises:
        OSError: The port is taken, or the address is not this machine's.
        sqlite3.Error: The data file is no database.
    """
    sandbox = _Sandbox(options)

    def tell() -> None:
        if announce is not None:
            announce(sandbox.running)

    try:
        until_signalled(sandbox.run, tell)
    finally:
        sandbox.close()


@contextmanager
def background(options: Options) -> Iterator[Running]:
    """Run a sandbox inside this process, on a thread and event loop of its own, while the context lasts.

    Raises:
        OSError: The port is taken. Port 0 takes any free one.
        sqlite3.Error: The data file is no database.
    """
    sandbox = _Sandbox(options)
    try:
        with on_a_thread(sandbox.run, "buyerline-sandbox"):
            yield sandbox.running
    finally:
        sandbox.close()
