"""What the seller wrote: a draft and its attachments."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TypeAlias

from buyerline.amazon.uploads import content_md5

CoverageDate: TypeAlias = str | date | datetime
"""A day of warranty coverage as given: ``"2026-01-31"``, an ISO 8601 date and time, a date or a datetime."""

_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for the buyer.

    Attributes:
        name: the file name that the buyer sees.
        content: the bytes. Not shown by `repr`.
        size: how many bytes there are.
        md5: the Content-MD5 header: base64 of the 16 bytes of the digest (RFC 1864), not of its hex form.

    Raises:
        TypeError: a field is of another type.
    """

    name: str
    content: bytes = field(repr=False)
    size: int = field(init=False)
    md5: str = field(init=False)

    def __post_init__(self) -> None:
        _of_type("name", self.name, str)
        _of_type("content", self.content, bytes)
        object.__setattr__(self, "size", len(self.content))
        object.__setattr__(self, "md5", content_md5(self.content))


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before anything was checked.

    Attributes:
        order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
        type: the message type, by any name of `buyerline.amazon.messaging.MESSAGE_TYPES`.
        text: what the buyer reads. Not shown by `repr`.
        attachments: the files for the buyer.
        coverage_start, coverage_end: a warranty's first and last moment; `coverage_date` reads them. A date without
            a time is a whole day, so that both may be the same; a time without a zone is UTC.

    Raises:
        TypeError: a field is of another type.
    """

    order_id: str
    type: str
    text: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    coverage_start: CoverageDate | None = None
    coverage_end: CoverageDate | None = None

    def __post_init__(self) -> None:
        _of_type("order_id", self.order_id, str)
        _of_type("type", self.type, str)
        if self.text is not None:
            _of_type("text", self.text, str)
        if self.coverage_start is not None:
            _of_type("coverage_start", self.coverage_start, str, date, datetime)
        if self.coverage_end is not None:
            _of_type("coverage_end", self.coverage_end, str, date, datetime)


def _of_type(field_name: str, value: object, *kinds: type) -> None:
    """Raises a TypeError that names the field, where the value would only fail much later and far away."""
    if not isinstance(value, kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"{field_name} must be {expected}, not {'None' if value is None else type(value).__name__}")


def coverage_date(value: CoverageDate, *, end: bool = False) -> datetime:
    """The moment, in UTC, at which coverage starts or ends. A time without a zone is taken for UTC.

    Amazon takes moments (the model's ``date-time``), a seller thinks in days: a date alone is the whole day in UTC,
    so it starts at its midnight and ends at 23:59:59. A warranty may thus start and end on the same day.

    Args:
        value: the date as given.
        end: whether it is the end of the coverage.

    Raises:
        ValueError: the text is not a date, or date and time, of ISO 8601, or lies outside the years 1 to 9999.
    """
    if isinstance(value, str):
        value = _read(value.strip())
    if not isinstance(value, datetime):
        value = datetime.combine(value, _LAST_SECOND if end else time())
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies outside the years 1 to 9999") from None


def _read(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
