"""One message: what it says, what happened to it, and what a person can do about it; and an order's timeline."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from buyerline.app.accounts import NotUsable
from buyerline.app.deciding import ELSEWHERE_NOW
from buyerline.app.errors import AppError, Changed, Invalid, NotAllowed
from buyerline.app.followed import Followed
from buyerline.app.services import Services
from buyerline.app.taking_up import take_up
from buyerline.app.viewer import Viewer
from buyerline.app.web.about_order import order_url
from buyerline.app.web.downloads import as_download
from buyerline.app.web.forms import Form, Place, number_of
from buyerline.app.web.rendering import PageRequest, is_htmx, page, part, see_other
from buyerline.app.words import Words
from buyerline.outbox.messages import State


@get("/outbox/{message_id:str}", sync_to_thread=True)
def show(request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """A message with its history; for htmx, the part of the page that changes."""
    return _shown(request, services, viewer, message_id)


@post("/outbox/{message_id:str}/cancel", sync_to_thread=True)
def cancel(request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """Take a queued message back."""
    done = Words("Cancelled. It was not sent.")
    return _decided(request, services, viewer, message_id, done, lambda: services.following.cancel(viewer, message_id))


@post("/outbox/{message_id:str}/retry", sync_to_thread=True)
def retry(
    request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str], data: Form
) -> Response[bytes]:
    """Queue a message again that was not sent; ask once more where the same stands in the outbox besides it.

    The form has where the message stood when the page was made.
    """
    done, again = Words("Queued. It is sent as soon as its turn comes."), data.get("again") == "yes"
    return _decided(
        request,
        services,
        viewer,
        message_id,
        done,
        lambda: services.following.retry(viewer, message_id, state=_state_of(data), again=again),
    )


@get("/outbox/{message_id:str}/again", sync_to_thread=True)
def ask_again(
    request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str], attempts: str = ""
) -> Response[bytes]:
    """Ask once more before a message leaves a second time that may have been sent."""
    followed = services.following.get(viewer, message_id)
    if not followed.may_send_again:
        return see_other(_url(message_id))
    seen = number_of(attempts) or followed.message.attempts
    return page(request, "message_again.html", each=followed, attempts=seen, same=None)


@post("/outbox/{message_id:str}/resolve", sync_to_thread=True)
def resolve(
    request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str], data: Form
) -> Response[bytes]:
    """Say what became of a message of which nobody knew; ask once more where the same stands in the outbox besides it.

    The form has how often the message had been tried when the page was made: what its reader found goes for that.
    """
    arrived, again = data.get("arrived") == "yes", data.get("again") == "yes"
    attempts = number_of(data.get("attempts", "")) or 0
    done = Words("Marked as sent.") if arrived else Words("Queued. It is sent again as soon as its turn comes.")
    return _decided(
        request,
        services,
        viewer,
        message_id,
        done,
        lambda: services.following.resolve(viewer, message_id, arrived=arrived, attempts=attempts, again=again),
        attempts=attempts,
    )


@post("/outbox/{message_id:str}/undo", sync_to_thread=True)
def undo(request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
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


@post("/outbox/{message_id:str}/edit", sync_to_thread=True)
def edit(request: PageRequest, services: Services, viewer: Viewer, message_id: FromPath[str]) -> Response[bytes]:
    """Write on at what a message says that was not sent: as the person's draft, on the page of its order."""
    followed = services.following.get(viewer, message_id)
    try:
        take_up(services.database, viewer, followed)
    except (Changed, NotUsable) as refusal:
        return _shown(request, services, viewer, message_id, refusal)
    done = Words("Here is what it says, as a draft. The message itself stays in the outbox, not sent.")
    return see_other(order_url(followed.account.name, followed.message.order_id), done)


@get("/outbox/{message_id:str}/files/{position:int}", sync_to_thread=True)
def file(services: Services, viewer: Viewer, message_id: FromPath[str], position: Place) -> Response[bytes]:
    """An attachment, to be saved."""
    return as_download(services.following.file(viewer, message_id, position))


@get("/outbox/timeline/{account:str}/{order_id:str}", sync_to_thread=True)
def timeline(
    request: PageRequest, services: Services, viewer: Viewer, account: FromPath[str], order_id: FromPath[str]
) -> Response[bytes]:
    """Everything ever sent for an order, for a page that shows it already."""
    found = services.following.for_order(viewer, services.accounts.of(viewer, account), order_id)
    return part(request, "timeline.html", timeline=found)


def _state_of(form: Mapping[str, str]) -> State:
    """Where the message stood when the page of a form was made."""
    try:
        return State(form.get("state", ""))
    except ValueError:
        raise Changed(ELSEWHERE_NOW) from None


def _decided(
    request: PageRequest,
    services: Services,
    viewer: Viewer,
    message_id: str,
    done: Words,
    decide: Callable[[], Followed],
    *,
    attempts: int = 0,
) -> Response[bytes]:
    """The message again, decided about; or why not; or whether it shall leave beside the same one in the outbox."""
    try:
        decide()
    except Invalid as refusal:
        values = {"each": services.following.get(viewer, message_id), "attempts": attempts, "same": refusal.words}
        return page(request, "message_again.html", status=refusal.status, **values)
    except (Changed, NotAllowed, NotUsable) as refusal:
        return _shown(request, services, viewer, message_id, refusal)
    return see_other(_url(message_id), done)


def _shown(
    request: PageRequest, services: Services, viewer: Viewer, message_id: str, refusal: AppError | None = None
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


ROUTES = [show, cancel, retry, ask_again, resolve, undo, edit, file, timeline]
