"""Where a balancer or a monitor asks whether the app answers."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

PATH = "/healthz"


class HealthAddress:
    """Answers at `PATH`, whatever host is asked for: who probes a machine names it by its address.

    It tells nothing but that requests are answered. How the worker does is told by ``--health``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP or scope["path"] != PATH or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        body = b"ok" if scope["method"] == "GET" else b""
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
