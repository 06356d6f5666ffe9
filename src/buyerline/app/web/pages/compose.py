"""The page of an order, where messages are written: what may be said, the draft, its files, and sending it."""

from contextlib import suppress
from typing import Any

from litestar import Router, get, post
from litestar.di import Provide
from litestar.response import Response

from buyerline.app.approving import Waiting
from buyerline.app.draft_rows import Draft
from buyerline.app.errors import Changed, Invalid, NotHere
from buyerline.app.queueing import ELSEWHERE, Refused
from buyerline.app.web.pages import compose_approvals, compose_files
from buyerline.app.web.pages.compose_desk import Desk, desk_of
from buyerline.app.web.pages.compose_form import Written, written
from buyerline.app.web.rendering import is_htmx, see_other
from buyerline.app.words import Words
from buyerline.outbox.messages import Message, State

_SENT_OTHERWISE = Words(
    "This draft was sent from another page, with what it said there. What you see here was not sent: copy what you "
    "need of it, then open the order anew."
)
_CALLED_OFF = Words(
    "This draft was sent before, and the message was called off since. What you see here was not sent: copy what you "
    "need of it, then open the order anew."
)


@get("/", sync_to_thread=True)
def show(desk: Desk, ask: str = "", check: str = "") -> Response[bytes]:
    """The order. A browser that runs no scripts asks for `ask`, where it is not known yet what may be sent."""
    draft = desk.draft()
    return desk.answer(draft, desk.ask(draft) if ask else desk.known(), asks=not ask, tried=bool(check))


@get("/decided", sync_to_thread=True)
def decided(desk: Desk) -> Response[bytes]:
    """Whether somebody has decided about the message that waits on a page: then it goes to the page as it is now."""
    draft = desk.draft()
    decided = {} if draft and draft.waits else {"HX-Redirect": desk.url}
    return Response(b"", status_code=204, headers=decided)


@get("/offer", sync_to_thread=True)
def offer(desk: Desk) -> Response[bytes]:
    """What may be sent, asked of Amazon while the page is looked at already."""
    asked = desk.ask(desk.draft())
    return desk.answer(desk.draft(), asked)  # it may have changed while Amazon was asked


@post("/offer", sync_to_thread=True)
def ask_again(desk: Desk, form: Written) -> Response[bytes]:
    """Ask Amazon once more what may be sent."""
    try:
        draft = desk.save(form)
    except (Changed, Invalid) as refusal:
        return desk.refused(form, refusal)
    asked = desk.ask(draft, fresh=True)
    return desk.answer(draft, asked) if is_htmx(desk.request) or asked.trouble else see_other(desk.url)


@post("/draft", sync_to_thread=True)
def save(desk: Desk, form: Written) -> Response[bytes]:
    """Keep what is written; say what is wrong with it."""
    try:
        draft = desk.save(form)
    except (Changed, Invalid) as refusal:
        return desk.refused(form, refusal)
    if is_htmx(desk.request):
        return desk.answer(draft, desk.known(), asks=True)
    desk.ask(draft)
    return see_other(f"{desk.url}?check=yes#foot" if form.checked else f"{desk.url}#written")


@post("/send", sync_to_thread=True)
def send(desk: Desk, form: Written) -> Response[bytes]:
    """Send what the form says, once, however often it comes."""
    try:
        draft = desk.save(form)
    except (Changed, Invalid) as refusal:
        sent = desk.services.sending.become_of(desk.viewer, form.draft_id) if form.draft_id else None
        return _sent(desk, form, sent) if sent else desk.refused(form, refusal)
    try:
        sent = _send(desk, form, draft)
    except Refused:
        return desk.answer(desk.draft(), desk.known(), status=Refused.status, tried=True, form=form)
    except (Changed, Invalid, NotHere) as refusal:
        return desk.refused(form, refusal, kept=True)
    return _sent(desk, form, sent)


def _sent(desk: Desk, form: Written, sent: Message | Waiting) -> Response[bytes]:
    """The order again, where what was sent is what the page says. It may have been sent from another one before."""
    if form.became(sent):
        return see_other(desk.url)
    called_off = isinstance(sent, Message) and sent.state is State.CANCELLED
    return desk.refused(form, Changed(_CALLED_OFF if called_off else _SENT_OTHERWISE))


def _send(desk: Desk, form: Written, draft: Draft) -> Message | Waiting:
    """Send what was kept of a form, if that is all that its page shows.

    Besides the same message it is sent only from a page that shows the draft: a form that shows none makes another
    draft each time that it comes.
    """
    if not form.shows(draft):
        raise Changed(ELSEWHERE)
    at = form.moment(desk.viewer.zone)
    again = form.again if form.draft_id else None
    return desk.services.sending.send(
        desk.viewer, desk.account, draft.id, draft.version, at=at, again=again, asks=form.asks
    )


@post("/discard", sync_to_thread=True)
def discard(desk: Desk, form: Written) -> Response[bytes]:
    """Throw the draft away."""
    if form.draft_id:
        try:
            with suppress(NotHere):  # the button was pressed twice, or on another page too
                desk.services.drafts.discard(desk.viewer, form.draft_id, form.version)
        except Changed as refusal:
            return desk.refused(form, refusal, kept=True)
    return see_other(desk.url, Words("The draft was discarded."))


_dependencies: dict[str, Any] = {"desk": Provide(desk_of, sync_to_thread=True), "form": Provide(written)}

ROUTES = [
    Router(
        "/orders/{account:str}/{order_id:str}",
        route_handlers=[show, decided, offer, ask_again, save, send, discard, *compose_files.HANDLERS],
        dependencies=_dependencies,
    ),
    *compose_approvals.ROUTES,
]
