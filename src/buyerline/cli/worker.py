"""``buyerline worker``: send what is in the outbox, until somebody ends it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from buyerline.amazon.errors import ConfigurationError
from buyerline.cli.connection import client_options
from buyerline.cli.exits import Stopped, reporting
from buyerline.cli.options import OnUnknown
from buyerline.cli.output import one_line
from buyerline.cli.signals import Heard, hearing, ringing

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions
    from buyerline.outbox import Worker
    from buyerline.outbox.beside import Beside
    from buyerline.outbox.database import Database
    from buyerline.outbox.health import HealthServer

HEALTH_PORT = 8720
QUIET = 10.0
"""Seconds without a round of housekeeping after which a worker is not well. Rounds come every half second."""

Once = Annotated[bool, typer.Option("--once", help="End when nothing is due any more.")]
Health = Annotated[
    str | None,
    typer.Option(
        "--health",
        "--health-port",
        metavar="[HOST:]PORT",
        help="Where /healthz, /readyz and /metrics are answered, 0 for any free port; on this machine alone unless a "
        f"host is given. {HEALTH_PORT} by default, another when it is taken.",
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
            with _health_server(made, health) as server:
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


def _health_server(made: "Worker", asked: str | None) -> "HealthServer":
    """What answers probes: at the place asked for; where none was, at the default one or any other.

    Raises:
        ConfigurationError: it cannot listen there.
    """
    from buyerline.outbox.health import HealthServer

    def alive() -> str | None:
        quiet = time.monotonic() - made.round_at if made.serving and made.round_at else 0.0
        return f"No round of housekeeping for {quiet:.0f} s." if quiet > QUIET else None

    def ready() -> str | None:
        if not made.serving:
            return "It does not serve: another worker has the database, or it is ending."
        return None if made.name else "The outbox's database cannot be used at the moment."

    def listening(host: str | None, port: int) -> HealthServer:
        return HealthServer(host, port, metrics=made.metrics, alive=alive, ready=ready)

    if asked is not None:
        return listening(*_address(asked))
    try:
        return listening(None, HEALTH_PORT)
    except ConfigurationError:
        _log.info("port %d is taken, so another free one is used", HEALTH_PORT)
        return listening(None, 0)


def _address(text: str) -> tuple[str | None, int]:
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdecimal():
        raise ConfigurationError(
            f"--health: {text[:80]!r} is not [HOST:]PORT.", hint="Example: 8720, or 0.0.0.0:8720", code="usage"
        )
    return host.strip("[]") or None, int(port)


class _Lines(logging.Handler):
    """Writes a line for each notable thing to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        typer.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {one_line(record.getMessage())}", err=True)


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
