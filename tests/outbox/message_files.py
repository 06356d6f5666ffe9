"""Files of messages to check."""

import json
from pathlib import Path

from buyerline.outbox.files import check_file

ORDER = "902-6786204-8179805"
OTHER = "902-6786204-8179806"
TYPE = "confirmOrderDetails"
FINE = f"order_id,type,text\n{ORDER},{TYPE},Hello\n"


def written(folder: Path, content: str | bytes, name: str = "messages.csv") -> Path:
    """A file in `folder`."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(folder: Path, header: str, *lines: str) -> Path:
    """A CSV file."""
    return written(folder, "\n".join((header, *lines)) + "\n")


def json_lines(folder: Path, *records: object) -> Path:
    """A file of JSON Lines."""
    return written(folder, "".join(f"{json.dumps(record)}\n" for record in records), "messages.jsonl")


def found(path: Path) -> list[tuple[int, str, str]]:
    """Line, code and field of every problem of a file that has not too many."""
    checked = check_file(path)
    assert checked.problem_count == len(checked.problems)
    return [(each.line, str(each.problem.code), each.problem.field) for each in checked.problems]


def words_of(path: Path) -> str:
    """The only problem of a file, in words."""
    (problem,) = check_file(path).problems
    return str(problem)
