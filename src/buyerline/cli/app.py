"""The command line put together, and its way in."""

import os
import sys
import threading
from typing import Annotated

import typer

from buyerline._version import __version__
from buyerline.amazon.errors import ConfigurationError
from buyerline.cli.connection import CALL
from buyerline.cli.demo import demo
from buyerline.cli.doctor import doctor
from buyerline.cli.exits import Exit, document_of, report, status_of
from buyerline.cli.many import send_many
from buyerline.cli.order import actions, attributes
from buyerline.cli.orders import orders
from buyerline.cli.outbox import outbox
from buyerline.cli.sandbox import sandbox
from buyerline.cli.send import send
from buyerline.cli.serve import serve
from buyerline.cli.streams import CannotWrite, prepare_streams
from buyerline.cli.worker import worker

app = typer.Typer(
    name="buyerline",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, sandbox, serve, worker, doctor, orders, actions, attributes, send, send_many):
    app.command()(command)
app.add_typer(outbox)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.", is_eager=True)] = False,
) -> None:
    """Message Amazon buyers about their orders.

    New here? `buyerline demo` shows the whole thing on this machine, without an Amazon account. With one,
    `buyerline doctor` says what is still missing. Credentials come from the environment (SP_API_REFRESH_TOKEN,
    LWA_APP_ID, LWA_CLIENT_SECRET), from AWS Secrets Manager or from credentials.yml. BUYERLINE_TIMEOUT sets the
    seconds for one exchange with Amazon (30).

    Messages go through the outbox, a SQLite file in BUYERLINE_DATA_DIR or the database that BUYERLINE_DATABASE_URL
    names (sqlite:///... or postgresql://...): each is recorded before it leaves, and sent once only.

    Exit status of every command:

    - 0 done
    - 2 wrong usage, missing credentials, wrong settings, no such message
    - 3 refused by a check, or not possible in the message's state; nothing sent
    - 4 refused by Amazon, nothing sent
    - 5 a message was posted and nobody can say whether Amazon took it
    - 6 not now (throttled, unavailable, or the outbox's database cannot be used), nothing sent
    - 130 stopped by Ctrl-C, by a "no" or because stdout cannot be written, nothing sent

    Once Amazon has taken a message, the status is 0 even if stdout cannot be written; a note on stderr tells.

    With `--json` an error is `{"error": {"code", "message", "hint"}}` on stdout, beside its line on stderr.
    """
    if version:
        typer.echo(f"buyerline {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run() -> None:
    """Run the command line and exit with its status.

    What Typer itself finds wrong is said in the same words and form as any other wrong usage.
    """
    prepare_streams()
    try:
        status = app(standalone_mode=False) or Exit.DONE
    except typer.TyperException as error:
        context: typer.Context | None = getattr(error, "ctx", None)
        _report_usage(error, context.command_path if context else "buyerline")
        status = Exit.WRONG_USAGE
    except CannotWrite as error:
        if not error.reader_gone:  # `buyerline --help | head` has shown what was wanted
            report(error, None)
        status = status_of(error)
    except typer.Abort:
        status = Exit.STOPPED
    if any(thread.name == CALL for thread in threading.enumerate()):
        # The thread of a call that was given up is still in the HTTP library, and Python cannot end in peace under it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def _report_usage(error: typer.TyperException, path: str) -> None:
    usage = ConfigurationError(_in_plain_words(error.format_message()), hint=f"See: {path} --help", code="usage")
    document = document_of(usage)
    if path.endswith((" send", " send-many")):
        document = {"status": "error", **document}
    report(usage, document if "--json" in sys.argv else None)


_PLAIN_WORDS = {
    "Input should be a valid integer, unable to parse string as an integer": "it is not a whole number",
    "Input should be greater than or equal to": "it must be at least",
    "Input should be less than or equal to": "it must be at most",
    "Value error, ": "",
}
"""What the parser under Typer says, and the same for people."""


def _in_plain_words(message: str) -> str:
    for said, plain in _PLAIN_WORDS.items():
        message = message.replace(said, plain)
    return message
