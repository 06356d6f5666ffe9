"""What `buyerline outbox` shows of messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from buyerline.amazon.marketplaces import Marketplace
from buyerline.cli.output import console, day, moment, one_line, plain, size, table
from buyerline.outbox.clock import now
from buyerline.outbox.messages import Event, FileFacts, Message, State

if TYPE_CHECKING:
    from rich.text import Text

    from buyerline.outbox.outbox import Outbox

_STYLES = {
    State.SENT: "green",
    State.REFUSED: "red",
    State.FAILED: "red",
    State.UNKNOWN: "bold yellow",
    State.SENDING: "cyan",
}

LEAST_WIDTH = 110
"""Columns of the list: ids, orders and types whole, and a piece of the reason."""


def show_list(found: Sequence[Message], *, more: bool) -> None:
    """Show messages as a table, and how to see the next ones."""
    from rich.text import Text

    made = table("Id", "State", "Order", "Type", "Queued", "Reason")
    for message in found:
        reason = Text(_why(message), no_wrap=True, overflow="ellipsis")
        made.add_row(
            message.id,
            _state(message),
            one_line(message.order_id),
            one_line(message.type),
            _short(message.queued_at),
            reason,
        )
    console(at_least=LEAST_WIDTH).print(made)
    if more:
        typer.echo(f"\nOlder ones: add --before {found[-1].id}")


def show_message(message: Message, history: Sequence[Event]) -> None:
    """Show all that is kept of a message."""
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(message):
        facts.add_row(name, value)
    screen = console()
    screen.print(facts)
    if message.text:
        screen.print(Panel(Text(plain(message.text)), title="Text", title_align="left"))
    screen.print()
    screen.print(_history(history))


def stopped_among(kept: "Outbox", found: Sequence[Message]) -> dict[str, str]:
    """The accounts of queued messages for which nothing is sent before somebody mends something, each with why."""
    waiting = {each.account for each in found if each.state is State.QUEUED and each.endpoint == kept.endpoint}
    return {account: reason for account, reason in kept.stopped().items() if account in waiting}


def tell_stopped(stopped: Mapping[str, str]) -> None:
    """Say for which accounts nothing is sent."""
    for account, reason in stopped.items():
        typer.echo(f"Account {one_line(account)} is stopped, nothing is sent for it: {one_line(reason)}")


def document_of(message: Message) -> dict[str, Any]:
    """A message in JSON, without what the buyer reads."""
    return {
        "id": message.id,
        "state": str(message.state),
        "account": message.account,
        "marketplace_id": message.marketplace_id,
        "order_id": message.order_id,
        "type": message.type,
        "request_id": message.request_id,
        "queued_at": _iso(message.queued_at),
        "sent_at": _iso(message.sent_at),
        "reason": message.reason,
        "not_before": _iso(message.not_before),
        "expires_at": _iso(message.expires_at),
        "priority": message.priority,
        "attempts": message.attempts,
        "idempotency_key": message.idempotency_key,
        "endpoint": message.endpoint,
    }


def whole_document_of(message: Message, history: Sequence[Event]) -> dict[str, Any]:
    """A message in JSON, with all that is kept of it."""
    return {
        **document_of(message),
        "text": message.text,
        "coverage_start": message.coverage_start,
        "coverage_end": message.coverage_end,
        "queued_by": message.queued_by,
        "attachments": [_file_document(file) for file in message.files],
        "history": [
            {"at": _iso(event.at), "who": event.who, "what": event.what}
            | {"request_id": event.request_id, "note": event.note}
            for event in history
        ],
    }


def _file_document(file: FileFacts) -> dict[str, Any]:
    return {"file_name": file.file_name, "size": file.size, "content_md5": file.content_md5, "sha256": file.sha256}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _facts(message: Message) -> "list[tuple[str, Text | str]]":
    """Name and value of what there is to say, in the order in which a person asks."""
    found: list[tuple[str, Text | str]] = [
        ("Message", message.id),
        ("State", _state(message)),
        ("Why", one_line(message.reason or "")),
        ("Sent", moment(message.sent_at) if message.sent_at else ""),
        ("Request", one_line(message.request_id or "")),
        ("Order", f"{one_line(message.order_id)} ({Marketplace.of(message.marketplace_id).name})"),
        ("Type", one_line(message.type)),
        ("Account", one_line(message.account)),
        ("Sent to", one_line(message.endpoint)),
        ("Coverage", f"{message.coverage_start} to {message.coverage_end}" if message.coverage_start else ""),
        ("Queued", f"{moment(message.queued_at)} by {one_line(message.queued_by)}"),
        ("Not before", moment(message.not_before) if message.not_before else ""),
        ("Expires", moment(message.expires_at) if message.expires_at else ""),
        ("Priority", str(message.priority) if message.priority else ""),
        ("Key", one_line(message.idempotency_key or "")),
    ]
    found += [("File", f"{one_line(file.file_name)} ({size(file.size)})") for file in message.files]
    return [(name, value) for name, value in found if value]


def _history(history: Sequence[Event]) -> Any:
    from rich.text import Text

    made = table("When", "What", "Who", "Why")
    for event in history:
        request = f"request {event.request_id}" if event.request_id else ""
        words = " ".join(part for part in (one_line(event.note or ""), one_line(request)) if part)
        at = f"{event.at.astimezone():%Y-%m-%d %H:%M:%S}"
        made.add_row(at, one_line(event.what), one_line(event.who), Text(words, overflow="fold"))
    made.columns[-1].no_wrap = False
    return made


def _state(message: Message) -> "Text":
    from rich.text import Text

    return Text(str(message.state), style=_STYLES.get(message.state, ""))


def _why(message: Message) -> str:
    """Why it stands as it does, or until when it waits."""
    waits = message.state is State.QUEUED and message.not_before and message.not_before > now()
    until = f"not before {moment(message.not_before)}" if waits and message.not_before else ""
    return "; ".join(part for part in (until, one_line(message.reason or "")) if part)


def _short(at: datetime) -> str:
    """A moment in the viewer's zone: the time of today, the day of any other."""
    local = at.astimezone()
    return f"{local:%H:%M}" if local.date() == datetime.now(local.tzinfo).date() else day(at)
