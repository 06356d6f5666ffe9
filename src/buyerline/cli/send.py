"""``buyerline send``: check one message, show it, and send it."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buyerline.amazon.errors import BuyerlineError, DraftRefused
from buyerline.cli.asking import confirm
from buyerline.cli.clock import check_clock
from buyerline.cli.connection import Amazon, about_order, connected
from buyerline.cli.exits import Exit, document_of, reporting, status_of
from buyerline.cli.options import Account, AsJson, Marketplace, OrderId
from buyerline.cli.output import print_document
from buyerline.cli.send_show import show_draft, show_step, upload_progress
from buyerline.cli.signals import hearing
from buyerline.cli.streams import CannotWrite
from buyerline.cli.written import read_attach, read_text

if TYPE_CHECKING:
    from buyerline import Checked, Step
    from buyerline.outbox import Message, Outgoing

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
IdempotencyKey = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key",
        metavar="KEY",
        help="Under one key an account sends once. The content is the key by default; another key sends it again.",
    ),
]
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
    idempotency_key: IdempotencyKey = None,
    verbose: Verbose = False,
    account: Account = "default",
    marketplace: Marketplace = None,
    as_json: AsJson = False,
) -> None:
    """Send one message to the buyer of an order.

    All checks run first, then what will be sent is shown and you are asked. It goes through the outbox: recorded
    before it leaves, once only, with a history (`outbox show`). The same content for the same order and type is not
    sent twice, unless you give it another `--idempotency-key`. Where nobody can say whether Amazon took it (exit
    status 5), look in Seller Central, then decide with `outbox resolve`.

    With `--json`: `{"status", "id", "order_id", "type", "marketplace_id", "request_id", "repeated", ...}`; `id` is the
    message in the outbox, `repeated` whether it was there before. `status` is

    - `sent`, with `accepted_at`, `attachments` and the buyer's `locale`
    - `would_send` after a dry run
    - `refused`, with `by`: `amazon`, or `check` and its `problems`:
      `[{"code", "field", "message", "start", "end", "also"}]`
    - `unknown`: it was posted, and that is all that is known
    - `not_now`, `stopped` or `error` (wrong usage or settings): nothing was sent

    All but the first two have `error`: `{"code", "message", "hint"}`.
    """
    told: dict[str, Any] = {"id": None, "order_id": order_id, "type": message_type, "repeated": False}
    told |= {"marketplace_id": None, "request_id": None}
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
                hint = "Pass --yes to send without asking, or --dry-run to check only."
                confirm("Send it?", as_json=as_json, hint=hint)
            outgoing = _outgoing(amazon, checked, idempotency_key)
            message, before = deliver(amazon, outgoing, told, on_step=show_step if verbose else None)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Amazon has it: nothing is left that could be stopped
            _tell_sent(message, told, before=before, as_json=as_json)


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


def deliver(
    amazon: Amazon, outgoing: "Outgoing", told: dict[str, Any], *, on_step: Callable[["Step"], None] | None
) -> tuple["Message", bool]:
    """Put a message into the outbox and send it. As it stands when Amazon has it, and whether Amazon had it before.

    What the outbox says of it goes into `told` (``id``, ``repeated``) as soon as it is known.

    Raises:
        NobodyKnows: it was posted, now or earlier, and nobody can say whether Amazon took it.
        Stopped: Ctrl-C before it was posted.
        BuyerlineError: why nothing was sent.
    """
    from buyerline.cli.delivery import Delivery, make_due, unknown
    from buyerline.outbox import Outbox, State

    with hearing() as heard, Outbox(marketplace=amazon.marketplace, options=amazon.options) as outbox:
        [added] = outbox.add_many([outgoing])
        told |= {"id": added.message_id, "repeated": added.repeated}
        message = make_due(outbox, added)
        if message.state is State.SENT:
            return message, True
        if message.state is State.UNKNOWN:
            raise unknown(message)
        with upload_progress() as progress:
            message = Delivery(outbox, message, amazon.options, heard, on_step, progress).run()
        return message, False


def _outgoing(amazon: Amazon, checked: "Checked", key: str | None) -> "Outgoing":
    """What was checked and shown, files as they were read then."""
    from buyerline.outbox.messages import PRIORITY_AT_ONCE, Outgoing

    draft = checked.draft
    return Outgoing(
        draft.order_id,
        draft.type,
        draft.text,
        draft.attachments,
        draft.coverage_start,
        draft.coverage_end,
        account=amazon.account,
        marketplace=amazon.marketplace.id,
        idempotency_key=key,
        priority=PRIORITY_AT_ONCE,
    )


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


def _tell_sent(message: "Message", told: dict[str, Any], *, before: bool, as_json: bool) -> None:
    """Tell that Amazon has it. A failure to tell is no failure to send: a script that repeats it would send twice."""
    at = f"{message.sent_at.astimezone():%Y-%m-%d %H:%M:%S %Z}" if message.sent_at else "an unknown time"
    if before:
        accepted = f"It was already sent at {at} (request {message.request_id}); not sent again."
        more = "To send it once more on purpose, give it a key of its own: --idempotency-key."
    else:
        accepted = f"Amazon accepted it at {at} (request {message.request_id})."
        more = "Amazon emails the buyer and does not tell us more."
    try:
        if as_json:
            accepted_at = message.sent_at.isoformat() if message.sent_at else None
            print_document({"status": "sent", **told, "request_id": message.request_id, "accepted_at": accepted_at})
        else:
            typer.echo(f"{accepted} {more}")
    except CannotWrite as failure:
        typer.echo(f"note: {failure.reason}. {accepted}", err=True)
