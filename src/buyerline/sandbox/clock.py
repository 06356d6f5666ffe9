"""Amazon's time: tokens, page tokens, presigned URLs, buckets and the Date header all follow it."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime


class Clock:
    """The machine's time plus an offset in seconds that a test may move.

    Moved back, what was made in between keeps the times that it was given then, which now lie ahead.
    """

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset
        self._date = b""
        self._date_second = -1

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.offset

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once; a negative number goes back."""
        self.offset += seconds

    def http_date(self) -> bytes:
        """The value of the ``Date`` header (RFC 9110, 5.6.7), made once a second."""
        second = int(self.time())
        if second != self._date_second:
            self._date_second = second
            self._date = format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True).encode("ascii")
        return self._date


def iso(moment: datetime) -> str:
    """``2026-01-31T09:05:00Z``, the form that Amazon's answers use."""
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def read_moment(text: str) -> datetime | None:
    """The moment that an ISO 8601 text names, in UTC where it has no zone; ``None`` if it names none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
