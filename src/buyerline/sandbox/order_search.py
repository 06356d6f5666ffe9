"""What both versions of the Orders API ask of a search, and how they page through what it finds."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from buyerline.sandbox import errors
from buyerline.sandbox.accounts import Account
from buyerline.sandbox.clock import Clock, read_moment
from buyerline.sandbox.gateway import marketplace_of
from buyerline.sandbox.orders import Order, Search
from buyerline.sandbox.paging import next_page, read_page_token
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Call

BEFORE_AGE = timedelta(minutes=2)
"""The end of a span of time must be at least two minutes old."""

MARKETPLACES_LIMIT = 50


class Span(msgspec.Struct, frozen=True):
    """From when to when, and by which of an order's two times."""

    by: Literal["created", "updated"]
    after: float
    before: float


def read_span(call: Call, clock: Clock, created: tuple[str, str], updated: tuple[str, str]) -> Span:
    """The span that a search asks for, its parameters being named (after, before) by creation and by last change.

    Raises:
        Refusal: 400 unless exactly one of the two spans is there, in order, and at least two minutes old at its end.
    """
    by_creation = call.value(created[0]) is not None
    if by_creation == (call.value(updated[0]) is not None):
        raise errors.invalid_submission()
    names, others = (created, updated) if by_creation else (updated, created)
    if call.value(others[1]) is not None:
        raise errors.invalid_submission()
    newest = clock.now() - BEFORE_AGE
    after = _moment(call, names[0])
    before = _moment(call, names[1]) if call.value(names[1]) is not None else newest
    if before > newest or (before < after and call.value(names[1]) is not None):
        raise errors.invalid_submission()
    return Span("created" if by_creation else "updated", after.timestamp(), before.timestamp())


def _moment(call: Call, name: str) -> datetime:
    # A plus sign that was not encoded arrives as a space, and means the zone all the same.
    moment = read_moment((call.value(name) or "").replace(" ", "+"))
    if moment is None:
        raise errors.invalid_submission()
    return moment


def read_marketplaces(ids: list[str], account: Account) -> frozenset[str]:
    """Country codes of the marketplaces that a search names, all of the account's when it names none.

    Raises:
        Refusal: 400 for more than 50 or an id that no marketplace has, 403 for one where the seller does not sell.
    """
    if len(ids) > MARKETPLACES_LIMIT:
        raise errors.invalid_submission()
    found = set()
    for marketplace_id in ids:
        marketplace = marketplace_of(marketplace_id)
        if marketplace is None:
            raise errors.invalid_submission()
        if not account.sells_in(marketplace):
            raise errors.access_denied()
        found.add(marketplace.name)
    return frozenset(found or account.marketplaces)


def read_choices(values: list[str], known: frozenset[str]) -> frozenset[str]:
    """The values of a list parameter whose values are given.

    Raises:
        Refusal: 400 for a value that is not among them.
    """
    if not known.issuperset(values):
        raise errors.invalid_submission()
    return frozenset(values)


class Page(NamedTuple):
    """Some of the orders that a search finds, the token of the page after it, and where the span of time ends."""

    orders: list[Order]
    next_token: str | None
    before: float


def read_page(state: State, account: Account, search: Search, filters: str, *, size: int, token: str | None) -> Page:
    """A page of a search, whose span ends where that of the first page did.

    Args:
        state: where the orders are.
        account: whose they are.
        search: which of them, as this request says it.
        filters: the `fingerprint` of what must stay the same from page to page.
        size: orders in a page.
        token: the page's, ``None`` for the first.

    Raises:
        Refusal: 400, the token does not belong to this search.
    """
    following = read_page_token(state.clock, token, filters)
    offset = 0
    if following is not None:
        offset, search = following.offset, msgspec.structs.replace(search, before=following.before)
    orders, more = state.orders.search(account.id, search, offset, size)
    next_token = next_page(state.clock, offset + size, filters, search.before) if more else None
    return Page(orders, next_token, search.before)
