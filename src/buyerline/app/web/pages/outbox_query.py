"""What the outbox's URLs ask for: a tab, filters, and where the page begins; and the tabs that there are."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from buyerline.amazon.errors import UnknownMarketplace
from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.errors import Invalid
from buyerline.app.finding import NO_FILTERS, OutboxFilters
from buyerline.app.followed import Counts, Tab
from buyerline.app.following import AT_MOST
from buyerline.app.formats import zone_of
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words

TABS = {
    Tab.NEEDS_YOU: Words("Needs you"),
    Tab.QUEUED: Words("Queued"),
    Tab.SENT: Words("Sent"),
    Tab.REFUSED: Words("Refused"),
    Tab.CALLED_OFF: Words("Cancelled or expired"),
    Tab.ALL: Words("All"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of a URL's query, as they came; ``""`` where one was not given.

    Attributes:
        tab: a value of `Tab`.
        account: an account's name.
        marketplace: a country code.
        type: a message type's path segment.
        queued_by: an email.
        order: what an order's id has in it.
        since, until: the first and the last day, in the viewer's zone, ISO 8601.
        before: the id of the last message of the page before.
    """

    tab: str = ""
    account: str = ""
    marketplace: str = ""
    type: str = ""
    queued_by: str = ""
    order: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What a URL asks for. What it has beside is passed over."""
        return cls(**{each.name: query.get(each.name, "").strip() for each in fields(cls)})

    def chosen(self, otherwise: Tab) -> Tab:
        """The tab; `otherwise` where none is named, or there is none of that name."""
        return Tab(self.tab) if self.tab in set(Tab) else otherwise

    def filters(self, services: Services, viewer: Viewer) -> OutboxFilters:
        """What is filtered.

        Raises:
            NotHere: the account is none of theirs.
            Invalid: a value cannot be read; `field` names it.
        """
        return OutboxFilters(
            account=services.accounts.of(viewer, self.account).id if self.account else None,
            marketplace=_marketplace(self.marketplace) if self.marketplace else None,
            type=self.type or None,
            queued_by=self.queued_by or None,
            order=self.order or None,
            since=_midnight(self.since, viewer, "since") if self.since else None,
            until=_midnight(self.until, viewer, "until", after=True) if self.until else None,
        )

    def filters_or_none(self, services: Services, viewer: Viewer) -> tuple[OutboxFilters, dict[str, Words]]:
        """What is filtered; nothing, and what is wrong with which field, where a value cannot be read.

        Raises:
            NotHere: the account is none of theirs.
        """
        try:
            return self.filters(services, viewer), {}
        except Invalid as wrong:
            return NO_FILTERS, {wrong.field: wrong.words}

    def query(self, **changed: str) -> str:
        """The query of a URL that asks for the same, but for what is `changed`."""
        values = {each.name: getattr(self, each.name) for each in fields(self)} | changed
        return urlencode({name: value for name, value in values.items() if value})


def tabs(asked: Asked, tab: Tab | None, counts: Counts, drafts: int) -> dict[str, Any]:
    """What the templates need to draw the tabs.

    Args:
        asked: what the URL asks for: the tabs keep its filters.
        tab: the one that is looked at; ``None``: the person's drafts.
        counts: how many messages each has.
        drafts: how many drafts the person has.
    """
    return {"asked": asked, "tab": tab, "tabs": TABS, "counts": counts, "drafts": drafts, "at_most": AT_MOST}


def _marketplace(name: str) -> str:
    try:
        return Marketplace.of(name).id
    except UnknownMarketplace:
        raise Invalid(Words("Amazon has no such marketplace."), "marketplace") from None


def _midnight(day: str, viewer: Viewer, field: str, *, after: bool = False) -> datetime:
    """When a day begins for the viewer, or when it is over."""
    try:
        there = date.fromisoformat(day) + timedelta(days=1 if after else 0)
        return datetime.combine(there, time(), zone_of(viewer.zone))
    except (ValueError, OverflowError):
        raise Invalid(Words("This is no day. Write it as 2026-01-31."), field) from None
