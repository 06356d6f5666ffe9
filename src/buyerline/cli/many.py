"""``buyerline send-many``: check a file of messages, queue all of them or none, and see them sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buyerline.amazon.errors import BuyerlineError
from buyerline.cli.asking import confirm
from buyerline.cli.exits import Exit, document_of, reporting, status_of
from buyerline.cli.options import Account, AsJson, Marketplace, OnUnknown
from buyerline.cli.output import counted, duration, print_document
from buyerline.cli.signals import hearing
from buyerline.cli.streams import CannotWrite

if TYPE_CHECKING:
    from buyerline.cli.many_queue import Queued
    from buyerline.cli.many_wait import Ending
    from buyerline.outbox import Message, Outbox
    from buyerline.outbox.files import FileCheck

REPEATS_SHOWN = 5

DOCUMENTED = 1000
"""Messages that were not sent and stand in the JSON document."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSON Lines, a message a line.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Queue only; `buyerline worker` sends.")]


def send_many(
    file: File,
    yes: Yes = False,
    no_wait: NoWait = False,
    on_unknown: OnUnknown = "ask",
    account: Account = "default",
    marketplace: Marketplace = None,
    as_json: AsJson = False,
) -> None:
    """Send all messages of a file.

    Its columns (CSV) or keys (JSON Lines): `order_id`, `type`, `text` or `text_file`, `attachments` (paths, with
    semicolons between them or as a JSON list), `coverage_start`, `coverage_end`, `account`, `marketplace`,
    `idempotency_key`, `not_before`, `expires_at`, `priority`. In a text, `{order_id}` stands for the line's own, and
    so does the name of any other column. `--account` and `--marketplace` are for lines that name none.

    Every line is checked first, and every problem is told with its line number; then you are asked, then all messages
    are queued, or none. They are sent as fast as Amazon's usage plans allow while the progress is shown: on SQLite by
    this command itself unless a worker runs, on PostgreSQL by `buyerline worker`. Ctrl-C leaves the rest queued; run
    it again to go on. What was queued before is never queued again.

    Exit status:

    - 0 all sent, or waiting for the time for which they are scheduled
    - 3 refused by a check, nothing queued
    - 4 some were refused, failed, expired or were cancelled
    - 5 of some nobody knows whether Amazon took them
    - 6 some cannot be sent before something is mended, and stay queued
    - 130 stopped by Ctrl-C or a "no"

    With `--json`: `{"status", "batch", "queued", "repeated", "counts", "problems", "messages"}`, and `error` where
    there is one: how many were queued now and how many had been before, how many are in each state, the problems
    (`line`, `code`, `field`, `message`, ...), and the messages that were not sent, at most 1,000, as `outbox list`
    has them. `status` is `sent`, `queued` (not due yet, or `--no-wait`), `refused`, `unknown`, `not_now`, `stopped` or
    `error`.
    """
    told: dict[str, Any] = {"batch": None, "queued": 0, "repeated": 0, "counts": {}, "problems": [], "messages": []}
    again = "Run it again: what is queued is not queued twice."
    with reporting(as_json=as_json, document=lambda error: _failure(error, told), again=again):
        from buyerline.cli.many_queue import check, queue
        from buyerline.cli.many_show import showing
        from buyerline.cli.many_wait import Waiting, glance
        from buyerline.outbox import Outbox

        checked = check(file, account, marketplace)
        if not as_json:
            _show_plan(checked)
        if checked.lines and not yes:
            confirm(
                "Send them?", as_json=as_json, hint="Pass --yes to send without asking.", undone="nothing was queued"
            )
        with hearing() as heard, Outbox(marketplace=checked.marketplace) as outbox:
            queued = queue(outbox, checked, heard)
            told |= {"batch": queued.batch, "queued": queued.new, "repeated": queued.repeated}
            if not as_json:
                _show_queued(outbox, queued)
            if no_wait:
                ending = glance(outbox, queued.batch)
            else:
                with showing() as shown:
                    ending = Waiting(outbox, queued.batch, heard, shown, resend=on_unknown == "resend").run()
            _tell_end(outbox, ending, told, f"buyerline send-many {file}", as_json=as_json)
    raise typer.Exit(ending.status)


def _show_plan(checked: "FileCheck") -> None:
    """Say what there is to do, and how long it takes at least."""
    from buyerline.cli.many_queue import shortest_time

    seconds = shortest_time(checked.accounts)
    takes = f"take about {duration(seconds)} at Amazon's pace" if seconds else "can go at once"
    number = checked.lines - checked.repeated_count
    accounts = counted(len(checked.accounts), "account")
    typer.echo(f"{counted(number, 'message')} for {accounts}, all checks passed. They {takes}.")
    if checked.repeated_count:
        shown = ", ".join(f"{line} (as {first})" for line, first in checked.repeated[:REPEATS_SHOWN])
        more = ", ..." if checked.repeated_count > REPEATS_SHOWN else ""
        typer.echo(f"Left out, because they say the same as an earlier line: {shown}{more}.")


def _show_queued(outbox: "Outbox", queued: "Queued") -> None:
    """Say what was queued, and what had become by now of what had been queued before."""
    from buyerline.cli.many_show import told

    if not queued.repeated:
        typer.echo(f"Queued {counted(queued.new, 'message')}.")
        return
    new = f"{queued.new:,} queued now, " if queued.new else ""
    typer.echo(f"{new}{queued.repeated:,} had been queued before. By now: {told(outbox.counts(batch=queued.batch))}.")


def _tell_end(outbox: "Outbox", ending: "Ending", told: dict[str, Any], again: str, *, as_json: bool) -> None:
    """Tell how it ended. A failure to tell changes nothing of it."""
    from buyerline.cli.many_show import LISTED, show_end
    from buyerline.cli.many_show import told as in_words
    from buyerline.cli.outbox_show import document_of as document_of_message

    unsent = _unsent(outbox, told["batch"], most=DOCUMENTED if as_json else LISTED)
    try:
        if as_json:
            counts = {str(state): count for state, count in ending.counts.items()}
            messages = [document_of_message(message) for message in unsent]
            print_document({"status": ending.word, **told, "counts": counts, "messages": messages})
        else:
            show_end(ending, unsent, again)
    except CannotWrite as failure:
        typer.echo(f"note: {failure.reason}. Of the messages, {in_words(ending.counts)}.", err=True)


def _unsent(outbox: "Outbox", batch: str, *, most: int) -> list["Message"]:
    """Messages that were not sent, in the order in which they need a person."""
    from buyerline.cli.many_show import NEEDS_A_PERSON

    found: list[Message] = []
    for state in NEEDS_A_PERSON:
        found += outbox.list(state=state, batch=batch, limit=most - len(found)) if len(found) < most else []
    return found


def _failure(error: BuyerlineError, told: dict[str, Any]) -> dict[str, Any]:
    """The document where nothing could be queued, or nobody could wait."""
    word = {
        Exit.WRONG_USAGE: "error",
        Exit.REFUSED_BY_CHECK: "refused",
        Exit.NOT_NOW: "not_now",
        Exit.STOPPED: "stopped",
    }.get(status_of(error), "error")
    return {"status": word, **told, **document_of(error)}
