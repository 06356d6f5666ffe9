"""Usage plans are kept: a bucket never lets more through than Amazon's would."""

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyerline.amazon.errors import NotNow
from buyerline.amazon.operations import UsagePlan
from buyerline.amazon.usage_plans import SLACK, Bucket, UsagePlans, turn
from tests.amazon.by_hand import Clock

PLAN = UsagePlan(rate=1, burst=5)


class AmazonsBucket:
    """The bucket at the other end, in the plainest words there are."""

    def __init__(self, plan: UsagePlan) -> None:
        self.plan = plan
        self.tokens = float(plan.burst)
        self.at = 0.0

    def take(self, now: float) -> bool:
        self.tokens = min(self.plan.burst, self.tokens + (now - self.at) * self.plan.rate)
        self.at = now
        if self.tokens < 1 - 1e-6:
            return False
        self.tokens -= 1
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def take(bucket: Bucket, times: int = 1) -> list[float]:
    """Calls that are answered at once: what each had to wait."""
    waits = []
    for _ in range(times):
        waits.append(bucket.take()[1])
        bucket.settle()
    return waits


def test_a_burst_goes_at_once_and_the_rest_at_the_rate(clock: Clock) -> None:
    assert take(Bucket(PLAN, clock), 8) == [0, 0, 0, 0, 0, 1 + SLACK, 2 + SLACK, 3 + SLACK]


def test_a_full_bucket_gains_nothing_before_a_call_is_answered(clock: Clock) -> None:
    """Amazon's bucket is full until the call arrives, and nobody knows when that is."""
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    bucket.take()
    place, _ = bucket.take()
    clock.now = 30
    assert bucket.wait(place) == 1 + SLACK
    bucket.settle()
    clock.now = 31
    assert bucket.wait(place) == 0


def test_a_place_is_refused_when_it_would_be_due_too_late(clock: Clock) -> None:
    bucket = Bucket(UsagePlan(rate=0.0056, burst=1), clock)
    assert bucket.take(max_wait=0) == (1, 0.0)
    place, wait = bucket.take(max_wait=60)
    assert place == 0
    assert wait > 178


def test_a_refused_place_costs_nothing(clock: Clock) -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    take(bucket)
    for _ in range(10):
        bucket.take(max_wait=0)
    clock.now = 1.0
    assert take(bucket) == [0]


def test_a_token_given_back_moves_the_next_one_up(clock: Clock) -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    place, _ = bucket.take()
    bucket.give_back(place)
    assert take(bucket) == [0]


def test_places_given_back_move_up_those_behind_and_nobody_in_front(clock: Clock) -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    take(bucket)
    front, gone, behind = (bucket.take()[0] for _ in range(3))
    bucket.give_back(gone)
    assert bucket.wait(front) == 1 + SLACK
    assert bucket.wait(behind) == 2 + SLACK


def test_a_hundred_who_give_up_cost_nothing(clock: Clock) -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    take(bucket)
    for place in [bucket.take()[0] for _ in range(100)]:
        bucket.give_back(place)
    assert take(bucket) == [1 + SLACK]


def test_a_wait_that_turns_out_longer_than_allowed_is_given_up(clock: Clock) -> None:
    """A call whose answer is not here yet holds the bucket up for longer than could be told beforehand."""
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    bucket.take()
    waiting = turn(bucket, "op", max_wait=1.5)
    clock.now += next(waiting).seconds  # type: ignore[union-attr] # a Pause
    with pytest.raises(NotNow):
        waiting.send(None)
    bucket.settle()
    clock.now += 1
    assert take(bucket) == [0]


def test_an_idle_bucket_never_holds_more_than_its_burst(clock: Clock) -> None:
    bucket = Bucket(PLAN, clock)
    clock.now = 10_000.0
    assert take(bucket, 6) == [0, 0, 0, 0, 0, 1 + SLACK]


def test_a_corrected_rate_moves_those_who_wait(clock: Clock) -> None:
    bucket = Bucket(PLAN, clock)
    take(bucket, 5)
    place, _ = bucket.take()
    bucket.learn(0.5)
    assert bucket.wait(place) == 2 + SLACK


def test_a_rate_that_makes_no_sense_is_not_learned(clock: Clock) -> None:
    bucket = Bucket(PLAN, clock)
    for rate in (0.0, 1e-320, -1.0, float("inf"), float("nan")):
        bucket.learn(rate)
    assert bucket.rate == 1


def test_a_plan_of_thousands_a_second_is_not_held_back_by_waiting_for_answers(clock: Clock) -> None:
    bucket = Bucket(UsagePlan(rate=100_000, burst=5), clock)
    clock.now = 1.0
    assert [bucket.take()[1] for _ in range(1000)] == [0] * 1000


def test_a_bucket_that_amazon_says_is_empty_is_empty(clock: Clock) -> None:
    bucket = Bucket(PLAN, clock)
    bucket.empty()
    assert take(bucket) == [1 + SLACK]


