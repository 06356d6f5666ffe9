"""The stand-in that records: it must take what a client sends, count it rightly, and hold it to Amazon's plans."""

import http.client
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from bench.recorder import GET_ACTIONS, POST_MESSAGE, Recorder, Recording
from bench.server import Record
from buyerline import Credentials, SellingPartner

ORDER = "902-0000001-0000001"
OTHER_ORDER = "902-0000001-0000002"


@pytest.fixture(scope="module")
def running() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def recorder(running: Recorder) -> Recorder:
    running.reset()
    return running


@pytest.fixture
def amazon(recorder: Recorder) -> Iterator[SellingPartner]:
    credentials = Credentials("application", "secret", "Atzr|a1")
    with SellingPartner("US", endpoint=recorder.url, credentials=credentials) as amazon:
        yield amazon


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_offers_a_message_and_accepts_it(recorder: Recorder, amazon: SellingPartner) -> None:
    receipt = amazon.messaging.send(ORDER, "confirmOrderDetails", text="Which size did you mean, M or L?")
    assert receipt.status == 201
    assert receipt.request_id
    assert recorder.record().messages == 1


def test_it_counts_messages_and_repeats_by_order(recorder: Recorder, amazon: SellingPartner) -> None:
    for order in (ORDER, OTHER_ORDER, ORDER):
        amazon.messaging.send(order, "confirmOrderDetails", text="Which size did you mean, M or L?")
    record = recorder.record()
    assert (record.messages, record.repeats, record.throttled) == (2, 1, 0)
    assert record.first is not None
    assert record.last is not None
    assert record.first < record.last


def test_it_forgets_what_was_recorded(recorder: Recorder, amazon: SellingPartner) -> None:
    amazon.messaging.send(ORDER, "confirmOrderDetails", text="Which size did you mean, M or L?")
    recorder.reset()
    assert recorder.record() == Record(messages=0, repeats=0, throttled=0)


def test_calls_beyond_the_plan_are_answered_with_429_and_counted(recorder: Recorder) -> None:
    address = urlsplit(recorder.url)
    answers: Counter[int] = Counter()
    with closing(http.client.HTTPConnection(address.hostname or "", address.port)) as connection:
        for _ in range(50):
            connection.request("GET", f"/messaging/v1/orders/{ORDER}", headers={"x-amz-access-token": "Atza|a1"})
            with connection.getresponse() as response:
                response.read()
            answers[response.status] += 1
    assert answers.keys() == {200, 429}
    assert recorder.record().throttled == answers[429]


def test_each_account_and_operation_has_a_burst_of_five_and_one_call_a_second() -> None:
    clock = Clock()
    recording = Recording(clock)
    for account in (b"a1", b"a2"):
        for operation in (GET_ACTIONS, POST_MESSAGE):
            assert [recording.take(operation, account) for _ in range(6)] == [True] * 5 + [False]
    clock.now += 2
    assert [recording.take(GET_ACTIONS, b"a1") for _ in range(3)] == [True, True, False]


def test_a_call_may_come_a_little_before_its_token_but_gains_nothing_by_it() -> None:
    clock = Clock()
    recording = Recording(clock)
    for _ in range(5):
        recording.take(GET_ACTIONS, b"a1")
    taken = []
    for seconds in (0.96, 0.98, 1.0):
        clock.now += seconds
        taken.append(recording.take(GET_ACTIONS, b"a1"))
    assert taken == [True, False, True]
