"""Makes docs/compatibility.md: every call of the table through both libraries, against a running sandbox.

Run it as ``python -m tests.sp_api.compatibility``; a test holds that the page is what it would write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.running import Amazon, running
from tests.sp_api.cases import SECTIONS, Case
from tests.sp_api.outcomes import Outcome, outcome

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"
ORIGINAL, OURS = "sp_api", "buyerline.sp_api"
NAMESPACES = ("", "asyncio.")

_INTRODUCTION = """\
# Compatibility with python-amazon-sp-api

Made by `python -m tests.sp_api.compatibility`; do not edit. Each row is one call, made through python-amazon-sp-api
{version} and through `buyerline.sp_api` against buyerline's sandbox, blocking and awaited with the same outcome. Where
no reason is given, answer or exception are the same in everything that a program can see: payload, errors, pagination,
rate limit, next token, names of headers; class, code, message and errors; and the messages that Amazon has afterwards.
buyerline's own repeating was switched off, but for the rows that are about it.

The sandbox notes what Amazon's model does not have: a User-Agent of another form, other query parameters, other keys in
a body. In {rows} rows it noted something {original} times about the original's requests, and {ours} times about ours.
"""


@dataclass(frozen=True)
class Row:
    """A case, and what came of it in each library and namespace."""

    case: Case
    outcomes: Mapping[tuple[str, str], Outcome]

    def outcome(self, library: str, namespace: str = "") -> Outcome:
        return self.outcomes[library, namespace]

    def line(self) -> str:
        """The row of the page."""
        cells = (self.case.name, *(self.outcome(name).words() for name in (ORIGINAL, OURS)), self.case.differs)
        return f"| {' | '.join(cells)} |\n"


def measured(case: Case, amazon: Amazon) -> Row:
    """Carry out a case in both libraries, blocking and awaited."""
    return Row(
        case,
        {
            (library, namespace): outcome(case.steps, amazon, library, namespace, case.prepare)
            for library in (ORIGINAL, OURS)
            for namespace in NAMESPACES
        },
    )


def measure(amazon: Amazon) -> dict[str, list[Row]]:
    """Carry out the whole table."""
    return {title: [measured(case, amazon) for case in cases] for title, cases in SECTIONS.items()}


def page(sections: Mapping[str, list[Row]]) -> str:
    """The page, ending in a newline."""
    head = "| call | python-amazon-sp-api | buyerline.sp_api | why it differs |\n|---|---|---|---|\n"
    parts = [f"\n## {title}\n\n{head}{''.join(row.line() for row in rows)}" for title, rows in sections.items()]
    rows = [row for section in sections.values() for row in section]
    original, ours = (sum(bool(row.outcome(library).odd) for row in rows) for library in (ORIGINAL, OURS))
    package = version("python-amazon-sp-api")
    return _INTRODUCTION.format(version=package, rows=len(rows), original=original, ours=ours) + "".join(parts)


if __name__ == "__main__":
    with running() as sandbox:
        PAGE.write_text(page(measure(sandbox)), "utf-8")
