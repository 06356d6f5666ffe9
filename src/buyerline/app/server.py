"""Running the app: for good in the foreground, or for a while inside another process. Its worker runs beside it."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.app.language import detector
from buyerline.app.one_time_links import Purpose
from buyerline.app.services import Services
from buyerline.app.settings import Settings
from buyerline.app.web.application import make_site
from buyerline.outbox import Worker
from buyerline.web.serving import Site, on_a_thread, until_signalled

THREADS = 40
"""Requests that are worked on at once."""

AGAIN = 10.0
"""Seconds after which a worker that failed is started again."""

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


def serve(settings: Settings, announce: Callable[[Running], None]) -> None:
    """Run the app until SIGINT or SIGTERM; `announce` is called when it answers.

    Raises:
        ConfigurationError, OutboxUnavailable: the database cannot be used, or it cannot listen there.
    """
    with _app(settings) as app:
        until_signalled(app.run, lambda: announce(app.running))


def password_link(settings: Settings, email: str) -> str:
    """A one-time link with which a person chooses a new password. It is for whoever may start the app.

    Raises:
        ConfigurationError: there is no person of that email, or the database cannot be used.
    """
    with closing(Services(settings)) as services:
        found = next((each for each in services.people.list() if each.email == email.strip().lower()), None)
        if found is None:
            raise ConfigurationError(
                f"--password-link: nobody here has the email {email[:80]!r}.",
                hint="The page People lists everybody, for owners.",
            )
        base = settings.public_url or f"http://{settings.host}:{settings.port}"
        return f"{base}/password/{services.links.make(Purpose.PASSWORD, found.id)}"


@contextmanager
def background(settings: Settings) -> Iterator[Running]:
    """Run the app inside this process, on threads of its own, while the context lasts.

    Raises:
        ConfigurationError, OutboxUnavailable: as `serve` does.
    """
    with _app(settings) as app, on_a_thread(app.run, "buyerline-app"):
        yield app.running


@contextmanager
def _app(settings: Settings) -> Iterator["_App"]:
    with ExitStack() as stack:
        services = Services(settings)
        stack.callback(services.close)
        try:
            site = Site(make_site(services), settings.host, settings.port)
        except OSError as error:
            raise ConfigurationError(
                f"serve: cannot listen on {settings.host}:{settings.port} ({error.strerror}).",
                hint="Another program has the port: name another with --port, or take any free one with --port 0.",
            ) from None
        stack.callback(site.close)
        if settings.worker:
            stack.enter_context(_working(services))
        yield _App(services, site)


class _App:
    """The app and its site, ready to run."""

    def __init__(self, services: Services, site: Site) -> None:
        self._services = services
        self._site = site
        url = services.settings.public_url or site.url.replace("//0.0.0.0:", "//127.0.0.1:").replace(
            "//[::]:", "//[::1]:"
        )
        services.url = url
        welcome = None
        if services.people.first_owner_needed():
            welcome = f"{url}/welcome/{services.links.make(Purpose.OWNER)}"
        self.running = Running(url, site.url, welcome, services)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer requests until `stop` is set."""
        # Python's own default is a few threads for each core, which some slow answers of Amazon would use up.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "buyerline-request"))
        chores = [asyncio.create_task(self._forget()), asyncio.create_task(asyncio.to_thread(detector))]
        try:
            await self._site.run(stop)
        finally:
            for chore in chores:
                chore.cancel()

    async def _forget(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._services.forget)
            except Exception as failure:  # noqa: BLE001 - the next time may go well
                _log.warning("nothing was forgotten this time: %s", type(failure).__name__)
            await asyncio.sleep(FORGETTING)


@contextmanager
def _working(services: Services) -> Iterator[None]:
    """A worker on a thread of its own while the context lasts: it sends, and synchronises the orders."""
    working = _Working(services)
    thread = threading.Thread(target=working.run, name="buyerline-worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        working.stop()
        thread.join()


class _Working:
    """Runs a worker, and another one after a pause when it fails."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping.is_set():
            try:
                asyncio.run(self._made().run())
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

    def _made(self) -> Worker:
        from buyerline.app.synchronising import synchronise

        services = self._services
        worker = Worker(database=services.database, options=services.options, beside=[synchronise(services)])
        services.worker, services.not_sending = worker, False
        if self._stopping.is_set():
            worker.stop()
        return worker
