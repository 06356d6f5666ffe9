"""Usage plans are kept: a bucket never lets more through than Amazon's would."""

from hypothesis import given
from hypothesis import strategies as st

from buyerline.amazon.operations import UsagePlan
from buyerline.amazon.usage_plans import SLACK, Bucket

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


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    bucket = Bucket(PLAN, now=0.0)
    waits = [bucket.take(0.0)[1] for _ in range(8)]
    assert waits == [0, 0, 0, 0, 0, 1 + SLACK, 2 + SLACK, 3 + SLACK]


def test_a_place_is_refused_when_it_would_be_due_too_late() -> None:
    bucket = Bucket(UsagePlan(rate=0.0056, burst=1), now=0.0)
    assert bucket.take(0.0, max_wait=0) == (1, 0.0)
    place, wait = bucket.take(0.0, max_wait=60)
    assert place == 0
    assert wait > 178


def test_a_refused_place_costs_nothing() -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), now=0.0)
    bucket.take(0.0)
    for _ in range(10):
        bucket.take(0.0, max_wait=0)
    assert bucket.take(1.0)[1] == 0


def test_a_token_given_back_moves_the_next_one_up() -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), now=0.0)
    bucket.take(0.0)
    bucket.give_back()
    assert bucket.take(0.0)[1] == 0


def test_an_idle_bucket_never_holds_more_than_its_burst() -> None:
    bucket = Bucket(PLAN, now=0.0)
    waits = [bucket.take(10_000.0)[1] for _ in range(6)]
    assert waits[:5] == [0] * 5
    assert waits[5] > 0


def test_a_corrected_rate_moves_those_who_wait() -> None:
    bucket = Bucket(PLAN, now=0.0)
    place = [bucket.take(0.0)[0] for _ in range(6)][-1]
    bucket.learn(0.5)
    assert bucket.wait(place, 0.0) == 2 + SLACK


def test_a_rate_that_makes_no_sense_is_not_learned() -> None:
    bucket = Bucket(PLAN, now=0.0)
    for rate in (None, 0.0, -1.0):
        bucket.learn(rate)
    assert bucket.rate == 1


def test_a_bucket_that_amazon_says_is_empty_is_empty() -> None:
    bucket = Bucket(PLAN, now=0.0)
    bucket.empty(0.0)
    assert bucket.take(0.0)[1] == 1 + SLACK


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = Bucket(UsagePlan(rate=1, burst=1), now=100.0)
    bucket.take(100.0)
    assert bucket.take(50.0)[1] >= 1


@given(
    rate=st.floats(0.005, 50),
    burst=st.integers(1, 30),
    gaps=st.lists(st.floats(0, 30), min_size=1, max_size=120),
)
def test_no_call_that_waited_its_turn_is_ever_throttled(rate: float, burst: int, gaps: list[float]) -> None:
    """Callers come at any times; each goes when it is told to; Amazon's bucket refuses none."""
    plan = UsagePlan(rate, burst)
    ours, theirs = Bucket(plan, now=0.0), AmazonsBucket(plan)
    now, goes = 0.0, []
    for gap in gaps:
        now += gap
        _, wait = ours.take(now)
        goes.append(now + wait)
    assert all(theirs.take(at) for at in sorted(goes))


@given(rate=st.floats(0.1, 50), burst=st.integers(1, 30), calls=st.integers(1, 300))
def test_a_campaign_takes_the_time_the_plan_allows_and_no_more(rate: float, burst: int, calls: int) -> None:
    bucket = Bucket(UsagePlan(rate, burst), now=0.0)
    last = [bucket.take(0.0)[1] for _ in range(calls)][-1]
    allowed = max(0, calls - burst) / rate
    assert allowed <= last + 1e-6
    assert last <= allowed + SLACK + 1e-6
