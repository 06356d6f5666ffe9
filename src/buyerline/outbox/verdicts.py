"""What a failure means for a message, and for its account. The whole rule stands here.

Only what certainly did not reach Amazon is tried again. What Amazon refused is refused; what nobody knows is unknown
and stays so until Amazon's offer or a person tells.
"""

import random
from dataclasses import dataclass

from buyerline.amazon import errors
from buyerline.amazon.repeating import HARMLESS_TO_REPEAT
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.messages import State

TRIES = 20
"""Times in a row that a message is tried before it counts as failed: two hours and a half at most."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 900.0
"""Seconds before the second try, doubled each time with half of it left to chance, and at most."""

STOPS_THE_ACCOUNT = (errors.LoginError, errors.TokenRejected, errors.CredentialsMissing)
"""What no other message of the account would fare better with, before somebody mends the authorisation."""


class Overtaken(errors.BuyerlineError):
    """The message was no longer to be sent when its turn came: cancelled, expired, or another's by now."""

    code = "overtaken"


class Late(errors.BuyerlineError):
    """The process stood still between writing ``sending`` and the POST; others may have taken it for dead."""

    code = "late"
    permanent = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failure means.

    Attributes:
        state: the state that the message comes to.
        reason: why, a sentence without anything secret.
        request_id: Amazon's, where an answer carried one.
        pause: seconds before it is tried again, where it is queued again; ``None`` where it is not.
        stops_account: whether nothing more is to be tried for the account.
        code: the failure's stable name.
    """

    state: State
    reason: str
    request_id: str | None = None
    pause: float | None = None
    stops_account: bool = False
    code: str = ""


def verdict_on(failure: Exception, tries: int, *, left: bool = False) -> Verdict | None:
    """The verdict on a message whose sending raised `failure` after `tries` tries without success before.

    ``None`` where there is nothing to write, because the message is no longer the worker's. `left`: it may have left,
    so what nobody foresaw says nothing about whether Amazon took it.
    """
    if isinstance(failure, Overtaken):
        return None
    if not isinstance(failure, errors.BuyerlineError):
        state = State.UNKNOWN if left else State.FAILED
        return Verdict(state, f"An error that nobody foresaw: {type(failure).__name__}.", code="unforeseen")
    reason, request_id, code = str(failure), getattr(failure, "request_id", None), failure.code
    if isinstance(failure, errors.OutcomeUnknown):
        return Verdict(State.UNKNOWN, reason, request_id, code=code)
    if isinstance(failure, STOPS_THE_ACCOUNT):
        return Verdict(State.QUEUED, reason, request_id, pause=0.0, stops_account=True, code=code)
    if isinstance(failure, Late | OutboxUnavailable):
        return Verdict(State.QUEUED, reason, pause=0.0, code=code)
    if _may_pass(failure):
        if tries + 1 >= TRIES:
            return Verdict(State.FAILED, f"Given up after {TRIES} tries. {reason}", request_id, code=code)
        return Verdict(State.QUEUED, reason, request_id, pause=pause_after(tries + 1), code=code)
    if isinstance(failure, errors.ConfigurationError):
        return Verdict(State.FAILED, reason, code=code)
    return Verdict(State.REFUSED, reason, request_id, code=code)


def _may_pass(failure: errors.BuyerlineError) -> bool:
    """Whether the message certainly did not reach Amazon and the same may well do later."""
    if isinstance(failure, errors.UploadFailed):
        return failure.expired
    return isinstance(failure, (*HARMLESS_TO_REPEAT, errors.NotNow, errors.DeniedForNow))


def pause_after(tries: int) -> float:
    """Seconds to wait after `tries` tries in a row that came to nothing."""
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries - 1, 16))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, guards nothing
