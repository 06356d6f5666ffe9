"""The checker finds what is wrong with runs that were made up to be wrong."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from buyerline.outbox.messages import Outgoing, State
from buyerline.testing import SentMessage
from tests.durability.checker import Evidence, Faults, Kept, Line, demand, problems

ORDER = "902-6786204-8179805"
PATH_TO = {
    State.QUEUED: [State.QUEUED],
    State.SENDING: [State.QUEUED, State.SENDING],
    State.SENT: [State.QUEUED, State.SENDING, State.SENT],
    State.REFUSED: [State.QUEUED, State.SENDING, State.REFUSED],
    State.UNKNOWN: [State.QUEUED, State.SENDING, State.UNKNOWN],
    State.CANCELLED: [State.QUEUED, State.CANCELLED],
    State.EXPIRED: [State.QUEUED, State.EXPIRED],
    State.FAILED: [State.QUEUED, State.SENDING, State.FAILED],
}


def queued(text: str) -> Outgoing:
    return Outgoing(ORDER, "confirmOrderDetails", text)


def accepted(text: str, request_id: str = "r1", order_id: str = ORDER) -> SentMessage:
    now = datetime.now(UTC)
    return SentMessage("1", "a", "US", order_id, "confirmOrderDetails", text, (), request_id, now)


def kept(state: State, path: Sequence[State] | None = None, workers: Sequence[str] = ("w1",)) -> Kept:
    """A message in this state, which it came to on this path; ``workers`` took turns at its attempts."""
    steps = path or PATH_TO[state]
    turn, lines = -1, []
    for step in steps:
        turn += step is State.SENDING
        lines.append(Line(workers[turn % len(workers)] if turn >= 0 else "somebody", step))
    return Kept(state, steps.count(State.SENDING), "r1" if state is State.SENT else None, lines)


def run(state: State, *ledger: SentMessage, path: Sequence[State] | None = None) -> Evidence:
    """A run with one message, whose text is ``one``."""
    return Evidence({"m1": queued("one")}, {"m1": kept(state, path)}, ledger)


def told(evidence: Evidence, faults: Faults | None = None) -> str:
    return "\n".join(problems(evidence, faults or Faults()))


@pytest.mark.parametrize(
    "evidence",
    [
        run(State.SENT, accepted("one")),
        *(run(state) for state in State if state not in {State.SENT, State.UNKNOWN, State.SENDING}),
        run(State.SENT, accepted("one"), path=[*PATH_TO[State.REFUSED], *PATH_TO[State.SENT]]),
    ],
)
def test_a_run_in_which_outbox_and_amazon_agree_is_right(evidence: Evidence) -> None:
    demand(evidence)


def test_an_unknown_outcome_that_a_fault_explains_is_right() -> None:
    demand(run(State.UNKNOWN, accepted("one")), Faults(cut_off=Counter(w1=1)))
    demand(run(State.UNKNOWN), Faults(unanswered=1))


def test_a_message_on_its_way_is_right_while_a_worker_runs() -> None:
    demand(run(State.SENDING, accepted("one")), working=True)
    assert told(run(State.SENDING)).startswith("stuck: m1")


def test_a_duplicate_is_found() -> None:
    assert "duplicate" in told(run(State.SENT, accepted("one"), accepted("one")))


def test_a_lost_message_is_found() -> None:
    assert told(Evidence({"m1": queued("one")}, {}, [])).startswith("lost: m1")


def test_a_message_queued_behind_its_sender_s_back_is_found() -> None:
    assert told(Evidence({}, {"m1": kept(State.QUEUED)}, [])).startswith("half queued: m1")


def test_a_sent_message_that_amazon_does_not_have_is_found() -> None:
    assert told(run(State.SENT)).startswith("never arrived: m1")


@pytest.mark.parametrize("state", [State.QUEUED, State.REFUSED, State.CANCELLED, State.EXPIRED, State.FAILED])
def test_a_message_that_is_said_not_to_be_sent_and_was_is_found(state: State) -> None:
    assert told(run(state, accepted("one"))).startswith("arrived: m1")


def test_a_message_that_nobody_queued_is_found() -> None:
    assert told(Evidence({}, {}, [accepted("one")])).startswith("invented")


def test_a_message_that_went_to_another_order_is_found() -> None:
    assert "garbled" in told(run(State.SENT, accepted("one", order_id="902-0000000-0000000")))


def test_a_receipt_of_another_message_is_found() -> None:
    assert told(run(State.SENT, accepted("one", request_id="r2"))).startswith("wrong receipt: m1")


@pytest.mark.parametrize(
    ("faults", "because"),
    [
        (Faults(), "nothing went wrong"),
        (Faults(cut_off=Counter(w2=1)), "another worker was killed"),
        (Faults(cut_off=Counter(w1=0)), "the worker was killed, and had nothing in flight"),
    ],
)
def test_an_unknown_outcome_that_no_fault_explains_is_found(faults: Faults, because: str) -> None:
    assert told(run(State.UNKNOWN), faults).startswith("unexplained"), because


def test_more_unknown_outcomes_than_faults_explain_are_found() -> None:
    both = {"m1": kept(State.UNKNOWN), "m2": kept(State.UNKNOWN, workers=["w2"])}
    evidence = Evidence({"m1": queued("one"), "m2": queued("two")}, both, [])
    assert not told(evidence, Faults(cut_off=Counter(w1=1), unanswered=1))
    assert "unexplained" in told(evidence, Faults(cut_off=Counter(w1=2)))
    assert "unexplained" in told(evidence, Faults(unanswered=1))


def test_an_unknown_outcome_that_was_cleared_up_needs_a_fault_too() -> None:
    cleared = run(State.SENT, accepted("one"), path=[*PATH_TO[State.UNKNOWN], State.SENT])
    assert told(cleared).startswith("unexplained")
    demand(cleared, Faults(cut_off=Counter(w1=1)))


@pytest.mark.parametrize(
    "path",
    [
        [State.SENDING, State.SENT],
        [State.QUEUED, State.SENT],
        [State.QUEUED, State.SENDING, State.SENDING, State.SENT],
        [*PATH_TO[State.SENT], *PATH_TO[State.SENT]],
        [*PATH_TO[State.UNKNOWN], State.SENDING, State.SENT],
    ],
)
def test_an_impossible_history_is_found(path: list[State]) -> None:
    assert "impossible: m1" in told(run(State.SENT, accepted("one"), path=path), Faults(unanswered=1))


def test_a_state_that_the_history_does_not_tell_is_found() -> None:
    assert "untold: m1" in told(run(State.SENT, accepted("one"), path=PATH_TO[State.SENDING]))


def test_an_attempt_that_the_history_does_not_tell_is_found() -> None:
    miscounted = Kept(State.SENT, 2, "r1", kept(State.SENT).history)
    assert told(Evidence({"m1": queued("one")}, {"m1": miscounted}, [accepted("one")])).startswith("miscounted: m1")


def test_a_worker_s_next_life_may_tell_what_became_of_its_attempt() -> None:
    history = [Line("somebody", State.QUEUED), Line("host:7:a1", State.SENDING), Line("host:7:b2", State.SENT)]
    demand(Evidence({"m1": queued("one")}, {"m1": Kept(State.SENT, 1, "r1", history)}, [accepted("one")]))


def test_an_outcome_that_another_worker_tells_is_found() -> None:
    history = [Line("somebody", State.QUEUED), Line("w1", State.SENDING), Line("w2", State.SENT)]
    foreign = Evidence({"m1": queued("one")}, {"m1": Kept(State.SENT, 1, "r1", history)}, [accepted("one")])
    assert told(foreign).startswith("foreign: m1")
