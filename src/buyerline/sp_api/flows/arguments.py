"""The keyword conventions of python-amazon-sp-api, turned into what Amazon's model says."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

from buyerline.amazon.errors import DraftRefused, Problem
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import QueryValue
from buyerline.sp_api.base.marketplaces import Marketplaces

Place: TypeAlias = Marketplaces | Marketplace | str

MARKETPLACE_NAMES = ("marketplaceIds", "MarketplaceIds", "MarketplaceId", "marketplace_ids")
"""The spellings under which callers name marketplaces; Amazon takes one, and which one depends on the operation."""


def marketplace_id(place: Place) -> str:
    """The id of a marketplace, however it is given."""
    if isinstance(place, Marketplaces):
        return place.marketplace_id
    return place.id if isinstance(place, Marketplace) else place


def marketplace_ids(kwargs: Mapping[str, Any]) -> list[str]:
    """The ids of the marketplaces that a caller names, in any spelling, as one or as several; none where none is."""
    given = next((kwargs[name] for name in MARKETPLACE_NAMES if kwargs.get(name)), ())
    places: Iterable[Place] = (given,) if isinstance(given, Place) else given
    return [single for place in places for single in marketplace_id(place).split(",")]


def the_marketplace(kwargs: Mapping[str, Any]) -> str | None:
    """The one marketplace that a caller names, or ``None``.

    Raises:
        DraftRefused: several, where Amazon takes one.
    """
    ids = marketplace_ids(kwargs)
    if len(ids) > 1:
        message = f"{len(ids)} marketplaces given, Amazon takes the one in which the order was placed."
        raise DraftRefused([Problem("marketplace", "marketplaceIds", message)])
    return ids[0] if ids else None


def without_marketplaces(given: Mapping[str, Any]) -> dict[str, Any]:
    """What else is given."""
    return {name: value for name, value in given.items() if name not in MARKETPLACE_NAMES}


def as_query(kwargs: Mapping[str, Any]) -> dict[str, QueryValue]:
    """Query parameters: enum members by their values, times in ISO 8601, truth values in Amazon's spelling."""
    return {name: _several(value) for name, value in without_marketplaces(kwargs).items()}


def _several(value: Any) -> QueryValue:
    if value is None or isinstance(value, str | Enum) or not isinstance(value, Iterable):
        return _single(value)
    return [_single(part) or "" for part in value]


def _single(value: Any) -> str | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
