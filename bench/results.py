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


class PaceFigures(msgspec.Struct, frozen=True):
    """Messages of one account.

    ``seconds`` are those from queueing them to the last one's acceptance, ``throttled`` the calls answered with 429.
    """

    database: str
    workers: int
    seconds: float
    throttled: int


class Pace(msgspec.Struct, frozen=True):
    """One account's ``messages``, for which the usage plan alone takes ``plan_seconds``."""

    messages: int
    plan_seconds: float
    figures: list[PaceFigures]


class LoadFigures(msgspec.Struct, frozen=True):
    """Many accounts with ``each`` so many messages.

    ``rate`` is messages per second from the first to the last acceptance, ``share`` the part of it that the usage
    plans allow (``None`` where they set no limit), ``cpu`` milliseconds of the workers together and ``statements``
    SQL statements for a message, ``memory`` MiB at the peak of the largest worker, ``throttled`` calls answered with
    429 in all ``rounds``.
    """

    database: str
    workers: int
    server: str
    each: int
    rounds: int
    rate: Spread
    share: Spread | None
    cpu: Spread
    statements: Spread
    memory: Spread
    throttled: int


class Load(msgspec.Struct, frozen=True):
    """Work of so many accounts, with several databases, workers and servers."""

    accounts: int
    figures: list[LoadFigures]


KILLED = "process killed"
HOST_LOST = "host lost"


class TakeoverFigures(msgspec.Struct, frozen=True):
    """A worker that ends while it sends; ``end`` is `KILLED` or `HOST_LOST`.

    ``owned`` is seconds until all of its accounts are another's and what it was sending is said to be unknown,
    ``sent`` seconds until another has sent a message of these accounts, ``unknown`` the messages whose outcome was
    unknown then, in all rounds.
    """

    database: str
    end: str
    owned: Spread
    sent: Spread
    unknown: int


class Takeovers(msgspec.Struct, frozen=True):
    """Workers that end in the middle of the work of so many accounts."""

    rounds: int
    accounts: int
    figures: list[TakeoverFigures]


class Adding(msgspec.Struct, frozen=True):
    """Seconds to queue ``messages`` by the API, and a file of as many lines by the command, by database."""

    rounds: int
    messages: int
    api: dict[str, Spread]
    file: dict[str, Spread]


class QueueFigures(msgspec.Struct, frozen=True):
    """A queue of ``length`` messages.

    ``memory`` is MiB at a worker's peak, ``listing`` milliseconds for the list's query in a process that has made it
    before, ``command`` milliseconds for the whole command.
    """

    database: str
    length: int
    memory: float
    listing: Spread
    command: Spread


class Queues(msgspec.Struct, frozen=True):
    """Queues of several lengths, in which ``accounts`` have ``each`` so many messages sent before all others."""

    accounts: int
    each: int
    figures: list[QueueFigures]


class ComparisonFigures(msgspec.Struct, frozen=True):
    """One program with one work of ``messages``, for which the usage plans alone take ``plan_seconds``.

    ``killed`` says whether it was killed in the middle and started again, ``seconds`` is from its first start to the
    last message. ``throttled`` are calls answered with 429, ``arrived`` messages that buyers got, ``repeated`` those
    that they got again, ``unknown`` those of which the program says that nobody knows whether they were sent, and
    ``lost`` those that neither arrived nor are said to be unknown.
    """

    program: str
    work: str
    killed: bool
    messages: int
    plan_seconds: float
    seconds: float
    throttled: int
    arrived: int
    repeated: int
    unknown: int
    lost: int


class Comparison(msgspec.Struct, frozen=True):
    """The outbox and a plain loop, by program and work."""

    notes: dict[str, str]
    figures: list[ComparisonFigures]


class PageFigures(msgspec.Struct, frozen=True):
    """Pages of one kind: the ``group`` of kinds that it belongs to, and the milliseconds that each request took."""

    group: str
    name: str
    taken: list[float]


class AppPages(msgspec.Struct, frozen=True):
    """The app's pages with so many ``orders`` of ``accounts`` on a ``database``, ``times`` requests of each kind.

    ``filled`` is the seconds that it took to keep the orders.
    """

    database: str
    orders: int
    accounts: int
    times: int
    filled: float
    figures: list[PageFigures]


class ViewFigures(msgspec.Struct, frozen=True):
    """A page in a browser that has kept nothing yet: bytes over the wire, headers included, by what was asked for."""

    page: str
    parts: dict[str, int]

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.parts.values())


class Results(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run. A part that was not asked for is ``None``."""

    machine: Machine
    calls: Calls | None = None
    imports: Imports | None = None
    uploads: Uploads | None = None
    throughput: Throughput | None = None
    outbox_pace: Pace | None = None
    outbox_load: Load | None = None
    outbox_takeover: Takeovers | None = None
    outbox_adding: Adding | None = None
    outbox_queue: Queues | None = None
    outbox_loop: Comparison | None = None
    app_pages: list[AppPages] | None = None
    app_views: list[ViewFigures] | None = None


def to_json(results: Results) -> str:
    """The results as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"


def from_json(text: str) -> Results:
    """The results of an earlier run.

    Raises:
        msgspec.ValidationError: it is not what `to_json` writes.
    """
    return msgspec.json.decode(text, type=Results)
