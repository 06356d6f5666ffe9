"""Asking the person at the keyboard."""

import sys

import typer

from buyerline.amazon.errors import ConfigurationError
from buyerline.cli.exits import Stopped


def confirm(question: str, *, as_json: bool, hint: str, undone: str = "nothing was sent") -> None:
    """Ask whether to go on.

    Args:
        question: what is asked.
        as_json: whether stdout is for a document, so that nobody can be asked.
        hint: what to do where nobody can be asked.
        undone: what has not happened yet.

    Raises:
        ConfigurationError: there is nobody to ask.
        Stopped: the answer is no.
    """
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigurationError(f"--yes: nobody can be asked here, so {undone}.", hint=hint, code="usage")
    try:
        agreed = typer.confirm(question)
    except typer.Abort:
        typer.echo()
        agreed = False
    if not agreed:
        raise Stopped
