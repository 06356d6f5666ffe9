"""The outbox: every message with its state, what needs a person first; news of it while it is looked at; its export."""

from litestar import get
from litestar.concurrency import sync_to_thread
from litestar.response import Response, Stream

from buyerline.app.audit import What
from buyerline.app.export import csv_of
from buyerline.app.followed import Tab
from buyerline.app.services import Services
from buyerline.app.type_titles import type_title, types
from buyerline.app.viewer import Viewer
from buyerline.app.web.forms import number_of
from buyerline.app.web.middleware import session_cookie
from buyerline.app.web.pages import drafts, message
from buyerline.app.web.pages.outbox_query import Asked, tabs
from buyerline.app.web.rendering import PageRequest, language_of, page, part
from buyerline.outbox.clock import now

ROWS = 50


@get("/outbox", sync_to_thread=True)
def outbox(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """The messages of a tab, newest first."""
    asked = Asked.of(request.query_params)
    filters, problems = asked.filters_or_none(services, viewer)
    following = services.following
    position = following.position()
    counts = following.counts(viewer)
    tab = asked.chosen(Tab.NEEDS_YOU if counts.needs_you else Tab.ALL)
    found = following.page(viewer, tab, filters, asked.before or None, ROWS)
    accounts = services.accounts.list(viewer)
    needing = tab is Tab.NEEDS_YOU and not asked.before and not filters.any
    return page(
        request,
        "outbox.html",
        status=422 if problems else 200,
        **tabs(asked, tab, counts, services.own_drafts.count(viewer)),
        several=len(accounts) > 1,
        found=found,
        newest=found.messages[0].message.id if found.messages else "",
        newer=0,
        changed=False,
        filters=filters,
        problems=problems,
        position=position,
        waiting=services.approving.waiting(viewer) if needing else [],
        returned=services.own_drafts.returned(viewer) if needing else [],
        stopped=following.stopped(viewer) if tab in (Tab.NEEDS_YOU, Tab.QUEUED) else [],
        accounts=accounts,
        people=services.people.known_to(viewer),
        types=types() | {each.message.type: type_title(each.message.type) for each in found.messages},
    )


@get("/outbox/news", sync_to_thread=True)
def news(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """The parts of an open list that are out of date: its tabs, the rows of `ids`, and whether others belong there now.

    The rows stay where they are, and others come only when they are asked for: nothing moves while somebody reads.
    """
    asked = Asked.of(request.query_params)
    filters, _ = asked.filters_or_none(services, viewer)
    following = services.following
    counts = following.counts(viewer)
    tab = asked.chosen(Tab.ALL)
    shown = request.query_params
    return part(
        request,
        "outbox_news.html",
        **tabs(asked, tab, counts, services.own_drafts.count(viewer)),
        several=len(services.accounts.list(viewer)) > 1,
        rows=following.several(viewer, shown.get("ids", "").split(",")[:ROWS]),
        newer=following.newer(viewer, tab, filters, shown.get("newest")) if not asked.before else 0,
        changed=shown.get("count") != str(counts.tabs[tab]),
    )


@get("/outbox/needs", media_type="text/plain", sync_to_thread=True)
def needs(services: Services, viewer: Viewer) -> str:
    """How much waits for a person: the number beside the outbox in the menus, while another page is looked at."""
    return str(services.following.needs_you(viewer))


@get("/outbox.csv", sync_to_thread=True)
def export(request: PageRequest, services: Services, viewer: Viewer) -> Stream:
    """The messages of a tab as a file for a spreadsheet, without their texts.

    Raises:
        NotHere: the account is none of theirs.
        Invalid: a filter cannot be read.
    """
    asked = Asked.of(request.query_params)
    filters = asked.filters(services, viewer)
    tab = asked.chosen(Tab.ALL)
    services.audit.note(viewer, What.MESSAGES_EXPORTED, account_id=filters.account, note=asked.query(tab=tab.value))
    messages = services.following.rows(viewer, tab, filters)
    return Stream(
        csv_of(messages, language_of(request), viewer.zone),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="messages-{now():%Y-%m-%d}.csv"'},
    )


@get("/outbox/live")
async def live(request: PageRequest, services: Services, viewer: Viewer) -> Stream:
    """News of messages while a page is open, as server-sent events.

    Raises:
        TooMany: they have too many pages open.
    """
    cookie = request.cookies.get(session_cookie(services.settings), "")

    async def look_up() -> Viewer | None:
        return await sync_to_thread(services.sessions.find, cookie, touch=False)

    since: str = request.headers.get("last-event-id") or request.query_params.get("since") or ""
    events = services.live.open(viewer, look_up, number_of(since))
    return Stream(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


ROUTES = [outbox, news, needs, export, live, *drafts.ROUTES, *message.ROUTES]
