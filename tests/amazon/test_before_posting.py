"""The last moment before a message leaves: how many may, and what is done right before each does."""

from collections.abc import Callable

import pytest

from buyerline.amazon import errors
from buyerline.amazon.flow import Flow, Pause
from buyerline.amazon.messaging import GET_ACTIONS, MESSAGE_TYPES, MessagingFlows
from buyerline.amazon.repeating import Repeating
from buyerline.amazon.session import Receipt, Session, nothing
from buyerline.amazon.usage_plans import SLACK
from tests.amazon.by_hand import ByHand, Clock, answer, not_connected, session

ORDER = "902-6786204-8179805"
TYPE = MESSAGE_TYPES["confirmOrderDetails"]
EXPIRED = (
    b'{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.",'
    b'"details":"The access token you provided has expired."}]}'
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def post(
    by_hand: ByHand, ours: Session, before: Callable[[], Flow[None]], repeating: Repeating | None = None
) -> Receipt:
    flow = MessagingFlows(ours).post(ORDER, TYPE, {"text": "Which size?"}, before=before, repeating=repeating)
    receipt: Receipt = by_hand.run(flow)
    return receipt


def test_the_room_of_an_operation_is_its_usage_plans(clock: Clock) -> None:
    ours, by_hand = session(clock), ByHand(*[answer(200)] * 5, clock=clock)
    assert ours.room(GET_ACTIONS) == (5, 0)
    for _ in range(5):
        by_hand.run(MessagingFlows(ours).get_actions(ORDER))
    assert ours.room(GET_ACTIONS) == (0, 1 + SLACK)
    assert ours.room(TYPE.operation) == (5, 0), "each operation has a bucket of its own"


class TestBefore:
    def test_is_the_very_last_thing(self, clock: Clock) -> None:
        """The turn in the usage plan has come by then, and the access token is there."""
        ours, by_hand = session(clock), ByHand(*[answer(201)] * 6, clock=clock)
        seen = []

        def before() -> Flow[None]:
            seen.append((by_hand.tokens, len(by_hand.requests), clock.now))
            yield Pause(0.25)

        for _ in range(6):
            post(by_hand, ours, before)
        assert [(tokens, requests) for tokens, requests, _ in seen] == [(1, number) for number in range(6)]
        assert seen[-1][-1] >= 1, "the sixth had to wait for its turn first"

    @pytest.mark.parametrize("failure", [answer(429), answer(403, EXPIRED), not_connected()], ids=["429", "403", "no"])
    def test_is_gone_through_each_time_it_leaves(self, clock: Clock, failure: object) -> None:
        by_hand = ByHand(failure, answer(201), clock=clock)  # type: ignore[arg-type] # an answer or an error
        times = []

        def before() -> Flow[None]:
            times.append(len(by_hand.requests))
            yield from ()

        assert post(by_hand, session(clock), before).status == 201
        assert times == [0, 1]

    @pytest.mark.parametrize("failure", [errors.ConfigurationError("no"), ZeroDivisionError()], ids=["ours", "any"])
    def test_that_fails_keeps_it_from_leaving(self, clock: Clock, failure: Exception) -> None:
        ours, by_hand = session(clock), ByHand(answer(201), clock=clock)

        def before() -> Flow[None]:
            yield Pause(0)
            raise failure

        with pytest.raises(type(failure)):
            post(by_hand, ours, before)
        assert by_hand.requests == []

    def test_that_fails_leaves_the_turn_to_others(self, clock: Clock) -> None:
        ours, by_hand = session(clock), ByHand(*[answer(201)] * 5, clock=clock)
        fails = iter([True] + [False] * 5)

        def before() -> Flow[None]:
            if next(fails):
                raise errors.ConfigurationError("no")
            yield from ()

        with pytest.raises(errors.ConfigurationError):
            post(by_hand, ours, before)
        clock.now += 1
        for _ in range(5):
            post(by_hand, ours, before)
        assert clock.now == 1


def test_whoever_sends_may_say_how_often_it_is_repeated(clock: Clock) -> None:
    by_hand = ByHand(answer(429), answer(201), clock=clock)
    with pytest.raises(errors.Throttled):
        post(by_hand, session(clock), nothing, Repeating(times=0))
    assert len(by_hand.requests) == 1
