"""What a run must have left behind, whatever went wrong in it: nothing lost, nothing twice, nothing unexplained.

The sandbox's ledger says what Amazon took, the outbox says what it believes. `problems` compares the two. A message's
text is its mark: no two messages of a run have the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from buyerline.outbox.messages import NOT_SENT, Outgoing, State
from buyerline.testing import SentMessage

NOT_AT_AMAZON = NOT_SENT | {State.QUEUED}
"""States that say that Amazon does not have the message."""

AFTER: Mapping[str | None, frozenset[State]] = {
    None: frozenset({State.QUEUED}),
    State.QUEUED: frozenset(State) - {State.SENT, State.UNKNOWN},
    State.SENDING: frozenset(State) - {State.SENDING, State.CANCELLED, State.EXPIRED},
    State.UNKNOWN: frozenset({State.SENT, State.REFUSED, State.QUEUED}),
    State.SENT: frozenset(),
    **{state: frozenset({State.QUEUED}) for state in NOT_SENT},
}
"""The states that may follow each state."""


@dataclass(frozen=True)
class Line:
    """A line of a message's history: who brought it to which state."""

    who: str
    state: State

    @property
    def process(self) -> str:
        """The worker without the number of its life: one that was taken for dead goes on as another."""
        return self.who.rpartition(":")[0] or self.who


@dataclass(frozen=True)
class Kept:
    """What the outbox says of a message."""

    state: State
    attempts: int
    request_id: str | None
    history: Sequence[Line]


@dataclass(frozen=True)
class Evidence:
    """What a run left behind.

    Attributes:
        added: every message that the outbox said it had queued, by id.
        outbox: what the outbox says of each of its messages, by id.
        ledger: what Amazon accepted, in order.
    """

    added: Mapping[str, Outgoing]
    outbox: Mapping[str, Kept]
    ledger: Sequence[SentMessage]


@dataclass
class Faults:
    """The faults of a run, as far as they explain that nobody knows what became of a message.

    Attributes:
        cut_off: workers that were killed, frozen or cut off from the database (`Line.process`), each with the most
            messages that it can have had in flight then.
        unanswered: how many posted messages Amazon's side gave no usable answer to.
    """

    cut_off: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0


def demand(evidence: Evidence, faults: Faults | None = None, *, working: bool = False) -> None:
    """Fail with everything that is wrong with a run.

    Args:
        evidence: what it left behind.
        faults: what went wrong in it; nothing by default.
        working: a worker still runs, so messages may just be on their way.
    """
    found = problems(evidence, faults or Faults(), working=working)
    assert not found, f"{len(found)} problems:\n" + "\n".join(found[:50])


def problems(evidence: Evidence, faults: Faults, *, working: bool = False) -> list[str]:
    """Everything that is wrong with a run, a sentence each."""
    return [
        *_lost(evidence),
        *_sent_twice(evidence.ledger),
        *_nobody_s(evidence),
        *_at_odds_with_amazon(evidence, working=working),
        *_impossible_histories(evidence.outbox),
        *_unexplained(evidence.outbox, faults),
    ]


def _lost(evidence: Evidence) -> Iterator[str]:
    for message_id in evidence.added.keys() - evidence.outbox.keys():
        yield f"lost: {message_id} was queued and is not in the outbox"
    for message_id in evidence.outbox.keys() - evidence.added.keys():
        yield f"half queued: {message_id} is in the outbox, and whoever queued it was not told"


def _sent_twice(ledger: Iterable[SentMessage]) -> Iterator[str]:
    times = Counter(sent.text for sent in ledger)
    for text, count in times.items():
        if count > 1:
            yield f"duplicate: Amazon has {count} times {text!r}"


def _nobody_s(evidence: Evidence) -> Iterator[str]:
    added = {outgoing.text: outgoing for outgoing in evidence.added.values()}
    for sent in evidence.ledger:
        outgoing = added.get(sent.text)
        if outgoing is None:
            yield f"invented: Amazon has {sent.text!r}, which nobody queued"
        elif _arrived(sent) != _queued(outgoing):
            yield f"garbled: Amazon has {_arrived(sent)} instead of {_queued(outgoing)}"


def _arrived(sent: SentMessage) -> tuple[Any, ...]:
    return sent.order_id, sent.type, sent.text, [file.file_name for file in sent.attachments]


def _queued(outgoing: Outgoing) -> tuple[Any, ...]:
    names = [attachment[0] for attachment in outgoing.attachments if isinstance(attachment, tuple)]
    return outgoing.order_id, outgoing.type, outgoing.text, names


def _at_odds_with_amazon(evidence: Evidence, *, working: bool) -> Iterator[str]:
    ledger = {sent.text: sent for sent in evidence.ledger}
    for message_id, outgoing in evidence.added.items():
        kept = evidence.outbox.get(message_id)
        if kept is None:
            continue
        sent = ledger.get(outgoing.text)
        if kept.state is State.SENDING and not working:
            yield f"stuck: {message_id} is sending, and nobody sends it"
        if kept.state is State.SENT and sent is None:
            yield f"never arrived: {message_id} is sent, and Amazon does not have it"
        if kept.state in NOT_AT_AMAZON and sent is not None:
            yield f"arrived: {message_id} is {kept.state}, and Amazon has it"
        if sent and kept.state is State.SENT and kept.request_id != sent.request_id:
            yield f"wrong receipt: {message_id} has {kept.request_id}, Amazon answered {sent.request_id}"


def _impossible_histories(outbox: Mapping[str, Kept]) -> Iterator[str]:
    for message_id, kept in outbox.items():
        steps = [line.state for line in kept.history]
        for before, after in zip([None, *steps], steps, strict=False):
            if after not in AFTER[before]:
                yield f"impossible: {message_id} went from {before} to {after}"
        if steps[-1:] != [kept.state]:
            yield f"untold: {message_id} is {kept.state}, its history ends with {steps[-1:]}"
        if steps.count(State.SENDING) != kept.attempts:
            yield f"miscounted: {message_id} has {kept.attempts} attempts, its history tells {steps}"
        for attempt, outcome in zip(kept.history, kept.history[1:], strict=False):
            by_another = attempt.state is State.SENDING and attempt.process != outcome.process
            if by_another and outcome.state is not State.UNKNOWN:
                yield f"foreign: {message_id} was sent by {attempt.who}, {outcome.state} says {outcome.who}"


def _unexplained(outbox: Mapping[str, Kept], faults: Faults) -> Iterator[str]:
    """Unknown outcomes beyond what the faults explain, those included that were cleared up later."""
    unknown: defaultdict[str, list[str]] = defaultdict(list)
    for message_id, kept in outbox.items():
        for attempt, outcome in zip(kept.history, kept.history[1:], strict=False):
            if outcome.state is State.UNKNOWN:
                unknown[attempt.process].append(message_id)
    beyond = {worker: max(0, len(ids) - faults.cut_off[worker]) for worker, ids in unknown.items()}
    if sum(beyond.values()) > faults.unanswered:
        excess = {worker: f"{count} of {unknown[worker]}" for worker, count in beyond.items() if count}
        yield f"unexplained: {excess} unknown, {faults.unanswered} unanswered, cut off {dict(faults.cut_off)}"
