"""What can be wrong with a line of a file of messages, beside what can be wrong with any message."""

from dataclasses import dataclass
from enum import StrEnum

from buyerline.amazon.errors import Problem


class LineCode(StrEnum):
    """The rule that a line breaks; a message's own rules are in `buyerline.messages.codes.Code`.

    ==========================  =========================================================================
    code                        the rule
    ==========================  =========================================================================
    ``file_not_text``           the file is text: no workbook, no archive, not UTF-16
    ``encoding``                a line is UTF-8
    ``line_too_long``           a line has at most 1,000,000 characters
    ``csv_quotes``              quotation marks stand as RFC 4180 has them
    ``field_count``             a row has as many fields as the header
    ``column_missing``          the header names the columns that every message needs
    ``column_twice``            the header names each column once
    ``column_misspelt``         a column is not one of ours but for a slip
    ``column_unnamed``          what is written stands under a name
    ``json_broken``             a line is JSON
    ``json_not_object``         a line is one JSON object
    ``value_type``              a value is text, or a whole number, or for attachments a list of texts
    ``order_id_missing``        a line names an order
    ``type_missing``            a line names a message type
    ``text_twice``              the text is given itself or in a file, not both
    ``text_unreadable``         a file with text is there and may be read
    ``text_encoding``           a file with text is UTF-8
    ``text_too_long``           a file with text has at most 100,000 bytes
    ``field_unknown``           a field in a text is a column
    ``field_empty``             a field in a text has a value in this line
    ``moment_malformed``        a moment is ISO 8601
    ``priority_malformed``      a priority is a whole number
    ``unknown_marketplace``     Amazon has the marketplace
    ``idempotency_key_taken``   one key stands for one message
    ==========================  =========================================================================
    """

    FILE_NOT_TEXT = "file_not_text"
    ENCODING = "encoding"
    LINE_TOO_LONG = "line_too_long"
    CSV_QUOTES = "csv_quotes"
    FIELD_COUNT = "field_count"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    COLUMN_MISSPELT = "column_misspelt"
    COLUMN_UNNAMED = "column_unnamed"
    JSON_BROKEN = "json_broken"
    JSON_NOT_OBJECT = "json_not_object"
    VALUE_TYPE = "value_type"
    ORDER_ID_MISSING = "order_id_missing"
    TYPE_MISSING = "type_missing"
    TEXT_TWICE = "text_twice"
    TEXT_UNREADABLE = "text_unreadable"
    TEXT_ENCODING = "text_encoding"
    TEXT_TOO_LONG = "text_too_long"
    FIELD_UNKNOWN = "field_unknown"
    FIELD_EMPTY = "field_empty"
    MOMENT_MALFORMED = "moment_malformed"
    PRIORITY_MALFORMED = "priority_malformed"
    UNKNOWN_MARKETPLACE = "unknown_marketplace"
    IDEMPOTENCY_KEY_TAKEN = "idempotency_key_taken"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A problem and the line that has it, counted from 1; for a record over several lines, its first."""

    line: int
    problem: Problem

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


_SHOWN = 40
"""Characters shown of a name that stands in the file."""


def shown(name: str) -> str:
    """A name out of the file that is safe to print, however long and odd it is."""
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return printable if len(printable) <= _SHOWN else f"{printable[:_SHOWN]}..."
