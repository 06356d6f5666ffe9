"""Where a worker answers probes and scrapes: ``--health``."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from buyerline.amazon.errors import ConfigurationError

if TYPE_CHECKING:
    from buyerline.outbox import Worker
    from buyerline.outbox.health import HealthServer

PORT = 8720
QUIET = 10.0
"""Seconds without a round of housekeeping after which a worker is not well. Rounds come every half second."""

_log = logging.getLogger("buyerline.outbox")


def health_server(worker: Callable[[], "Worker | None"], asked: str | None) -> "HealthServer":
    """What answers probes: at the place asked for; where none was, at the default one or any other.

    Args:
        worker: the one that serves now; ``None`` where there is none for the moment.
        asked: ``[HOST:]PORT``.

    Raises:
        ConfigurationError: it cannot listen there.
    """
    from buyerline.outbox.health import HealthServer
    from buyerline.outbox.metrics import Metrics

    def metrics() -> Metrics:
        made = worker()
        return made.metrics if made else Metrics()

    def listening(host: str | None, port: int) -> HealthServer:
        return HealthServer(
            host, port, metrics=metrics, alive=lambda: _unwell(worker()), ready=lambda: _not_ready(worker())
        )

    if asked is not None:
        return listening(*_address(asked))
    try:
        return listening(None, PORT)
    except ConfigurationError:
        _log.info("port %d is taken, so another free one is used", PORT)
        return listening(None, 0)


def _unwell(made: "Worker | None") -> str | None:
    quiet = time.monotonic() - made.round_at if made and made.serving and made.round_at else 0.0
    return f"No round of housekeeping for {quiet:.0f} s." if quiet > QUIET else None


def _not_ready(made: "Worker | None") -> str | None:
    if made is None or not made.serving:
        return "It does not serve: another worker has the database, or it is ending."
    return None if made.name else "The outbox's database cannot be used at the moment."


def _address(text: str) -> tuple[str | None, int]:
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdecimal():
        raise ConfigurationError(
            f"--health: {text[:80]!r} is not [HOST:]PORT.", hint="Example: 8720, or 0.0.0.0:8720", code="usage"
        )
    return host.strip("[]") or None, int(port)