def test_a_clock_that_steps_back_gives_nothing_away(clock: Clock) -> None:
    clock.now = 100.0
    bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
    take(bucket)
    clock.now = 50.0
    assert take(bucket)[0] >= 1


class TestRoom:
    def test_is_what_the_bucket_holds(self, clock: Clock) -> None:
        bucket = Bucket(PLAN, clock)
        assert bucket.room() == (5, 0)
        take(bucket, 3)
        assert bucket.room() == (2, 0)

    def test_comes_when_the_next_call_is_due(self, clock: Clock) -> None:
        bucket = Bucket(PLAN, clock)
        take(bucket, 5)
        assert bucket.room() == (0, 1 + SLACK)
        clock.now += 1
        assert bucket.room() == (1, 0)
        clock.now += 1.5
        assert bucket.room() == (2, 0)

    def test_comes_after_everybody_who_waits(self, clock: Clock) -> None:
        bucket = Bucket(PLAN, clock)
        take(bucket, 7)
        assert bucket.room() == (0, 3 + SLACK)

    def test_is_nothing_that_is_taken_by_asking(self, clock: Clock) -> None:
        bucket = Bucket(UsagePlan(rate=1, burst=1), clock)
        for _ in range(3):
            assert bucket.room() == (1, 0)
        assert take(bucket) == [0]


class TestLevel:
    def test_is_the_tokens_in_hand(self, clock: Clock) -> None:
        bucket = Bucket(PLAN, clock)
        assert bucket.level() == 5
        take(bucket, 4)
        clock.now += 0.5
        assert bucket.level() == 1.5

    def test_is_never_less_than_nothing(self, clock: Clock) -> None:
        bucket = Bucket(PLAN, clock)
        take(bucket, 8)
        assert bucket.level() == 0

    def test_may_be_told_at_the_start(self, clock: Clock) -> None:
        assert take(Bucket(PLAN, clock, 2.0), 3) == [0, 0, 1 + SLACK]
        assert take(Bucket(PLAN, clock, 0.0)) == [1 + SLACK]

    def test_is_never_more_than_the_burst(self, clock: Clock) -> None:
        assert Bucket(PLAN, clock, 100.0).level() == 5

    def test_of_each_new_bucket_is_asked_for_by_its_key(self, clock: Clock) -> None:
        levels = {"one": 3.0, "other": 0.0}
        plans = UsagePlans(clock, lambda key, plan: levels[str(key)] if plan is PLAN else -1)
        assert plans.bucket("one", PLAN).level() == 3
        assert plans.bucket("other", PLAN).level() == 0
        levels["one"] = 5.0
        assert plans.bucket("one", PLAN).level() == 3, "it is made once"
        assert plans.buckets() == {"one": plans.bucket("one", PLAN), "other": plans.bucket("other", PLAN)}

    def test_is_full_where_nobody_tells(self, clock: Clock) -> None:
        assert UsagePlans(clock).bucket("one", PLAN).level() == 5


@given(
    rate=st.floats(0.005, 50),
    burst=st.integers(1, 30),
    calls=st.lists(st.tuples(st.floats(0, 30), st.floats(0, 5), st.floats(0, 5)), min_size=1, max_size=80),
)
def test_no_call_that_waited_its_turn_is_ever_throttled(
    rate: float, burst: int, calls: list[tuple[float, float, float]]
) -> None:
    """Callers come at any times, requests and answers travel for any times; Amazon's bucket refuses none."""
    plan, clock = UsagePlan(rate, burst), Clock()
    ours, theirs = Bucket(plan, clock), AmazonsBucket(plan)
    ready = 0.0
    events: list[tuple[float, int, str, int]] = []
    for number, (gap, _, _) in enumerate(calls):
        ready += gap
        heapq.heappush(events, (ready, number, "asks", 0))
    for _ in range(100_000):
        if not events:
            break
        clock.now, number, what, place = heapq.heappop(events)
        _, there, back = calls[number]
        if what == "arrives":
            assert theirs.take(clock.now)
            heapq.heappush(events, (clock.now + back, number, "answered", 0))
        elif what == "answered":
            ours.settle()
        else:
            place, wait = ours.take() if what == "asks" else (place, ours.wait(place))
            follows = "waits" if wait else "arrives"
            heapq.heappush(events, (clock.now + (wait or there), number, follows, place))
    assert not events


@given(rate=st.floats(0.1, 50), burst=st.integers(1, 30), calls=st.integers(1, 300))
def test_a_campaign_takes_the_time_the_plan_allows_and_no_more(rate: float, burst: int, calls: int) -> None:
    last = take(Bucket(UsagePlan(rate, burst), Clock()), calls)[-1]
    allowed = max(0, calls - burst) / rate
    assert allowed <= last + 1e-6
    assert last <= allowed + SLACK + 1e-6
