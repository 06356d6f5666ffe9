"""``buyerline send``: check one message, show it, and send it."""

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buyerline.amazon.errors import BuyerlineError, ConfigurationError, DraftRefused, OutcomeUnknown
from buyerline.cli.clock import check_clock
from buyerline.cli.connection import Amazon, about_order, connected
from buyerline.cli.exits import Exit, Stopped, document_of, reporting, status_of
from buyerline.cli.options import Account, AsJson, Marketplace, OrderId
from buyerline.cli.output import print_document
from buyerline.cli.posting import Posting
from buyerline.cli.send_show import show_draft, show_step, upload_progress
from buyerline.cli.streams import CannotWrite
from buyerline.cli.written import read_attach, read_text

if TYPE_CHECKING:
    from buyerline import Checked, Receipt, Step

MessageTypeName = Annotated[
    str, typer.Argument(metavar="TYPE", help="The message type, as `actions` lists it.", show_default=False)
]
Text = Annotated[str | None, typer.Option("--text", metavar="TEXT", help="The message, plain text.")]
TextFile = Annotated[
    str | None, typer.Option("--text-file", metavar="FILE", help="A UTF-8 file with the message; - reads stdin.")
]
Attach = Annotated[
    list[str] | None,
    typer.Option(
        "--attach",
        metavar="PATH[=NAME]",
        help="A file to attach, with the name that the buyer sees if it is not its own. Give it again for more.",
    ),
]
CoverageStart = Annotated[
    str | None, typer.Option("--coverage-start", metavar="DATE", help="A warranty's first day, e.g. 2026-01-31.")
]
CoverageEnd = Annotated[str | None, typer.Option("--coverage-end", metavar="DATE", help="A warranty's last day.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Run all checks, send nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tell each step as it happens (on stderr).")]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for, as it was given."""

    order_id: str
    type: str
    text: str | None
    attach: list[str]
    coverage_start: str | None
    coverage_end: str | None

    @property
    def known_type(self) -> str:
        """The message type by its own name, where it is known; as it was given otherwise."""
        from buyerline import MESSAGE_TYPES

        kind = MESSAGE_TYPES.get(self.type)
        return kind.name if kind else self.type


def send(
    order_id: OrderId,
    message_type: MessageTypeName,
    text: Text = None,
    text_file: TextFile = None,
    attach: Attach = None,
    coverage_start: CoverageStart = None,
    coverage_end: CoverageEnd = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    verbose: Verbose = False,
    account: Account = "default",
    marketplace: Marketplace = None,
    as_json: AsJson = False,
) -> None:
    """Send one message to the buyer of an order.

    All checks run first, then what will be sent is shown and you are asked. Nothing is ever sent twice by itself:
    where nobody can say whether Amazon took it (exit status 5), look in Seller Central before you send it again.

    With `--json`: `{"status", "order_id", "type", "marketplace_id", "request_id", ...}`, where `status` is

    - `sent`, with `accepted_at`, `attachments` and the buyer's `locale`
    - `would_send` after a dry run
    - `refused`, with `by`: `amazon`, or `check` and its `problems`:
      `[{"code", "field", "message", "start", "end", "also"}]`
    - `unknown`: it was posted, and that is all that is known
    - `not_now`, `stopped` or `error` (wrong usage or settings): nothing was sent

    All but the first two have `error`: `{"code", "message", "hint"}`.
    """
    told: dict[str, Any] = {"order_id": order_id, "type": message_type, "marketplace_id": None, "request_id": None}
    with reporting(as_json=as_json, document=lambda error: _failure(error, told), again="Nothing was sent; try again."):
        written = read_text(text, text_file)
        wish = Wish(order_id, message_type, written, attach or [], coverage_start, coverage_end)
        told["type"] = wish.known_type
        with connected(account, marketplace) as amazon:
            told["marketplace_id"] = amazon.marketplace.id
            checked = check(amazon, wish)
            locale = _language(amazon, checked)
            told |= {"attachments": _files(checked), "locale": locale}
            if not as_json:
                show_draft(checked, amazon.marketplace.name, locale)
            if dry_run:
                _tell_dry_run(told, as_json=as_json)
                return
            if not yes:
                confirm(as_json=as_json)
            receipt = post(amazon, checked, on_step=show_step if verbose else None)
            _tell_sent(receipt, told, as_json=as_json)


def check(amazon: Amazon, wish: Wish) -> "Checked":
    """Run every check, this machine's clock among them.

    Raises:
        DraftRefused: a check refused it, with every problem found.
        AmazonError, TransportError, NotNow: Amazon could not be asked what the order takes.
    """
    with about_order(wish.order_id, amazon):
        checked = amazon.ask(
            amazon.client.messaging.check,
            wish.order_id,
            wish.type,
            text=wish.text,
            attachments=[read_attach(value) for value in wish.attach],
            coverage_start=wish.coverage_start,
            coverage_end=wish.coverage_end,
        )
    clock = check_clock(amazon.client.session.wire.skew.seconds)
    problems = [*checked.problems, *([clock] if clock else [])]
    if problems:
        raise DraftRefused(problems)
    return checked


def confirm(*, as_json: bool) -> None:
    """Ask whether to send.

    Raises:
        ConfigurationError: there is nobody to ask.
        Stopped: the answer is no.
    """
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigurationError(
            "--yes: nobody can be asked here, so nothing was sent.",
            hint="Pass --yes to send without asking, or --dry-run to check only.",
            code="usage",
        )
    try:
        agreed = typer.confirm("Send it?")
    except typer.Abort:
        typer.echo()
        agreed = False
    if not agreed:
        raise Stopped


def post(amazon: Amazon, checked: "Checked", *, on_step: Callable[["Step"], None] | None) -> "Receipt":
    """Send what was checked.

    Raises:
        OutcomeUnknown: it was posted and nobody can say whether Amazon took it, Ctrl-C included.
        Stopped: Ctrl-C before it was posted.
        DraftRefused, AmazonError, TransportError, NotNow: nothing was sent.
    """
    from buyerline import MESSAGE_TYPES
    from buyerline.messages.sending import MessageFlows

    draft = checked.draft
    kind = MESSAGE_TYPES[draft.type]
    posting = Posting(kind.operation.id)
    with upload_progress() as progress:
        flow = MessageFlows(amazon.client.session).send(
            draft.order_id,
            draft.type,
            text=draft.text,
            attachments=draft.attachments,
            coverage_start=draft.coverage_start,
            coverage_end=draft.coverage_end,
            on_step=on_step,
            progress=progress,
        )
        try:
            receipt = amazon.ask(amazon.client.run, posting.watch(flow))
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Amazon has it: nothing is left that could be stopped
        except KeyboardInterrupt:
            if not posting.stop():
                raise Stopped from None
            raise OutcomeUnknown(
                order_id=draft.order_id,
                type=kind.name,
                marketplace_id=amazon.marketplace.id,
                operation=kind.operation.id,
                posted_at=datetime.now(UTC),
                cause=BuyerlineError("you stopped it while it was on its way.", code="stopped"),
            ) from None
        return receipt


def _language(amazon: Amazon, checked: "Checked") -> str | None:
    """The buyer's language, asked when there is text to read; ``None`` where Amazon does not tell."""
    if not checked.draft.text:
        return None
    try:
        return amazon.ask(amazon.client.messaging.get_attributes, checked.draft.order_id).locale
    except BuyerlineError:  # it is only shown: no trouble with it is worth a message that is not sent
        return None


