"""What came of a call, comparable between libraries and between runs."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.running import Amazon
from tests.sp_api.sides import Side, Steps, run

_TIME_OR_ID = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_NEW_EACH_TIME = frozenset({"uploadDestinationId", "url", "NextToken", "nextToken", "restrictedDataToken"})


@dataclass(frozen=True)
class Outcome:
    """An answer or an exception, and the messages that Amazon has then.

    Attributes:
        kind: the class of what was returned or raised.
        code: an exception's code.
        amazon_code: Amazon's code in it.
        told: everything else that a program can see: the parts of the answer, or of the exception.
        sent: the ledger, without what is new each time.
        odd: what the sandbox noted about the requests, such as parameters that Amazon's model does not have.
    """

    kind: str
    code: int | None
    amazon_code: str | None
    told: Any
    sent: tuple[Any, ...]
    odd: frozenset[str] = field(compare=False)

    def words(self) -> str:
        """The outcome in a cell of the table."""
        messages = f"{len(self.sent)} message{'s' if len(self.sent) > 1 else ''} sent" if self.sent else ""
        named = f"`{self.kind}`" + "".join(f" {part}" for part in (self.code, self.amazon_code) if part)
        what = "answer" if self.kind == "ApiResponse" else str(self.told) if self.kind in {"str", "int"} else named
        return ", ".join(part for part in (what, messages) if part)


def outcome(steps: Steps, amazon: Amazon, root: str, namespace: str, prepare: Callable[[Amazon], Any]) -> Outcome:
    """Carry out the steps with one library in a fresh world."""
    amazon.control("POST", "reset")
    amazon.lift_plans()
    prepare(amazon)
    try:
        result = run(steps, Side(amazon, root, namespace))
    except Exception as error:  # noqa: BLE001 - whatever a library raises is its outcome
        return _of_exception(error, amazon)
    return Outcome(type(result).__name__, None, None, _told(result), _sent(amazon), _odd(amazon))


def _of_exception(error: Exception, amazon: Amazon) -> Outcome:
    code = getattr(error, "code", None) or getattr(error, "status_code", None)
    amazon_code = getattr(error, "amzn_code", None) or getattr(error, "error_code", None)
    told = _stable({name: getattr(error, name, None) for name in ("message", "error")})
    return Outcome(type(error).__name__, code, amazon_code, told, _sent(amazon), _odd(amazon))


def _told(result: Any) -> Any:
    if type(result).__name__ != "ApiResponse":
        return result
    told = {name: getattr(result, name) for name in ("payload", "errors", "pagination", "rate_limit")}
    return _stable({**told, "next_token": bool(result.next_token), "headers": sorted(result.headers.keys())})


def _stable(value: Any) -> Any:
    """`value` without what differs from run to run."""
    if isinstance(value, dict):
        return {name: "..." if name in _NEW_EACH_TIME else _stable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_stable(part) for part in value]
    return _TIME_OR_ID.sub("...", value) if isinstance(value, str) else value


def _sent(amazon: Amazon) -> tuple[Any, ...]:
    return tuple(
        (
            message["type"],
            message["marketplace_id"],
            message["text"],
            [file["file_name"] for file in message["attachments"]],
        )
        for message in amazon.ledger()
    )


def _odd(amazon: Amazon) -> frozenset[str]:
    requests = amazon.control("GET", "requests")["requests"]
    return frozenset(note for request in requests for note in request["notes"] if not note.startswith("fault:"))
