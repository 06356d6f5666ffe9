"""What the searches of both Orders APIs share: which orders they may ask for, by Amazon's rules.

Source: Amazon, Orders API v0 and v2026-01-01 references. A search is for orders created or for orders last updated
in a period, never for both; the period's end is not before its start and at least two minutes old.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict, get_type_hints

from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.session import Session

LEAST_AGE = timedelta(minutes=2)
"""Amazon refuses an end of the period that is younger than this, by its own clock."""

DEFAULT_LENGTH = timedelta(days=30)
"""How far back a search goes that names no start."""

PAGE_SIZES = range(1, 101)
"""Orders that a page may hold."""


class Times(TypedDict, total=False):
    """The times that a search may name, each with a time zone. Fractions of a second are dropped.

    Attributes:
        created_after, created_before: when the buyer placed the order.
        last_updated_after, last_updated_before: when Amazon or the seller last changed anything about it.
    """

    created_after: datetime | None
    created_before: datetime | None
    last_updated_after: datetime | None
    last_updated_before: datetime | None


def known(filters: Mapping[str, object], kind: type) -> None:
    """Refuse a filter that does not exist: a search that ignored it would find every order.

    Raises:
        TypeError: one of `filters` is none of `kind`'s.
    """
    unknown = sorted(filters.keys() - get_type_hints(kind).keys())
    if unknown:
        raise TypeError(f"search takes no filter {', '.join(unknown)}; it takes {', '.join(get_type_hints(kind))}")


def times_query(session: Session, filters: Mapping[str, object], *, move_end: bool) -> dict[str, str]:
    """The `Times` among the filters as query parameters, in the spelling of Orders 2026-01-01.

    Without any, the orders created in the last 30 days; without a start, 30 days before the end.

    Args:
        session: its clock, and what is known of Amazon's.
        filters: a search's filters.
        move_end: whether an end that is too young is moved back to two minutes ago, or is an error.

    Raises:
        ConfigurationError: a time that is none or has no zone, times of both kinds, an end that is too young or
            before the start.
    """
    now = datetime.fromtimestamp(session.wire.clock() - (session.wire.skew.seconds or 0.0), UTC)
    period = _period(filters, now)
    newest = now - LEAST_AGE
    return (period.ending_by(newest) if move_end else period).query(newest)


def marketplace_ids(
    session: Session, marketplaces: Marketplace | str | Sequence[Marketplace | str] | None
) -> list[str]:
    """The ids of the marketplaces that a search names, the session's where it names none.

    Raises:
        UnknownMarketplace, DraftRefused: as `Session.marketplace_of` does.
    """
    named = [marketplaces] if isinstance(marketplaces, Marketplace | str) else marketplaces
    return [session.marketplace_of(marketplace).id for marketplace in named or (None,)]


def checked_page_size(page_size: int | None) -> int | None:
    """`page_size`, if Amazon takes it.

    Raises:
        ConfigurationError: it does not.
    """
    if page_size is not None and page_size not in PAGE_SIZES:
        raise ConfigurationError(f"page_size: {page_size} is not between 1 and 100.", code="page_size")
    return page_size


def wrong_period(message: str, hint: str) -> ConfigurationError:
    """The error for times that Amazon would not take."""
    return ConfigurationError(message, hint=hint, code="search_period")


@dataclass(frozen=True, slots=True)
class _Period:
    """Orders ``created`` or ``last_updated`` (`what`) from `after` on, until `before` where that is not ``None``."""

    what: str
    after: datetime
    before: datetime | None

    def ending_by(self, newest: datetime) -> "_Period":
        return replace(self, before=min(self.before, newest)) if self.before else self

    def query(self, newest: datetime) -> dict[str, str]:
        if self.before and self.before > newest:
            raise wrong_period(
                f"{self.what}_before: Amazon takes only times that are at least two minutes old.",
                "Leave it out to search until now.",
            )
        if self.before and self.before < self.after:
            raise wrong_period(
                f"{self.what}_before: lies before {self.what}_after.",
                "An end younger than two minutes counts as two minutes ago; start earlier, or leave the end out.",
            )
        name = {"created": "created", "last_updated": "lastUpdated"}[self.what]
        query = {f"{name}After": _iso(self.after)}
        return query | {f"{name}Before": _iso(self.before)} if self.before else query


def _period(filters: Mapping[str, object], now: datetime) -> _Period:
    times = dict(_times(filters))
    updated = "last_updated_after" in times or "last_updated_before" in times
    if updated and ("created_after" in times or "created_before" in times):
        raise wrong_period(
            "created_after, last_updated_after: Amazon searches by one of them, not by both.",
            "Drop one kind; a search for updates finds new orders too.",
        )
    what = "last_updated" if updated else "created"
    before = times.get(f"{what}_before")
    return _Period(what, times.get(f"{what}_after") or (before or now) - DEFAULT_LENGTH, before)


def _times(filters: Mapping[str, object]) -> Iterator[tuple[str, datetime]]:
    for name in Times.__annotations__:
        value = filters.get(name)
        if value is None:
            continue
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise wrong_period(
                f"{name}: a datetime with a time zone belongs here; without one the moment is not certain.",
                "Give for example datetime.now(UTC) or datetime(2026, 1, 31, tzinfo=UTC).",
            )
        yield name, value


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
