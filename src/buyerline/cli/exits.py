"""How a command ends: its exit status, its lines on stderr, and its JSON document. One mapping for all commands.

Every failure is an error of the family of `buyerline.amazon.errors`; nothing foreseeable ends in a traceback.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from buyerline.amazon import errors
from buyerline.cli.output import one_line, print_document
from buyerline.cli.streams import CannotWrite
from buyerline.outbox.errors import KeyTaken, OutboxUnavailable, WrongState

if TYPE_CHECKING:
    from buyerline.outbox.files import LineProblem
    from buyerline.outbox.messages import Message


class Exit(IntEnum):
    """The exit status of a command.

    ``WRONG_USAGE`` is also for missing credentials and wrong settings, ``STOPPED`` for Ctrl-C (128 + SIGINT, as
    shells report it), for a "no" to the question whether to send, and for a stdout that cannot be written.
    """

    DONE = 0
    WRONG_USAGE = 2
    REFUSED_BY_CHECK = 3
    REFUSED_BY_AMAZON = 4
    OUTCOME_UNKNOWN = 5
    NOT_NOW = 6
    STOPPED = 130


class Stopped(errors.BuyerlineError):
    """The person at the keyboard ended the command."""

    code = "stopped"

    def __init__(self, message: str = "Stopped: nothing was sent.") -> None:
        super().__init__(message)


class FileRefused(errors.BuyerlineError):
    """Lines of a file were refused; nothing was queued.

    Attributes:
        problems: those that are told, each with its line.
    """

    code = "file_refused"

    def __init__(self, path: Path, problems: "Sequence[LineProblem]", count: int) -> None:
        self.problems = problems
        many = f"{count:,} problems" if count > 1 else "a problem"
        told = f", of which the first {len(problems):,} are told" if count > len(problems) else ""
        super().__init__(f"{path} has {many}{told}, so nothing was queued.", hint="Mend the file and run it again.")


class NobodyKnows(errors.BuyerlineError):
    """A message of the outbox was posted, and nobody can say whether Amazon took it.

    Attributes:
        request_id: Amazon's request id, where an answer carried one.
    """

    code = errors.OutcomeUnknown.code

    def __init__(self, message: "Message", words: str) -> None:
        self.request_id = message.request_id
        super().__init__(
            words,
            hint=f"Then decide: buyerline outbox resolve {message.id} --arrived where Seller Central shows it, or "
            "--not-arrived to send it again.",
        )


class PutBack(errors.BuyerlineError):
    """A worker could not send the message now. It was taken back, so nothing was sent."""

    code = "put_back"
    permanent = False


class NotSent(errors.BuyerlineError):
    """A worker came to the end of a message without sending it; the message in the outbox says why."""

    code = "not_sent"


# The first row that fits counts, so the special cases stand before the family they belong to.
_STATUS_OF: tuple[tuple[type[errors.BuyerlineError], Exit], ...] = (
    (Stopped, Exit.STOPPED),
    (CannotWrite, Exit.STOPPED),
    (errors.DraftRefused, Exit.REFUSED_BY_CHECK),
    (FileRefused, Exit.REFUSED_BY_CHECK),
    (KeyTaken, Exit.REFUSED_BY_CHECK),
    (WrongState, Exit.REFUSED_BY_CHECK),
    (errors.OutcomeUnknown, Exit.OUTCOME_UNKNOWN),
    (NobodyKnows, Exit.OUTCOME_UNKNOWN),
    (errors.NotNow, Exit.NOT_NOW),
    (errors.Throttled, Exit.NOT_NOW),
    (errors.AmazonUnavailable, Exit.NOT_NOW),
    (errors.DeniedForNow, Exit.NOT_NOW),
    (errors.TransportError, Exit.NOT_NOW),
    (OutboxUnavailable, Exit.NOT_NOW),
    (PutBack, Exit.NOT_NOW),
    (errors.AmazonError, Exit.REFUSED_BY_AMAZON),
    (NotSent, Exit.REFUSED_BY_AMAZON),
)


def status_of(error: errors.BuyerlineError) -> Exit:
    """The exit status that an error means; what is no answer of Amazon's and no check is wrong usage."""
    return next((status for kind, status in _STATUS_OF if isinstance(error, kind)), Exit.WRONG_USAGE)


TRY_AGAIN = "Try again."


