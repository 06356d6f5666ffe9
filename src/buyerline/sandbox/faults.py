"""Faults on demand: what goes wrong between a client and Amazon, when it is asked for."""

from random import Random
from typing import Any, Literal

import msgspec

Kind = Literal["status", "delay", "reset_before", "reset_after", "hang_after", "half_answer", "html"]

DEFAULT_STATUS: dict[str, int] = {"status": 500, "html": 502}


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One fault to play.

    Attributes:
        operation: An operationId, ``lwa`` for token requests, ``s3`` for stored files, or ``*`` for everything.
        kind: ``status`` answers with an error, ``html`` with a web page, ``delay`` answers late; ``reset_before`` and
            ``reset_after`` break the connection before the request was taken up or after it was carried out;
            ``hang_after`` carries it out and never answers; ``half_answer`` breaks off in the middle of the answer.
        status: The HTTP status of ``status`` (default 500) and ``html`` (default 502; 200 is possible).
        seconds: How long ``delay`` waits (default 1), or after how long ``hang_after`` breaks the connection
            (default: never).
        count: How often it is played, ``None`` without end.
        probability: How likely it is played at each request.
        seed: The same seed draws the same requests again.
    """

    operation: str
    kind: Kind
    status: int | None = None
    seconds: float | None = None
    count: int | None = None
    probability: float = 1.0
    seed: int = 0

    def problem(self) -> str | None:
        """What is wrong with the values, ``None`` if nothing."""
        if self.status is not None and not 200 <= self.status <= 599:
            return "status must be between 200 and 599"
        if self.seconds is not None and not 0 <= self.seconds <= 3600:
            return "seconds must be between 0 and 3600"
        if self.count is not None and self.count < 1:
            return "count must be at least 1, or left out for a fault without end"
        if not 0 <= self.probability <= 1:
            return "probability must be between 0 and 1"
        return None

    @property
    def status_to_answer(self) -> int:
        """The HTTP status of a ``status`` or ``html`` fault."""
        return self.status or DEFAULT_STATUS.get(self.kind, 500)


class Faults:
    """The faults that are to be played, the first that matches wins."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, faults: list[Fault]) -> None:
        """Arm these faults behind the ones already there."""
        self._armed += [_Armed(fault) for fault in faults]

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def draw(self, operation: str) -> Fault | None:
        """The fault to play on a request of this operation."""
        for armed in self._armed:
            if armed.fault.operation in (operation, "*") and armed.plays():
                return armed.fault
        return None

    def list(self) -> list[dict[str, Any]]:
        """The faults with what is left of them."""
        return [msgspec.structs.asdict(armed.fault) | {"played": armed.played} for armed in self._armed]


class _Armed:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.played = 0
        self._random = Random(fault.seed)  # noqa: S311 - repeatable on purpose

    def plays(self) -> bool:
        if self.fault.count is not None and self.played >= self.fault.count:
            return False
        if self.fault.probability < 1 and self._random.random() >= self.fault.probability:
            return False
        self.played += 1
        return True
