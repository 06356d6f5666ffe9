"""One message: what it says, what happened to it, and what a person can do about it; and an order's timeline."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Response

from buyerline.app.accounts import NotUsable
from buyerline.app.errors import AppError, Changed, Invalid, NotAllowed
from buyerline.app.followed import Followed
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.pages.compose_desk import order_url
from buyerline.app.web.pages.compose_files import as_download
from buyerline.app.web.rendering import is_htmx, page, part, see_other
from buyerline.app.words import Words

_Request = Request[Any, Any, Any]
_Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/outbox/{message_id:str}", sync_to_thread=True)
def show(request: _Request, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """A message with its history; for htmx, the part of the page that changes."""
    return _shown(request, services, viewer, message_id)


@post("/outbox/{message_id:str}/cancel", sync_to_thread=True)
def cancel(request: _Request, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """Take a queued message back."""
    done = Words("Cancelled. It was not sent.")
    return _decided(request, services, viewer, message_id, done, lambda: services.following.cancel(viewer, message_id))


@post("/outbox/{message_id:str}/retry", sync_to_thread=True)
def retry(
    request: _Request, services: Services, viewer: Viewer, message_id: FromPath[str], data: _Form
) -> Response[bytes]:
    """Queue a message again that was not sent; ask once more where the same stands in the outbox besides it."""
    done = Words("Queued. It is sent as soon as its turn comes.")
    again = data.get("again") == "yes"
    try:
        return _decided(
            request,
            services,
            viewer,
            message_id,
            done,
            lambda: services.following.retry(viewer, message_id, again=again),
        )
    except Invalid as refusal:
        followed = services.following.get(viewer, message_id)
        return page(request, "message_again.html", status=refusal.status, each=followed, same=refusal.words)


@get("/outbox/{message_id:str}/again", sync_to_thread=True)
def ask_again(request: _Request, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """Ask once more before a message leaves a second time that may have been sent."""
    followed = services.following.get(viewer, message_id)
    if not followed.may_send_again:
        return see_other(_url(message_id))
    return page(request, "message_again.html", each=followed, same=None)


@post("/outbox/{message_id:str}/resolve", sync_to_thread=True)
def resolve(
    request: _Request, services: Services, viewer: Viewer, message_id: FromPath[str], data: _Form
) -> Response[bytes]:
    """Say what became of a message of which nobody knew."""
    arrived = data.get("arrived") == "yes"
    sent, again = Words("Marked as sent."), Words("Queued. It is sent again as soon as its turn comes.")
    return _decided(
        request,
        services,
        viewer,
        message_id,
        sent if arrived else again,
        lambda: services.following.resolve(viewer, message_id, arrived=arrived),
    )


@post("/outbox/{message_id:str}/undo", sync_to_thread=True)
def undo(request: _Request, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """Take a message back before it leaves; what it said is a draft again."""
    followed = services.following.get(viewer, message_id)
    try:
        draft = services.sending.undo(viewer, message_id)
    except (Changed, NotAllowed) as refusal:
        return _shown(request, services, viewer, message_id, refusal)
    if draft is None:
        words = Words(
            "Taken back, nothing was sent. You are writing another message for this order; this one is below."
        )
        return see_other(_url(message_id), words)
    order = order_url(followed.account.name, followed.message.order_id)
    return see_other(order, Words("Taken back, nothing was sent. Here is your draft again."))


@get("/outbox/{message_id:str}/files/{position:int}", sync_to_thread=True)
def file(services: Services, viewer: Viewer, message_id: FromPath[str], position: FromPath[int]) -> Response[bytes]:
    """An attachment, to be saved."""
    return as_download(services.following.file(viewer, message_id, position))


@get("/outbox/timeline/{account:str}/{order_id:str}", sync_to_thread=True)
def timeline(
    request: _Request, services: Services, viewer: Viewer, account: FromPath[str], order_id: FromPath[str]
) -> Response[bytes]:
    """Everything ever sent for an order, for a page that shows it already."""
    found = services.following.for_order(viewer, services.accounts.of(viewer, account), order_id)
    return part(request, "timeline.html", timeline=found)


def _decided(
    request: _Request,
    services: Services,
    viewer: Viewer,
    message_id: str,
    done: Words,
    decide: Callable[[], Followed],
) -> Response[bytes]:
    try:
        decide()
    except (Changed, NotAllowed, NotUsable) as refusal:
        return _shown(request, services, viewer, message_id, refusal)
    return see_other(_url(message_id), done)


def _shown(
    request: _Request, services: Services, viewer: Viewer, message_id: str, refusal: AppError | None = None
) -> Response[bytes]:
    """A message as it is now, and why a decision about it was refused."""
    position = services.following.position()
    followed = services.following.get(viewer, message_id)
    values = {"each": followed, "position": position, "refusal": refusal}
    status = refusal.status if refusal else 200
    if is_htmx(request):
        return part(request, "message_part.html", status=status, **values)
    return page(request, "message.html", status=status, **values)


def _url(message_id: str) -> str:
    return f"/outbox/{quote(message_id)}"


ROUTES = [show, cancel, retry, ask_again, resolve, undo, file, timeline]
