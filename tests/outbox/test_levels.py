"""How full an account's buckets were left goes with the account, from worker to worker."""

import pytest

from buyerline.amazon.operations import UsagePlan
from buyerline.amazon.usage_plans import Bucket, UsagePlans
from buyerline.outbox import levels
from tests.amazon.by_hand import Clock

GET, POST = ("the account", "/get"), ("the account", "/post")
PLAN = UsagePlan(rate=1, burst=5)


@pytest.fixture
def clock() -> Clock:
    """Both clocks of a machine, in seconds."""
    return Clock(1_000_000.0)


def plans(clock: Clock, left: str | None) -> UsagePlans:
    """The buckets of a worker that takes the account as it was left."""
    return UsagePlans(clock, levels.start(left, lambda: round(clock.now * 1000)))


def left(plans: UsagePlans, before: str | None, clock: Clock) -> str:
    return levels.left(plans.buckets(), before, round(clock.now * 1000))


def used(bucket: Bucket, times: int) -> None:
    for _ in range(times):
        bucket.take()
        bucket.settle()


def test_the_buckets_of_an_account_that_nobody_has_served_are_full(clock: Clock) -> None:
    assert plans(clock, None).bucket(GET, PLAN).level() == 5


def test_what_was_used_is_missing_for_the_next_worker(clock: Clock) -> None:
    first = plans(clock, None)
    used(first.bucket(GET, PLAN), 4)
    second = plans(clock, left(first, None, clock))
    assert second.bucket(GET, PLAN).level() == 1
    assert second.bucket(POST, PLAN).level() == 5


def test_buckets_fill_up_while_nobody_has_the_account(clock: Clock) -> None:
    first = plans(clock, None)
    used(first.bucket(GET, PLAN), 5)
    kept = left(first, None, clock)
    clock.now += 3
    assert plans(clock, kept).bucket(GET, PLAN).level() == 3
    clock.now += 3000
    assert plans(clock, kept).bucket(GET, PLAN).level() == 5


def test_they_fill_up_at_the_rate_that_amazon_told(clock: Clock) -> None:
    first = plans(clock, None)
    used(first.bucket(GET, PLAN), 5)
    first.bucket(GET, PLAN).learn(0.5)
    kept = left(first, None, clock)
    clock.now += 4
    assert plans(clock, kept).bucket(GET, PLAN).level() == 2


def test_those_of_a_worker_that_died_count_as_empty(clock: Clock) -> None:
    kept = levels.empty(round(clock.now * 1000))
    assert plans(clock, kept).bucket(GET, PLAN).level() == 0
    clock.now += 2
    assert plans(clock, kept).bucket(GET, PLAN).level() == 2


def test_a_bucket_that_one_worker_did_not_use_is_passed_on(clock: Clock) -> None:
    first = plans(clock, None)
    used(first.bucket(GET, PLAN), 5)
    kept = left(first, None, clock)
    clock.now += 1
    second = plans(clock, kept)
    used(second.bucket(POST, PLAN), 2)
    kept = left(second, kept, clock)
    clock.now += 1
    third = plans(clock, kept)
    assert third.bucket(GET, PLAN).level() == 2
    assert third.bucket(POST, PLAN).level() == 4


def test_a_clock_that_was_set_back_takes_no_tokens_away(clock: Clock) -> None:
    first = plans(clock, None)
    used(first.bucket(GET, PLAN), 3)
    kept = left(first, None, clock)
    clock.now -= 3600
    second = plans(clock, kept)
    assert second.bucket(GET, PLAN).level() == 2
    kept = left(plans(clock, kept), kept, clock)
    assert plans(clock, kept).bucket(GET, PLAN).level() == 2
