"""Coming in: with email and password, or by a link that works once."""

from collections.abc import Callable, Mapping
from functools import partial

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from buyerline.app.audit import What
from buyerline.app.errors import AppError, Changed, Invalid, TooMany
from buyerline.app.one_time_links import Purpose
from buyerline.app.persons import Person
from buyerline.app.services import Services
from buyerline.app.signing_in import Wrong
from buyerline.app.viewer import Viewer
from buyerline.app.web.entering import let_in, own_path, see_off, take_zone
from buyerline.app.web.forms import Form, typed_twice
from buyerline.app.web.middleware import address_of
from buyerline.app.web.rendering import PageRequest, page, retry_after, see_other


@get("/sign-in", sync_to_thread=True)
def show_sign_in(request: PageRequest, services: Services) -> Response[bytes]:
    """Ask for email and password."""
    wanted = own_path(request.query_params.get("next", ""))
    if request.scope.get("user"):
        return see_other(wanted)
    return _sign_in_page(request, services, wanted)


@post("/sign-in", sync_to_thread=True)
def sign_in(request: PageRequest, services: Services, data: Form) -> Response[bytes]:
    """Let a person in, and show what they wanted to see."""
    email, wanted = data.get("email", ""), own_path(data.get("next", ""))
    address = address_of(request.scope, services.settings)
    try:
        found = services.signing_in.try_(email, data.get("password", ""), address)
    except (Wrong, TooMany) as refusal:
        return _sign_in_page(request, services, wanted, email, refusal)
    return let_in(request, services, found.id, wanted)


@post("/sign-out", sync_to_thread=True)
def sign_out(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """End this browser's session."""
    services.audit.note(viewer, What.SIGNED_OUT)
    return see_off(request, services)


@get("/welcome/{secret:str}", sync_to_thread=True)
def show_welcome(request: PageRequest, services: Services, secret: FromPath[str]) -> Response[bytes]:
    """Ask who the first owner is."""
    services.links.look(secret, Purpose.OWNER)
    return _link_page(request, "welcome.html", secret, entered={})


@post("/welcome/{secret:str}", sync_to_thread=True)
def welcome(request: PageRequest, services: Services, secret: FromPath[str], data: Form) -> Response[bytes]:
    """Make the first owner."""
    services.links.look(secret, Purpose.OWNER)
    ask_again = partial(_link_page, request, "welcome.html", secret, entered=data)

    def make(password: str) -> Person:
        return services.people.make_owner(data.get("email", ""), data.get("name", ""), password, secret=secret)

    return _come_in(request, services, data, make, ask_again)


@get("/invitation/{secret:str}", sync_to_thread=True)
def show_invitation(request: PageRequest, services: Services, secret: FromPath[str]) -> Response[bytes]:
    """Ask an invited person to choose a password."""
    invited = services.people.of_link(secret, Purpose.INVITATION)
    return _link_page(request, "invitation.html", secret, person=invited)


@post("/invitation/{secret:str}", sync_to_thread=True)
def invitation(request: PageRequest, services: Services, secret: FromPath[str], data: Form) -> Response[bytes]:
    """Accept an invitation."""
    invited = services.people.of_link(secret, Purpose.INVITATION)
    ask_again = partial(_link_page, request, "invitation.html", secret, person=invited)
    return _come_in(request, services, data, partial(services.people.accept, secret), ask_again)


@get("/password/{secret:str}", sync_to_thread=True)
def show_password(request: PageRequest, services: Services, secret: FromPath[str]) -> Response[bytes]:
    """Ask for a new password in place of one that was forgotten."""
    found = services.people.of_link(secret, Purpose.PASSWORD)
    return _link_page(request, "password.html", secret, person=found)


@post("/password/{secret:str}", sync_to_thread=True)
def password(request: PageRequest, services: Services, secret: FromPath[str], data: Form) -> Response[bytes]:
    """Take the new password."""
    found = services.people.of_link(secret, Purpose.PASSWORD)
    ask_again = partial(_link_page, request, "password.html", secret, person=found)
    return _come_in(request, services, data, partial(services.people.set_password, secret), ask_again)


def _sign_in_page(
    request: PageRequest, services: Services, wanted: str, email: str = "", refusal: Wrong | TooMany | None = None
) -> Response[bytes]:
    answer = page(
        request,
        "sign_in.html",
        status=refusal.status if refusal else 200,
        wanted=wanted,
        email=email,
        problem=refusal,
        nobody_yet=services.people.first_owner_needed(),
    )
    if isinstance(refusal, TooMany):
        answer.headers.update(retry_after(refusal.wait))
    return answer


def _link_page(
    request: PageRequest, template: str, secret: str, problem: AppError | None = None, **values: object
) -> Response[bytes]:
    status = problem.status if problem else 200
    return page(request, template, status=status, secret=secret, problem=problem, **values)


def _come_in(
    request: PageRequest,
    services: Services,
    data: Mapping[str, str],
    use_link: Callable[[str], Person],
    ask_again: Callable[[AppError], Response[bytes]],
) -> Response[bytes]:
    try:
        person = use_link(typed_twice(data, "password"))
    except (Invalid, Changed) as refusal:
        return ask_again(refusal)
    take_zone(services, person.viewer(), data.get("zone", ""))
    return let_in(request, services, person.id)


ROUTES = [
    *(show_sign_in, sign_in, sign_out),
    *(show_welcome, welcome, show_invitation, invitation, show_password, password),
]
