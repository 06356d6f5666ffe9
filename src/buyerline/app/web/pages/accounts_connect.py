"""Connecting an account: by Amazon's consent page or a refresh token, and in which application's name."""

from collections.abc import Mapping

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Response

from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.app.accounts import Account
from buyerline.app.authorisation import NotReached
from buyerline.app.errors import AppError, Invalid, NotHere
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.forms import Form
from buyerline.app.web.middleware import POLICY
from buyerline.app.web.rendering import PageRequest, page, see_other
from buyerline.app.words import Words

BACK = "/accounts/consent"
"""Where Amazon sends the browser back to."""


@get("/accounts/connect", sync_to_thread=True)
def show_connect(
    request: PageRequest, services: Services, viewer: Viewer, again: FromQuery[str] = ""
) -> Response[bytes]:
    """The two ways to connect an account; with `again`, one that is known already."""
    viewer.require_owner()
    return _page(request, services, viewer, {"again": again})


@post("/accounts/connect", sync_to_thread=True)
def connect(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Connect an account by a refresh token."""
    viewer.require_owner()
    known = _numbers(services, viewer)
    try:
        made = services.accounts.connect(
            viewer,
            data.get("title", ""),
            data.get("region", ""),
            data.get("refresh_token", ""),
            again=data.get("again") or None,
        )
    except (Invalid, NotReached) as refusal:
        return _page(request, services, viewer, data, token_problem=refusal)
    return _connected(made, known)


@post("/accounts/consent", sync_to_thread=True)
def begin_consent(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Go to Amazon's consent page."""
    viewer.require_owner()
    try:
        url = services.consent.begin(
            viewer,
            data.get("marketplace", ""),
            data.get("title", ""),
            services.url + BACK,
            draft=data.get("draft") == "on",
            again=data.get("again") or None,
        )
    except Invalid as refusal:
        return _page(request, services, viewer, data, consent_problem=refusal)
    return see_other(url)


@get(BACK, sync_to_thread=True)
def end_consent(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """Back from Amazon's consent page."""
    viewer.require_owner()
    known = _numbers(services, viewer)
    told = request.query_params
    if not told:  # somebody looks again at what the form was answered with
        return see_other("/accounts/connect")
    try:
        made = services.consent.finish(
            viewer, told.get("state", ""), told.get("selling_partner_id", ""), told.get("spapi_oauth_code", "")
        )
    except (Invalid, NotHere, NotReached) as refusal:
        return _page(request, services, viewer, {}, consent_problem=refusal)
    return _connected(made, known)


@get("/accounts/application", sync_to_thread=True)
def show_application(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """The application at Amazon."""
    viewer.require_owner()
    return _application_page(request, services, {})


@post("/accounts/application", sync_to_thread=True)
def set_application(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Set the application's credentials."""
    try:
        services.applications.set(
            viewer,
            client_id=data.get("client_id", ""),
            client_secret=data.get("client_secret", ""),
            application_id=data.get("application_id", ""),
        )
    except Invalid as refusal:
        return _application_page(request, services, data, refusal)
    test = Words("Saved, but not tested yet. Test an account that is connected.")
    connect = Words("Saved, but not tested yet. That is done when you connect an account.")
    return see_other("/accounts", test if _numbers(services, viewer) else connect)


def _numbers(services: Services, viewer: Viewer) -> frozenset[int]:
    return frozenset(each.id for each in services.accounts.list(viewer))


def _connected(made: Account, known: frozenset[int]) -> Response[bytes]:
    notice = (
        Words("{title} was known already; it has the new authorisation now.", title=made.title)
        if made.id in known
        else Words("{title} is connected. Its orders are being fetched.", title=made.title)
    )
    return see_other(f"/accounts/{made.name}", notice)


def _page(
    request: PageRequest,
    services: Services,
    viewer: Viewer,
    entered: Mapping[str, str],
    *,
    consent_problem: AppError | None = None,
    token_problem: AppError | None = None,
) -> Response[bytes]:
    problem = consent_problem or token_problem
    again = entered.get("again")
    answer = page(
        request,
        "accounts_connect.html",
        status=problem.status if problem else 200,
        again=services.accounts.of(viewer, again) if again else None,
        application=services.applications.shown(),
        entered=entered,
        regions={region: [each for each in Marketplace if each.region is region] for region in Region},
        consent_problem=consent_problem,
        token_problem=token_problem,
    )
    sites = " ".join(services.consent.origins())
    # browsers apply form-action also to where the answer to a form leads
    answer.set_header("Content-Security-Policy", POLICY.replace("form-action 'self'", f"form-action 'self' {sites}"))
    return answer


def _application_page(
    request: PageRequest, services: Services, entered: Mapping[str, str], problem: Invalid | None = None
) -> Response[bytes]:
    return page(
        request,
        "accounts_application.html",
        status=problem.status if problem else 200,
        application=services.applications.shown(),
        callback=services.url + BACK,
        entered=entered,
        problem=problem,
    )


ROUTES = [show_connect, connect, begin_consent, end_consent, show_application, set_application]
