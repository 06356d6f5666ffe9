"""What is measured, as data: written to docs/benchmarks.json and rendered to docs/benchmarks.md."""

from collections.abc import Iterable
from statistics import median

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """Several measurements of one thing: the middle one, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """The spread of at least one value, to six significant digits.

        Raises:
            ValueError: there is no value.
        """
        numbers = [float(f"{value:.6g}") for value in values]
        if not numbers:
            raise ValueError("nothing was measured")
        return cls(float(f"{median(numbers):.6g}"), min(numbers), max(numbers))


class Machine(msgspec.Struct, frozen=True):
    """Where and with what it was measured. ``memory`` is in GiB, ``measured_at`` a date and time in UTC."""

    measured_at: str
    cpu: str
    cores: int
    memory: float
    kernel: str
    python: str
    curl: str
    versions: dict[str, str]


class ClientFigures(msgspec.Struct, frozen=True):
    """One client, one mode (``sync`` or ``async``), one operation.

    ``cpu`` is milliseconds of user and system time of the client's process for a call, ``rate`` calls per second.
    """

    client: str
    mode: str
    operation: str
    cpu: Spread
    rate: Spread


class Calls(msgspec.Struct, frozen=True):
    """Calls by every client, ``seconds`` of each kind in each of ``rounds`` rounds, ``at_once`` in the async mode."""

    rounds: int
    seconds: float
    at_once: int
    notes: dict[str, str]
    figures: list[ClientFigures]

    def cpu(self, client: str, mode: str, operation: str) -> float | None:
        """The median CPU of a call in milliseconds, ``None`` where the client has no such mode."""
        key = (client, mode, operation)
        return next((f.cpu.median for f in self.figures if (f.client, f.mode, f.operation) == key), None)


class Imports(msgspec.Struct, frozen=True):
    """Milliseconds that each import statement takes in a fresh interpreter, and a bare interpreter's whole run."""

    rounds: int
    bare: Spread
    statements: dict[str, Spread]


class UploadFigures(msgspec.Struct, frozen=True):
    """One uploader.

    ``put`` and ``total`` are milliseconds, ``total`` with digest and destination. ``memory`` is MiB at the process's
    peak, beyond the peak of the same process with a file of 1 kB.
    """

    put: Spread
    total: Spread | None
    memory: Spread


class Uploads(msgspec.Struct, frozen=True):
    """A file of ``size`` bytes put to a destination."""

    rounds: int
    size: int
    uploaders: dict[str, UploadFigures]


class Throughput(msgspec.Struct, frozen=True):
    """getMessagingActionsForOrder on a sandbox that has one core: answers per second and its CPU (ms) for each."""

    rounds: int
    seconds: float
    at_once: int
    rate: Spread
    cpu: Spread


class Results(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run. A part that was not asked for is ``None``."""

    machine: Machine
    calls: Calls | None = None
    imports: Imports | None = None
    uploads: Uploads | None = None
    throughput: Throughput | None = None


def to_json(results: Results) -> str:
    """The results as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"


def from_json(text: str) -> Results:
    """The results of an earlier run.

    Raises:
        msgspec.ValidationError: it is not what `to_json` writes.
    """
    return msgspec.json.decode(text, type=Results)
