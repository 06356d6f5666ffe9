"""The dates of a warranty: from when to when it covers."""

from datetime import datetime

from buyerline.amazon.errors import Problem
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Draft, coverage_date

FIELDS = {"coverageStartDate": "coverage_start", "coverageEndDate": "coverage_end"}
"""The operation's name of each date, and the draft's. Source: Amazon, Messaging API model, CreateWarranty."""

_TITLES = {"coverage_start": "start", "coverage_end": "end"}


def check_coverage(draft: Draft, *, taken: bool, needed: bool) -> list[Problem]:
    """Every rule that the coverage dates of a draft break.

    Args:
        draft: the draft.
        taken: whether the message type carries coverage dates at all.
        needed: whether it cannot do without.
    """
    given = {name: value for name in _TITLES if (value := getattr(draft, name)) is not None}
    if not taken:
        return [_not_taken(name) for name in list(given)[:1]]
    problems = [missing(name) for name in _TITLES if name not in given] if needed else []
    moments = {}
    for name, value in given.items():
        try:
            moments[name] = coverage_date(value, end=name == "coverage_end")
        except ValueError:
            problems.append(_malformed(name))
    if len(moments) == len(_TITLES) and moments["coverage_end"] <= moments["coverage_start"]:
        problems.append(_not_after(moments["coverage_start"], moments["coverage_end"]))
    return problems


def missing(name: str) -> Problem:
    """The problem of a warranty without one of its dates, ``"coverage_start"`` or ``"coverage_end"``."""
    return Problem(
        Code.COVERAGE_MISSING,
        name,
        f"A warranty needs the {_TITLES[name]} of its coverage. Give a date such as 2026-01-31.",
    )


def _malformed(name: str) -> Problem:
    return Problem(
        Code.COVERAGE_MALFORMED,
        name,
        f"The {_TITLES[name]} of the coverage is not a date. Write it as 2026-01-31, or with a time as "
        "2026-01-31T10:00:00+01:00; without a zone it is UTC.",
    )


def _not_after(start: datetime, end: datetime) -> Problem:
    when = "before it has started" if end < start else "at the moment at which it starts"
    return Problem(
        Code.COVERAGE_ORDER,
        "coverage_end",
        f"The coverage ends {when}. Give an end that is later than the start; a date without a time means the whole "
        "day, a time without a zone is UTC.",
    )


def _not_taken(name: str) -> Problem:
    return Problem(
        Code.COVERAGE_NOT_TAKEN,
        name,
        "This message type carries no coverage dates, only a warranty does. Leave them out.",
    )
