"""Letting a person in: the session's cookie, set and taken away."""

import re
from contextlib import suppress
from urllib.parse import quote, urlencode

from litestar import get
from litestar.datastructures import Cookie
from litestar.response import Response

from buyerline.app.errors import Invalid
from buyerline.app.one_time_links import Purpose
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.middleware import session_cookie
from buyerline.app.web.rendering import PageRequest, see_other
from buyerline.app.words import Words

_NO_PAGE = re.compile(r"(/files|(?<=/drafts)/[^/]+|/keys/[^/]+)$")
"""Ends of what lies above a form's address where it is no page: the page is above that."""


def let_in(
    request: PageRequest,
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


def see_off(request: PageRequest, services: Services) -> Response[bytes]:
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


def take_zone(services: Services, viewer: Viewer, zone: str) -> None:
    """Take the browser's time zone for somebody who has none; a browser may name one that is not known here."""
    if viewer.zone or not zone:
        return
    with suppress(Invalid):
        services.profiles.change(
            viewer, name=viewer.name, language=viewer.language, zone=zone, undo_seconds=viewer.undo_seconds
        )


def own_path(wanted: str) -> str:
    """`wanted`, where it is a path of this app, written as URLs are; else the orders. Nobody is sent to another site.

    What begins with one slash has neither scheme nor host (RFC 3986, section 4.2); browsers read a backslash as one.
    """
    own = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if own and wanted.isascii() and wanted.isprintable() else "/orders"


def page_of(request: PageRequest) -> str:
    """The page that somebody looks at who asks: the one that is asked for, or the one whose form comes."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return page_above(request.url.path)


def page_above(address: str) -> str:
    """The page whose form is sent to an address."""
    return own_path(_NO_PAGE.sub("", address.rpartition("/")[0]))


def sign_in_url(wanted: str) -> str:
    """Where to sign in, to look at `wanted` then."""
    return "/sign-in?" + urlencode({"next": wanted}, quote_via=quote)


@get("/enter/{secret:str}", sync_to_thread=True)
def enter(request: PageRequest, services: Services, secret: str) -> Response[bytes]:
    """Sign in by a one-time link, such as a demo prints."""
    link = services.links.take(secret, Purpose.ENTRY)
    return let_in(request, services, link.person_id or 0)
