"""``buyerline sandbox``: Amazon's side on this machine, until Ctrl-C."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from buyerline.cli.output import counted

if TYPE_CHECKING:
    from buyerline.sandbox import Running

_WRONG_USAGE = 2

_Host = Annotated[str, typer.Option(help="Address to listen on.")]
_Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on, 0 for any free one.")]
_Orders = Annotated[int, typer.Option(min=0, max=100_000, help="Orders for each account.")]
_Accounts = Annotated[int, typer.Option(min=1, max=100_000, help="Seller accounts.")]
_Seed = Annotated[int, typer.Option(help="The same seed makes the same orders.")]
_Data = Annotated[Path | None, typer.Option(dir_okay=False, help="SQLite file that keeps everything between runs.")]
_Uploads = Annotated[
    Literal["everywhere", "na"],
    typer.Option(help="Where attachments can be uploaded; 'na' is what Amazon documents: North America only."),
]
_Smtp = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Hand the buyers' emails on to this mail server.")]
_Feedback = Annotated[
    bool, typer.Option("--offer-update-feedback", help="Offer updateFeedback, which Amazon lists but cannot send.")
]
_Attributes = Annotated[
    bool,
    typer.Option("--offer-attributes", help="List the attributes link among the actions, as Amazon at times does."),
]


def sandbox(
    host: _Host = "127.0.0.1",
    port: _Port = 8710,
    orders: _Orders = 200,
    accounts: _Accounts = 1,
    seed: _Seed = 8710,
    data: _Data = None,
    uploads: _Uploads = "everywhere",
    smtp: _Smtp = None,
    offer_update_feedback: _Feedback = False,
    offer_attributes: _Attributes = False,
) -> None:
    """Run a stand-in for Amazon's side on this machine: tokens, orders, messages, uploads and the buyers' inbox."""
    try:
        from buyerline.sandbox import Options, serve
    except ModuleNotFoundError as error:
        _refuse(f"The sandbox needs the package {error.name}: pip install 'buyerline[sandbox]'")
    options = Options(
        host=host,
        port=port,
        orders=orders,
        accounts=accounts,
        seed=seed,
        data=data,
        uploads=uploads,
        smtp=_mail_server(smtp),
        offer_update_feedback=offer_update_feedback,
        offer_attributes=offer_attributes,
    )
    try:
        serve(options, announce=_announce)
    except OSError as error:
        _refuse(f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port with --port, 0 for any.")
    except sqlite3.Error as error:
        _refuse(f"Cannot use {data} as the sandbox's data ({error}). Name a new file or one that the sandbox made.")


def _mail_server(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 1 <= int(port) <= 65535:
        _refuse(f"--smtp must be HOST:PORT, such as localhost:1025, not {text!r}.")
    return host.strip("[]"), int(port)


def _announce(running: "Running") -> None:
    from buyerline.sandbox import (
        DEFAULT_APPLICATION_ID,
        DEFAULT_CLIENT_ID,
        DEFAULT_CLIENT_SECRET,
        DEFAULT_REFRESH_TOKEN,
    )

    exports = {
        "SP_API_REFRESH_TOKEN": DEFAULT_REFRESH_TOKEN,
        "LWA_APP_ID": DEFAULT_CLIENT_ID,
        "LWA_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
        "BUYERLINE_APPLICATION_ID": DEFAULT_APPLICATION_ID,
        "BUYERLINE_ENDPOINT": running.url,
        "BUYERLINE_LWA_ENDPOINT": f"{running.url}/auth/o2/token",
    }
    lines = [
        f"The sandbox answers at {running.url}, and the buyers' inbox is at {running.url}/inbox",
        f"It has {counted(running.accounts, 'account')} and {counted(running.orders, 'order')}. Stop it with Ctrl-C.",
        "",
        "To use it from another shell:",
        *(f"export {name}='{value}'" for name, value in exports.items()),
    ]
    typer.echo("\n".join(lines))


def _refuse(line: str) -> NoReturn:
    typer.echo(f"error: {line}", err=True)
    raise typer.Exit(_WRONG_USAGE)
