"""The web application: its routes, what every request goes through, and how failures are told."""

import logging
import traceback
from typing import Any

from litestar import Litestar, Router, get
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.middleware import DefineMiddleware
from litestar.response import Response
from litestar.types import ASGIApp

from buyerline.amazon.errors import BuyerlineError
from buyerline.app.errors import AppError, NotHere, NotSignedIn, TooMany
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.about_order import order_asked_about
from buyerline.app.web.api import ROUTES, problems
from buyerline.app.web.api.documented import Structs, openapi_config
from buyerline.app.web.entering import enter, page_above, page_of, sign_in_url
from buyerline.app.web.forms import refuse_unkeepable, typed
from buyerline.app.web.health_address import HealthAddress
from buyerline.app.web.middleware import (
    PAGE_ABOUT_API,
    AnswerHeaders,
    FormTokens,
    Identity,
    KnownHosts,
    for_programs,
    session_cookie,
)
from buyerline.app.web.pages import accounts, audit, compose, orders, outbox, people, settings, signing_in
from buyerline.app.web.rendering import (
    PageRequest,
    is_htmx,
    page,
    part,
    retry_after,
    see_other,
    static_file,
    static_url,
)
from buyerline.app.words import Words
from buyerline.outbox.errors import OutboxUnavailable

CSRF_EXEMPT = [rf"^/api(?=/|$)(?!{PAGE_ABOUT_API.removeprefix('/api')}$)"]
"""There, a key in a header says who asks, which no other site can make a browser send."""

LARGEST_BODY = 12_000_000
"""Bytes of a request, at most: a file of 10 MB and the form around it."""

_WRITTEN = ("text", "why")
"""Fields of forms that somebody may have written at for long: a message, and why one is given back."""

_YEAR = "public, max-age=31536000, immutable"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

_log = logging.getLogger("buyerline.app")


def make_site(services: Services) -> ASGIApp:
    """The web application of these services, with what also holds for requests that it has no answer to."""
    settings = services.settings
    return AnswerHeaders(HealthAddress(KnownHosts(make_app(services), settings)), settings)


def make_app(services: Services) -> Litestar:
    """The web application of these services."""
    settings = services.settings
    csrf = CSRFConfig(
        secret=services.csrf_secret(),
        cookie_name=settings.cookie_name("csrf"),
        cookie_secure=settings.secure,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=CSRF_EXEMPT,
    )
    return Litestar(
        # In one router: Litestar 2 wraps the earlier of two handlers of one path twice when they come one by one.
        route_handlers=[Router("/", route_handlers=[_pages(), *ROUTES])],
        dependencies={
            "services": Provide(_services, sync_to_thread=False),
            "viewer": Provide(_viewer, sync_to_thread=False),
        },
        middleware=[
            DefineMiddleware(FormTokens, config=csrf),
            Identity(settings, services.sessions, services.api_keys),
        ],
        compression_config=CompressionConfig(backend="gzip", minimum_size=600, exclude=["^/outbox/live", "/files/"]),
        exception_handlers={
            NotSignedIn: _sign_in,
            AppError: _told,
            BuyerlineError: _amazon_failed,
            HTTPException: _http,
            Exception: _failed,
        },
        state=State({"services": services}),
        request_max_body_size=LARGEST_BODY,
        openapi_config=openapi_config(),
        plugins=[Structs()],
        include_in_schema=False,
        logging_config=None,
        debug=False,
    )


def _pages() -> Router:
    modules = (accounts, audit, compose, orders, outbox, people, settings, signing_in)
    routes = [route for module in modules for route in module.ROUTES]
    return Router("/", route_handlers=[static, home, enter, *routes], guards=[refuse_unkeepable])


def _services(state: State) -> Services:
    services: Services = state.services
    return services


def _viewer(request: PageRequest) -> Viewer:
    viewer: Viewer | None = request.scope.get("user")
    if viewer is None:
        raise NotSignedIn
    return viewer


@get("/", sync_to_thread=False)
def home() -> Response[bytes]:
    """The orders are what people come for."""
    return Response(b"", status_code=303, headers={"Location": "/orders"})


