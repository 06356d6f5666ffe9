"""What `buyerline send-many` shows while messages are sent, and at the end."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import typer

from buyerline.cli.output import console, counted, duration, moment, one_line
from buyerline.outbox.messages import UNDER_WAY, Message, State

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from buyerline.cli.many_wait import Ending

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""

LISTED = 20
"""Messages that were not sent and are listed at the end."""

NEEDS_A_PERSON = (State.UNKNOWN, State.REFUSED, State.FAILED, State.EXPIRED, State.CANCELLED)


class Shown(Protocol):
    """Where the progress is shown."""

    def progress(self, counts: Mapping[State, int], rate: float, left: float | None) -> None:
        """Show how many messages are in each state, how many end a second, and the seconds left if known."""

    def note(self, words: str) -> None:
        """Say something once; the same again only after something else."""


@contextmanager
def showing() -> Iterator[Shown]:
    """A bar while the block lasts; where there is no terminal to draw it on, a line now and then. Both on stderr."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(BarColumn(), TextColumn("{task.description}"), console=screen, transient=True) as bars:
        yield _Bar(bars, bars.add_task("", total=None))


def told(counts: Mapping[State, int]) -> str:
    """``805 sent, 2 refused, 193 queued``; nothing of states in which none is."""
    order = (State.SENT, *NEEDS_A_PERSON, State.SENDING, State.QUEUED)
    return ", ".join(f"{counts[state]:,} {state}" for state in order if counts.get(state)) or "nothing"


def _pace(rate: float, left: float | None) -> str:
    return "" if left is None else f"; {rate:.1f} a second, about {duration(left)} left"


class _Bar:
    def __init__(self, bars: "Progress", task: "TaskID") -> None:
        self._bars = bars
        self._task = task
        self._said = ""

    def progress(self, counts: Mapping[State, int], rate: float, left: float | None) -> None:
        total = sum(counts.values())
        done = total - sum(counts.get(state, 0) for state in UNDER_WAY)
        self._bars.update(self._task, total=total, completed=done, description=f"{told(counts)}{_pace(rate, left)}")

    def note(self, words: str) -> None:
        if words != self._said:
            self._said = words
            self._bars.console.print(f"note: {one_line(words)}")


class _Lines:
    def __init__(self) -> None:
        self._at = time.monotonic()
        self._said = ""

    def progress(self, counts: Mapping[State, int], rate: float, left: float | None) -> None:
        if time.monotonic() - self._at > EVERY:
            self._at = time.monotonic()
            typer.echo(f"{sum(counts.values()):,} messages: {told(counts)}{_pace(rate, left)}", err=True)

    def note(self, words: str) -> None:
        if words != self._said:
            self._said = words
            typer.echo(f"note: {one_line(words)}", err=True)


def show_end(ending: "Ending", unsent: Sequence[Message], again: str) -> None:
    """Say how it ended, which messages need a person, and what to do next.

    Args:
        ending: how it ended.
        unsent: messages that were not sent, at most those that are to be listed.
        again: the command that goes on.
    """
    typer.echo(f"{counted(sum(ending.counts.values()), 'message')}: {told(ending.counts)}.")
    for message in unsent[:LISTED]:
        typer.echo(f"  {message.id}  {message.state}  {one_line(message.order_id)}  {one_line(message.reason or '')}")
    number = ending.number(*NEEDS_A_PERSON)
    if number > LISTED:
        typer.echo(f"  and {number - LISTED:,} more: buyerline outbox list --state STATE")
    for line in _what_next(ending, again):
        typer.echo(line)


def _what_next(ending: "Ending", again: str) -> Iterator[str]:
    if ending.number(State.UNKNOWN):
        yield "Unknown: look in Seller Central > Messages > Sent, then decide each: buyerline outbox resolve ID"
    if ending.number(*NEEDS_A_PERSON[1:]):
        yield "Not sent: once what is wrong is mended, buyerline outbox retry ID"
    for account, reason in list(ending.outlook.stopped.items())[:LISTED]:
        yield f"Account {one_line(account)} is stopped: {one_line(reason)}"
    queued = ending.number(*UNDER_WAY)
    if queued and ending.outlook.next_at and ending.outlook.later == queued:
        yield f"The first of those queued is due at {moment(ending.outlook.next_at)}: `buyerline worker` sends them."
    elif queued:
        yield f"Those queued stay so. To go on: {again} (nothing is sent twice), or buyerline worker"
