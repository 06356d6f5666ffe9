"""``buyerline outbox``: look at what is in the outbox, and decide about it."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.cli.asking import confirm
from buyerline.cli.exits import report, reporting, status_of
from buyerline.cli.options import AsJson
from buyerline.cli.output import print_document
from buyerline.outbox.errors import MessageUnknown, WrongState

if TYPE_CHECKING:
    from buyerline.outbox import Message, Outbox


class StateName(StrEnum):
    """The states of a message."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Messages, as `outbox list` shows them.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The message, as `outbox list` shows it.", show_default=False)]
WantedState = Annotated[
    StateName | None,
    typer.Option(
        "--state",
        metavar="STATE",
        help=f"Only messages in this state: {', '.join(StateName)}.",
        show_default=False,
    ),
]
WantedAccount = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="Only this account's messages.", show_default=False)
]
WantedMarketplace = Annotated[
    str | None,
    typer.Option(
        "--marketplace",
        metavar="CODE",
        help="Only messages for orders placed there: a country code (US, DE, JP) or a marketplace id.",
        show_default=False,
    ),
]
WantedOrder = Annotated[
    str | None, typer.Option("--order", metavar="ORDER", help="Only messages for this order.", show_default=False)
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")]
Before = Annotated[
    str | None,
    typer.Option("--before", metavar="ID", help="Only those older than this one: the next page.", show_default=False),
]
Arrived = Annotated[
    bool | None,
    typer.Option(
        "--arrived/--not-arrived",
        help="What you found: it was sent, or it was not and is to be sent again.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask once more before it is sent again.")]

outbox = typer.Typer(name="outbox", no_args_is_help=True)


@outbox.callback()
def main() -> None:
    """Look at what is in the outbox, and decide about it.

    A message is `queued`, `sending`, `sent`, `refused` (by Amazon or a check), `unknown` (it was posted and nobody
    knows whether Amazon took it: you decide), `cancelled`, `expired` (its time was over) or `failed`.
    """


@outbox.command("list")
def list_messages(
    state: WantedState = None,
    account: WantedAccount = None,
    marketplace: WantedMarketplace = None,
    order_id: WantedOrder = None,
    limit: Limit = 50,
    before: Before = None,
    as_json: AsJson = False,
) -> None:
    """List messages, newest first.

    With `--json`: `{"messages": [...], "stopped": {...}}`. `stopped` has the accounts of queued ones for which nothing
    is sent before somebody mends something, each with why. Each message has `id`, `state`, `account`,
    `marketplace_id`, `order_id`, `type`, `request_id`, `queued_at`, `sent_at`, `reason`, `not_before`, `expires_at`,
    `priority`, `attempts`, `idempotency_key` and `endpoint`. Times are ISO 8601 in UTC.
    """
    with reporting(as_json=as_json, again=""):
        from buyerline.cli.outbox_show import document_of, show_list, stopped_among, tell_stopped
        from buyerline.outbox import Outbox

        with Outbox() as kept:
            found = kept.list(
                state=state,
                account=account,
                marketplace=marketplace,
                order_id=order_id,
                before=before,
                limit=limit,
            )
            stopped = stopped_among(kept, found)
        if as_json:
            print_document({"messages": [document_of(message) for message in found], "stopped": stopped})
        elif found:
            show_list(found, more=len(found) == limit)
            tell_stopped(stopped)
        elif any((state, account, marketplace, order_id, before)):
            typer.echo("No message is like that. Without options, `buyerline outbox list` shows the newest of all.")
        else:
            typer.echo("The outbox is empty. `buyerline send` and `buyerline send-many` put messages into it.")


@outbox.command()
def show(message_id: Id, as_json: AsJson = False) -> None:
    """Show a message: what it is, its text and files, and its history.

    With `--json`: `{"message": {...}, "stopped": {...}}`, as `list` has them and with `text`, `coverage_start`,
    `coverage_end`, `queued_by`, `attachments` (`file_name`, `size`, `content_md5`, `sha256`) and `history` (`at`,
    `who`, `what`, `request_id`, `note`). Text and attachments are forgotten when their time is over, the rest stays.
    """
    with reporting(as_json=as_json, again=""):
        from buyerline.cli.outbox_show import show_message, stopped_among, tell_stopped, whole_document_of
        from buyerline.outbox import Outbox

        with Outbox() as kept:
            message, history = kept.get(message_id), kept.history(message_id)
            stopped = stopped_among(kept, [message])
        if as_json:
            print_document({"message": whole_document_of(message, history), "stopped": stopped})
        else:
            show_message(message, history)
            tell_stopped(stopped)


@outbox.command()
def retry(message_ids: Ids, as_json: AsJson = False) -> None:
    """Queue messages again that were certainly not sent, or let queued ones go at once.

    With `--json`: `{"messages": [...], "stopped": {...}, "errors": [{"id", "code", "message", "hint"}]}`.
    """
    with reporting(as_json=as_json, again=""):
        from buyerline.outbox import Outbox

        with Outbox() as kept:
            _decide(kept, message_ids, kept.retry, "queued again", as_json=as_json)


@outbox.command()
def cancel(message_ids: Ids, as_json: AsJson = False) -> None:
    """Take queued messages back. What is being sent cannot be called back.

    With `--json`: `{"messages": [...], "stopped": {...}, "errors": [{"id", "code", "message", "hint"}]}`.
    """
    with reporting(as_json=as_json, again=""):
        from buyerline.outbox import Outbox

        with Outbox() as kept:
            _decide(kept, message_ids, kept.cancel, "cancelled", as_json=as_json)


@outbox.command()
def resolve(message_id: Id, arrived: Arrived = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Decide about a message of which nobody knew whether Amazon had taken it.

    Look in Seller Central, Messages, Sent. What did not arrive is queued and sent again; if it did arrive after all,
    the buyer gets it twice, so you are asked once more.

    With `--json`: `{"messages": [...], "stopped": {...}, "errors": [{"id", "code", "message", "hint"}]}`.
    """
    with reporting(as_json=as_json, again=""):
        if arrived is None:
            raise ConfigurationError(
                "Say what you found: --arrived, or --not-arrived to send it again.",
                hint="Seller Central, Messages, Sent shows it.",
                code="usage",
            )
        if not arrived and not yes:
            confirm(
                "It will be sent again. Are you sure that the buyer has not got it?",
                as_json=as_json,
                hint="Pass --yes to send it again without being asked.",
                undone="nothing was changed",
            )
        from buyerline.outbox import Outbox

        with Outbox() as kept:
            words = "taken for sent" if arrived else "queued again"
            _decide(kept, [message_id], lambda each: kept.resolve(each, arrived=arrived), words, as_json=as_json)


def _decide(
    kept: "Outbox", message_ids: list[str], decide: Callable[[str], "Message"], words: str, *, as_json: bool
) -> None:
    """Do it for each message, whatever became of the others, and exit with the worst status."""
    from buyerline.cli.outbox_show import document_of, stopped_among, tell_stopped

    done: list[Message] = []
    refused: list[tuple[str, BuyerlineError]] = []
    for message_id in dict.fromkeys(message_ids):
        try:
            done.append(decide(message_id))
        except (MessageUnknown, WrongState) as failure:
            refused.append((message_id, failure))
    for _, error in refused:
        report(error, None)
    stopped = stopped_among(kept, done)
    if as_json:
        errors = [
            {"id": message_id, "code": error.code, "message": error.message, "hint": error.hint}
            for message_id, error in refused
        ]
        messages = [document_of(message) for message in done]
        print_document({"messages": messages, "stopped": stopped, "errors": errors})
    else:
        for message in done:
            typer.echo(f"{message.id}: {words}.")
        tell_stopped(stopped)
    if refused:
        raise typer.Exit(max(status_of(error) for _, error in refused))
    if not as_json and any(message.state == "queued" and message.account not in stopped for message in done):
        typer.echo("A worker sends it: `buyerline worker`, if none is running.")
