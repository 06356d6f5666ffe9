"""Running the app: for good in the foreground, or for a while inside another process. Its worker runs beside it."""

import asyncio
import errno
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.app.language import detector
from buyerline.app.one_time_links import Purpose
from buyerline.app.services import Services
from buyerline.app.settings import Settings
from buyerline.app.web.application import make_site
from buyerline.outbox import Worker
from buyerline.web.serving import Site, on_a_thread

THREADS = 40
"""Requests that are worked on at once."""

AGAIN = 10.0
"""Seconds after which a worker that failed is started again."""

WATCHING = 2.0
"""Seconds between two looks whether the workers of other processes live."""

FORGETTING = 600.0
"""Seconds between two looks for drafts, sessions and links whose time is over."""

_log = logging.getLogger("buyerline.app")


@dataclass(frozen=True, slots=True)
class Running:
    """An app that answers.

    Attributes:
        url: where people reach it.
        listening: where it listens.
        welcome: the one-time link that makes the first owner; ``None`` where there is one already.
        services: what it consists of.
    """

    url: str
    listening: str
    welcome: str | None
    services: Services


def password_link(settings: Settings, email: str) -> str:
    """A one-time link with which a person chooses a new password. It is for whoever may start the app.

    Raises:
        ConfigurationError: nobody of that email may come in, the link's address is not known, or the database cannot
            be used.
    """
    with closing(Services(settings)) as services:
        inside = (each for each in services.people.list() if not each.left_at)
        found = next((each for each in inside if each.email == email.strip().lower()), None)
        if found is None:
            raise ConfigurationError(
                f"--password-link: nobody here has the email {email[:80]!r}.",
                hint="The page People lists everybody, for owners, who can let in again whom they shut out.",
            )
        if not (settings.public_url or settings.port):
            raise ConfigurationError(
                "--password-link: with --port 0 nobody can know where the link leads.",
                hint="Name the --port, and the --host if it was given, at which the app answers.",
            )
        base = settings.public_url or _reachable(f"http://{_in_url(settings.host)}:{settings.port}")
        purpose, secret = services.people.reset_link(None, found.id)
        return f"{base}/{purpose}/{secret}"


@contextmanager
def background(settings: Settings) -> Iterator[Running]:
    """Run the app inside this process, on threads of its own, while the context lasts.

    Raises:
        ConfigurationError, OutboxUnavailable: as `opened` does.
    """
    with opened(settings) as app, on_a_thread(app.run, "buyerline-app"):
        yield app.running


@contextmanager
def opened(settings: Settings) -> Iterator["App"]:
    """An app, ready to run, whose worker runs already; at the end what has left is seen to its answer.

    Raises:
        ConfigurationError, OutboxUnavailable: the database cannot be used, or it cannot listen there.
    """
    with ExitStack() as stack:
        services = Services(settings)
        stack.callback(services.close)
        try:
            site = Site(make_site(services), settings.host, settings.port)
        except OSError as error:
            raise ConfigurationError(
                f"serve: cannot listen on {settings.host}:{settings.port} ({error.strerror}).",
                hint=_LISTENING.get(error.errno or 0, "Give --host an address of this machine."),
            ) from None
        stack.callback(site.close)
        working = stack.enter_context(_working(services)) if settings.worker else None
        yield App(services, site, working)


_LISTENING = {
    errno.EADDRINUSE: "Another program has the port: name another with --port, or take any free one with --port 0.",
    errno.EACCES: "This user may not use the port: name one from 1024 on with --port.",
}
"""What to do where it cannot listen."""


class App:
    """The app and its site, ready to run.

    Attributes:
        running: where it answers.
    """

    def __init__(self, services: Services, site: Site, working: "_Working | None") -> None:
        self._services = services
        self._site = site
        self._working = working
        url = services.settings.public_url or _reachable(site.url)
        services.url = url
        welcome = None
        if services.people.first_owner_needed():
            welcome = f"{url}/welcome/{services.links.make(Purpose.OWNER)}"
        self.running = Running(url, site.url, welcome, services)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer requests until `stop` is set."""
        # Python's own default is a few threads for each core, which some slow answers of Amazon would use up.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "buyerline-request"))
        chores = [asyncio.create_task(each) for each in (self._forget(), self._watch(), asyncio.to_thread(detector))]
        try:
            await self._site.run(stop)
        finally:
            for chore in chores:
                chore.cancel()

    def end_at_once(self) -> None:
        """Let the worker wait for no answer any more: what had left is unknown. Signal handlers may call it."""
        if self._working is not None:
            self._working.end_at_once()

    async def _watch(self) -> None:
        """Look after the workers of other processes, so that the death of one is known before a page is asked for."""
        while not self._services.settings.worker:
            with suppress(BuyerlineError):
                await asyncio.to_thread(self._services.somebody_sends)
            await asyncio.sleep(WATCHING)

    async def _forget(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._services.forget)
            except Exception as failure:  # noqa: BLE001 - the next time may go well
                _log.warning("nothing was forgotten this time: %s", type(failure).__name__)
            await asyncio.sleep(FORGETTING)


@contextmanager
def _working(services: Services) -> Iterator["_Working"]:
    """A worker on a thread of its own while the context lasts: it sends, and synchronises the orders."""
    working = _Working(services)
    thread = threading.Thread(target=working.run, name="buyerline-worker", daemon=True)
    thread.start()
    try:
        yield working
    finally:
        working.stop()
        thread.join()


class _Working:
    """Runs a worker, and another one after a pause when it fails."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._end_at_once: Callable[[], object] = _nothing

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping.is_set():
            try:
                asyncio.run(self._serve())
            except Exception as failure:  # noqa: BLE001 - whatever it is, messages must go on leaving
                said = str(failure) if isinstance(failure, BuyerlineError) else type(failure).__name__
                _log.error("the worker failed and is started again: %s", said)
                self._services.not_sending = True
                self._stopping.wait(AGAIN)

    def stop(self) -> None:
        """Begin nothing more, and see what has left to its answer."""
        self._stopping.set()
        worker, self._services.worker = self._services.worker, None
        if worker is not None:
            worker.stop()

    def end_at_once(self) -> None:
        """Wait for no answer any more. Signal handlers may call it."""
        self._stopping.set()
        with suppress(RuntimeError):  # it has ended
            self._end_at_once()

    async def _serve(self) -> None:
        serving = asyncio.create_task(self._made().run())
        self._end_at_once = partial(asyncio.get_running_loop().call_soon_threadsafe, serving.cancel)
        await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()

    def _made(self) -> Worker:
        from buyerline.app.synchronising import synchronise

        services = self._services
        worker = Worker(database=services.database, options=services.options, beside=[synchronise(services)])
        services.worker, services.not_sending = worker, False
        if self._stopping.is_set():
            worker.stop()
        return worker


def _reachable(url: str) -> str:
    """A URL with which this machine reaches what listens at all its addresses."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _nothing() -> None:
    """Stands where the end of a worker is, before one serves."""
