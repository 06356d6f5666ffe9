"""The columns of a file of messages. Every other one is a field for the texts."""

from difflib import get_close_matches
from functools import lru_cache

ORDER_ID = "order_id"
TYPE = "type"
TEXT = "text"
TEXT_FILE = "text_file"
ATTACHMENTS = "attachments"
COVERAGE_START = "coverage_start"
COVERAGE_END = "coverage_end"
ACCOUNT = "account"
MARKETPLACE = "marketplace"
IDEMPOTENCY_KEY = "idempotency_key"
NOT_BEFORE = "not_before"
EXPIRES_AT = "expires_at"
PRIORITY = "priority"

REQUIRED = (ORDER_ID, TYPE)

COLUMNS = (
    *(ORDER_ID, TYPE, TEXT, TEXT_FILE, ATTACHMENTS, COVERAGE_START, COVERAGE_END),
    *(ACCOUNT, MARKETPLACE, IDEMPOTENCY_KEY, NOT_BEFORE, EXPIRES_AT, PRIORITY),
)

_LIKENESS = 0.85
"""Of a name that is a slip for another: ``attachment`` and ``not_befor`` are, ``text_de`` and ``title`` are not."""


@lru_cache(maxsize=1000)
def misspelt(name: str) -> str | None:
    """The column of ours that `name` is a slip for; ``None`` where it is one, or is none.

    Taken for a field of the texts, ``not before`` would send at once what was to wait.
    """
    if name in COLUMNS:
        return None
    bare = "_".join(name.lower().replace("-", " ").replace("_", " ").split())
    near = get_close_matches(bare, COLUMNS, n=1, cutoff=_LIKENESS)
    return near[0] if near else None
