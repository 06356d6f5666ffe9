"""Usage plans kept: a token bucket for each application, account and operation.

Source: Amazon, "Usage Plans and Rate Limits in the Selling Partner API". A bucket holds ``burst`` tokens, gains
``rate`` a second, and each call takes one.

A bucket that is exact here is not exact at Amazon's end: a burst that is held up on its way reaches Amazon late,
and the token after it is there later than this side believes. So this side never counts a token that Amazon may not
have given: a full bucket gains nothing until a call that took from it has been answered. Then a call that waited its
turn is never throttled, however long any call travels.
"""

import math
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Hashable

from buyerline.amazon.errors import NotNow
from buyerline.amazon.flow import Flow, Pause
from buyerline.amazon.operations import UsagePlan

SLACK = 0.05
"""Seconds that a call which had to wait comes later than the plan allows, for clocks that do not run alike; at more
than one call a second, this share of the time between two calls."""

AT_ONCE = 0.02
"""Seconds of a bucket's rate that may be under way at once where that is more than its burst: a plan of thousands of
calls a second is not held back by waiting for answers."""

_ROUNDING = 1e-9


class Bucket:
    """One token bucket. Threads and tasks may share it; whoever asks first goes first.

    Every call takes a numbered place. Place ``n`` is due when the bucket has given out ``n`` tokens in all, so a
    corrected rate moves everybody who is still waiting.
    """

    def __init__(self, plan: UsagePlan, clock: Callable[[], float], level: float | None = None) -> None:
        """A bucket with `level` tokens in it, full by default."""
        self.rate = plan.rate
        self._documented = plan.rate
        self.burst = plan.burst
        self._clock = clock
        self._at = clock()
        self._given = float(plan.burst) if level is None else min(level, float(plan.burst))
        self._places = 0
        self._open = 0
        self._left: list[int] = []  # the places that were given back, in order
        self._lock = threading.Lock()

    def take(self, max_wait: float | None = None) -> tuple[int, float]:
        """A place in the queue and the seconds until it is due; place 0 when that is more than `max_wait`.

        Whoever has a place calls `settle` when the call is over, or `give_back` when it was not made.
        """
        with self._lock:
            self._refill()
            wait = self._wait(self._places + 1)
            if max_wait is not None and wait > max_wait:
                return 0, wait
            self._places += 1
            self._open += 1
            return self._places, wait

    def wait(self, place: int) -> float:
        """The seconds until `place` is due, 0 when it is."""
        with self._lock:
            self._refill()
            return self._wait(place)

    def room(self) -> tuple[int, float]:
        """How many calls could be made at once now, and the seconds until one could (0 when one can)."""
        with self._lock:
            self._refill()
            wait = self._wait(self._places + 1)
            return (0 if wait else max(1, int(self._given - self._calls + _ROUNDING))), wait

    def level(self) -> float:
        """The tokens in hand now."""
        with self._lock:
            self._refill()
            return max(0.0, self._given - self._calls)

    def settle(self) -> None:
        """Note that a call is over: answered, or lost."""
        with self._lock:
            self._refill()
            self._open -= 1
            self._forget_places_left()

    def give_back(self, place: int) -> None:
        """Leave the queue without a call; everybody behind moves up, nobody in front does."""
        with self._lock:
            self._open -= 1
            insort(self._left, place)
            self._forget_places_left()

    def learn(self, rate: float) -> None:
        """Take over the rate that Amazon says is in force (header ``x-amzn-RateLimit-Limit``), if it makes sense.

        A rate below a thousandth of the documented one does not: it would mean waiting for days.
        """
        if self._documented / 1000 <= rate < math.inf and rate != self.rate:
            with self._lock:
                self._refill()
                self.rate = rate

    def empty(self) -> None:
        """Forget the tokens in hand: Amazon has just said that there are none."""
        with self._lock:
            self._refill()
            self._given = min(self._given, float(self._calls))

    @property
    def _calls(self) -> int:
        """How many places were taken and not given back."""
        return self._places - len(self._left)

    def _forget_places_left(self) -> None:
        """Count anew when nobody is in the queue, so that places given back do not pile up."""
        if self._open == 0 and self._left:
            self._places = self._calls
            self._left.clear()

    def _refill(self) -> None:
        now = self._clock()
        elapsed, self._at = max(0.0, now - self._at), max(now, self._at)
        certainly_taken = self._calls - self._open
        self._given = min(self._given + elapsed * self.rate, certainly_taken + max(self.burst, self.rate * AT_ONCE))

    def _wait(self, place: int) -> float:
        missing = place - bisect_left(self._left, place) - self._given
        return missing / self.rate + SLACK / max(1.0, self.rate) if missing > _ROUNDING else 0.0


class UsagePlans:
    """The buckets of a process, each made when it is first needed.

    ``level_of``, where given, tells how many tokens a new bucket has, by its key and plan; it is full otherwise.
    """

    def __init__(
        self, clock: Callable[[], float], level_of: Callable[[Hashable, UsagePlan], float] | None = None
    ) -> None:
        self._clock = clock
        self._level_of = level_of
        self._buckets: dict[Hashable, Bucket] = {}
        self._lock = threading.Lock()

    def bucket(self, key: Hashable, plan: UsagePlan) -> Bucket:
        """The bucket of `key` (application, account and operation)."""
        found = self._buckets.get(key)
        if found is None:
            level = self._level_of(key, plan) if self._level_of else None
            with self._lock:
                found = self._buckets.setdefault(key, Bucket(plan, self._clock, level))
        return found

    def buckets(self) -> dict[Hashable, Bucket]:
        """The buckets that were made so far, by key."""
        return dict(self._buckets)


def turn(bucket: Bucket, operation: str, max_wait: float | None) -> Flow[None]:
    """Wait for a place in `bucket`; whoever had it calls `Bucket.settle` afterwards.

    Raises:
        NotNow: the place would be due only after more than `max_wait` seconds.
    """
    place, wait = bucket.take(max_wait)
    if not place:
        raise NotNow(operation, wait)
    waited = 0.0
    try:
        while wait > 0 and (max_wait is None or waited + wait <= max_wait + SLACK):
            yield Pause(wait)
            waited += wait
            wait = bucket.wait(place)
    except BaseException:
        bucket.give_back(place)
        raise
    if wait > 0:
        bucket.give_back(place)
        raise NotNow(operation, wait)
