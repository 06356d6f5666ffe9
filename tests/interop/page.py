"""docs/interoperability.md: written from what was tried out, and read back to be compared with it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from tests.interop.cells import Cell, State
from tests.interop.operations import LOGIN, STORAGE, Operation

PAGE = Path(__file__).parents[2] / "docs" / "interoperability.md"

Table = Mapping[tuple[Operation, str], Cell]
"""What came of an operation, by the operation and the client's name."""

_INTRODUCTION = """\
# Interoperability

The sandbox, tried with clients that others wrote. This page is written by `python -m tests.interop`, which makes every
call over HTTP; the tests make the same calls and fail where the page says something else.

- *works*: the client's own method was answered as Amazon answers, the sandbox did what was asked, and the client
  understood the answer.
- *refused*: the client breaks Amazon's model, and is answered as Amazon answers that.
- *not offered*: the client has no method for it, and the script for curl, which follows Amazon's guide, no use.

Files are stored by the client's user, with the URL and the headers that the client returned.
"""
_MARK = re.compile(r"\[\^(\d+)\]")
_NOTE = re.compile(r"^\[\^(\d+)\]: (.+)$", re.MULTILINE)
_NOT_OF_THE_API = (LOGIN, STORAGE)


def render(table: Table, operations: Sequence[Operation], clients: Sequence[str]) -> str:
    """The page."""
    numbers: dict[str, int] = {}

    def marked(text: str, remarks: frozenset[str]) -> str:
        found = sorted(numbers.setdefault(remark, len(numbers) + 1) for remark in sorted(remarks))
        return text + "".join(f"[^{number}]" for number in found)

    common = {client: _common_remarks(table, operations, client) for client in clients}
    lines = [_line(["operation", *(marked(client, common[client]) for client in clients)])]
    lines.append("|---" * (len(clients) + 1) + "|")
    for operation in operations:
        cells = [table[operation, client] for client in clients]
        own = [marked(cell.state, cell.remarks - common[client]) for cell, client in zip(cells, clients, strict=True)]
        lines.append(_line([str(operation), *own]))
    notes = [f"[^{number}]: {remark}" for remark, number in numbers.items()]
    return "\n".join([_INTRODUCTION, *lines, "", *notes, ""])


def read(page: str, operations: Sequence[Operation]) -> dict[tuple[Operation, str], Cell]:
    """What a page says."""
    remarks = dict(_NOTE.findall(page))
    rows = [[part.strip() for part in line[1:-1].split("|")] for line in page.splitlines() if line.startswith("| ")]
    heads = [(_MARK.sub("", head), _marks(head, remarks)) for head in rows[0][1:]]
    by_name = {str(operation): operation for operation in operations}
    table: dict[tuple[Operation, str], Cell] = {}
    for name, *cells in rows[1:]:
        operation = by_name[name]
        for text, (client, common) in zip(cells, heads, strict=True):
            state = next(state for state in get_args(State) if text.startswith(state))
            shared = common if operation.api not in _NOT_OF_THE_API and state != "not offered" else frozenset[str]()
            table[operation, client] = Cell(state, _marks(text, remarks) | shared)
    return table


def _common_remarks(table: Table, operations: Sequence[Operation], client: str) -> frozenset[str]:
    """What holds for all calls of the API that a client makes, and so stands at its name."""
    cells = [table[operation, client] for operation in operations if operation.api not in _NOT_OF_THE_API]
    made = [cell.remarks for cell in cells if cell.state != "not offered"]
    return frozenset.intersection(*made) if made else frozenset()


def _marks(text: str, remarks: Mapping[str, str]) -> frozenset[str]:
    return frozenset(remarks[number] for number in _MARK.findall(text))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
