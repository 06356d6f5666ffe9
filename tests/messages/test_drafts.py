from base64 import b64encode
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyerline.messages.drafts import Attachment, CoverageDate, Draft, coverage_date

MIDNIGHT = datetime(2026, 1, 31, tzinfo=UTC)


def test_content_md5_is_the_base64_of_the_raw_digest() -> None:
    """RFC 1321 gives the digests of "" and "abc": d41d8cd9... and 90015098..."""
    for content, digest in ((b"", "d41d8cd98f00b204e9800998ecf8427e"), (b"abc", "900150983cd24fb0d6963f7d28e17f72")):
        attachment = Attachment("a.txt", content)
        assert attachment.md5 == b64encode(bytes.fromhex(digest)).decode()
        assert attachment.size == len(content)


def test_neither_text_nor_content_is_shown_when_a_draft_is_printed() -> None:
    draft = Draft("902-6786204-8179805", "warranty", "secret words", (Attachment("a.txt", b"secret bytes"),))
    assert "secret" not in repr(draft)
    assert "a.txt" in repr(draft)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-31", MIDNIGHT),
        (" 2026-01-31 ", MIDNIGHT),
        ("2026-01-31T00:00:00Z", MIDNIGHT),
        ("2026-01-31T01:00:00+01:00", MIDNIGHT),
        ("2026-01-30T19:00:00.000-05:00", MIDNIGHT),
        ("2026-01-31T00:00:00", MIDNIGHT),
        ("2026-01-31 00:00", MIDNIGHT),
        (date(2026, 1, 31), MIDNIGHT),
        (datetime(2026, 1, 31), MIDNIGHT),  # noqa: DTZ001 - a moment without a zone is the case
        (datetime(2026, 1, 31, 1, tzinfo=timezone(timedelta(hours=1))), MIDNIGHT),
    ],
)
def test_a_coverage_date_is_a_moment_in_utc(value: CoverageDate, moment: datetime) -> None:
    read = coverage_date(value)
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize("value", ["2026-01-31", " 20260131 ", date(2026, 1, 31)])
def test_coverage_that_ends_on_a_date_lasts_to_the_end_of_that_day(value: CoverageDate) -> None:
    assert coverage_date(value, end=True) == datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2026-01-31T00:00Z", "2026-01-31 00:00", MIDNIGHT])
def test_coverage_that_ends_at_a_time_ends_then(value: CoverageDate) -> None:
    assert coverage_date(value, end=True) == MIDNIGHT


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"order_id": None}, "order_id must be str, not None"),
        ({"type": 5}, "type must be str, not int"),
        ({"text": b"Hello"}, "text must be str, not bytes"),
        ({"coverage_start": 5}, "coverage_start must be str or date or datetime, not int"),
        ({"coverage_end": MIDNIGHT.time()}, "coverage_end must be str or date or datetime, not time"),
    ],
)
def test_a_field_of_another_type_is_a_type_error_that_names_it(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as raised:
        Draft(**{"order_id": "902-6786204-8179805", "type": "warranty", **fields})
    assert str(raised.value) == message


@pytest.mark.parametrize(("name", "content", "field"), [(None, b"text", "name"), ("a.txt", "text", "content")])
def test_an_attachment_is_a_name_and_bytes(name: Any, content: Any, field: str) -> None:
    with pytest.raises(TypeError, match=f"{field} must be"):
        Attachment(name, content)


@pytest.mark.parametrize(
    "value", ["", "tomorrow", "31.01.2026", "01/31/2026", "2026-02-30", "2026-13-01", "0001-01-01T00:00:00+23:59"]
)
def test_what_is_no_iso_date_is_a_value_error(value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        coverage_date(value)


@given(
    value=st.one_of(st.text(max_size=40), st.datetimes().map(str), st.dates(), st.datetimes(timezones=st.timezones()))
)
def test_any_date_is_read_or_refused(value: CoverageDate) -> None:
    try:
        moment = coverage_date(value)
    except ValueError:
        return
    assert moment.tzinfo is UTC
