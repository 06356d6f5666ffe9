"""The app for a demo: in a folder that is gone afterwards, with an owner and a connected account already in it."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.marketplaces import Region
from buyerline.app.one_time_links import Purpose
from buyerline.app.server import Running, background
from buyerline.app.settings import PORT, Settings

_OWNER = "you@demo.example"


@contextmanager
def open_app(sandbox: str, refresh_token: str) -> Iterator[str]:
    """Run the app, connected to a sandbox, while the context lasts.

    Args:
        sandbox: its URL.
        refresh_token: of the seller to connect.

    Returns:
        A link that lets the owner in, once.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="buyerline-demo-")))
        running = _run(stack, folder, sandbox)
        services = running.services
        owner = services.people.make_owner(_OWNER, "Demo owner", secrets.token_urlsafe())
        services.accounts.connect(owner.viewer(), "Demo shop", Region.NA, refresh_token)
        yield f"{running.url}/enter/{services.links.make(Purpose.ENTRY, owner.id)}"


def _run(stack: ExitStack, folder: Path, sandbox: str) -> Running:
    """On the usual port, or on another where that is taken."""
    settings = Settings(
        database=f"sqlite:///{folder / 'outbox.db'}",
        folder=folder,
        options={"endpoint": sandbox, "lwa_endpoint": sandbox},
        port=PORT,
    )
    try:
        return stack.enter_context(background(settings))
    except ConfigurationError:
        return stack.enter_context(background(replace(settings, port=0)))
