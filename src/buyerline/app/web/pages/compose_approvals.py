"""A message that waits for a second person: who reads it, and decides."""

from urllib.parse import quote

from litestar import get, post
from litestar.response import Response

from buyerline.app.approving import Waiting
from buyerline.app.errors import AppError, Changed, Invalid, NotAllowed
from buyerline.app.queueing import Refused
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.about_order import order_url
from buyerline.app.web.downloads import as_download
from buyerline.app.web.forms import Form
from buyerline.app.web.rendering import PageRequest, page, see_other
from buyerline.app.words import Words


@get("/approvals/{draft_id:str}", sync_to_thread=True)
def show(request: PageRequest, services: Services, viewer: Viewer, draft_id: str) -> Response[bytes]:
    """Somebody's message, to be read and decided about; the own one, to be taken back."""
    return _page(request, services, viewer, services.approving.get(viewer, draft_id))


@get("/approvals/{draft_id:str}/files/{file_id:str}", sync_to_thread=True)
def download(services: Services, viewer: Viewer, draft_id: str, file_id: str) -> Response[bytes]:
    """A file of a message that waits."""
    return as_download(services.drafts.file(viewer, draft_id, file_id))


@post("/approvals/{draft_id:str}/approve", sync_to_thread=True)
def approve(request: PageRequest, services: Services, viewer: Viewer, draft_id: str, data: Form) -> Response[bytes]:
    """Have sent what the page showed."""
    try:
        message = services.approving.approve(viewer, draft_id, data.get("digest", ""), again=data.get("again") or None)
    except (Refused, Invalid, NotAllowed, Changed) as refusal:
        return _page(request, services, viewer, services.approving.get(viewer, draft_id), refusal)
    order = Words("Approved: the message for order {order}.", order=message.order_id)
    return see_other(_next(services, viewer), order)


@post("/approvals/{draft_id:str}/give-back", sync_to_thread=True)
def give_back(request: PageRequest, services: Services, viewer: Viewer, draft_id: str, data: Form) -> Response[bytes]:
    """Give it back to its writer, with a reason."""
    waiting = services.approving.get(viewer, draft_id)
    why = data.get("why", "")
    try:
        services.approving.give_back(
            viewer, draft_id, data.get("digest", ""), why, discard=data.get("discard") == "yes"
        )
    except (Invalid, NotAllowed, Changed) as refusal:
        return _page(request, services, viewer, services.approving.get(viewer, draft_id), refusal, why)
    given, thrown = Words("Given back to {writer}.", writer=waiting.writer), Words("Discarded. Nothing was sent.")
    return see_other(_next(services, viewer), thrown if waiting.orphaned else given)


@post("/approvals/{draft_id:str}/take-back", sync_to_thread=True)
def take_back(services: Services, viewer: Viewer, draft_id: str) -> Response[bytes]:
    """Make the own message one to write in again."""
    draft = services.approving.take_back(viewer, draft_id)
    account = services.accounts.numbered(draft.account_id)
    return see_other(order_url(account.name, draft.order_id), Words("Taken back. Here is your draft again."))


def _next(services: Services, viewer: Viewer) -> str:
    """Where somebody who decides goes on: the message that has waited longest for them, else what needs them beside."""
    others = (each.draft.id for each in services.approving.waiting(viewer) if not each.own)
    following = next(others, None)
    return f"/approvals/{quote(following, safe='')}" if following else "/outbox?tab=needs"


def _page(
    request: PageRequest,
    services: Services,
    viewer: Viewer,
    waiting: Waiting,
    refusal: AppError | None = None,
    why: str = "",
) -> Response[bytes]:
    draft, account = waiting.draft, waiting.account
    order = services.orders.get(account.id, draft.order_id)
    return page(
        request,
        "approval.html",
        status=refusal.status if refusal else 200,
        waiting=waiting,
        draft=draft,
        account=account,
        order=order,
        url=order_url(account.name, order.order_id),
        look=services.approving.look(viewer, waiting),
        timeline=services.following.for_order(viewer, account, order.order_id),
        refusal=refusal,
        why=why,
    )


ROUTES = [show, download, approve, give_back, take_back]
