from base64 import b64encode
from datetime import UTC, date, datetime, timedelta, timezone

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
