"""``buyerline actions`` and ``buyerline attributes``: what Amazon says about one order."""

from typing import TYPE_CHECKING, Any

import typer

from buyerline.cli.connection import about_order, connected
from buyerline.cli.exits import reporting
from buyerline.cli.options import Account, AsJson, Marketplace, OrderId
from buyerline.cli.output import console, one_line, print_document, table

if TYPE_CHECKING:
    from rich.table import Table

    from buyerline import Action, Actions


def actions(
    order_id: OrderId, account: Account = "default", marketplace: Marketplace = None, as_json: AsJson = False
) -> None:
    """List the message types that Amazon offers for an order now.

    With `--json`: `{"order_id", "closed_reason", "actions": [...]}`, each with `name` (Amazon's), `type` (to send it
    as), `title`, `description`, `text` (`min_length`, `max_length`), `attachments` (`min_items`, `max_items`),
    `sendable`, `disabled` and `reason`. `text` and `attachments` are null where the type takes none.
    """
    with reporting(as_json=as_json), connected(account, marketplace) as amazon:
        refuse_malformed(order_id)
        with about_order(order_id, amazon):
            found = amazon.ask(amazon.client.messaging.get_actions, order_id)
        if as_json:
            listed = [_document(action) for action in found]
            print_document({"order_id": order_id, "closed_reason": found.closed_reason, "actions": listed})
        else:
            _show(found)


def attributes(
    order_id: OrderId, account: Account = "default", marketplace: Marketplace = None, as_json: AsJson = False
) -> None:
    """Show the buyer's language of preference.

    With `--json`: `{"order_id", "locale"}`, the locale being null where Amazon knows none.
    """
    with reporting(as_json=as_json), connected(account, marketplace) as amazon:
        refuse_malformed(order_id)
        with about_order(order_id, amazon):
            locale = amazon.ask(amazon.client.messaging.get_attributes, order_id).locale
        if as_json:
            print_document({"order_id": order_id, "locale": locale})
        else:
            typer.echo(
                f"The buyer reads {one_line(locale)}." if locale else "Amazon does not tell the buyer's language."
            )


def refuse_malformed(order_id: str) -> None:
    """Refuse what is no order id before Amazon is asked.

    Raises:
        DraftRefused: it is not written as Amazon writes them.
    """
    from buyerline import DraftRefused
    from buyerline.messages.checks import check_order_id

    problems = check_order_id(order_id)
    if problems:
        raise DraftRefused(problems)


def _document(action: "Action") -> dict[str, Any]:
    text, files = action.text, action.attachments
    return {
        "name": action.name,
        "type": action.type.name if action.type else None,
        "title": action.title,
        "description": action.description,
        "text": text and {"min_length": text.min_length, "max_length": text.max_length},
        "attachments": files and {"min_items": files.min_items, "max_items": files.max_items},
        "sendable": _why_not(action) is None,
        "disabled": action.disabled,
        "reason": _why_not(action),
    }


def _why_not(action: "Action") -> str | None:
    """Why an offered type cannot be sent, ``None`` where it can."""
    if action.disabled:
        return action.disabled_reason or "Amazon has switched it off and gives no reason."
    return None if action.type else "Amazon's API has no operation for it; send it in Seller Central."


def _show(found: "Actions") -> None:
    if not found:
        typer.echo(one_line(found.closed_reason or f"Amazon offers no message type for order {found.order_id} now."))
        return
    console().print(_table(found))
    typer.echo(f"\nSend one with: buyerline send {found.order_id} TYPE")


def _table(found: "Actions") -> "Table":
    from rich.text import Text

    made = table("Type", "What it is for", "Text", "Files")
    for action in found:
        reason = _why_not(action)
        title = Text(one_line(action.title))
        if reason is not None:
            title.append(f"\nNot sendable: {one_line(reason)}", style="yellow")
        made.add_row(_names(action), title, _range(*_text_limits(action)), _range(*_file_limits(action)))
    return made


def _names(action: "Action") -> str:
    """The name to send it by, and Amazon's own where that is another."""
    name = one_line(action.name)
    return name if action.type is None or action.type.name == name else f"{action.type.name} ({name})"


def _text_limits(action: "Action") -> tuple[int, int | None]:
    return (action.text.min_length, action.text.max_length) if action.text else (0, 0)


def _file_limits(action: "Action") -> tuple[int, int | None]:
    return (action.attachments.min_items, action.attachments.max_items) if action.attachments else (0, 0)


def _range(least: int, most: int | None) -> str:
    if most == 0:
        return "-"
    return f"{least}+" if most is None else f"{least}-{most}"
