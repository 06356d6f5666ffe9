"""The list of orders: filters, search, pages; how far their synchronisation is, and the button for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import get, post
from litestar.response import Response

from buyerline.app.accounts import Account
from buyerline.app.errors import AppError, NotHere
from buyerline.app.formats import clock
from buyerline.app.order_finding import Filters
from buyerline.app.order_rows import OrderRow
from buyerline.app.order_search import whole_order_id
from buyerline.app.orders import COUNTED, Choices
from buyerline.app.services import Services
from buyerline.app.sync_summary import SyncSummary
from buyerline.app.synchronising import ask_now
from buyerline.app.viewer import Viewer
from buyerline.app.web.about_order import order_url
from buyerline.app.web.forms import Form, number_of
from buyerline.app.web.pages.orders_query import Asked, code_of
from buyerline.app.web.rendering import PageRequest, is_htmx, language_of, page, part, see_other
from buyerline.app.words import Words


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter to switch on or off: the name and the value that stand for it in URLs."""

    name: str
    value: str


@get("/orders", sync_to_thread=True)
def orders(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """The orders that are here, the newest first. A search for the whole id of one that is here leads to it."""
    asked = Asked.of(request.query_params)
    meant = _meant(services, viewer, asked)
    if len(meant) == 1 and not is_htmx(request):
        return see_other(order_url(meant[0].account, meant[0].order_id))
    return _listed(request, services, viewer, asked)


@post("/orders/look", sync_to_thread=True)
def look(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Get an order that is not here from Amazon, and go to it."""
    account = services.accounts.of(viewer, data.get("account", ""))
    asked = Asked.of({"q": data.get("order", "")})
    try:
        order_id = services.order_asking.get(account, asked.q)
    except AppError as refusal:
        return _listed(request, services, viewer, asked, refusal)
    return see_other(order_url(account.name, order_id))


def _meant(services: Services, viewer: Viewer, asked: Asked) -> list[OrderRow]:
    """The orders that a search names by their whole id, whatever else is filtered: few, for accounts have their own."""
    order_id = whole_order_id(asked.q)
    if order_id is None:
        return []
    return [row for row in services.orders.page(viewer, Filters(q=order_id)).rows if row.order_id == order_id]


def _listed(
    request: PageRequest, services: Services, viewer: Viewer, asked: Asked, refusal: AppError | None = None
) -> Response[bytes]:
    """The list, and why an order that was asked for did not come."""
    filters = asked.filters(services, viewer)
    found = services.orders.page(viewer, filters, before=number_of(asked.before), after=number_of(asked.after))
    choices = services.orders.choices(viewer)
    accounts = services.accounts.list(viewer)
    return page(
        request,
        "orders.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        wanted=whole_order_id(asked.q) if not found.rows else None,
        asked=asked,
        found=found,
        groups=_chips(choices, asked) if choices.statuses or asked.filtered else [],
        hidden=_hidden(services, viewer, filters) if asked.filtered and not found.rows else {},
        named={account.name: account.title for account in accounts},
        counted=COUNTED,
        drafted=services.own_drafts.of_orders(viewer, [(row.account_id, row.order_id) for row in found.rows]),
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
def news(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
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
def sync_state(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """How far the synchronisation is, for the bar above every page."""
    asked = Asked.of(request.query_params)
    return _state(request, _summary(services.accounts.list(viewer), asked), asked)


@post("/orders/sync", status_code=200, sync_to_thread=True)
def synchronise(request: PageRequest, services: Services, viewer: Viewer, data: Form) -> Response[bytes]:
    """Have the orders of an account, or of all accounts, synchronised as soon as the usage plan has room."""
    asked = Asked.of(data)
    for account in _summary(services.accounts.list(viewer), asked).accounts:
        ask_now(services.database, account.id)
    summary = _summary(services.accounts.list(viewer), asked)
    if is_htmx(request):
        return _state(request, summary, asked)
    return see_other(asked.url(), _told(summary, language_of(request), viewer.zone))


def _state(request: PageRequest, summary: SyncSummary, asked: Asked) -> Response[bytes]:
    return part(request, "sync_state.html", sync=summary, chosen_account=asked.account)


def _told(summary: SyncSummary, language: str, zone: str | None) -> Words:
    if summary.next_at is None:
        return Words("Amazon is asked for new and changed orders now.")
    return Words(
        "Amazon's plan has room for the next question at {time}: then the orders are fetched.",
        time=clock(summary.next_at, language, zone),
    )


def _hidden(services: Services, viewer: Viewer, filters: Filters) -> dict[str, int]:
    """How many orders there would be without each filter alone, by its name in URLs."""
    named = {"accounts": "account", "fulfilled_by": "fulfilled"}
    return {named.get(each.filter, each.filter): each.count for each in services.orders.hidden(viewer, filters)}


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


ROUTES = [orders, look, news, sync_state, synchronise]
