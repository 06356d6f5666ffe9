"""Moments, numbers, money, sizes and names, as the viewer's language and time zone write them.

Source: the Unicode CLDR, through Babel. Nothing here fails for what a page may be given: what cannot be written is
`NOTHING`, or stands as it is.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from buyerline.amazon.errors import UnknownMarketplace
from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.languages import translations
from buyerline.outbox.clock import now as this_moment
from buyerline.outbox.messages import in_utc

NOTHING = "\N{EN DASH}"
"""What stands where there is nothing to show."""

_JUST_NOW = timedelta(minutes=1)
_AHEAD = timedelta(seconds=5)
"""How far a moment may lie ahead and still count as now: clocks of two machines differ."""

_LONGEST = 25
"""Digits beyond which a number is shown as it was given: ``Decimal("1e999999")`` would fill the memory."""


@lru_cache(maxsize=1024)
def zone_of(name: str | None) -> tzinfo:
    """The time zone of an IANA name (``"Europe/Berlin"``); UTC where there is none of that name."""
    try:
        return ZoneInfo(name) if name else UTC
    except (LookupError, ValueError, OSError):  # also raised for a folder of the database, or a path out of it
        return UTC


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone that a person may choose."""
    return name in zones()


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of all time zones of this machine that a person may choose, in their order."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")


def moment(value: datetime | None, language: str, zone: str | None) -> str:
    """A date and a time to the minute: ``"Nov 22, 2026, 5:04 PM"``, ``"22.11.2026, 17:04"``. Without a zone: UTC."""
    if value is None:
        return NOTHING
    there = _there(value, zone)
    joined = str(_written_in(language).datetime_formats["medium"])
    day_then = format_date(there.date(), "medium", locale=_written_in(language))
    return joined.replace("{1}", day_then).replace(
        "{0}", format_time(there.timetz(), "short", locale=_written_in(language))
    )


def exact(value: datetime | None, language: str, zone: str | None) -> str:
    """A moment to the second with its day and its zone, for those who want to know."""
    if value is None:
        return NOTHING
    there = _there(value, zone)
    return format_datetime(there, "full", tzinfo=there.tzinfo, locale=_written_in(language))


def clock(value: datetime | None, language: str, zone: str | None, *, seconds: bool = False) -> str:
    """The time of day: ``"5:04 PM"``, ``"17:04"``; with seconds ``"5:04:31 PM"``, ``"17:04:31"``."""
    if value is None:
        return NOTHING
    return format_time(_there(value, zone).timetz(), "medium" if seconds else "short", locale=_written_in(language))


def day(value: date | datetime | None, language: str, zone: str | None) -> str:
    """A day: ``"Nov 22, 2026"``, ``"22.11.2026"``. A date belongs to no zone, a moment to the day that it has there."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = _there(value, zone).date()
    return format_date(value, "medium", locale=_written_in(language))


def ago(value: datetime | None, language: str, now: datetime | None = None) -> str:
    """How long ago a moment was, or how far ahead it is: ``"3 hours ago"``, ``"in 3 hours"``.

    Args:
        value: the moment.
        language: a language of `LANGUAGES`.
        now: from when it is seen; this moment by default.
    """
    if value is None:
        return NOTHING
    passed = in_utc(now or this_moment()) - in_utc(value)
    if -_AHEAD <= passed < _JUST_NOW:
        return translations(language).gettext("just now")
    return format_timedelta(-passed, add_direction=True, threshold=1, locale=_written_in(language))


def number(value: float | Decimal | None, language: str) -> str:
    """A number with its thousands apart: ``"1,204"``, ``"1.204"``."""
    if value is None or not Decimal(value).is_finite():
        return NOTHING
    if _is_long(Decimal(value)):
        return str(value)
    return format_decimal(value, locale=_written_in(language))


def money(amount: str | Decimal | None, currency: str | None, language: str) -> str:
    """An amount of money, exact to the last digit that was given: ``"€1,204.50"``, ``"1.204,50 €"``.

    Args:
        amount: a decimal number.
        currency: ISO 4217; ``None`` where it is not known.
        language: a language of `LANGUAGES`.
    """
    try:
        exactly = Decimal(amount if amount is not None else "NaN")
    except InvalidOperation:
        return str(amount)
    if not exactly.is_finite():
        return NOTHING
    if _is_long(exactly):
        return f"{amount} {currency or ''}".strip()
    if not currency:
        return format_decimal(exactly, locale=_written_in(language), decimal_quantization=False)
    return format_currency(exactly, currency, locale=_written_in(language), decimal_quantization=False)


def _is_long(value: Decimal) -> bool:
    """Whether a number has too many digits to be written out."""
    return abs(value.adjusted()) > _LONGEST or len(value.as_tuple().digits) > _LONGEST


def size(count: int | None, language: str) -> str:
    """A file's size in bytes as a person says it: ``"312 bytes"``, ``"48 kB"``, ``"9.5 MB"``; a kB is 1,000 bytes."""
    if count is None:
        return NOTHING
    if count < 1_000:
        written = format_unit(count, "digital-byte", "long", locale=_written_in(language))
    elif count < 999_500:
        written = f"{format_decimal(count / 1_000, '#,##0', locale=_written_in(language))} kB"
    else:
        written = f"{format_decimal(count / 1_000_000, '#,##0.0', locale=_written_in(language))} MB"
    return written.replace(" ", "\N{NO-BREAK SPACE}")


def language_name(code: str | None, language: str) -> str:
    """The name of the language of a locale: of ``"de-DE"`` ``"German"``, ``"Deutsch"``; the code where it has none."""
    try:
        return Locale.parse((code or "").replace("_", "-"), sep="-").get_language_name(_written_in(language)) or NOTHING
    except (ValueError, UnknownLocaleError):
        return code or NOTHING


def marketplace(given: str | None, language: str) -> str:
    """The country of a marketplace, by its id or country code: ``"Germany"``, ``"Deutschland"``."""
    try:
        found = Marketplace.of(given or "")
    except UnknownMarketplace:
        return given or NOTHING
    territory = {"UK": "GB"}.get(found.name, found.name)
    return str(_written_in(language).territories.get(territory, found.name))


@lru_cache
def _written_in(language: str) -> Locale:
    """What Babel knows of a language. It would read the language's name again for each value."""
    return Locale.parse(language)


def _there(value: datetime, zone: str | None) -> datetime:
    try:
        return in_utc(value).astimezone(zone_of(zone))
    except OverflowError:  # at the very beginning or end of what a calendar holds
        return in_utc(value)
