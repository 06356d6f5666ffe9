"""The list of orders: filters, search, pages; how far their synchronisation is, and the button for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from buyerline.app.accounts import Account
from buyerline.app.errors import NotHere
from buyerline.app.formats import clock
from buyerline.app.orders import COUNTED, Choices
from buyerline.app.services import Services
from buyerline.app.sync_summary import SyncSummary
from buyerline.app.synchronising import ask_now
from buyerline.app.viewer import Viewer
from buyerline.app.web.forms import Form, number_of
from buyerline.app.web.pages.orders_query import Asked, code_of
from buyerline.app.web.rendering import is_htmx, language_of, page, part, see_other
from buyerline.app.words import Words

_Request = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter to switch on or off: the name and the value that stand for it in URLs."""

    name: str
    value: str


@get("/orders", sync_to_thread=True)
def orders(request: _Request, services: Services, viewer: Viewer) -> Response[bytes]:
    """The orders that are here, the newest first."""
    asked = Asked.of(request.query_params)
    filters = asked.filters(services, viewer)
    found = services.orders.page(viewer, filters, before=number_of(asked.before), after=number_of(asked.after))
    choices = services.orders.choices(viewer)
    accounts = services.accounts.list(viewer)
    return page(
        request,
        "orders.html",
        asked=asked,
        found=found,
        groups=_chips(choices, asked) if choices.statuses or asked.filtered else [],
        hidden=services.orders.hidden(viewer, filters) if asked.filtered and not found.rows else [],
        counted=COUNTED,
        titles={account.id: account.title for account in accounts},
        several=len(choices.accounts) > 1 and not asked.account,
        code_of=code_of,
        countries=len(choices.marketplaces) > 1 and not asked.marketplace,
        newest=found.rows[0].place if found.rows else 0,
        newer=0,
        sync=_summary(accounts, asked),
        chosen_account=asked.account,
        query=asked.q,
    )


@get("/orders/news", sync_to_thread=True)
def news(request: _Request, services: Services, viewer: Viewer) -> Response[bytes]:
    """What has come since a list was loaded: how far the synchronisation is, and how many newer orders there are.

    The list stays as it is, and the newer orders come when they are asked for. Where it was empty, it is loaded anew.
    """
    asked = Asked.of(request.query_params)
    filters = asked.filters(services, viewer)
    newest = number_of(request.query_params.get("newest", "")) or 0
    newer = services.orders.newer(viewer, filters, newest)
    answer = part(
        request,
        "orders_news.html",
        asked=asked,
        newest=newest,
        newer=newer,
        counted=COUNTED,
        sync=_summary(services.accounts.list(viewer), asked),
    )
    if newer and not newest:
        answer.set_header("HX-Refresh", "true")
    return answer


@get("/orders/sync", sync_to_thread=True)
def sync_state(request: _Request, services: Services, viewer: Viewer) -> Response[bytes]:
    """How far the synchronisation is, for the bar above every page."""
    asked = Asked.of(request.query_params)
    return _state(request, _summary(services.accounts.list(viewer), asked), asked)


@post("/orders/sync", status_code=200, sync_to_thread=True)
def synchronise(request: _Request, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Have the orders of an account, or of all accounts, synchronised as soon as the usage plan has room."""
    asked = Asked.of(data)
    for account in _summary(services.accounts.list(viewer), asked).accounts:
        ask_now(services.database, account.id)
    summary = _summary(services.accounts.list(viewer), asked)
    if is_htmx(request):
        return _state(request, summary, asked)
    return see_other(asked.url(), _told(summary, language_of(request), viewer.zone))


def _state(request: _Request, summary: SyncSummary, asked: Asked) -> Response[bytes]:
    return part(request, "sync_state.html", sync=summary, chosen_account=asked.account)


def _told(summary: SyncSummary, language: str, zone: str | None) -> Words:
    if summary.next_at is None:
        return Words("Amazon is asked for new and changed orders now.")
    return Words(
        "Amazon's plan has room for the next question at {time}: then the orders are fetched.",
        time=clock(summary.next_at, language, zone),
    )


def _summary(accounts: Sequence[Account], asked: Asked) -> SyncSummary:
    """How far the orders of these accounts are, or of the one that is asked for.

    Raises:
        NotHere: it is none of them.
    """
    wanted = [account for account in accounts if asked.account in ("", account.name)]
    if asked.account and not wanted:
        raise NotHere
    return SyncSummary.of(wanted)


def _chips(choices: Choices, asked: Asked) -> list[list[Chip]]:
    """The filters in groups, of which one each may be on: those that make a difference, and those that are on."""
    groups = {
        "status": sorted(choices.statuses, key=_rank),
        "fulfilled": list(choices.fulfilled_by),
        "marketplace": sorted(code_of(each) for each in choices.marketplaces),
        "messaged": ["yes", "no"],
    }
    found = []
    for name, values in groups.items():
        chosen = getattr(asked, name)
        shown = values if len(values) > 1 else []
        if chosen and chosen not in shown:
            shown = [*shown, chosen]
        if shown:
            found.append([Chip(name, value) for value in shown])
    return found


_STATUSES = (
    *("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"),
    *("PENDING", "PENDING_AVAILABILITY", "CANCELLED", "UNFULFILLABLE"),
)
"""As people look for them: first what is to be done."""


def _rank(status: str) -> tuple[int, str]:
    return (_STATUSES.index(status) if status in _STATUSES else len(_STATUSES)), status


ROUTES = [orders, news, sync_state, synchronise]
