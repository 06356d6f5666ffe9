"""The order that a request is about, so that a page that only says what went wrong leads back to it."""

from typing import Any
from urllib.parse import quote

from litestar import Request

from buyerline.app.draft_values import UNKEEPABLE
from buyerline.app.errors import NotHere
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.outbox.messages import Message


def order_url(account: str, order_id: str) -> str:
    """Where an order is looked at."""
    return f"/orders/{quote(account, safe='')}/{quote(order_id, safe='')}"


def order_asked_about(request: Request[Any, Any, Any]) -> str | None:
    """The URL of the order whose page, or whose waiting message, a request is about; ``None`` where it is about none.

    An order that is not there, or not theirs to see, is none.
    """
    viewer: Viewer | None = request.scope.get("user")
    path = request.scope.get("path_params", {})
    if viewer is None or any(UNKEEPABLE.search(str(name)) for name in path.values()):
        return None
    services: Services = request.app.state.services
    try:
        if "draft_id" in path:
            return _of_draft(services, viewer, path["draft_id"])
        if "order_id" in path:
            account = services.accounts.of(viewer, path["account"])
            return order_url(account.name, services.orders.get(account.id, path["order_id"]).order_id)
    except NotHere:
        pass
    return None


def _of_draft(services: Services, viewer: Viewer, draft_id: str) -> str:
    """The order of a draft: of one that they may read, or of what it has become.

    Raises:
        NotHere: they may see neither.
    """
    became = services.sending.become_of(viewer, draft_id)
    if isinstance(became, Message):
        return order_url(became.account, became.order_id)
    written = services.drafts.get(viewer, draft_id)
    return order_url(services.accounts.numbered(written.account_id).name, written.order_id)
