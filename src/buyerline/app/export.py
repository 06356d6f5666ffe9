"""Messages as a CSV file, for spreadsheets. Programs are better served by the API.

- UTF-8 with a byte order mark: without one, Excel takes the file for the local code page and garbles every umlaut.
- What separates the values is the viewer's: Excel splits a file at what its own language uses, which is a semicolon
  wherever the comma is the decimal sign.
- A value that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection).
- The messages' texts and files are left out: in a file they would outlive their retention time.
- What has a name of its own stands there by it, with moments in UTC; the last columns say the same to people.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO

from babel import Locale

from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.codes import STATES, in_words
from buyerline.app.followed import Followed
from buyerline.app.formats import zone_of
from buyerline.app.plain_words import plainly
from buyerline.app.told import told
from buyerline.app.type_titles import title_in

COLUMNS = (
    *("message", "state", "account", "account_title", "marketplace", "order_id", "type", "files"),
    *("queued_at", "not_before", "sent_at", "attempts", "request_id", "reason", "queued_by"),
    *("state_told", "type_told", "reason_told", "queued_here", "not_before_here", "sent_here"),
)
"""The names in the first line. Moments are in UTC, as ISO 8601 writes them. What ends with `_told` is in the viewer's
language; what ends with `_here` is in the viewer's time zone, as spreadsheets of all languages take it for a moment."""

LINES_AT_ONCE = 500

_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What formulas begin with; the last four are the first four as East Asian keyboards write them."""


def csv_of(messages: Iterable[Followed], language: str, zone: str | None = None) -> Iterator[bytes]:
    """The file in pieces, few messages in memory at a time.

    Args:
        messages: what goes into it, a line each.
        language: that of the viewer's spreadsheet, a language code.
        zone: the viewer's time zone; ``None``: UTC.
    """
    piece = StringIO()
    piece.write(_BYTE_ORDER_MARK)
    writer = csv.writer(piece, delimiter=separator(language))  # ends its lines as RFC 4180 has it
    writer.writerow(COLUMNS)
    for number, each in enumerate(messages, 1):
        writer.writerow([safe(value) for value in (*_line(each), *_told(each, language, zone))])
        if number % LINES_AT_ONCE == 0:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def separator(language: str) -> str:
    """What spreadsheets in a language take for the end of a value."""
    symbols = Locale.parse(language, sep="-").number_symbols
    return ";" if symbols["latn"]["decimal"] == "," else ","


def safe(value: str) -> str:
    """`value` as no spreadsheet takes it for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _line(followed: Followed) -> tuple[str, ...]:
    message = followed.message
    return (
        message.id,
        message.state.value,
        followed.account.name,
        followed.account.title,
        Marketplace.of(message.marketplace_id).name,
        message.order_id,
        message.type,
        str(len(message.files)),
        _time(message.queued_at),
        _time(message.not_before),
        _time(message.sent_at),
        str(message.attempts),
        message.request_id or "",
        message.reason or "",
        message.queued_by,
    )


def _told(followed: Followed, language: str, zone: str | None) -> tuple[str, ...]:
    message = followed.message
    return (
        in_words(STATES, message.state.value, language),
        told(title_in(language, message.type, followed.offered_as), language),
        told(plainly(message.reason), language) if message.reason else "",
        *(_here(at, zone) for at in (message.queued_at, message.not_before, message.sent_at)),
    )


def _here(at: datetime | None, zone: str | None) -> str:
    return f"{at.astimezone(zone_of(zone)):%Y-%m-%d %H:%M:%S}" if at else ""


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""