def lines_of(error: errors.BuyerlineError, again: str = TRY_AGAIN) -> list[str]:
    """What is said of an error on stderr: one line for each problem, the field first, then what to do.

    Args:
        error: what went wrong.
        again: the end of the line where the same command may well succeed in a while; may be empty.
    """
    if isinstance(error, errors.DraftRefused):
        return [f"error: {one_line(_with_option(problem))}" for problem in error.problems]
    if isinstance(error, FileRefused):
        return [*(f"error: {one_line(str(each))}" for each in error.problems), f"error: {sentences_of(error)}"]
    if isinstance(error, Stopped):
        return [error.message]
    field = "credentials: " if isinstance(error, errors.LoginError) else ""
    said = sentences_of(error)
    if status_of(error) is Exit.NOT_NOW:
        said = f"{said.removesuffix(errors.AmazonUnavailable.default_hint).rstrip()} {again}".rstrip()
    return [f"error: {field}{said}"]


_OPTION_OF = {
    "order_id": "ORDER",
    "type": "TYPE",
    "text": "--text",
    "attachments": "--attach",
    "coverage_start": "--coverage-start",
    "coverage_end": "--coverage-end",
    "marketplace": "--marketplace",
}


def _with_option(problem: errors.Problem) -> str:
    """A problem with the option that gave its field: ``text (--text): ...``; a file also by its number, from 1."""
    name, _, rest = problem.field.partition("[")
    option = _OPTION_OF.get(name)
    if option is None:
        return str(problem)
    index = rest.partition("]")[0]
    number = f" number {int(index) + 1}" if index.isdecimal() else ""
    return f"{problem.field} ({option}{number}): {problem.message}"


def sentences_of(error: errors.BuyerlineError) -> str:
    """What happened and what to do, on one line."""
    said = error.message if error.message.endswith((".", "?", "!")) or not error.hint else f"{error.message}."
    return one_line(f"{said} {error.hint}")


def document_of(error: errors.BuyerlineError) -> dict[str, Any]:
    """The JSON document of an error.

    ``{"error": {"code", "message", "hint"}}``, always. An answer of Amazon's adds ``operation``, ``status``,
    ``amazon_code`` and ``request_id`` to it; a check's refusal adds ``"problems": [{"code", "field", "message",
    "start", "end", "also"}]`` beside it, with ``line`` in each where it is a file's.
    """
    told: dict[str, Any] = {"code": error.code, "message": error.message, "hint": error.hint}
    if isinstance(error, errors.AmazonError):
        told |= {
            "operation": error.operation,
            "status": error.status,
            "amazon_code": error.amazon_code,
            "request_id": error.request_id,
        }
    if isinstance(error, errors.DraftRefused):
        return {"problems": [problem_document(problem) for problem in error.problems], "error": told}
    if isinstance(error, FileRefused):
        problems = [{"line": each.line, **problem_document(each.problem)} for each in error.problems]
        return {"problems": problems, "error": told}
    return {"error": told}


def problem_document(problem: errors.Problem) -> dict[str, Any]:
    """A problem in JSON; ``start`` and ``end`` are code points of the text, where it is about a stretch of it.

    ``also`` lists the further stretches with the same problem, each ``[start, end]``.
    """
    return {
        "code": str(problem.code),
        "field": problem.field,
        "message": problem.message,
        "start": problem.start,
        "end": problem.end,
        "also": [list(place) for place in problem.also],
    }


@contextmanager
def reporting(
    *,
    as_json: bool,
    document: Callable[[errors.BuyerlineError], dict[str, Any]] = document_of,
    again: str = TRY_AGAIN,
) -> Iterator[None]:
    """Around the body of a command: says what went wrong and exits with the status that it means.

    Args:
        as_json: also write the document to stdout.
        document: makes it; commands that promise more in their JSON than `document_of` gives have their own.
        again: see `lines_of`.
    """
    try:
        yield
    except errors.BuyerlineError as error:
        report(error, document(error) if as_json else None, again)
        raise typer.Exit(status_of(error)) from None
    except KeyboardInterrupt:
        stopped = Stopped()
        report(stopped, document(stopped) if as_json else None)
        raise typer.Exit(Exit.STOPPED) from None


def report(error: errors.BuyerlineError, document: dict[str, Any] | None, again: str = TRY_AGAIN) -> None:
    """Write an error's lines to stderr, and its document, where there is one, to stdout if that takes it."""
    for line in lines_of(error, again):
        typer.echo(line, err=True)
    if document is not None:
        with suppress(CannotWrite):
            print_document(document)
