"""The CSV file of messages, as spreadsheets read it."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.app.export import COLUMNS, LINES_AT_ONCE, csv_of, safe, separator
from buyerline.app.followed import Followed, Tab
from buyerline.outbox import State
from tests.app.correspondence import Correspondence

SECRET = "Your key is 1234-5678."


def exported(plain_shop: Correspondence, language: str = "en") -> list[dict[str, str]]:
    """The lines of the file, read as a spreadsheet does."""
    content = b"".join(csv_of(plain_shop.following.rows(plain_shop.owner(), Tab.ALL), language))
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=separator(language)))


def test_has_a_line_for_each_message_with_times_in_utc(plain_shop: Correspondence) -> None:
    plain_shop.connect("shop", "Zoë's Shop")
    message_id = plain_shop.queue(not_before=datetime(2031, 1, 31, 12, tzinfo=UTC), marketplace="DE")
    plain_shop.bring(message_id, State.SENT, sent_at=datetime(2031, 1, 31, 12, 0, 5, tzinfo=UTC), request_id="6875f61f")
    [line] = exported(plain_shop)
    assert line["message"] == message_id
    assert line["state"] == "sent"
    assert (line["account"], line["account_title"], line["marketplace"]) == ("shop", "Zoë's Shop", "DE")
    assert (line["order_id"], line["type"], line["files"]) == ("902-6786204-8179805", "confirmOrderDetails", "0")
    assert (line["not_before"], line["sent_at"]) == ("2031-01-31T12:00:00Z", "2031-01-31T12:00:05Z")
    assert datetime.fromisoformat(line["queued_at"]).tzinfo == UTC
    assert (line["request_id"], line["queued_by"], line["reason"]) == ("6875f61f", "ann@shop.example", "")


def test_says_the_same_to_people_in_their_language_and_time_zone(plain_shop: Correspondence) -> None:
    plain_shop.connect("shop", "Shop")
    message_id = plain_shop.queue(not_before=datetime(2031, 1, 31, 23, 30, tzinfo=UTC))
    plain_shop.bring(message_id, State.REFUSED, "createConfirmOrderDetails: Amazon answered 404 NotFound: no order")
    messages = plain_shop.following.rows(plain_shop.owner(), Tab.ALL)
    content = b"".join(csv_of(messages, "de", "Europe/Berlin"))
    [line] = csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert (line["state"], line["state_told"]) == ("refused", "Abgelehnt")
    assert (line["type"], line["type_told"]) == ("confirmOrderDetails", "Zur Bestellung etwas fragen")
    assert line["reason"].startswith("createConfirmOrderDetails: Amazon answered 404")
    assert line["reason_told"] == "Amazon kennt diese Bestellung in diesem Konto nicht."
    assert (line["not_before"], line["not_before_here"]) == ("2031-01-31T23:30:00Z", "2031-02-01 00:30:00")
    assert (line["sent_at"], line["sent_here"]) == ("", "")


def test_leaves_out_what_the_buyer_reads(plain_shop: Correspondence) -> None:
    plain_shop.queue(text=SECRET)
    content = b"".join(csv_of(plain_shop.following.rows(plain_shop.owner(), Tab.ALL), "en"))
    assert SECRET.encode() not in content


def test_is_read_right_by_excel_in_each_language(plain_shop: Correspondence) -> None:
    """A byte order mark tells it that this is UTF-8; values end where its language has them end."""
    plain_shop.queue()
    for language, between in (("en", ","), ("de", ";")):
        content = b"".join(csv_of(plain_shop.following.rows(plain_shop.owner(), Tab.ALL), language))
        assert content.startswith(b"\xef\xbb\xbf" + between.join(COLUMNS).encode() + b"\r\n")
        assert exported(plain_shop, language)[0]["state"] == "queued"


def test_without_messages_has_the_columns_alone(plain_shop: Correspondence) -> None:
    assert exported(plain_shop) == []


@pytest.mark.parametrize("begin", list("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
def test_holds_no_formulas(plain_shop: Correspondence, begin: str) -> None:
    message_id = plain_shop.queue()
    plain_shop.bring(message_id, State.REFUSED, f"{begin}HYPERLINK(1;2)")
    [line] = exported(plain_shop)
    assert line["reason"] == f"'{begin}HYPERLINK(1;2)"


@given(st.text())
@settings(max_examples=60)
def test_changes_no_value_but_formulas(value: str) -> None:
    assert safe(value) in (value, f"'{value}")
    assert not safe(value).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_is_made_while_it_is_read(plain_shop: Correspondence) -> None:
    """The first piece is there before the messages of the second were asked for."""
    plain_shop.queue()
    [each] = plain_shop.following.rows(plain_shop.owner(), Tab.ALL)
    asked = 0

    def endless() -> Iterator[Followed]:
        nonlocal asked
        while True:
            asked += 1
            yield each

    pieces = csv_of(endless(), "en")
    assert next(pieces).count(b"\r\n") == LINES_AT_ONCE + 1
    assert asked == LINES_AT_ONCE
    assert next(pieces).count(b"\r\n") == LINES_AT_ONCE
