"""What the list's URLs ask for: filters, a search, and where the page begins."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self
from urllib.parse import urlencode

from buyerline.amazon.errors import UnknownMarketplace
from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.order_finding import Filters
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer

LONGEST = 200
"""Characters of a value that are looked at."""

_PLACE = ("before", "after")
"""What says which page of the list is meant, and filters nothing."""

_MESSAGED = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of a URL's query, as they came; ``""`` where one was not given.

    Attributes:
        account: an account's name.
        marketplace: a country code; the id of a marketplace that has none here.
        status: Amazon's fulfilment status.
        fulfilled: ``MERCHANT`` or ``AMAZON``.
        messaged: ``yes`` or ``no``.
        q: what is searched for.
        before, after: cursors of pages, as `Orders.page` takes them.
    """

    account: str = ""
    marketplace: str = ""
    status: str = ""
    fulfilled: str = ""
    messaged: str = ""
    q: str = ""
    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What a URL asks for. What it has beside is passed over."""
        return cls(**{each.name: query.get(each.name, "").strip()[:LONGEST] for each in fields(cls)})

    def filters(self, services: Services, viewer: Viewer) -> Filters:
        """Which orders are wanted.

        Raises:
            NotHere: the account is none of theirs.
        """
        return Filters(
            accounts=frozenset({services.accounts.of(viewer, self.account).id}) if self.account else None,
            q=self.q,
            status=self.status or None,
            fulfilled_by=self.fulfilled or None,
            marketplace=_marketplace_id(self.marketplace) if self.marketplace else None,
            messaged=_MESSAGED.get(self.messaged),
        )

    @property
    def chosen(self) -> list[str]:
        """The names of what is filtered or searched for."""
        return [name for name, value in asdict(self).items() if value and name not in _PLACE]

    @property
    def filtered(self) -> bool:
        """Whether anything is filtered or searched for."""
        return bool(self.chosen)

    def url(self, **changed: str) -> str:
        """The URL of the list that asks for the same, but for what is `changed`. It begins with the first page."""
        values = {**asdict(self), "before": "", "after": "", **changed}
        return _with_query("/orders", values)

    def news_url(self, newest: int) -> str:
        """The URL for what has come since the list was loaded, its newest order being at this place."""
        return _with_query("/orders/news", asdict(self) | {"newest": str(newest)})


def code_of(marketplace_id: str) -> str:
    """What stands for a marketplace in URLs."""
    try:
        return Marketplace.of(marketplace_id).name
    except UnknownMarketplace:
        return marketplace_id


def _with_query(path: str, values: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path


def _marketplace_id(code: str) -> str:
    try:
        return Marketplace.of(code).id
    except UnknownMarketplace:
        return code