def _files(checked: "Checked") -> list[dict[str, Any]]:
    return [{"file_name": file.name, "size": file.size, "content_md5": file.md5} for file in checked.draft.attachments]


def _failure(error: BuyerlineError, told: dict[str, Any]) -> dict[str, Any]:
    """The document of a send that did not end in "sent"."""
    words = {
        Exit.WRONG_USAGE: {"status": "error"},
        Exit.REFUSED_BY_CHECK: {"status": "refused", "by": "check"},
        Exit.REFUSED_BY_AMAZON: {"status": "refused", "by": "amazon"},
        Exit.OUTCOME_UNKNOWN: {"status": "unknown"},
        Exit.NOT_NOW: {"status": "not_now"},
        Exit.STOPPED: {"status": "stopped"},
    }[status_of(error)]
    request_id = getattr(error, "request_id", None)
    return {**words, **told, "request_id": request_id, **document_of(error)}


def _tell_dry_run(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_document({"status": "would_send", **told})
    else:
        typer.echo("All checks passed: it would be sent. Nothing was sent (--dry-run).")


def _tell_sent(receipt: "Receipt", told: dict[str, Any], *, as_json: bool) -> None:
    """Tell that Amazon has it. A failure to tell is no failure to send: a script that repeats it would send twice."""
    at = receipt.accepted_at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    accepted = f"Amazon accepted it at {at} (request {receipt.request_id})."
    try:
        if as_json:
            accepted_at = receipt.accepted_at.isoformat()
            print_document({"status": "sent", **told, "request_id": receipt.request_id, "accepted_at": accepted_at})
        else:
            typer.echo(f"{accepted} Amazon emails the buyer and does not tell us more.")
    except CannotWrite as failure:
        typer.echo(f"note: {failure.reason}. {accepted}", err=True)
