"""``buyerline demo``: the whole job on this machine: one real send, then the seller's app to look around in."""

import os
import signal
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from buyerline.amazon.errors import ConfigurationError
from buyerline.cli.connection import Amazon, about_order, connected
from buyerline.cli.demo_pdf import one_page_pdf
from buyerline.cli.demo_show import (
    show_email,
    show_guide_step,
    show_heading,
    show_what_next,
    show_where_the_inbox_was,
)
from buyerline.cli.exits import reporting
from buyerline.cli.orders import recent_orders

if TYPE_CHECKING:
    from buyerline.sandbox import Running

DEFAULT_PORT = 8710
DAYS = 30
MESSAGE_TYPE = "confirmCustomizationDetails"
TEXT = """\
Thank you for your order. The attached preview shows your engraving as we understood it.

Please look at the spelling and at the date. If something should be different, answer this message before Thursday; \
otherwise we engrave it as shown."""

Once = Annotated[bool, typer.Option("--once", help="End after the send, instead of staying up until Ctrl-C.")]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        min=0,
        max=65535,
        help=f"Where the sandbox listens, 0 for any free port. {DEFAULT_PORT} by default, another when it is taken.",
        show_default=False,
    ),
]


def demo(once: Once = False, port: Port = None) -> None:
    """Show the whole job on this machine: a sandbox of Amazon's side, one real send, and the buyer's inbox.

    No Amazon account is needed, and nothing leaves this machine.
    """
    with reporting(as_json=False), ExitStack() as while_shown:
        # A proxy for the way out of this machine must not be asked for the way to this machine.
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
        sandbox = _open_sandbox(while_shown, port)
        show_heading(sandbox.url)
        order_id = _send_one(sandbox.url)
        show_email(sandbox.url, order_id)
        if once:
            show_where_the_inbox_was(sandbox.url)
        else:
            show_what_next(sandbox.url, order_id, app=_open_app(while_shown, sandbox.url))
            _wait_for_ctrl_c()


def _open_sandbox(while_shown: ExitStack, port: int | None) -> "Running":
    """A sandbox on the port asked for; where none was, on the default one or any other.

    Raises:
        ConfigurationError: the extra is not installed, or the port that was asked for is taken.
    """
    try:
        from buyerline.sandbox import Options, background
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"demo: the sandbox needs the package {error.name}.", hint="pip install 'buyerline[sandbox]'"
        ) from None
    try:
        return while_shown.enter_context(background(Options(port=DEFAULT_PORT if port is None else port)))
    except OSError as error:
        if port is not None:
            raise ConfigurationError(
                f"--port: cannot listen on port {port} ({error.strerror}).", hint="Leave it out to take any free one."
            ) from None
        typer.echo(f"Port {DEFAULT_PORT} is taken, so another free one is used.")
        return while_shown.enter_context(background(Options(port=0)))


def _open_app(while_shown: ExitStack, url: str) -> str | None:
    """The seller's app with its worker, connected to the sandbox; a link that lets its owner in.

    ``None`` where the extra is not installed.
    """
    try:
        from buyerline.app.demo import open_app
    except ModuleNotFoundError:
        return None
    from buyerline.sandbox import (
        DEFAULT_APPLICATION_ID,
        DEFAULT_CLIENT_ID,
        DEFAULT_CLIENT_SECRET,
        DEFAULT_REFRESH_TOKEN,
    )

    os.environ |= {
        "LWA_APP_ID": DEFAULT_CLIENT_ID,
        "LWA_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
        "BUYERLINE_APPLICATION_ID": DEFAULT_APPLICATION_ID,
    }
    return while_shown.enter_context(open_app(url, DEFAULT_REFRESH_TOKEN))


def _send_one(url: str) -> str:
    """Walk through Amazon's nine steps with a client that is set up in code, and return the order's id."""
    from buyerline import Credentials
    from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN, GUIDE_ORDER

    credentials = Credentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN)
    with (
        connected("demo", "US", credentials=credentials, endpoint=url, lwa_endpoint=url) as amazon,
        about_order(GUIDE_ORDER, amazon),
    ):
        _tell_orders(amazon, GUIDE_ORDER)
        locale = amazon.ask(amazon.client.messaging.get_attributes, GUIDE_ORDER).locale
        show_guide_step(None, f"The buyer reads {locale}")
        amazon.ask(
            amazon.client.messaging.send,
            GUIDE_ORDER,
            MESSAGE_TYPE,
            text=TEXT,
            attachments=[("engraving-preview.pdf", _preview())],
            on_step=lambda step: show_guide_step(step.number, step.words),
        )
    return GUIDE_ORDER


def _tell_orders(amazon: Amazon, order_id: str) -> None:
    found = recent_orders(amazon, DAYS, [])
    chosen = next((order for order in found if order.order_id == order_id), None)
    if chosen is None:
        raise ConfigurationError(f"demo: order {order_id} is not among the {len(found)} recent orders of the sandbox.")
    item = chosen.order_items[0].product.title if chosen.order_items else ""
    show_guide_step(1, f"{len(found)} orders in the last {DAYS} days; chosen: {order_id} ({item})")


def _preview() -> bytes:
    return one_page_pdf("Your engraving", "", '"For Ada, 10 December"', "", "Script lettering, centred, 8 mm high")


def _wait_for_ctrl_c() -> None:
    """Stay up until Ctrl-C, or until the system asks the process to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        typer.echo("\nStopped. The sandbox kept everything in memory, so nothing is left behind.")
