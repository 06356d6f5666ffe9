import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.amazon.marketplaces import Marketplace
from buyerline.app import formats
from buyerline.app.formats import NOTHING
from buyerline.app.languages import LANGUAGES

THEN = datetime(2026, 11, 22, 17, 4, 31, tzinfo=UTC)
NARROW, NBSP = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"

languages = st.sampled_from(LANGUAGES)


# Moments


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("en", "Europe/Berlin", f"Nov 22, 2026, 6:04{NARROW}PM"),
        ("de", "Europe/Berlin", "22.11.2026, 18:04"),
        ("en", None, f"Nov 22, 2026, 5:04{NARROW}PM"),
        ("de", "Asia/Tokyo", "23.11.2026, 02:04"),
        ("de", "Asia/Kolkata", "22.11.2026, 22:34"),
        ("de", "America/St_Johns", "22.11.2026, 13:34"),
    ],
)
def test_a_moment_is_shown_in_the_viewers_language_and_zone(language: str, zone: str | None, shown: str) -> None:
    assert formats.moment(THEN, language, zone) == shown


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("en", "Europe/Berlin", f"Sunday, November 22, 2026, 6:04:31{NARROW}PM Central European Standard Time"),
        ("de", "Europe/Berlin", "Sonntag, 22. November 2026, 18:04:31 Mitteleuropäische Normalzeit"),
        ("de", None, "Sonntag, 22. November 2026, 17:04:31 Koordinierte Weltzeit"),
        ("de", "Asia/Kolkata", "Sonntag, 22. November 2026, 22:34:31 GMT+05:30"),
    ],
)
def test_the_exact_moment_has_its_seconds_and_names_its_zone(language: str, zone: str | None, shown: str) -> None:
    assert formats.exact(THEN, language, zone) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29.03.2026, 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29.03.2026, 03:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25.10.2026, 02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25.10.2026, 02:30"),
    ],
)
def test_the_clocks_go_forward_and_back(moment: datetime, shown: str) -> None:
    assert formats.moment(moment, "de", "Europe/Berlin") == shown


def test_the_two_same_times_of_the_night_on_which_clocks_go_back_are_told_apart_by_their_zone() -> None:
    first, second = (
        formats.exact(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "de", "Europe/Berlin") for hour in (0, 1)
    )
    assert first.endswith("02:30:00 Mitteleuropäische Sommerzeit")
    assert second.endswith("02:30:00 Mitteleuropäische Normalzeit")


def test_a_moment_without_a_zone_is_taken_for_utc() -> None:
    assert formats.moment(THEN.replace(tzinfo=None), "de", "Europe/Berlin") == "22.11.2026, 18:04"


def test_a_moment_with_another_zone_is_the_same_moment() -> None:
    there = THEN.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert formats.moment(there, "de", "Europe/Berlin") == "22.11.2026, 18:04"


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../../etc/passwd", "Europe", "/", "\0", "a" * 10_000])
def test_a_zone_that_is_none_counts_as_utc(name: str | None) -> None:
    assert formats.zone_of(name) is UTC
    assert formats.moment(THEN, "de", name) == "22.11.2026, 17:04"


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_can_be_shown(moment: datetime, zone: str) -> None:
    assert formats.moment(moment, "de", zone)
    assert formats.exact(moment, "de", zone)


def test_every_zone_to_choose_from_is_one() -> None:
    assert "Europe/Berlin" in formats.zones()
    assert formats.zones()[-1] == "UTC"
    assert all(zoneinfo.ZoneInfo(name).key == name for name in formats.zones())
    assert formats.is_zone("Asia/Kolkata")
    assert not formats.is_zone("Asia/Nowhere")


def test_the_time_of_day_is_shown_with_or_without_seconds() -> None:
    assert formats.clock(THEN, "de", "Europe/Berlin") == "18:04"
    assert formats.clock(THEN, "de", "Europe/Berlin", seconds=True) == "18:04:31"
    assert formats.clock(THEN, "en", "Europe/Berlin", seconds=True) == f"6:04:31{NARROW}PM"


def test_the_day_of_a_moment_is_the_viewers() -> None:
    assert formats.day(THEN, "de", "Asia/Tokyo") == "23.11.2026"
    assert formats.day(THEN, "en", "America/New_York") == "Nov 22, 2026"


def test_a_date_is_the_same_day_everywhere() -> None:
    assert formats.day(date(2026, 1, 31), "de", "Pacific/Kiritimati") == "31.01.2026"


@pytest.mark.parametrize(
    ("passed", "english", "german"),
    [
        (timedelta(0), "just now", "gerade eben"),
        (timedelta(seconds=59), "just now", "gerade eben"),
        (timedelta(seconds=-5), "just now", "gerade eben"),
        (timedelta(minutes=1), "1 minute ago", "vor 1 Minute"),
        (timedelta(minutes=59), "59 minutes ago", "vor 59 Minuten"),
        (timedelta(hours=3), "3 hours ago", "vor 3 Stunden"),
        (timedelta(days=1), "1 day ago", "vor 1 Tag"),
        (timedelta(days=400), "1 year ago", "vor 1 Jahr"),
        (timedelta(seconds=-30), "in 30 seconds", "in 30 Sekunden"),
        (timedelta(hours=-2), "in 2 hours", "in 2 Stunden"),
    ],
)
def test_what_was_and_what_will_be_is_told_from_now(passed: timedelta, english: str, german: str) -> None:
    assert formats.ago(THEN, "en", THEN + passed) == english
    assert formats.ago(THEN, "de", THEN + passed) == german


