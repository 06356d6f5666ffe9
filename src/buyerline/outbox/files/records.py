"""Records out of a file, CSV (RFC 4180) or JSON Lines: values by column, and what is wrong with the writing."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from buyerline.amazon.errors import Problem
from buyerline.outbox.files.columns import ATTACHMENTS, COLUMNS, REQUIRED, misspelt
from buyerline.outbox.files.lines import Lines, open_lines
from buyerline.outbox.files.problems import LineCode, LineProblem, shown

JSON_LINES = frozenset({".jsonl", ".ndjson", ".json"})
"""Extensions of files that are JSON Lines whatever they begin with."""

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_HEADER = "columns"
"""The field of problems that are about columns."""


@dataclass(slots=True)
class Record:
    """What one message is made of, as it is written.

    Attributes:
        line: its first line.
        values: text by column, ``""`` where there is none. Not shown by `repr`.
        attachments: what stands for each file.
        problems: what is wrong with how it is written.
        spoilt: columns that cannot be judged, because something was said of them already.
    """

    line: int
    values: dict[str, str] = field(repr=False)
    attachments: tuple[str, ...] = ()
    problems: Sequence[Problem] = ()
    spoilt: frozenset[str] = frozenset()


def read_records(path: Path) -> Iterator[Record | LineProblem]:
    """The records of a file, and in their order what is wrong with lines that hold none.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    with open_lines(path) as (lines, beginning):
        as_json = path.suffix.lower() in JSON_LINES or beginning.lstrip().startswith("{")
        refused = lines.unreadable()
        if refused:
            yield from refused
        elif as_json:
            yield from _json_records(lines)
        else:
            yield from _csv_records(lines, _delimiter(beginning))


@dataclass(frozen=True, slots=True)
class _Header:
    """The first row: the columns' names, and what is wrong with them."""

    names: list[str]
    problems: list[Problem]
    spoilt: frozenset[str]

    @classmethod
    def of(cls, row: Sequence[str]) -> "_Header":
        names = [name.strip() for name in row]
        twice = [name for name, count in Counter(names).items() if name and count > 1]
        slips = _slips(names)
        missing = [name for name in REQUIRED if name not in names and name not in slips.values()]
        problems = [_column_twice(name) for name in twice]
        problems += [_column_misspelt(name, meant) for name, meant in slips.items()]
        problems += [_column_missing(missing)] if missing else []
        return cls(names, problems, frozenset([*twice, *slips.values(), *missing]))

    def record(self, line: int, row: list[str]) -> Record | LineProblem:
        if len(row) != len(self.names):
            words = (
                f"It has {len(row)} fields and the header has {len(self.names)}. Put quotation marks around a field "
                "that has delimiters or line breaks in it."
            )
            return LineProblem(line, Problem(LineCode.FIELD_COUNT, _HEADER, words))
        values = dict(zip(self.names, row, strict=True))
        if "" in values and any(value for name, value in zip(self.names, row, strict=True) if not name):
            words = "It has a value in a column without a name. Name the column in the first line."
            return LineProblem(line, Problem(LineCode.COLUMN_UNNAMED, _HEADER, words))
        return Record(line, values, _paths(values.get(ATTACHMENTS, "")), spoilt=self.spoilt)


def _csv_records(lines: Lines, delimiter: str) -> Iterator[Record | LineProblem]:
    header: _Header | None = None
    for found in _csv_rows(lines, delimiter):
        if isinstance(found, LineProblem):
            yield found
            if header is None:
                return
            continue
        line, row = found
        if header is not None:
            yield header.record(line, row)
        else:
            header = _Header.of(row)
            yield from (LineProblem(line, problem) for problem in header.problems)
    if header is None:
        yield LineProblem(1, _column_missing(REQUIRED))


