"""Where requests come in: one that breaks RFC 7230 is answered with a web page, the others are let through."""

import re
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from buyerline.sandbox.errors import broken_request

# RFC 3986, 2: what may stand in a URL unencoded, besides the percent sign.
_TARGET = re.compile(rb"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_HOST = re.compile(rb"([A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(:\d*)?")


class Entrance:
    """The application behind a check of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if breaks_rfc_7230(scope):
            await _send_page(send)
        else:
            await self._app(scope, receive, send)


async def _send_page(send: Send) -> None:
    answer = broken_request()
    await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.lines())})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def breaks_rfc_7230(scope: Any) -> bool:
    """Whether a request breaks RFC 7230 in a way that the server lets through: its Host (5.4) or its target (5.3)."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None:
        return True
    return _TARGET.fullmatch(scope["raw_path"]) is None or _TARGET.fullmatch(scope["query_string"]) is None
