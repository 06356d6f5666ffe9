"""Page tokens: where the next page starts, bound to the filters they were made for, good for 24 hours (Orders API)."""

import base64
import binascii
import hashlib

import msgspec

from buyerline.sandbox import errors
from buyerline.sandbox.clock import Clock
from buyerline.sandbox.wire import Call

PAGE_SIZE = 100
TOKEN_SECONDS = 24 * 3600


class PageToken(msgspec.Struct, array_like=True, frozen=True):
    """A page token's content. ``before`` is the end of the span of time of the first page."""

    offset: int
    filters: str
    expires_at: float
    before: float

    def encode(self) -> str:
        """The token as a client sees it."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode("ascii")


def page_size(value: str | None) -> int:
    """How many results a page has: 1 to 100, and 100 unless asked otherwise.

    Raises:
        Refusal: 400 for any other number or text.
    """
    if value is None:
        return PAGE_SIZE
    if not value.isascii() or not value.isdecimal() or len(value) > 3 or not 1 <= int(value) <= PAGE_SIZE:
        raise errors.invalid_submission()
    return int(value)


def fingerprint(call: Call, filters: tuple[str, ...]) -> str:
    """What the filters of a request come to; the order of a list's values does not matter."""
    values = [(name, sorted(call.values(name))) for name in filters if call.values(name)]
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()[:16]


def next_page(clock: Clock, offset: int, filters: str, before: float) -> str:
    """The token of the page that starts at ``offset``."""
    return PageToken(offset, filters, clock.time() + TOKEN_SECONDS, before).encode()


def read_page_token(clock: Clock, value: str | None, filters: str) -> PageToken | None:
    """The page token of a request, ``None`` for the first page.

    Raises:
        Refusal: 400, it is not one of ours, expired, or was made for other filters.
    """
    if value is None:
        return None
    try:
        token = msgspec.json.decode(base64.b64decode(value, altchars=b"-_", validate=True), type=PageToken)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise errors.invalid_submission() from None
    now = clock.time()
    if token.filters != filters or token.expires_at < now or token.offset < 0 or not 0 <= token.before <= now:
        raise errors.invalid_submission()
    return token
