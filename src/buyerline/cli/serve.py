"""``buyerline serve``: the seller's app in the browser, until Ctrl-C."""

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from buyerline.amazon.errors import ConfigurationError
from buyerline.cli.connection import client_options
from buyerline.cli.exits import Stopped, reporting
from buyerline.cli.health import health_server
from buyerline.cli.signals import Heard, hearing, ringing
from buyerline.cli.worker import telling

if TYPE_CHECKING:
    from buyerline.app.server import App, Running
    from buyerline.app.settings import Settings

PORT = 8700
"""As `buyerline.app.settings.PORT`: commands start without the app."""

ENDED_AT_ONCE = (
    "Ended at once: what had left without an answer is unknown now. See Outbox, Needs you, or: buyerline outbox list "
    "--state unknown"
)

_log = logging.getLogger("buyerline.app")

_Host = Annotated[str, typer.Option(help="Address to listen on. Any but this machine's own needs a secret key.")]
_Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on, 0 for any free one.")]
_Worker = Annotated[
    bool,
    typer.Option(
        "--worker/--no-worker",
        help="Whether it also sends what is in the outbox and fetches orders; if not, run `buyerline worker` beside.",
    ),
]
_Health = Annotated[
    str | None,
    typer.Option(
        "--health",
        "--health-port",
        metavar="[HOST:]PORT",
        help="Where the worker inside answers /healthz, /readyz and /metrics too, 0 for any free port; on this machine "
        "alone unless a host is given. Nowhere by default.",
        show_default=False,
    ),
]
_PasswordLink = Annotated[
    str | None,
    typer.Option(metavar="EMAIL", help="Print a one-time link with which this person chooses a new password, and end."),
]


def serve(
    host: _Host = "127.0.0.1",
    port: _Port = PORT,
    worker: _Worker = True,
    health: _Health = None,
    password_link: _PasswordLink = None,
) -> None:
    """Run the seller's app: choose an order, write, attach, send, and see what became of it, in the browser.

    At the first start it prints a one-time link that makes the owner. It listens on this machine alone; to let others
    in, set BUYERLINE_SECRET_KEY, BUYERLINE_URL (https://...) and put a web server with TLS in front.

    The application in whose name Amazon is asked comes from LWA_APP_ID, LWA_CLIENT_SECRET and
    BUYERLINE_APPLICATION_ID, or from the page Accounts. Orders, drafts and messages are in the outbox's database
    (BUYERLINE_DATABASE_URL). Secrets are sealed with BUYERLINE_SECRET_KEY, or with a key file in BUYERLINE_DATA_DIR.

    /healthz answers 200 whatever host is asked for, for what balances or watches.
    """
    with reporting(as_json=False, again=""), telling("buyerline.app", "buyerline.outbox"):
        try:
            from buyerline.app.server import password_link as link_for
            from buyerline.app.settings import Settings
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"serve: the app needs the package {error.name}.", hint="pip install 'buyerline[app]'"
            ) from None
        settings = Settings.of_environment(host=host, port=port, options=client_options(), worker=worker)
        if password_link is not None:
            link = link_for(settings, password_link)
            typer.echo(
                f"With this link {password_link} chooses a new password, which ends their sessions and API keys. It "
                f"works once:\n\n  {link}"
            )
            return
        _run(settings, health)
        typer.echo("\nStopped. Everything is in the database; start it again when you like.")


def _run(settings: "Settings", health: str | None) -> None:
    """Run the app until it is asked to end.

    Raises:
        ConfigurationError, OutboxUnavailable: it cannot listen there, or the database cannot be used.
        Stopped: it was asked twice.
    """
    import asyncio

    from buyerline.app.server import opened

    if health is not None and not settings.worker:
        raise ConfigurationError(
            "--health: it tells of the worker inside, and with --no-worker there is none.",
            hint="`buyerline worker` has a --health of its own; the app itself answers at /healthz.",
            code="usage",
        )
    with hearing() as heard, opened(settings) as app, ExitStack() as stack:
        if health is not None:
            server = stack.enter_context(health_server(lambda: app.running.services.worker, health))
            _log.info("health: %s/healthz, /readyz and /metrics", server.url)
        asyncio.run(_serve(app, heard))
    if heard.times > 1:
        raise Stopped(ENDED_AT_ONCE)


async def _serve(app: "App", heard: Heard) -> None:
    """Answer until it is asked to end; from then on, asked again, let nobody wait for answers of Amazon's."""
    import asyncio

    stop = asyncio.Event()
    ring = ringing(asyncio.get_running_loop(), stop.set)

    def asked() -> None:
        if heard.times > 1:
            app.end_at_once()
        ring()

    heard.react = asked
    announce(app.running)
    if heard.times:
        asked()
    running = asyncio.create_task(app.run(stop))
    await asyncio.wait([running, waiting := asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if stop.is_set() and app.running.services.settings.worker:
        typer.echo("\nEnding: waiting for the answers to what has left (Ctrl-C once more to end at once).")
    await running


def announce(running: "Running") -> None:
    """Say where it is, and how the first owner comes in."""
    services = running.services
    if running.welcome:
        typer.echo(f"The first one in becomes the owner. This link works once, for a day:\n\n  {running.welcome}\n")
    typer.echo(f"Database: {services.database.url_shown}")
    if not services.settings.worker:
        typer.echo("No worker runs inside: start `buyerline worker` beside, or nothing is sent.")
    at = "" if running.listening == running.url else f" It listens at {running.listening}."
    typer.echo(f"buyerline answers at {running.url}.{at} Stop it with Ctrl-C.")
    if services.settings.advice:
        typer.echo(f"\n{services.settings.advice}")
