"""The versions of the Orders API."""

from enum import StrEnum
from typing import Literal, TypeAlias


class OrdersVersion(StrEnum):
    """The versions that `Orders` takes; ``V0`` where none is given."""

    V0 = "v0"
    V_2026_01_01 = "2026-01-01"
    LATEST = "2026-01-01"


V0: TypeAlias = Literal[OrdersVersion.V0, "v0"]
V20260101: TypeAlias = Literal[OrdersVersion.V_2026_01_01, OrdersVersion.LATEST, "2026-01-01"]


def version_of(given: str | None) -> OrdersVersion:
    """The version that a caller names.

    Raises:
        ValueError: there is no such version.
    """
    if given is None:
        return OrdersVersion.V0
    try:
        return OrdersVersion(given)
    except ValueError:
        known = ", ".join(OrdersVersion)
        raise ValueError(f"version: Orders has no version {given!r}. Known: {known}.") from None
