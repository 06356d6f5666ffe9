"""Running the app: for good in the foreground, or for a while inside another process. Its worker runs beside it."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.app.language import detector
from buyerline.app.one_time_links import Purpose
from buyerline.app.services import Services
from buyerline.app.settings import Settings
from buyerline.app.web.application import make_site
from buyerline.outbox import Worker
from buyerline.web.serving import Site, on_a_thread, until_signalled

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

    def password_link(self, email: str) -> str:
        """A one-time link with which a person chooses a new password: for whoever may start the app, not for a page.

        Raises:
            ConfigurationError: there is no person of that email.
        """
        found = next((each for each in self.services.people.list() if each.email == email.strip().lower()), None)
        if found is None:
            raise ConfigurationError(
                f"--password-link: nobody here has the email {email[:80]!r}.",
                hint="The page People lists everybody, for owners.",
            )
        return f"{self.url}/password/{self.services.links.make(Purpose.PASSWORD, found.id)}"


def serve(settings: Settings, announce: Callable[[Running], None]) -> None:
    """Run the app until SIGINT or SIGTERM; `announce` is called when it answers.

    Raises:
        ConfigurationError, OutboxUnavailable: the database cannot be used, or it cannot listen there.
    """
    with _app(settings) as app:
        until_signalled(app.run, lambda: announce(app.running))


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
        url = services.settings.public_url or site.url
        services.url = url
        welcome = None
        if services.people.first_owner_needed():
            welcome = f"{url}/welcome/{services.links.make(Purpose.OWNER)}"
        self.running = Running(url, site.url, welcome, services)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer requests until `stop` is set."""
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
            except BuyerlineError as failure:
                _log.warning("nothing was forgotten this time: %s", failure)
            await asyncio.sleep(FORGETTING)


@contextmanager
def _working(services: Services) -> Iterator[None]:
    """A worker on a thread of its own while the context lasts: it sends, and synchronises the orders."""
    from buyerline.app.synchronising import synchronise

    worker = Worker(database=services.database, options=services.options, beside=[synchronise(services)])
    services.worker = worker
    thread = threading.Thread(target=_work, args=(worker,), name="buyerline-worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        services.worker = None
        worker.stop()
        thread.join()


def _work(worker: Worker) -> None:
    with suppress(KeyboardInterrupt):
        try:
            asyncio.run(worker.run())
        except BuyerlineError as failure:
            _log.error("the worker ended, nothing is sent any more: %s", failure)
