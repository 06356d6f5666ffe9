"""Usage plans kept: a token bucket for each application, account and operation.

Source: Amazon, "Usage Plans and Rate Limits in the Selling Partner API". A bucket holds ``burst`` tokens, gains
``rate`` a second, and each call takes one.
"""

import threading
from collections.abc import Callable, Hashable

from buyerline.amazon.errors import NotNow
from buyerline.amazon.flow import Flow, Pause
from buyerline.amazon.operations import UsagePlan

SLACK = 0.1
"""Seconds that a call which had to wait comes later than the plan allows. A bucket that is exact here is not exact
at Amazon's end: a call that travels faster than the one before it would arrive early and be refused."""


class Bucket:
    """One token bucket. Threads and tasks may share it; whoever asks first goes first.

    Every call takes a numbered place. Place ``n`` is due when the bucket has given out ``n`` tokens in all, so a
    corrected rate moves everybody who is still waiting.
    """

    def __init__(self, plan: UsagePlan, now: float) -> None:
        self.rate = plan.rate
        self.burst = plan.burst
        self._given = float(plan.burst)
        self._places = 0
        self._at = now
        self._lock = threading.Lock()

    def take(self, now: float, max_wait: float | None = None) -> tuple[int, float]:
        """A place in the queue and the seconds until it is due; place 0 when that is more than `max_wait`."""
        with self._lock:
            self._refill(now)
            wait = self._wait(self._places + 1)
            if max_wait is not None and wait > max_wait:
                return 0, wait
            self._places += 1
            return self._places, wait

    def wait(self, place: int, now: float) -> float:
        """The seconds until `place` is due, 0 when it is."""
        with self._lock:
            self._refill(now)
            return self._wait(place)

    def give_back(self) -> None:
        """Return the token of a call that was not made; everybody behind it moves up."""
        with self._lock:
            self._given += 1

    def learn(self, rate: float | None) -> None:
        """Take over the rate that Amazon says is in force (header ``x-amzn-RateLimit-Limit``), if it says one."""
        if rate is not None and rate > 0 and rate != self.rate:
            with self._lock:
                self.rate = rate

    def empty(self, now: float) -> None:
        """Forget the tokens in hand: Amazon has just said that there are none."""
        with self._lock:
            self._refill(now)
            self._given = min(self._given, float(self._places))

    def _refill(self, now: float) -> None:
        elapsed, self._at = max(0.0, now - self._at), max(now, self._at)
        self._given = min(self._given + elapsed * self.rate, self._places + float(self.burst))

    def _wait(self, place: int) -> float:
        missing = place - self._given
        # A token that is short only by what floating point loses is there.
        return missing / self.rate + SLACK if missing > 1e-9 else 0.0


class UsagePlans:
    """The buckets of a process, each made when it is first needed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[Hashable, Bucket] = {}
        self._lock = threading.Lock()

    def bucket(self, key: Hashable, plan: UsagePlan) -> Bucket:
        """The bucket of `key` (application, account and operation), full when new."""
        found = self._buckets.get(key)
        if found is None:
            with self._lock:
                found = self._buckets.setdefault(key, Bucket(plan, self._clock()))
        return found

    def turn(self, bucket: Bucket, operation: str, max_wait: float | None) -> Flow[None]:
        """Wait for a place in `bucket`.

        Raises:
            NotNow: the place would be due only after more than `max_wait` seconds.
        """
        place, wait = bucket.take(self._clock(), max_wait)
        if not place:
            raise NotNow(operation, wait)
        try:
            while wait > 0:
                yield Pause(wait)
                wait = self._overdue(bucket, place)
        except BaseException:
            bucket.give_back()
            raise

    def _overdue(self, bucket: Bucket, place: int) -> float:
        """What is still missing after a wait: nothing, unless the rate was lowered or the bucket emptied."""
        wait = bucket.wait(place, self._clock())
        return wait if wait > SLACK * 2 else 0.0
