"""What `buyerline demo` shows."""

import json
from email.utils import parsedate_to_datetime
from typing import Any

import typer

from buyerline.cli.output import console, moment, one_line, plain, size

TITLES = {
    1: "List recent orders",
    2: "Get message types",
    3: "Choose a type",
    4: "Write the text",
    5: "Choose the files",
    6: "Content-MD5",
    7: "Upload destination",
    8: "Upload the file",
    9: "Send the message",
}
"""The steps of Amazon's Messaging API use case guide, in short."""


def show_heading(url: str) -> None:
    """Say what is about to happen."""
    typer.echo(f"A stand-in for Amazon runs on this machine now: {url}")
    typer.echo("One message goes to a buyer of it, in the nine steps of Amazon's guide:\n")


def show_guide_step(number: int | None, words: str) -> None:
    """Show a step that has just been done; without a number it is something that was asked in between."""
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=1, justify="right")
    row.add_column(width=18, no_wrap=True)
    row.add_column(overflow="fold")
    title = TITLES[number] if number else ""
    row.add_row(Text(str(number or ""), style="bold cyan"), Text(title, style="bold"), one_line(words))
    console().print(row)


def show_email(url: str, order_id: str) -> None:
    """Show the newest email that the buyer of an order got."""
    import urllib.request

    from rich.panel import Panel
    from rich.text import Text

    with urllib.request.urlopen(f"{url}/inbox/latest.json?order={order_id}", timeout=10) as answer:  # noqa: S310 - ours
        email: dict[str, Any] = json.load(answer)
    headers = email["headers"]
    lines = [f"{name}: {one_line(headers[name])}" for name in ("From", "To", "Subject")]
    lines.append(f"Date: {moment(parsedate_to_datetime(headers['Date']))}")
    lines += [f"File: {one_line(file['file_name'])} ({size(file['size'])})" for file in email["attachments"]]
    shown = Text("\n".join([*lines, "", plain(email["text"]).strip()]))
    screen = console()
    screen.print()
    screen.print(Panel(shown, title="The email that arrived", title_align="left"))


def show_where_the_inbox_was(url: str) -> None:
    """Say what a demo that stays up would show."""
    typer.echo(f"\nThe inbox was at {url}/inbox")
    typer.echo("Without --once the demo stays up, with the seller's app to look around in.")


def show_what_next(url: str, order_id: str, *, app: str | None) -> None:
    """Say where the app and the inbox are, and how to go on from another terminal."""
    if app:
        typer.echo("\nThe seller's app runs too, connected to this sandbox. Open it (the link works once):\n")
        typer.echo(f"  {app}")
    else:
        typer.echo("\nThe seller's app would run here too: pip install 'buyerline[app]'")
    from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN

    typer.echo(f"\nThe inbox: {url}/inbox\n\nTo send one yourself, in another terminal:\n")
    for name, value in (
        ("BUYERLINE_ENDPOINT", url),
        ("LWA_APP_ID", DEFAULT_CLIENT_ID),
        ("LWA_CLIENT_SECRET", DEFAULT_CLIENT_SECRET),
        ("SP_API_REFRESH_TOKEN", DEFAULT_REFRESH_TOKEN),
    ):
        typer.echo(f"  export {name}='{value}'")
    typer.echo(f"  buyerline actions {order_id}")
    typer.echo(f"  buyerline send {order_id} confirmOrderDetails --text 'It ships today.'")
    typer.echo("\nCtrl-C ends the demo.")
