"""A person's drafts, among the outbox's tabs: each is found again here, opened on its order's page, or discarded."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from buyerline.app.errors import Changed
from buyerline.app.services import Services
from buyerline.app.sync_summary import SyncSummary
from buyerline.app.viewer import Viewer
from buyerline.app.web.forms import Form, number_of
from buyerline.app.web.pages.outbox_query import Asked, tabs
from buyerline.app.web.rendering import PageRequest, page, see_other
from buyerline.app.words import Words

_URL = "/outbox/drafts"


@get(_URL, sync_to_thread=True)
def drafts(request: PageRequest, services: Services, viewer: Viewer, before: str | None = None) -> Response[bytes]:
    """What the person is writing, that saved last first."""
    return _listed(request, services, viewer, before)


@post(f"{_URL}/{{draft_id:str}}/discard", sync_to_thread=True)
def discard(
    request: PageRequest, services: Services, viewer: Viewer, draft_id: FromPath[str], data: Form
) -> Response[bytes]:
    """Throw a draft away with its files."""
    try:
        services.drafts.discard(viewer, draft_id, number_of(data.get("version", "")) or 0)
    except Changed as refusal:
        return _listed(request, services, viewer, refusal=refusal)
    return see_other(_URL, Words("The draft was discarded."))


def _listed(
    request: PageRequest, services: Services, viewer: Viewer, before: str | None = None, refusal: Changed | None = None
) -> Response[bytes]:
    """The list, and why a draft was not discarded."""
    accounts = services.accounts.list(viewer)
    return page(
        request,
        "drafts.html",
        status=refusal.status if refusal else 200,
        **tabs(Asked(), None, services.following.counts(viewer), services.own_drafts.count(viewer)),
        several=len(accounts) > 1,
        disconnected=SyncSummary.of(accounts).disconnected,
        found=services.own_drafts.page(viewer, before),
        before=before,
        refusal=refusal,
    )


ROUTES = [drafts, discard]
