"""The rules for when a message is sent, and for whom."""

from buyerline.amazon.errors import Problem
from buyerline.outbox.messages import Outgoing, in_utc

PRIORITIES = range(-1000, 1001)


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
