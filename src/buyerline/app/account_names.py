"""What accounts are called: a title for people, and a name for URLs, commands and environment variables."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from buyerline.amazon.credentials import DEFAULT_ACCOUNT
from buyerline.app.errors import Invalid
from buyerline.app.words import Words

LONGEST_TITLE = 60
_LONGEST_NAME = 40
_RESERVED = frozenset({"connect", "consent", "application", DEFAULT_ACCOUNT})
"""What stands where a name would in the URLs of the pages about accounts, and the name of the shell's own account."""


def account_title(given: str) -> str:
    """A title as it is kept: without spaces around it, and none twice.

    Raises:
        Invalid: it is too long, or holds characters that are not for reading.
    """
    title = " ".join(given.split())
    if len(title) > LONGEST_TITLE:
        raise Invalid(Words("A name has {longest} characters at most.", longest=LONGEST_TITLE), field="title")
    if not title.isprintable():
        raise Invalid(Words("A name is made of characters that can be read."), field="title")
    return title


def names_for(title: str) -> Iterator[str]:
    """Names made from a title, the plainest first: ``My Shop (US)`` gives ``my-shop-us``, ``my-shop-us-2``, ..."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "account"
    if stem not in _RESERVED:
        yield stem
    yield from (f"{stem}-{number}" for number in count(2))