@get("/static/{name:str}", sync_to_thread=False)
def static(request: PageRequest, name: str) -> Response[bytes]:
    """The looks and the behaviour of all pages."""
    try:
        content = static_file(name)
    except KeyError:
        raise NotHere from None
    current = request.url.path + "?" + request.url.query == static_url(name)
    headers = {"Cache-Control": _YEAR} if current else {}
    return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


def _sign_in(request: PageRequest, _: NotSignedIn) -> Response[Any]:
    if for_programs(request.url.path):
        return problems.not_signed_in()
    target = sign_in_url(page_of(request))
    if is_htmx(request):
        target = "/sign-in" if request.method == "GET" else target  # a part of a page is none
        return Response(b"", status_code=401, headers={"HX-Redirect": target})
    text = typed(request, *_WRITTEN)
    if text:
        return page(request, "signed_out.html", status=401, text=text, target=target)
    return Response(b"", status_code=303, headers={"Location": target})


def _told(request: PageRequest, error: AppError) -> Response[Any]:
    if for_programs(request.url.path):
        return problems.told(error)
    headers = retry_after(error.wait) if isinstance(error, TooMany) else {}
    return _problem_page(request, error.status, error.words, headers)


def _amazon_failed(request: PageRequest, error: BuyerlineError) -> Response[Any]:
    answer = problems.told(error) if for_programs(request.url.path) else None
    if answer is not None and answer.content.status < 500:
        return answer
    _log.warning("%s %s: %s", request.method, _route(request), type(error).__name__)
    if answer is not None:
        return answer
    if isinstance(error, OutboxUnavailable):
        return _problem_page(request, 503, Words("The database cannot be used at the moment. Try again in a minute."))
    words = Words("Amazon, or what stands between, could not do this now. {said}", said=str(error))
    return _problem_page(request, 502, words)


def _http(request: PageRequest, error: HTTPException) -> Response[Any]:
    if for_programs(request.url.path):
        return problems.told(error)
    if error.status_code == 405 and request.method == "GET":  # somebody looks again at what a form was answered with
        return see_other(page_above(request.url.path))
    words = _HTTP_WORDS.get(error.status_code, Words("This request cannot be answered."))
    if isinstance(error, NotFoundException):
        words = NotHere().words
        if request.scope.get("user") is None:  # perhaps because there is no such route, and `Identity` was not asked
            services: Services = request.app.state.services
            cookie = request.cookies.get(session_cookie(services.settings), "")
            request.scope["user"] = services.sessions.find(cookie) if cookie else None
    return _problem_page(request, error.status_code, words, dict(error.headers or {}))


def _failed(request: PageRequest, error: Exception) -> Response[Any]:
    # Without the failure's own words: they may hold a text or a row.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s %s failed: %s\n%s", request.method, _route(request), type(error).__name__, where)
    if for_programs(request.url.path):
        return problems.told(error)
    words = Words(
        "Something in buyerline failed; it was written to its log. Look at the outbox before you do it again: part of "
        "it may have been done."
    )
    return _problem_page(request, 500, words)


def _route(request: PageRequest) -> str:
    """The path as it is declared: what stands in it may be the secret of a link."""
    return str(request.scope.get("path_template") or "(no route)")


_HTTP_WORDS = {
    400: Words("The form that arrived cannot be read. Go back, load the page again, and send it once more."),
    403: Words(
        "This form was not accepted, because it is too old or came from another page. Go back, load the page "
        "again, and send it once more."
    ),
    405: Words("This address does not take that. Go back and use the page's own buttons."),
    413: Words(
        "That is more than can be taken at once: 10 MB for all files of a message, 20,000 characters for its text."
    ),
}


_AS_NOTICE = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Reselect": "unset", "HX-Push-Url": "false"}
"""With these htmx shows an answer as the page's notice, whatever it would have replaced or led to."""


def _problem_page(
    request: PageRequest, status: int, words: Words, headers: dict[str, str] | None = None
) -> Response[bytes]:
    if is_htmx(request):
        answer = part(request, "notice.html", status=status, notice=words, bad=True)
        headers = {**(headers or {}), **_AS_NOTICE}
    else:
        answer = page(request, "problem.html", status=status, words=words, order=order_asked_about(request))
    for name, value in (headers or {}).items():
        answer.set_header(name, value)
    return answer