def test_ago_counts_from_this_moment() -> None:
    assert formats.ago(datetime.now(UTC) - timedelta(hours=3, minutes=1), "de") == "vor 3 Stunden"


# Numbers, money, sizes


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (0, "0", "0"),
        (1204, "1,204", "1.204"),
        (-1204, "-1,204", "-1.204"),
        (12.5, "12.5", "12,5"),
        (Decimal("0.10"), "0.1", "0,1"),
        (10**24, "1" + ",000" * 8, "1" + ".000" * 8),
        (None, NOTHING, NOTHING),
        (float("nan"), NOTHING, NOTHING),
        (float("-inf"), NOTHING, NOTHING),
        (Decimal("sNaN"), NOTHING, NOTHING),
    ],
)
def test_numbers_have_the_languages_separators(value: float | Decimal | None, english: str, german: str) -> None:
    assert formats.number(value, "en") == english
    assert formats.number(value, "de") == german


@pytest.mark.parametrize("value", [10**400, Decimal("1E+999999"), Decimal("1E-999999")])
def test_a_number_too_long_to_write_out_stays_as_it_is(value: float | Decimal) -> None:
    assert formats.number(value, "de") == str(value)


@pytest.mark.parametrize(
    ("amount", "currency", "english", "german"),
    [
        ("1204.5", "EUR", "€1,204.50", f"1.204,50{NBSP}€"),
        ("1204", "JPY", "¥1,204", f"1.204{NBSP}¥"),
        ("0.1234", "USD", "$0.1234", f"0,1234{NBSP}$"),
        ("-3.10", "USD", "-$3.10", f"-3,10{NBSP}$"),
        ("12345678901234567890.01", "USD", "$12,345,678,901,234,567,890.01", f"12.345.678.901.234.567.890,01{NBSP}$"),
        ("5", "XQX", "XQX5.00", f"5,00{NBSP}XQX"),
        ("5", None, "5", "5"),
        (None, "EUR", NOTHING, NOTHING),
        ("NaN", "EUR", NOTHING, NOTHING),
        ("Infinity", "EUR", NOTHING, NOTHING),
        ("a lot", "EUR", "a lot", "a lot"),
        ("1E+999999999", "EUR", "1E+999999999 EUR", "1E+999999999 EUR"),
    ],
)
def test_money_is_exact(amount: str | None, currency: str | None, english: str, german: str) -> None:
    assert formats.money(amount, currency, "en") == english
    assert formats.money(amount, currency, "de") == german


@settings(max_examples=50)
@given(amount=st.decimals() | st.text(), currency=st.none() | st.text(max_size=5), language=languages)
def test_whatever_an_amount_is_it_is_shown_on_one_short_line(
    amount: Decimal | str, currency: str | None, language: str
) -> None:
    assert len(formats.money(amount, currency, language)) <= 100 + len(str(amount)) * 2


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [
        (0, "0 bytes", "0 Byte"),
        (1, "1 byte", "1 Byte"),
        (999, "999 bytes", "999 Byte"),
        (1_000, "1 kB", "1 kB"),
        (48_213, "48 kB", "48 kB"),
        (999_499, "999 kB", "999 kB"),
        (999_500, "1.0 MB", "1,0 MB"),
        (9_512_000, "9.5 MB", "9,5 MB"),
    ],
)
def test_sizes_are_in_units_of_a_thousand(count: int, english: str, german: str) -> None:
    assert formats.size(count, "en") == english.replace(" ", NBSP)
    assert formats.size(count, "de") == german.replace(" ", NBSP)


# Names


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        ("de", "German", "Deutsch"),
        ("de-DE", "German", "Deutsch"),
        ("es_US", "Spanish", "Spanisch"),
        ("zh-Hans-CN", "Chinese", "Chinesisch"),
        ("xx", "xx", "xx"),
        ("no such", "no such", "no such"),
        ("", NOTHING, NOTHING),
        (None, NOTHING, NOTHING),
    ],
)
def test_languages_are_named(code: str | None, english: str, german: str) -> None:
    assert formats.language_name(code, "en") == english
    assert formats.language_name(code, "de") == german


def test_marketplaces_are_named_by_their_country() -> None:
    assert formats.marketplace("A1PA6795UKMFR9", "en") == "Germany"
    assert formats.marketplace("UK", "de") == "Vereinigtes Königreich"
    assert formats.marketplace("A-NEW-ONE", "de") == "A-NEW-ONE"
    assert formats.marketplace(None, "de") == NOTHING


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marketplace_has_a_name_of_its_own(language: str) -> None:
    names = {formats.marketplace(each.id, language) for each in Marketplace}
    assert len(names) == len(Marketplace)
    assert all(len(name) > 3 for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_nothing_a_dash_stands(language: str) -> None:
    assert formats.moment(None, language, None) == NOTHING
    assert formats.exact(None, language, None) == NOTHING
    assert formats.clock(None, language, None) == NOTHING
    assert formats.day(None, language, None) == NOTHING
    assert formats.ago(None, language) == NOTHING
    assert formats.size(None, language) == NOTHING


@settings(max_examples=50)
@given(moment=st.datetimes(), language=languages, zone=st.sampled_from(formats.zones()) | st.text(max_size=20))
def test_any_moment_can_be_shown_in_any_zone(moment: datetime, language: str, zone: str) -> None:
    assert formats.moment(moment, language, zone)
    assert formats.exact(moment, language, zone)
    assert formats.day(moment, language, zone)
    assert formats.ago(moment, language)
