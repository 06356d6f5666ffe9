"""What commands write: JSON, one-line sentences, and the small forms of times, sizes and amounts in tables."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


GIVING_WAY = frozenset({"Items", "What it is for", "Reason", "Why"})
"""Headers of columns that may be shortened or wrapped."""


def console(*, stderr: bool = False, at_least: int = 0) -> "Console":
    """Rich's console. Markup and automatic highlighting are off: Amazon's and sellers' words are shown as they are.

    Args:
        stderr: write there.
        at_least: columns to use even in a narrower terminal, which goes on in its next line and so loses nothing.
    """
    from rich.console import Console

    made = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    made.width = max(made.width, at_least)
    return made


def table(*headers: str) -> "Table":
    """An empty table without lines, which leaves the most room in a terminal of 80 columns."""
    from rich.table import Table

    made = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for header in headers:
        # Only these give way where the terminal is narrow: a shortened order id would be worth nothing.
        made.add_column(header, no_wrap=header not in GIVING_WAY)
    return made


def print_document(document: dict[str, Any]) -> None:
    """Write a JSON document to stdout, in ASCII so that no terminal's or pipe's encoding can spoil it."""
    typer.echo(json.dumps(document, indent=2))


def one_line(text: str) -> str:
    """`text` on one line and without anything that a terminal would obey."""
    words = " ".join(text.split())
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in words)


def plain(text: str) -> str:
    """`text` with its line breaks and without anything else that a terminal would obey."""
    kept = (character if character.isprintable() or character == "\n" else " " for character in text.expandtabs())
    return "".join(kept)


def moment(at: datetime) -> str:
    """A time in the viewer's zone, to the minute."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def day(at: datetime) -> str:
    """A day in the viewer's zone, short where it is of this year."""
    local = at.astimezone()
    return local.strftime("%b %d" if local.year == datetime.now(local.tzinfo).year else "%Y-%m-%d")


def counted(number: int, noun: str) -> str:
    """``1 message``, ``1,000 messages``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """How long something takes, for people."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def size(count: int) -> str:
    """A number of bytes for people, in powers of ten as Amazon's limit is."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:,.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
