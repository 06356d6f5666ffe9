"""``buyerline serve``: the seller's app in the browser, until Ctrl-C."""

from typing import TYPE_CHECKING, Annotated

import typer

from buyerline.amazon.errors import ConfigurationError
from buyerline.cli.connection import client_options
from buyerline.cli.exits import reporting
from buyerline.cli.worker import telling

if TYPE_CHECKING:
    from buyerline.app.server import Running

PORT = 8700

_Host = Annotated[str, typer.Option(help="Address to listen on. Any but this machine's own needs a secret key.")]
_Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on, 0 for any free one.")]
_Worker = Annotated[
    bool,
    typer.Option(
        "--worker/--no-worker",
        help="Whether it also sends what is in the outbox and fetches orders; if not, run `buyerline worker` beside.",
    ),
]
_PasswordLink = Annotated[
    str | None,
    typer.Option(metavar="EMAIL", help="Print a one-time link with which this person chooses a new password, and end."),
]


def serve(
    host: _Host = "127.0.0.1", port: _Port = PORT, worker: _Worker = True, password_link: _PasswordLink = None
) -> None:
    """Run the seller's app: choose an order, write, attach, send, and see what became of it, in the browser.

    At the first start it prints a one-time link that makes the owner. It listens on this machine alone; to let others
    in, set BUYERLINE_SECRET_KEY, BUYERLINE_URL (https://...) and put a web server with TLS in front.

    The application in whose name Amazon is asked comes from LWA_APP_ID, LWA_CLIENT_SECRET and
    BUYERLINE_APPLICATION_ID, or from the page Accounts. Orders, drafts and messages are in the outbox's database
    (BUYERLINE_DATABASE_URL). Secrets are sealed with BUYERLINE_SECRET_KEY, or with a key file in BUYERLINE_DATA_DIR.
    """
    with reporting(as_json=False, again=""), telling("buyerline.app", "buyerline.outbox"):
        try:
            from buyerline.app.server import password_link as link_for
            from buyerline.app.server import serve as run
            from buyerline.app.settings import Settings
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"serve: the app needs the package {error.name}.", hint="pip install 'buyerline[app]'"
            ) from None
        settings = Settings.of_environment(host=host, port=port, options=client_options(), worker=worker)
        if password_link:
            link = link_for(settings, password_link)
            typer.echo(f"With this link {password_link} chooses a new password. It works once, for a day:\n\n  {link}")
            return
        run(settings, announce)
        typer.echo("\nStopped. Everything is in the database; start it again when you like.")


def announce(running: "Running") -> None:
    """Say where it is, and how the first owner comes in."""
    services = running.services
    if running.welcome:
        typer.echo(f"The first one in becomes the owner. This link works once, for a day:\n\n  {running.welcome}\n")
    typer.echo(f"Database: {services.database.url_shown}")
    if not services.settings.worker:
        typer.echo("No worker runs inside: start `buyerline worker` beside, or nothing is sent.")
    typer.echo(f"buyerline answers at {running.url}. Stop it with Ctrl-C.")
    if services.settings.advice:
        typer.echo(f"\nOther machines can connect to {running.listening}. {services.settings.advice}")
