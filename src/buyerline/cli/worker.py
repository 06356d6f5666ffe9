"""``buyerline worker``: send what is in the outbox, until somebody ends it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from buyerline.cli.connection import client_options
from buyerline.cli.exits import Stopped, reporting
from buyerline.cli.health import PORT, health_server
from buyerline.cli.options import OnUnknown
from buyerline.cli.output import one_line
from buyerline.cli.signals import Heard, hearing, ringing

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions
    from buyerline.outbox import Worker
    from buyerline.outbox.beside import Beside
    from buyerline.outbox.database import Database

Once = Annotated[bool, typer.Option("--once", help="End when nothing is due any more.")]
Health = Annotated[
    str | None,
    typer.Option(
        "--health",
        "--health-port",
        metavar="[HOST:]PORT",
        help="Where /healthz, /readyz and /metrics are answered, 0 for any free port; on this machine alone unless a "
        f"host is given. {PORT} by default, another when it is taken.",
        show_default=False,
    ),
]

_log = logging.getLogger("buyerline.outbox")


def worker(once: Once = False, health: Health = None, on_unknown: OnUnknown = "ask") -> None:
    """Send what is in the outbox, until Ctrl-C or SIGTERM.

    It serves every account of the outbox, so it takes no --account and no --marketplace: each message brings its own,
    and credentials are looked for by the account's name. On SQLite one worker serves at a time and another waits for
    it to end; on PostgreSQL (BUYERLINE_DATABASE_URL) any number share the accounts. It serves only what was queued for
    the same endpoint: messages for a sandbox never go to Amazon.

    Asked to end, it begins nothing more and waits for the answers to what has left; asked again, it ends at once, and
    what has no answer yet is unknown. What it does is told on stderr, a line for each notable thing. /healthz answers
    200 while it makes its rounds, /readyz while it can send, /metrics for Prometheus.
    """
    with reporting(as_json=False, again=""), hearing() as heard, telling("buyerline.outbox"):
        import asyncio

        from buyerline.cli.many_show import told
        from buyerline.outbox import Outbox, Worker

        with Outbox() as outbox:
            options = client_options(outbox.database)
            beside = _beside(outbox.database, options)
            made = Worker(database=outbox.database, options=options, resend=on_unknown == "resend", beside=beside)
            with health_server(lambda: made, health) as server:
                _log.info("serving %s, for %s", made.database.url_shown, destination_shown(made.endpoint))
                _log.info("health: %s/healthz, /readyz and /metrics", server.url)
                asyncio.run(_serve(made, heard, once=once))
            if once:
                _log.info("nothing is due any more; in the outbox: %s", told(outbox.counts()))
            else:
                _log.info("stopped")


def _beside(database: "Database", options: "ClientOptions") -> "list[Beside]":
    """What to do for the accounts of the seller's app, where that is installed and has used this database."""
    if find_spec("cryptography") is None:
        return []
    from buyerline.app.at_work import beside

    return beside(database, options)


def destination_shown(endpoint: str) -> str:
    """What answers for Amazon, in words."""
    from buyerline.amazon.connect import AMAZON, STATIC_SANDBOX

    return {AMAZON: "Amazon", STATIC_SANDBOX: "Amazon's static sandbox"}.get(endpoint, endpoint)


async def _serve(made: "Worker", heard: Heard, *, once: bool) -> None:
    """Run the worker until it ends by itself or is asked to.

    Raises:
        Stopped: it was asked twice.
    """
    import asyncio

    serving = asyncio.create_task(made.run(once=once))

    def asked() -> None:
        if heard.times == 1:
            _log.info("ending: waiting for the answers to what has left (once more to end at once)")
            made.stop()
        else:
            serving.cancel()

    heard.react = ringing(asyncio.get_running_loop(), asked)
    if heard.times:
        asked()
    await asyncio.wait([serving])
    if serving.cancelled():
        raise Stopped(
            "Ended at once: what had left without an answer is unknown now. See: buyerline outbox list --state unknown"
        )
    serving.result()


class _Lines(logging.Handler):
    """Writes a line for each notable thing to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        typer.echo(f"{datetime.now().astimezone().isoformat(' ', 'seconds')} {one_line(record.getMessage())}", err=True)


@contextmanager
def telling(*names: str) -> Iterator[None]:
    """Tell the notable things of these loggers on stderr while the block lasts."""
    handler = _Lines()
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
