"""One cell of the table: what happened when a client asked the sandbox for an operation."""

from dataclasses import dataclass
from typing import Literal

from buyerline.testing import AmazonSandbox
from tests.interop.clients import Client
from tests.interop.operations import Operation, ask, has_happened

State = Literal["works", "refused", "not offered"]


@dataclass(frozen=True)
class Cell:
    """``remarks`` are the notes that the sandbox made of the requests, and the reason of a refusal."""

    state: State
    remarks: frozenset[str] = frozenset()


NOT_OFFERED = Cell("not offered")


def try_out(client: Client, operation: Operation, amazon: AmazonSandbox) -> Cell:
    """Let the client ask for the operation and see what comes of it.

    Raises:
        Exception: whatever the client raises, unless it is known to break the model here.
        AssertionError: the client is content although the sandbox did not do what was asked, or the other way round.
    """
    if not client.offers(operation):
        return NOT_OFFERED
    question = ask(amazon, operation)
    before = len(amazon.requests())
    try:
        answer = client.call(amazon, operation, question)
    except Exception:
        if operation not in client.quirks or _status(amazon, operation, before) < 400:
            raise
        status = _status(amazon, operation, before)
        return Cell("refused", _notes(amazon, operation, before) | {f"Answered {status}. {client.quirks[operation]}"})
    assert operation not in client.quirks, "the client breaks the model no more: remove the quirk"
    assert 200 <= _status(amazon, operation, before) < 300
    assert not client.asks_as_told or has_happened(amazon, operation, question, answer), answer
    return Cell("works", _notes(amazon, operation, before))


def _status(amazon: AmazonSandbox, operation: Operation, before: int) -> int:
    """How the last request for the operation was answered."""
    return [request.status for request in amazon.requests()[before:] if request.operation == operation.id][-1]


def _notes(amazon: AmazonSandbox, operation: Operation, before: int) -> frozenset[str]:
    asked = [request for request in amazon.requests()[before:] if request.operation == operation.id]
    return frozenset(f"The sandbox notes: {note}." for request in asked for note in request.notes)
