"""What every request goes through: whether it may come in, whose it is, and what its answer must carry."""

import ipaddress
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from buyerline.app.api_keys import ApiKeys
from buyerline.app.sessions import Sessions
from buyerline.app.settings import Settings, is_loopback
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.problems import MEDIA_TYPE, failure
from buyerline.app.web.forms import read_form

API = "/api/v1/"

PAGE_ABOUT_API = "/api/docs"

PASSED_OVER = 50_000_000
"""Bytes of a form that are read, and kept nowhere, after it was found too large."""

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


def for_programs(path: str) -> bool:
    """Whether a path is the API's, or would be if there were such a thing: all below ``/api`` but the page about it."""
    return path == "/api" or (path.startswith("/api/") and path != PAGE_ABOUT_API)


def session_cookie(settings: Settings) -> str:
    """The session cookie's name."""
    return settings.cookie_name("session")


class AnswerHeaders:
    """Puts what protects a page on every answer: an answer that says otherwise itself is left as it is.

    Nothing is kept by browsers or by anybody on the way, except for files whose URL changes with their content.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = _CARRIED | {"Cache-Control": "no-store"}
        if settings.secure:
            self._headers["Strict-Transport-Security"] = _STRICT_TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class KnownHosts:
    """Lets in only requests for a host under which this app is reached, so that no other site's name leads here.

    A page of another site whose name was made to point to this machine (DNS rebinding) would otherwise be the app's
    own in the eyes of a browser.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._public = urlsplit(settings.public_url).hostname
        self._any = not is_loopback(settings.host) and not self._public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        host = _host(_header(scope, b"host"))
        if host is not None and (self._any or host == self._public or is_loopback(host)):
            await self._app(scope, receive, send)
            return
        kind, body = _ELSEWHERE_TOLD if for_programs(scope["path"]) else (b"text/plain; charset=utf-8", _ELSEWHERE)
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 421, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


_ELSEWHERE = b"This host is not one of this app's. Its owner sets BUYERLINE_URL to the address that people type."
_ELSEWHERE_TOLD = (MEDIA_TYPE.encode(), msgspec.json.encode(failure(421, _ELSEWHERE.decode()).content))
"""For programs, as all failures are told to them."""


class FormTokens(CSRFMiddleware):
    """Litestar's check of the forms' tokens, of forms that were read with care.

    A token of other than ASCII characters, or a file in its place, is a wrong one, and no failure; a cookie that was
    signed with another secret is replaced when a page is looked at, so that a new key does not shut everybody out.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == ScopeType.HTTP:
            cookies = _header(scope, b"cookie").split(";")
            rest = ";".join([each for each in cookies if not self._is_stale(each)])
            others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
            scope["headers"] = [*others, (b"cookie", rest.encode("latin-1", "replace"))]
        async with AsyncExitStack() as files:
            if scope["type"] == ScopeType.HTTP and not for_programs(scope["path"]):
                await self._read(scope, receive, files)
            await super().__call__(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, files: AsyncExitStack) -> None:
        """Read a form. Of one that is too large the rest is passed over: browsers show no answer before all is sent."""
        more = True

        async def received() -> Any:
            nonlocal more
            event: Any = await receive()
            more = bool(event.get("more_body"))
            return event

        try:
            await read_form(Request(scope, received), files)
        except RequestEntityTooLarge:
            passed = 0
            while more and passed < PASSED_OVER:
                passed += len((await received()).get("body", b""))
            raise

    def _is_stale(self, cookie: str) -> bool:
        name, _, value = cookie.strip().partition("=")
        return name == self.config.cookie_name and self._decode_csrf_token(value) is None

    def _decode_csrf_token(self, token: object) -> str | None:
        return super()._decode_csrf_token(token) if isinstance(token, str) and token.isascii() else None


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
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        if scope["path"].startswith("/static/"):
            return None
        if scope["path"].startswith(API):
            kind, _, key = connection.headers.get("authorization", "").partition(" ")
            return await sync_to_thread(self._keys.find, key.strip()) if kind.lower() == "bearer" and key else None
        cookie = connection.cookies.get(self._cookie)
        return await sync_to_thread(self._sessions.find, cookie, touch=not _by_itself(scope)) if cookie else None


def _host(given: str) -> str | None:
    """The host in a header of that name, without its port; ``None`` where it names none as RFC 9110 has it.

    What builds URLs of the header later can rely on it.
    """
    try:
        parts = urlsplit(f"//{given}")
        known = parts.netloc == given and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return (parts.hostname or "") if known else None


def _by_itself(scope: Scope) -> bool:
    """Whether an open page may be asking by itself, with nobody before it: for parts of it, or for a stream of news.

    What a person does is a change or another page. A few clicks fetch parts, too; they are taken for the page's own.
    """
    for_a_part = _header(scope, b"hx-request") == "true" or _header(scope, b"accept") == "text/event-stream"
    return scope.get("method") == "GET" and for_a_part


def _header(scope: Scope, name: bytes) -> str:
    """A header's value, read without Litestar's keeping it: headers may still change."""
    return next((value.decode("latin-1") for found, value in scope["headers"] if found == name), "")


def address_of(scope: Scope, settings: Settings) -> str:
    """The address that a request comes from: the last that no trusted proxy stands for."""
    client = scope.get("client")
    address = client[0] if client else ""
    # Each proxy may add a line of its own: all of them are one list (RFC 9110, section 5.3).
    forwarded = ",".join(Headers.from_scope(scope).getall("x-forwarded-for", []))
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
