"""Hooks for logging, metrics and tracing: one event for each exchange with Amazon.

Events are safe to keep: they hold no token, no text, no URL and no body.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import msgspec
from msgspec.structs import asdict


class CallEvent(msgspec.Struct, frozen=True):
    """One exchange: a request, and its answer or failure.

    Attributes:
        operation: Amazon's operation id, ``"lwa"`` or ``"s3"``.
        account: the account's name in this program.
        method: the HTTP method.
        host: the host that was asked.
        attempt: 1 for the first try, 2 for the first repeat.
        seconds: how long the exchange took.
        started_at: when it began, seconds since 1970-01-01 UTC.
        status: the HTTP status, ``None`` when no answer came.
        request_id: ``x-amzn-RequestId``, for Amazon's support.
        rate_limit: requests per second that Amazon says are in force, where it said so.
        error: the stable code of the failure (``"throttled"``), ``None`` when all went well.
    """

    operation: str
    account: str
    method: str
    host: str
    attempt: int
    seconds: float
    started_at: float
    status: int | None
    request_id: str | None
    rate_limit: float | None
    error: str | None


Observer: TypeAlias = Callable[[CallEvent], None]


class KeywordLogger(Protocol):
    """A logger in structlog's manner: an event's name, then its facts by keyword."""

    def debug(self, event: str, **facts: Any) -> Any:
        """Log what went as expected."""

    def warning(self, event: str, **facts: Any) -> Any:
        """Log what did not."""


def log_to(logger: KeywordLogger | logging.Logger) -> Observer:
    """An observer that writes each event to `logger`: as expected at debug, failures at warning.

    A logger of the standard library gets one line and the facts as ``extra`` under ``buyerline``; any other is
    called as structlog's are, ``logger.debug("amazon_call", operation=..., status=...)``.
    """

    def observe(event: CallEvent) -> None:
        if not isinstance(logger, logging.Logger):
            (logger.warning if event.error else logger.debug)("amazon_call", **asdict(event))
            return
        level = logging.WARNING if event.error else logging.DEBUG
        if logger.isEnabledFor(level):
            logger.log(
                level,
                "%s %s attempt %d: %s in %.0f ms%s",
                event.operation,
                event.host,
                event.attempt,
                event.error or event.status,
                event.seconds * 1000,
                f" (request {event.request_id})" if event.request_id else "",
                extra={"buyerline": asdict(event)},
            )

    return observe


def trace() -> Observer | None:
    """An observer that records an OpenTelemetry client span for each event, when opentelemetry is installed.

    Names follow OpenTelemetry's semantic conventions for HTTP and RPC client spans.
    """
    try:
        from opentelemetry import trace as telemetry
    except ModuleNotFoundError:
        return None
    tracer = telemetry.get_tracer("buyerline")

    def observe(event: CallEvent) -> None:
        attributes: dict[str, str | int | float] = {
            "rpc.system": "aws-api",
            "rpc.service": "selling-partner-api",
            "rpc.method": event.operation,
            "http.request.method": event.method,
            "server.address": event.host,
            "http.request.resend_count": event.attempt - 1,
            "buyerline.account": event.account,
        }
        if event.status is not None:
            attributes["http.response.status_code"] = event.status
        if event.request_id is not None:
            attributes["aws.request_id"] = event.request_id
        started = int(event.started_at * 1e9)
        span = tracer.start_span(
            event.operation, kind=telemetry.SpanKind.CLIENT, attributes=attributes, start_time=started
        )
        if event.error is not None:
            span.set_attribute("error.type", event.error)
            span.set_status(telemetry.StatusCode.ERROR)
        span.end(started + int(event.seconds * 1e9))

    return observe


_LOGGER = logging.getLogger("buyerline")
_LOGGER.addHandler(logging.NullHandler())  # a library writes nowhere until its user says where
_DEFAULT = log_to(_LOGGER)


def observers(*more: Observer, logger: KeywordLogger | logging.Logger | None = None) -> tuple[Observer, ...]:
    """The observers of a client: its logger (the standard library's ``buyerline`` by default), tracing, `more`."""
    tracing = trace()
    log = _DEFAULT if logger is None else log_to(logger)
    return (log, *((tracing,) if tracing else ()), *more)
