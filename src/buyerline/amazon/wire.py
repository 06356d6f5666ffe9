"""One exchange with Amazon's side: sent, observed, and learned from."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from buyerline.amazon.errors import BuyerlineError, TransportError
from buyerline.amazon.flow import Flow, HttpRequest, HttpResponse, Pause
from buyerline.amazon.observe import CallEvent, Observer
from buyerline.amazon.repeating import Repeating

T = TypeVar("T")

_LOGGER = logging.getLogger("buyerline")

SKEW_FRESH = 10.0
"""Seconds for which a measured clock difference is taken as still right."""


class ClockSkew:
    """How far this machine's clock is from Amazon's, by the ``Date`` of an answer (RFC 9110 §6.6.1).

    ``seconds`` is positive when this machine is ahead, and ``None`` before the first answer. Good to about a
    second: the header has no fractions, and the answer travelled.
    """

    __slots__ = ("_measured_at", "seconds")

    def __init__(self) -> None:
        self.seconds: float | None = None
        self._measured_at = -SKEW_FRESH

    def learn(self, date: str | None, now: float) -> None:
        """Compare a ``Date`` header with the time `now`, seconds since 1970; at most every 10 s."""
        if date is None or 0 <= now - self._measured_at < SKEW_FRESH:
            return
        from email.utils import parsedate_to_datetime

        try:
            self.seconds = now - parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        self._measured_at = now


@dataclass(frozen=True, slots=True)
class Wire:
    """What all exchanges of one client share, whether with the API, the token service or the file store.

    ``timeout`` is that of the client's driver, in seconds.
    """

    account: str
    timeout: float = 30.0
    repeating: Repeating = field(default_factory=Repeating)
    observers: tuple[Observer, ...] = ()
    skew: ClockSkew = field(default_factory=ClockSkew)
    clock: Callable[[], float] = time.time

    def exchange(
        self, request: HttpRequest, attempt: int = 1, learn_rate: Callable[[float], None] | None = None
    ) -> Flow[HttpResponse]:
        """Send `request` once. `learn_rate` is told the rate that Amazon says is in force, if it says one.

        Raises:
            TransportError: no whole answer came back.
        """
        started = self.clock()
        try:
            response: HttpResponse = yield request
        except TransportError as failure:
            self._tell(request, attempt, started, self.clock(), failure)
            raise
        now = self.clock()
        limit = _number(response.header("x-amzn-ratelimit-limit"))
        if limit is not None and learn_rate is not None:
            learn_rate(limit)
        self.skew.learn(response.header("date"), now)
        self._tell(request, attempt, started, now, response, limit)
        return response

    def read(self, request: HttpRequest, answer: Callable[[HttpResponse], T]) -> Flow[T]:
        """Send a request that does no harm twice, until `answer` accepts a response or the repeats are used up.

        Raises:
            BuyerlineError: what `answer` raised, or the transport, at the last try.
        """
        tried = 0
        while True:
            tried += 1
            try:
                return answer((yield from self.exchange(request, tried)))
            except BuyerlineError as error:
                if not self.repeating.allows(error, tried, repeatable=True):
                    raise
            yield Pause(self.repeating.pause(tried))

    def _tell(
        self,
        request: HttpRequest,
        attempt: int,
        started: float,
        ended: float,
        outcome: HttpResponse | TransportError,
        limit: float | None = None,
    ) -> None:
        response = outcome if isinstance(outcome, HttpResponse) else None
        event = CallEvent(
            operation=request.operation,
            account=self.account,
            method=request.method,
            host=request.host,
            attempt=attempt,
            seconds=max(0.0, ended - started),
            started_at=started,
            status=response.status if response else None,
            request_id=response.header("x-amzn-requestid") if response else None,
            rate_limit=limit,
            error=_failure(outcome),
        )
        for observer in self.observers:
            try:
                observer(event)
            except Exception as failure:  # noqa: BLE001 - a hook that fails must not change what became of a message
                _LOGGER.warning("an observer failed: %s", type(failure).__name__)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _failure(outcome: HttpResponse | TransportError) -> str | None:
    if isinstance(outcome, TransportError):
        return outcome.code
    return None if outcome.status < 400 else f"status_{outcome.status}"
