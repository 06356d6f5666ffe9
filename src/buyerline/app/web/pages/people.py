"""People: who may sign in and what they may do. For owners."""

from collections.abc import Mapping

from litestar import get, post
from litestar.response import Response

from buyerline.app.errors import AppError, Invalid
from buyerline.app.one_time_links import Purpose
from buyerline.app.services import Services
from buyerline.app.viewer import Role, Viewer
from buyerline.app.web.forms import Form, Number, number_of
from buyerline.app.web.rendering import PageRequest, page, see_other
from buyerline.app.words import Words

_ACCOUNT = "account-"
"""Before an account's number, the name of the box that gives a person that account."""


@get("/people", sync_to_thread=True)
def people(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """Everybody."""
    viewer.require_owner()
    accounts = services.accounts.list(viewer)
    found = services.people.list()
    titles = {each.id: [one.title for one in accounts if each.viewer().may_see(one.id)] for each in found}
    return page(request, "people.html", people=found, titles=titles)


@get("/people/invite", sync_to_thread=True)
def show_invite(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """Ask who is to be invited."""
    viewer.require_owner()
    return _invite_page(request, services, viewer, {"role": Role.AGENT})


@post("/people/invite", sync_to_thread=True)
def invite(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Invite somebody, and show the link for them."""
    viewer.require_owner()
    email, name = data.get("email", ""), data.get("name", "")
    try:
        secret = services.people.invite(viewer, email, name, _role(data), _accounts(data))
    except Invalid as refusal:
        return _invite_page(request, services, viewer, data, refusal)
    return _link_page(request, services, Purpose.INVITATION, secret)


@get("/people/{person_id:int}", sync_to_thread=True)
def person(request: PageRequest, services: Services, viewer: Viewer, person_id: Number) -> Response[bytes]:
    """One person, and what can be changed about them."""
    viewer.require_owner()
    return _person_page(request, services, viewer, person_id)


@post("/people/{person_id:int}", sync_to_thread=True)
def change(request: PageRequest, services: Services, viewer: Viewer, person_id: Number, data: Form) -> Response[bytes]:
    """Change what a person may do and see."""
    viewer.require_owner()
    before = services.people.get(person_id)
    elsewhere = (before.accounts or frozenset()) - {each.id for each in services.accounts.list(viewer)}
    try:
        services.people.change(viewer, person_id, role=_role(data), accounts=_accounts(data) | elsewhere)
    except Invalid as refusal:
        return _person_page(request, services, viewer, person_id, refusal)
    return see_other(f"/people/{person_id}", Words("Saved. It counts from the next page that they open."))


@post("/people/{person_id:int}/link", sync_to_thread=True)
def link(request: PageRequest, services: Services, viewer: Viewer, person_id: Number) -> Response[bytes]:
    """Make a link for somebody who has lost the invitation or forgotten the password, and show it."""
    purpose, secret = services.people.reset_link(viewer, person_id)
    return _link_page(request, services, purpose, secret)


@post("/people/{person_id:int}/shut-out", sync_to_thread=True)
def shut_out(request: PageRequest, services: Services, viewer: Viewer, person_id: Number) -> Response[bytes]:
    """Shut somebody out."""
    try:
        services.people.shut_out(viewer, person_id)
    except Invalid as refusal:
        return _person_page(request, services, viewer, person_id, refusal)
    if person_id == viewer.person_id:
        return see_other("/sign-in")
    name = services.people.get(person_id).name
    return see_other(f"/people/{person_id}", Words("{name} is shut out, and signed out everywhere.", name=name))


@post("/people/{person_id:int}/bring-back", sync_to_thread=True)
def bring_back(services: Services, viewer: Viewer, person_id: Number) -> Response[bytes]:
    """Let somebody in again who was shut out."""
    services.people.bring_back(viewer, person_id)
    name = services.people.get(person_id).name
    return see_other(f"/people/{person_id}", Words("{name} may sign in again, with the same password.", name=name))


def _role(data: Mapping[str, str]) -> Role:
    try:
        return Role(data.get("role", ""))
    except ValueError:
        raise Invalid(Words("Choose what the person may do."), "role") from None


def _accounts(data: Mapping[str, str]) -> frozenset[int]:
    numbers = (number_of(name.removeprefix(_ACCOUNT)) for name in data if name.startswith(_ACCOUNT))
    return frozenset(number for number in numbers if number is not None)


def _invite_page(
    request: PageRequest, services: Services, viewer: Viewer, data: Mapping[str, str], problem: Invalid | None = None
) -> Response[bytes]:
    return page(
        request,
        "people_invite.html",
        status=problem.status if problem else 200,
        accounts=services.accounts.list(viewer),
        entered=data,
        role=data.get("role"),
        chosen=_accounts(data),
        problem=problem,
    )


def _person_page(
    request: PageRequest, services: Services, viewer: Viewer, person_id: Number, problem: AppError | None = None
) -> Response[bytes]:
    found = services.people.get(person_id)
    return page(
        request,
        "people_one.html",
        status=problem.status if problem else 200,
        person=found,
        accounts=services.accounts.list(viewer),
        role=found.role,
        chosen=found.accounts or frozenset(),
        problem=problem,
    )


def _link_page(request: PageRequest, services: Services, purpose: Purpose, secret: str) -> Response[bytes]:
    """A link, on the answer itself: it stands in no URL and no cookie, and nobody finds it by going back."""
    return page(
        request,
        "people_link.html",
        person=services.people.of_link(secret, purpose),
        url=f"{services.url}/{purpose}/{secret}",
        ends_at=services.links.look(secret, purpose).ends_at,
        invited=purpose is Purpose.INVITATION,
    )


ROUTES = [people, show_invite, invite, person, change, link, shut_out, bring_back]
