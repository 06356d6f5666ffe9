"""Settings: what a person sets for themselves, and for owners what holds for everybody."""

from collections.abc import Mapping
from datetime import timedelta

from litestar import get, post
from litestar.response import Response

from buyerline.app.audit import What
from buyerline.app.errors import AppError, Invalid, TooMany
from buyerline.app.formats import zones
from buyerline.app.languages import LANGUAGES, own_name
from buyerline.app.services import Services
from buyerline.app.sessions import IDLE, LONGEST
from buyerline.app.viewer import Role, Viewer
from buyerline.app.web.entering import let_in, take_zone
from buyerline.app.web.forms import Form, Number, number_of, typed_twice
from buyerline.app.web.middleware import session_cookie
from buyerline.app.web.rendering import PageRequest, page, see_other
from buyerline.app.words import Words


@get("/settings", sync_to_thread=True)
def settings(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """Everything that can be set."""
    return _page(request, services, viewer)


@post("/settings/profile", sync_to_thread=True)
def profile(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Change the viewer's name, language, time zone, and time to undo."""
    seconds = number_of(data.get("undo_seconds", ""))
    try:
        services.profiles.change(
            viewer,
            name=data.get("name", ""),
            language=data.get("language") or None,
            zone=data.get("zone") or None,
            undo_seconds=-1 if seconds is None else seconds,
        )
    except Invalid as refusal:
        return _page(request, services, viewer, profile_problem=refusal, entered=data)
    return see_other("/settings", Words("Saved."))


@post("/settings/zone", status_code=204, sync_to_thread=True)
def zone(services: Services, viewer: Viewer, data: Form) -> None:
    """Take the browser's time zone, which every page tells of somebody who has none: a link may have let them in."""
    take_zone(services, viewer, data.get("zone", ""))


@post("/settings/password", sync_to_thread=True)
def change_password(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Change the viewer's password: they stay signed in here, with a new session, and nowhere else."""
    kept = {"revoke_keys": "on"} if data.get("revoke_keys") == "on" else {}
    try:
        new = typed_twice(data, "new")
        services.profiles.change_password(viewer, data.get("old", ""), new, revoke_keys=bool(kept))
    except (Invalid, TooMany) as refusal:
        return _page(request, services, viewer, entered=kept, password_problem=refusal)
    done = Words("The password is changed. You are signed out everywhere but here.")
    return let_in(request, services, viewer.person_id, "/settings", done)


@post("/settings/sessions", sync_to_thread=True)
def end_sessions(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """End one of the viewer's sessions, or all but this one."""
    chosen = data.get("session", "")
    if chosen:
        services.sessions.end_one(viewer.person_id, chosen)
    else:
        services.sessions.end_all(viewer.person_id, except_cookie=_cookie(request, services))
    services.audit.note(viewer, What.SESSIONS_ENDED)
    return see_other("/settings#sessions", Words("Signed out there."))


@post("/settings/keys", sync_to_thread=True)
def make_key(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Make an API key, and show it this once: on the answer itself, not at any URL."""
    try:
        key = services.api_keys.make(viewer, data.get("name", ""))
    except Invalid as refusal:
        return _page(request, services, viewer, key_problem=refusal)
    return _page(request, services, viewer, new_key=key)


@post("/settings/keys/{key_id:int}/revoke", sync_to_thread=True)
def revoke_key(services: Services, viewer: Viewer, key_id: Number) -> Response[bytes]:
    """Make an API key work no more."""
    services.api_keys.revoke(viewer, key_id)
    return see_other("/settings#keys", Words("The key is revoked: what uses it is refused from now on."))


@post("/settings/approval", sync_to_thread=True)
def approval(services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Turn second-person approval on or off."""
    needed = data.get("approval") == "on"
    services.store.set_approval(viewer, needed=needed)
    on, off = Words("Messages now wait for a second person."), Words("Messages now leave without a second person.")
    queued = services.following.queued(viewer) if needed else 0
    if queued:
        on = Words(
            "From now on messages wait for a second person. Those queued or planned before, {count} by now, leave "
            "without one: look through them in the outbox, and cancel what should not go.",
            count=queued,
        )
    return see_other("/settings#approval", on if needed else off)


def _page(
    request: PageRequest,
    services: Services,
    viewer: Viewer,
    *,
    entered: Mapping[str, str] | None = None,
    profile_problem: AppError | None = None,
    password_problem: AppError | None = None,
    key_problem: AppError | None = None,
    new_key: str | None = None,
) -> Response[bytes]:
    problem = profile_problem or password_problem or key_problem
    kept = {
        "name": viewer.name,
        "language": viewer.language or "",
        "zone": viewer.zone or "",
        "undo_seconds": str(viewer.undo_seconds),
    }
    return page(
        request,
        "settings.html",
        status=problem.status if problem else 200,
        entered={**kept, **(entered or {})},
        profile_problem=profile_problem,
        password_problem=password_problem,
        key_problem=key_problem,
        new_key=new_key,
        languages=[(code, own_name(code)) for code in LANGUAGES],
        zones=zones(),
        sessions=services.sessions.list(viewer.person_id, _cookie(request, services)),
        keys=services.api_keys.list(viewer),
        idle_hours=IDLE // timedelta(hours=1),
        longest_days=LONGEST // timedelta(days=1),
        needs_approval=services.store.needs_approval() if viewer.role is Role.OWNER else None,
    )


def _cookie(request: PageRequest, services: Services) -> str:
    return request.cookies.get(session_cookie(services.settings), "")


ROUTES = [settings, profile, zone, change_password, end_sessions, make_key, revoke_key, approval]
