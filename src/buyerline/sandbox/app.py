"""The web application: Amazon's side, the control plane, the consent page and the buyers' inbox, in one."""

from typing import Any

from litestar import Litestar
from litestar.response.redirect import ASGIRedirectResponse
from litestar.types import ASGIApp, Receive, Scope, Send

from buyerline.sandbox.apis import OPERATIONS
from buyerline.sandbox.consent import consent_routes
from buyerline.sandbox.control import control_routes
from buyerline.sandbox.front import Front
from buyerline.sandbox.inbox import inbox_routes
from buyerline.sandbox.operations import Router
from buyerline.sandbox.state import State

OURS = ("/_sandbox/", "/inbox", "/apps/")
"""What is the sandbox's own; every other path is Amazon's, known to it or not."""


def make_app(state: State) -> ASGIApp:
    """The application for one world."""
    amazon = Front(state, Router(OPERATIONS))
    pages = Litestar(
        [control_routes(state), *consent_routes(state), *inbox_routes(state.mailboxes)],
        openapi_config=None,
        # Logging belongs to the program that runs the sandbox.
        logging_config=None,
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if _is_browser_at_the_root(scope):
            await ASGIRedirectResponse("/inbox")(scope, receive, send)
            return
        await (pages if scope["path"].startswith(OURS) else amazon)(scope, receive, send)

    return app


def _is_browser_at_the_root(scope: Any) -> bool:
    """Whether a person opened the sandbox's address; programs ask for no web page, and get Amazon's answer."""
    if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
        return False
    return any(name == b"accept" and b"text/html" in value.lower() for name, value in scope["headers"])
