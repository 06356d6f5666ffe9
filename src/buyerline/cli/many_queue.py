"""From a file of messages to messages in the outbox: all of them, or none."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from buyerline.amazon.connect import default_marketplace
from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import PLAN
from buyerline.cli.connection import place_of
from buyerline.cli.exits import FileRefused, Stopped
from buyerline.cli.output import console, one_line
from buyerline.cli.signals import Heard
from buyerline.outbox import KeyTaken, Outbox, Outgoing
from buyerline.outbox.files import FileCheck, LineCode, LineProblem, check_file, read_file


@dataclass(frozen=True, slots=True)
class Queued:
    """A file whose messages are in the outbox.

    Attributes:
        batch: the name under which they are found together, the same for the same file.
        new: how many were queued now.
        repeated: how many had been there before.
    """

    batch: str
    new: int
    repeated: int


def check(path: Path, account: str, marketplace: str | None) -> FileCheck:
    """Check every line of a file.

    Raises:
        FileRefused: something is wrong with it.
        ConfigurationError: it cannot be read, or there is no such marketplace.
        DraftRefused: the marketplace is in another region than the account.
    """
    place = default_marketplace(place_of(account, marketplace))
    with _busy(f"Checking {path} ..."):
        checked = check_file(path, account=account, marketplace=place)
    if checked.problem_count:
        raise FileRefused(path, checked.problems, checked.problem_count)
    return checked


def shortest_time(accounts: Mapping[str, int]) -> float:
    """Seconds that Amazon's usage plan makes it take at least: accounts are served side by side."""
    longest = max(accounts.values(), default=0)
    return max(0, longest - PLAN.burst) / PLAN.rate


def queue(outbox: Outbox, checked: FileCheck, heard: Heard) -> Queued:
    """Queue the messages of a checked file.

    Raises:
        FileRefused: an idempotency key stands for another message.
        Stopped: Ctrl-C before it was done.
        BuyerlineError: why nothing was queued.
    """
    batch = batch_of(checked, outbox)
    new = repeated = 0
    try:
        with _busy("Queueing ..."), outbox.adding(batch=batch) as adding:
            for added in adding.add(_heeding(heard, (outgoing for _, outgoing in read_file(checked)))):
                new, repeated = new + (not added.repeated), repeated + added.repeated
            if heard.times:
                raise Stopped
    except KeyTaken as taken:
        raise _refused(checked, outbox, taken) from None
    for account in outbox.stopped():
        if account in checked.accounts:
            outbox.resume(account)
    return Queued(batch, new, repeated - checked.repeated_count)


def batch_of(checked: FileCheck, outbox: Outbox) -> str:
    """The name of a file's messages: its own, and a digest of all that decides what they are."""
    digest = hashlib.sha256("\n".join([outbox.endpoint, outbox.marketplace.id, checked.account, ""]).encode())
    with checked.path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return f"{one_line(checked.path.name)[:80]}-{digest.hexdigest()[:16]}"


def _heeding(heard: Heard, outgoing: Iterable[Outgoing]) -> Iterator[Outgoing]:
    """The same messages, until Ctrl-C is heard."""
    for each in outgoing:
        if heard.times:
            raise Stopped
        yield each


def _refused(checked: FileCheck, outbox: Outbox, taken: KeyTaken) -> FileRefused:
    """The refusal of a line whose key stands for a message with other content."""
    other = outbox.get(taken.message_id)
    words = (
        f"The key stands for message {other.id} already, whose content is another. Give each message a key of its own, "
        "or none: then its content is its key."
    )
    lines = (
        line
        for line, outgoing in read_file(checked)
        if (outgoing.idempotency_key, outgoing.account) == (other.idempotency_key, other.account)
    )
    problem = Problem(LineCode.IDEMPOTENCY_KEY_TAKEN, "idempotency_key", words)
    return FileRefused(checked.path, [LineProblem(next(lines, 0), problem)], 1)


@contextmanager
def _busy(words: str) -> Iterator[None]:
    """Say on a terminal what takes a while."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield
        return
    with screen.status(words):
        yield
