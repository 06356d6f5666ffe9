"""The rules for what is kept with a message: when it is sent, for whom, and under which key."""

from buyerline.amazon.errors import Problem
from buyerline.outbox.messages import Outgoing, in_utc

PRIORITIES = range(-1000, 1001)

KEY_LIMIT = 255
"""Characters of an idempotency key: more than any scheme of numbers needs, less than an index of PostgreSQL takes."""


def check_scheduling(outgoing: Outgoing) -> list[Problem]:
    """Every rule that the account, the priority and the moments of a message break."""
    found = []
    if outgoing.priority not in PRIORITIES:
        words = f"It must be from {PRIORITIES[0]} to {PRIORITIES[-1]}."
        found.append(Problem("priority_out_of_range", "priority", words))
    not_before, expires_at = outgoing.not_before, outgoing.expires_at
    if not_before and expires_at and in_utc(expires_at) <= in_utc(not_before):
        found.append(Problem("expires_too_early", "expires_at", "It must be later than not_before."))
    if not outgoing.account.strip():
        found.append(Problem("account_missing", "account", "Name the account, or leave it out for `default`."))
    return found


def check_storable(outgoing: Outgoing) -> list[Problem]:
    """What in the names that a message has would not be found again as it was stored."""
    names = {"account": outgoing.account, "idempotency_key": outgoing.idempotency_key or "", "type": outgoing.type}
    words = "It holds a control character or half of a character. Write it again without."
    problems = [Problem("value_unprintable", name, words) for name, value in names.items() if not value.isprintable()]
    if len(names["idempotency_key"]) > KEY_LIMIT:
        problems.append(Problem("value_too_long", "idempotency_key", f"It has more than {KEY_LIMIT} characters."))
    return problems
