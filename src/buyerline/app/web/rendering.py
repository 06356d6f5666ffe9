"""From templates to answers: whole pages, parts that htmx swaps in, and where to go after a change."""

import base64
import functools
import hashlib
import hmac
import math
import secrets
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Litestar, Request
from litestar.datastructures import Cookie
from litestar.response import Response
from litestar.response.base import ASGIResponse
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup

from buyerline.app.languages import LANGUAGES, negotiate, translations
from buyerline.app.web.about_order import order_url
from buyerline.app.web.filters import FILTERS
from buyerline.app.web.limits import LIMITS
from buyerline.app.words import Words

if TYPE_CHECKING:
    from buyerline.app.services import Services
    from buyerline.app.viewer import Viewer

PageRequest = Request[Any, Any, Any]
"""A request, without litestar's types for who makes it: a `Viewer` says that."""

NOTICE = "notice"
_NOTICE_SECONDS = 60
_NOTICE_KEY = secrets.token_bytes(32)
"""What this process signs notices with: nobody else's words are shown as the app's. Another process shows none."""


class _Notice(msgspec.Struct):
    msgid: str
    values: dict[str, str]


def page(request: PageRequest, template: str, *, status: int = 200, **values: object) -> Response[bytes]:
    """A whole page, made from a template that extends ``frame.html`` (signed in) or ``plain.html``."""
    notice = _taken(request)
    services: Services = request.app.state.services
    viewer: Viewer | None = request.scope.get("user")
    frame = services.frame(viewer) if viewer else None
    answer = _answer(request, template, status, {"frame": frame, "notice": notice, **values})
    if services.settings.cookie_name(NOTICE) in request.cookies:
        answer.set_cookie(_notice_cookie(services, "", 0))
    return answer


def part(request: PageRequest, template: str, *, status: int = 200, **values: object) -> Response[bytes]:
    """A fragment that htmx swaps into a page."""
    return _answer(request, template, status, values)


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to ask again, in whole seconds (RFC 9110, 10.2.3), never too early."""
    return {"Retry-After": str(math.ceil(max(seconds, 1)))}


def see_other(url: str, notice: Words | None = None) -> Response[bytes]:
    """Where to look after a change (303); `notice` is said on the page that is shown then."""
    return _SeeOther(url, notice)


class _SeeOther(Response[bytes]):
    """Carries its notice in a cookie, of which only the request tells how it is to be kept."""

    def __init__(self, url: str, notice: Words | None) -> None:
        super().__init__(b"", status_code=303, headers={"Location": url})
        self._notice = notice

    def to_asgi_response(self, app: Litestar | None, request: PageRequest, **rest: Any) -> ASGIResponse:
        if self._notice is not None:
            values = {name: str(value) for name, value in self._notice.values.items()}
            text = base64.urlsafe_b64encode(msgspec.json.encode(_Notice(self._notice.msgid, values))).decode()
            signed = f"{text}.{_signature(text)}"
            self.set_cookie(_notice_cookie(request.app.state.services, signed, _NOTICE_SECONDS))
        return super().to_asgi_response(app, request, **rest)


def is_htmx(request: PageRequest) -> bool:
    """Whether htmx asks, for a part, and not the browser, for a page."""
    return request.headers.get("hx-request") == "true"


def language_of(request: PageRequest) -> str:
    """The language of the pages for whoever asks: their choice, else what their browser prefers."""
    viewer: Viewer | None = request.scope.get("user")
    return negotiate(viewer.language if viewer else None, request.headers.get("accept-language"))


def static_url(name: str) -> str:
    """The URL of ``app.css`` or ``app.js``, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256(static_file(name)).hexdigest()[:12]}"


@functools.cache
def static_file(name: str) -> bytes:
    """A file of the app's looks or behaviour, made of its parts in the order of their names.

    Raises:
        KeyError: there is none of that name.
    """
    static = resources.files("buyerline.app.web") / "static"
    if name == "app.css":
        tokens = resources.files("buyerline.web") / "static" / "tokens.css"
        return b"\n".join([tokens.read_bytes(), *_parts(static / "css")])
    if name == "app.js":
        return b"\n;\n".join([*_parts(static / "vendor", ".js"), *_parts(static / "js")])
    if name == "icon.svg":
        return (static / name).read_bytes()
    raise KeyError(name)


def _parts(folder: Any, ending: str = "") -> list[bytes]:
    files = sorted((file for file in folder.iterdir() if file.name.endswith(ending)), key=lambda file: file.name)
    return [file.read_bytes() for file in files]


def _answer(request: PageRequest, template: str, status: int, values: Mapping[str, object]) -> Response[bytes]:
    viewer: Viewer | None = request.scope.get("user")
    language = language_of(request)
    text = (
        environment(language)
        .get_template(template)
        .render(
            viewer=viewer,
            language=language,
            zone=(viewer.zone if viewer else None) or "UTC",
            path=request.url.path,
            csrf_token=functools.partial(_csrf_token, request),
            csrf_field=functools.partial(_csrf_field, request),
            **values,
        )
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language, Cookie, HX-Request"}
    return Response(text.encode(), media_type="text/html", status_code=status, headers=headers)


def _csrf_token(request: PageRequest) -> str:
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else ""


def _csrf_field(request: PageRequest) -> Markup:
    return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(_csrf_token(request))


def _notice_cookie(services: "Services", value: str, seconds: int) -> Cookie:
    settings = services.settings
    name, secure = settings.cookie_name(NOTICE), settings.secure
    return Cookie(key=name, value=value, path="/", max_age=seconds, httponly=True, secure=secure, samesite="lax")


def _taken(request: PageRequest) -> Words | None:
    services: Services = request.app.state.services
    text, _, signature = request.cookies.get(services.settings.cookie_name(NOTICE), "").partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text).encode()):
        return None
    notice = msgspec.json.decode(base64.urlsafe_b64decode(text), type=_Notice)
    return Words(notice.msgid, **notice.values)


def _signature(text: str) -> str:
    return hmac.digest(_NOTICE_KEY, text.encode(), "sha256").hex()


@functools.cache
def environment(language: str) -> Environment:
    """The templates in a language of `LANGUAGES`."""
    made = Environment(
        loader=PackageLoader("buyerline.app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.filters.update(FILTERS)
    made.globals.update(static_url=static_url, order_url=order_url, limits=LIMITS, LANGUAGES=LANGUAGES)
    return made
