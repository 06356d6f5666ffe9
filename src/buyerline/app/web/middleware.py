"""What every request goes through: whether it may come in, whose it is, and what its answer must carry."""

import ipaddress
from urllib.parse import urlsplit

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from buyerline.app.api_keys import ApiKeys
from buyerline.app.sessions import Sessions
from buyerline.app.settings import Settings, is_loopback
from buyerline.app.viewer import Viewer

API = "/api/v1/"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: a page asks nobody but the app for anything, and runs no script or style within itself."""

_CARRIED = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_STRICT_TRANSPORT = "max-age=31536000"


def session_cookie(settings: Settings) -> str:
    """The session cookie's name. ``__Host-`` has browsers refuse it from anywhere but this host (RFC 6265bis)."""
    return "__Host-session" if settings.secure else "session"


class AnswerHeaders(ASGIMiddleware):
    """Puts what protects a page on every answer: an answer that says otherwise itself is left as it is.

    Nothing is kept by browsers or by anybody on the way, except for files whose URL changes with their content.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings) -> None:
        self._headers = _CARRIED | {"Cache-Control": "no-store"}
        if settings.secure:
            self._headers["Strict-Transport-Security"] = _STRICT_TRANSPORT

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await next_app(scope, receive, with_headers)


class KnownHosts(ASGIMiddleware):
    """Lets in only requests for a host under which this app is reached, so that no other site's name leads here.

    A page of another site whose name was made to point to this machine (DNS rebinding) would otherwise be the app's
    own in the eyes of a browser.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings) -> None:
        self._public = urlsplit(settings.public_url).hostname
        self._any = not is_loopback(settings.host) and not self._public

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer one request."""
        host = urlsplit(f"//{Headers.from_scope(scope).get('host', '')}").hostname or ""
        if self._any or host == self._public or is_loopback(host):
            await next_app(scope, receive, send)
            return
        body = b"This host is not one of this app's. Its owner sets BUYERLINE_URL to the address that people type."
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 421, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class Identity(ASGIMiddleware):
    """Finds out who asks: the person of the session's cookie; under the API's path, the person of the key alone."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings, sessions: Sessions, keys: ApiKeys) -> None:
        self._cookie = session_cookie(settings)
        self._sessions = sessions
        self._keys = keys

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer one request."""
        scope["user"] = await self._viewer(scope)
        await next_app(scope, receive, send)

    async def _viewer(self, scope: Scope) -> Viewer | None:
        connection: ASGIConnection[object, object, object, object] = ASGIConnection(scope)
        if scope["path"].startswith("/static/"):
            return None
        if scope["path"].startswith(API):
            kind, _, key = connection.headers.get("authorization", "").partition(" ")
            return await sync_to_thread(self._keys.find, key.strip()) if kind.lower() == "bearer" and key else None
        cookie = connection.cookies.get(self._cookie)
        return await sync_to_thread(self._sessions.find, cookie) if cookie else None


def address_of(scope: Scope, settings: Settings) -> str:
    """The address that a request comes from: the last that no trusted proxy stands for."""
    client = scope.get("client")
    address = client[0] if client else ""
    forwarded = Headers.from_scope(scope).get("x-forwarded-for", "")
    for told in reversed([each.strip() for each in forwarded.split(",") if each.strip()]):
        if address not in settings.trusted_proxies or not _is_address(told):
            break
        address = told
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