def _csv_rows(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str]] | LineProblem]:
    """Each row with its first line. After one whose quotes are broken it goes on in the next line."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.mark()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield LineProblem(line, _broken_quotes(delimiter))
            lines.go_back()
            continue
        unreadable = lines.unreadable()
        if unreadable:
            yield from unreadable
        elif any(row):
            yield line, row


def _json_records(lines: Lines) -> Iterator[Record | LineProblem]:
    for text in lines:
        lines.mark()
        unreadable = lines.unreadable()
        if unreadable:
            yield from unreadable
        elif not text.isspace():
            yield _json_record(lines.number, text)


def _json_record(line: int, text: str) -> Record | LineProblem:
    try:
        found = _decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        words = f"It is not JSON: {str(error).removeprefix('JSON is malformed: ')}. Give each line a whole object."
        return LineProblem(line, Problem(LineCode.JSON_BROKEN, "json", words))
    if not isinstance(found, dict):
        words = 'It is not a JSON object. Give each line one, {"order_id": ...}, without a list around them.'
        return LineProblem(line, Problem(LineCode.JSON_NOT_OBJECT, "json", words))
    slips = _slips(found)
    attachments = _files(found.pop(ATTACHMENTS, None))
    problems = [_column_misspelt(name, meant) for name, meant in slips.items()]
    if attachments is None:
        problems.append(_wrong_type(ATTACHMENTS, "a list of paths, each in quotation marks"))
    values = {}
    for name, value in found.items():
        if isinstance(value, str):
            values[name] = value
        elif value is None or type(value) is int:
            values[name] = "" if value is None else str(value)
        else:
            problems.append(_wrong_type(name, "text in quotation marks"))
    spoilt = {*slips.values(), *(problem.field for problem in problems)}
    return Record(line, values, attachments or (), problems, frozenset(spoilt))


_decode = msgspec.json.Decoder().decode


def _files(given: Any) -> tuple[str, ...] | None:
    """What stands for each file; ``None`` where that cannot be told."""
    if given is None:
        return ()
    if isinstance(given, str):
        return _paths(given)
    if isinstance(given, list) and all(isinstance(part, str) for part in given):
        return tuple(given)
    return None


def _paths(given: str) -> tuple[str, ...]:
    """What stands for each file in a text, semicolons between them."""
    return tuple([part for part in map(str.strip, given.split(";")) if part]) if given else ()


def _delimiter(beginning: str) -> str:
    """What stands between the names in the header: whatever makes most columns of ours, or most columns, of it."""
    first = next((line for line in beginning.splitlines() if line.strip()), "")

    def columns(delimiter: str) -> tuple[int, int]:
        names = {name.strip() for row in csv.reader([first], delimiter=delimiter) for name in row}
        return len(names.intersection(COLUMNS)), len(names)

    return max(_DELIMITERS, key=columns)


def _slips(names: Sequence[str] | dict[str, Any]) -> dict[str, str]:
    """The names that are slips, and the columns that are meant and not there under their right names."""
    return {name: meant for name in names if (meant := misspelt(name)) and meant not in names}


def _column_twice(name: str) -> Problem:
    words = f"There are several columns {shown(name)!r}. Leave one."
    return Problem(LineCode.COLUMN_TWICE, _HEADER, words)


def _column_misspelt(name: str, meant: str) -> Problem:
    words = (
        f"There is no column {shown(name)!r}. Call it {meant} if that is meant, or something else to use it in texts."
    )
    return Problem(LineCode.COLUMN_MISSPELT, _HEADER, words)


def _column_missing(missing: Sequence[str]) -> Problem:
    words = (
        f"The first line names no column {' and no column '.join(missing)}. Name the columns there, with comma, "
        f"semicolon or tab between them: {', '.join(COLUMNS)}."
    )
    return Problem(LineCode.COLUMN_MISSING, _HEADER, words)


def _broken_quotes(delimiter: str) -> Problem:
    words = (
        "A quotation mark opens here and is not closed, or it is closed before the field ends. Write those within a "
        f"quoted field twice; after it comes a {_DELIMITERS[delimiter]} or a line break."
    )
    return Problem(LineCode.CSV_QUOTES, "quotes", words)


def _wrong_type(name: str, wanted: str) -> Problem:
    return Problem(LineCode.VALUE_TYPE, shown(name), f"Write it as {wanted}.")
