"""What a worker counts, for Prometheus."""

import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from buyerline._version import __version__
from buyerline.amazon.errors import BuyerlineError
from buyerline.outbox.depths import Depths
from buyerline.outbox.messages import State

KEPT_FOR = 5.0
"""Seconds for which what was read from the database answers scrapes."""

SHARE = 0.05
"""The share of the time that reading for scrapes may take at most: what was slow to read is kept for longer."""

_ENDS = (State.SENT, State.REFUSED, State.UNKNOWN, State.FAILED, State.EXPIRED)
_POST_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATE_SECONDS = (0.5, 1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400)


class Metrics:
    """What one worker counts, in a Prometheus registry of its own. Any thread may count.

    Args:
        depths: reads how much is in the outbox. It is asked at a scrape, in the server's thread, and not again for
            some seconds. When it raises a `BuyerlineError`, ``buyerline_database_up`` is 0 and what it would have told
            is left out. Without it nothing is told of the database.
        worker: the worker's name, asked at each scrape.
        clock: seconds that never jump.

    Attributes:
        registry: everything that is counted, and the process's own figures.
    """

    def __init__(
        self,
        *,
        depths: Callable[[], Depths] | None = None,
        worker: Callable[[], str] = lambda: "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.registry = registry = CollectorRegistry(auto_describe=True)
        self._ended = Counter(
            "buyerline_messages_ended",
            "Messages whose sending by this worker has ended, by the state that they came to.",
            ["state"],
            registry=registry,
        )
        self._again = Counter(
            "buyerline_messages_queued_again",
            "Times that a message could not be sent yet and went back to the queue, by the reason.",
            ["why"],
            registry=registry,
        )
        self._throttled = Counter(
            "buyerline_throttled",
            "Calls that Amazon answered with 429, by operation.",
            ["operation"],
            registry=registry,
        )
        self._post_seconds = Histogram(
            "buyerline_post_seconds",
            "Time from a message's leaving to Amazon's answer.",
            buckets=_POST_SECONDS,
            registry=registry,
        )
        self._late_seconds = Histogram(
            "buyerline_late_seconds",
            "Time from the moment that a message was due to the moment that Amazon had accepted it.",
            buckets=_LATE_SECONDS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "buyerline_messages_in_flight", "Messages that this worker is sending at the moment.", registry=registry
        )
        self._accounts = Gauge(
            "buyerline_accounts",
            "Accounts that this worker owns, and how many of them are stopped until somebody mends something.",
            ["kind"],
            registry=registry,
        )
        for state in _ENDS:
            self._ended.labels(state)
        self.accounts(owned=0, stopped=0)
        registry.register(_Worker(worker))
        if depths is not None:
            registry.register(_Outbox(depths, clock))
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)

    def ended(self, state: str) -> None:
        """A message came to a state in which this worker leaves it."""
        self._ended.labels(state).inc()

    def again(self, why: str) -> None:
        """A message went back to the queue. `why` is an error's code: a name of a few, not a sentence."""
        self._again.labels(why).inc()

    def throttled(self, operation: str) -> None:
        """Amazon answered 429."""
        self._throttled.labels(operation).inc()

    def posted_seconds(self, seconds: float) -> None:
        """A POST took so long, from leaving to its answer."""
        self._post_seconds.observe(seconds)

    def late(self, seconds: float) -> None:
        """A message was sent so long after it was due."""
        self._late_seconds.observe(seconds)

    def in_flight(self, messages: int) -> None:
        """So many messages are being sent now."""
        self._in_flight.set(messages)

    def accounts(self, *, owned: int, stopped: int) -> None:
        """The worker owns so many accounts now; of these, so many are stopped."""
        self._accounts.labels("owned").set(owned)
        self._accounts.labels("stopped").set(stopped)


class _Worker(Collector):
    """Which worker this is. Its name changes when it has to begin a new life."""

    def __init__(self, name: Callable[[], str]) -> None:
        self._name = name

    def describe(self) -> Iterator[Metric]:
        yield self._told("")

    def collect(self) -> Iterator[Metric]:
        yield self._told(self._name())

    def _told(self, name: str) -> Metric:
        told = {"version": __version__, "worker": name}
        return InfoMetricFamily("buyerline_worker", "The worker's name, and buyerline's version.", told)


class _Outbox(Collector):
    """What is in the outbox, read when it is asked for and not too often."""

    def __init__(self, read: Callable[[], Depths], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._last: Depths | None = None
        self._kept_until = clock()

    def describe(self) -> Iterator[Metric]:
        yield from _database_up(up=True)
        yield from _in_the_outbox(Depths({}, None, 0))

    def collect(self) -> Iterator[Metric]:
        depths = self._depths()
        yield from _database_up(up=depths is not None)
        if depths is not None:
            yield from _in_the_outbox(depths)

    def _depths(self) -> Depths | None:
        with self._lock:
            began = self._clock()
            if began >= self._kept_until:
                try:
                    self._last = self._read()
                except BuyerlineError:
                    self._last = None
                ended = self._clock()
                self._kept_until = ended + max(KEPT_FOR, (ended - began) / SHARE)
            return self._last


def _database_up(*, up: bool) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "buyerline_database_up", "Whether the outbox's database could be read, 1 or 0.", 1 if up else 0
    )


def _in_the_outbox(depths: Depths) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "buyerline_messages",
        "Messages in the whole outbox by state; each of its workers tells the same.",
        labels=["state"],
    )
    for state in State:
        messages.add_metric([state], depths.counts.get(state, 0))
    yield messages
    yield GaugeMetricFamily(
        "buyerline_oldest_due_seconds",
        "For how long the queued message that was due first has been due; 0 when none is due.",
        depths.oldest_due_seconds or 0,
    )
    yield GaugeMetricFamily(
        "buyerline_unknown_messages",
        "Messages in the whole outbox of which nobody knows whether Amazon took them, until a person decides.",
        depths.counts.get(State.UNKNOWN, 0),
    )
    yield GaugeMetricFamily(
        "buyerline_stopped_accounts",
        "Accounts in the whole outbox for which nothing is sent until somebody mends something.",
        depths.stopped_accounts,
    )
