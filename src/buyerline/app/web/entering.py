"""Letting a person in: the session's cookie, set and taken away."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, get
from litestar.datastructures import Cookie
from litestar.response import Response

from buyerline.app.one_time_links import Purpose
from buyerline.app.services import Services
from buyerline.app.web.middleware import session_cookie
from buyerline.app.web.rendering import see_other
from buyerline.app.words import Words


def let_in(
    request: Request[Any, Any, Any],
    services: Services,
    person_id: int,
    url: str = "/orders",
    notice: Words | None = None,
) -> Response[bytes]:
    """Begin a session, and go to `url`. A session that the browser had before ends: nobody can plant one beforehand."""
    name = session_cookie(services.settings)
    before = request.cookies.get(name)
    if before:
        services.sessions.end(before)
    cookie = services.sessions.begin(person_id, request.headers.get("user-agent", ""))
    answer = see_other(url, notice)
    secure = services.settings.secure
    answer.set_cookie(Cookie(key=name, value=cookie, path="/", httponly=True, secure=secure, samesite="lax"))
    return answer


def see_off(request: Request[Any, Any, Any], services: Services) -> Response[bytes]:
    """End the session, and take its cookie away."""
    name = session_cookie(services.settings)
    cookie = request.cookies.get(name)
    if cookie:
        services.sessions.end(cookie)
    answer = see_other("/sign-in")
    answer.set_cookie(
        Cookie(key=name, value="", path="/", max_age=0, httponly=True, secure=services.settings.secure, samesite="lax")
    )
    return answer


def own_path(wanted: str) -> str:
    """`wanted`, where it is a path of this app; else the orders. Nobody is sent to another site."""
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    return wanted if plain and not parts.scheme and not parts.netloc and wanted.isprintable() else "/orders"


@get("/enter/{secret:str}", sync_to_thread=True)
def enter(request: Request[Any, Any, Any], services: Services, secret: str) -> Response[bytes]:
    """Sign in by a one-time link, such as a demo prints."""
    link = services.links.take(secret, Purpose.ENTRY)
    return let_in(request, services, link.person_id or 0)
