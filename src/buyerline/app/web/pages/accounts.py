"""Accounts: which sellers are connected, how each stands, and what an owner may change."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from buyerline.app.accounts import Account, AccountState
from buyerline.app.authorisation import NotReached
from buyerline.app.errors import Invalid
from buyerline.app.finding import OutboxFilters
from buyerline.app.followed import Tab
from buyerline.app.services import Services
from buyerline.app.viewer import Role, Viewer
from buyerline.app.web.forms import Form
from buyerline.app.web.pages.accounts_connect import ROUTES as CONNECTING
from buyerline.app.web.rendering import PageRequest, is_htmx, page, part, see_other
from buyerline.app.words import Words


@get("/accounts", sync_to_thread=True)
def accounts(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """Every account that the viewer may see."""
    return page(
        request,
        "accounts.html",
        accounts=services.accounts.list(viewer),
        application=services.applications.shown() if viewer.role is Role.OWNER else None,
    )


@get("/accounts/{name:str}", sync_to_thread=True)
def account(request: PageRequest, services: Services, viewer: Viewer, name: FromPath[str]) -> Response[bytes]:
    """One account."""
    return _page(request, services.accounts.of(viewer, name))


@post("/accounts/{name:str}/test", sync_to_thread=True)
def test(request: PageRequest, services: Services, viewer: Viewer, name: FromPath[str]) -> Response[bytes]:
    """Ask Amazon whether the account's authorisation is good."""
    try:
        tested = services.accounts.test(viewer, name)
    except NotReached as refusal:
        return _not_tested(request, services.accounts.of(viewer, name), refusal)
    good = tested.state is AccountState.CONNECTED
    if is_htmx(request):
        return part(request, "accounts_tested.html", account=tested, good=good, untested=None)
    notice = Words("Amazon accepts the authorisation of {title}.", title=tested.title)
    return see_other(f"/accounts/{name}", notice if good else None)


@post("/accounts/{name:str}/rename", sync_to_thread=True)
def rename(
    request: PageRequest, services: Services, viewer: Viewer, name: FromPath[str], data: Form
) -> Response[bytes]:
    """Give the account another title."""
    try:
        services.accounts.rename(viewer, name, data.get("title", ""))
    except Invalid as refusal:
        return _page(request, services.accounts.of(viewer, name), refusal)
    return see_other(f"/accounts/{name}", Words("Saved."))


@get("/accounts/{name:str}/disconnect", sync_to_thread=True)
def ask_disconnect(request: PageRequest, services: Services, viewer: Viewer, name: FromPath[str]) -> Response[bytes]:
    """Ask once more, and say what it means."""
    viewer.require_owner()
    ended = services.accounts.of(viewer, name)
    queued = services.following.newer(viewer, Tab.QUEUED, OutboxFilters(account=ended.id), than=None)
    return page(request, "accounts_disconnect.html", account=ended, queued=queued)


@post("/accounts/{name:str}/disconnect", sync_to_thread=True)
def disconnect(services: Services, viewer: Viewer, name: FromPath[str]) -> Response[bytes]:
    """Disconnect the account."""
    ended = services.accounts.disconnect(viewer, name)
    return see_other(f"/accounts/{name}", Words("{title} is disconnected.", title=ended.title))


def _not_tested(request: PageRequest, shown: Account, refusal: NotReached) -> Response[bytes]:
    """The account as it stands: that Amazon could not be asked says nothing of its authorisation."""
    if is_htmx(request):
        return part(request, "accounts_tested.html", account=shown, good=False, untested=refusal.words)
    return page(
        request, "accounts_one.html", status=refusal.status, account=shown, problem=None, untested=refusal.words
    )


def _page(request: PageRequest, shown: Account, problem: Invalid | None = None) -> Response[bytes]:
    status = problem.status if problem else 200
    return page(request, "accounts_one.html", status=status, account=shown, problem=problem, untested=None)


ROUTES = [accounts, account, test, rename, ask_disconnect, disconnect, *CONNECTING]
