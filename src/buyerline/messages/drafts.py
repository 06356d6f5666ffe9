"""What the seller wrote: a draft and its attachments."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TypeAlias

from buyerline.amazon.uploads import content_md5

CoverageDate: TypeAlias = str | date | datetime
"""A day of warranty coverage as given: ``"2026-01-31"``, an ISO 8601 date and time, a date or a datetime."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for the buyer.

    Attributes:
        name: the file name that the buyer sees.
        content: the bytes. Not shown by `repr`.
        size: how many bytes there are.
        md5: the Content-MD5 header: base64 of the 16 bytes of the digest (RFC 1864), not of its hex form.
    """

    name: str
    content: bytes = field(repr=False)
    size: int = field(init=False)
    md5: str = field(init=False)

    def __post_init__(self) -> None:
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
        coverage_start, coverage_end: a warranty's first and last moment; `coverage_date` reads them.
    """

    order_id: str
    type: str
    text: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    coverage_start: CoverageDate | None = None
    coverage_end: CoverageDate | None = None


def coverage_date(value: CoverageDate) -> datetime:
    """The moment, in UTC. A date alone is its midnight; a time without a zone is taken for UTC.

    Raises:
        ValueError: the text is not a date, or date and time, of ISO 8601, or lies outside the years 1 to 9999.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip())
    elif not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies outside the years 1 to 9999") from None
