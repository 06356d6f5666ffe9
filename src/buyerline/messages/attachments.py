"""The rules for the files of a message: how many, how large, what kind, and how they are named."""

import re
import unicodedata
from collections.abc import Sequence

from buyerline.amazon.errors import Problem
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Attachment
from buyerline.messages.filetypes import ALLOWED, BY_EXTENSION, FileKind, recognise

FIELD = "attachments"

TOTAL_LIMIT = 10_000_000
"""Bytes that all attachments together stay below. Amazon says "must be less than 10 MB" and not whether a MB has
1,000,000 or 1,048,576 bytes; the smaller one holds under both readings, so nothing leaves that Amazon may refuse."""

NAME_LIMIT = 255
"""Bytes of a file name in UTF-8: the most that common file systems store (POSIX NAME_MAX on Linux and macOS)."""

_SHOWN = 60
_RESERVED = re.compile(r'[<>:"|?*]')
"""Characters that Windows refuses in a file name, so that a buyer's mail program renames or drops the file."""

_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the writing direction: with them ``exe.pdf`` and ``fdp.exe`` look the same (Unicode TR 36)."""


def check_attachments(attachments: Sequence[Attachment], *, least: int, most: int | None) -> list[Problem]:
    """Every rule that the files of a message break.

    Args:
        attachments: the files.
        least: how many the message type asks for.
        most: how many it takes, ``None`` for any number.
    """
    count = len(attachments)
    problems = [too_few(count, least)] if count < least else []
    if most is not None and count > most:
        problems.append(too_many(count, most))
    total = sum(attachment.size for attachment in attachments)
    if total >= TOTAL_LIMIT:
        problems.append(_too_large(total))
    for index, attachment in enumerate(attachments):
        problems += _check_file(attachment, f"{FIELD}[{index}]")
    return problems + _check_duplicates(attachments)


def too_few(count: int, least: int) -> Problem:
    """The problem of `count` files where at least `least` are asked for."""
    files = "one file" if least == 1 else f"{least} files"
    has = f"; there are {count}" if count else ""
    return Problem(Code.ATTACHMENTS_MISSING, FIELD, f"This message type needs at least {files}{has}. Attach {files}.")


def too_many(count: int, most: int) -> Problem:
    """The problem of `count` files where `most` are taken."""
    return Problem(
        Code.ATTACHMENTS_TOO_MANY,
        FIELD,
        f"There are {count} files and this message type takes at most {most}. Remove {count - most}.",
    )


def _too_large(total: int) -> Problem:
    # A file is read no further than just past the limit, so that a total above it says only that it is above.
    more = "more than " if total > TOTAL_LIMIT else ""
    return Problem(
        Code.ATTACHMENTS_TOO_LARGE,
        FIELD,
        f"The files have {more}{TOTAL_LIMIT:,} bytes together and Amazon takes less than {TOTAL_LIMIT:,} (10 MB). "
        "Make them smaller or send fewer.",
    )


def _check_file(attachment: Attachment, field: str) -> list[Problem]:
    problems = _check_name(attachment.name, f"{field}.file_name")
    if attachment.size == 0:
        problems.append(Problem(Code.FILE_EMPTY, field, f"{_shown(attachment)} is empty. Choose a file with content."))
        return problems
    extension = _extension(attachment.name)
    if not extension:
        return problems
    declared = BY_EXTENSION.get(extension)
    if declared is None:
        problems.append(
            Problem(
                Code.FILE_TYPE_NOT_ALLOWED,
                field,
                f"{_shown(attachment)}: Amazon does not take .{_plain(extension)} files. Allowed are {ALLOWED}.",
            )
        )
        return problems
    actual = recognise(attachment.content)
    if actual is not declared:
        problems.append(_mismatch(attachment, field, declared, actual))
    return problems


def _mismatch(attachment: Attachment, field: str, declared: FileKind, actual: FileKind | str) -> Problem:
    if isinstance(actual, FileKind):
        says = f"is {actual.title}, not {declared.title}. Give its name the extension .{actual.extensions[0]}."
    else:
        says = f"is {actual}, not {declared.title}. Amazon takes {ALLOWED} only; save it as one of these."
    return Problem(Code.FILE_TYPE_MISMATCH, field, f"{_shown(attachment)} {says}")


def _check_name(name: str, field: str) -> list[Problem]:
    if not name.strip():
        return [Problem(Code.FILE_NAME_MISSING, field, "The file has no name. Name it, for example invoice.pdf.")]
    problems = []
    length = len(name.encode(errors="surrogatepass"))
    if length > NAME_LIMIT:
        sentence = f"The file name has {length} bytes and at most {NAME_LIMIT} are allowed. Shorten it."
        problems.append(Problem(Code.FILE_NAME_TOO_LONG, field, sentence))
    objection = _objection(name)
    if objection:
        problems.append(Problem(Code.FILE_NAME_INVALID, field, f"The file name {objection}"))
    elif not _extension(name):
        sentence = f"The file name has no extension. End it in one of {ALLOWED}."
        problems.append(Problem(Code.FILE_NAME_EXTENSION, field, sentence))
    return problems


def _objection(name: str) -> str | None:
    """What is wrong with the characters of a file name, and what to do; ``None`` where nothing is."""
    if "/" in name or "\\" in name:
        return "holds a path. Give the name alone, without / and \\."
    if any(unicodedata.category(character) in _UNPRINTABLE for character in name):
        return "holds a line break or another control character. Type it again."
    if _DIRECTION.search(name):
        return "holds an invisible mark that turns the writing direction. Type it again."
    if ".." in name or not name.strip("."):
        return "holds two dots in a row. Use one dot, before the extension."
    if name != name.strip():
        return "starts or ends with a space. Remove it."
    reserved = _RESERVED.search(name)
    if reserved:
        return (
            f'holds a character that not every computer takes: {reserved[0]} (also none of < > : " | ? *). Remove it.'
        )
    return (
        "is an extension alone. Put a name before the dot." if name.startswith(".") and name.count(".") == 1 else None
    )


def _check_duplicates(attachments: Sequence[Attachment]) -> list[Problem]:
    """One problem for each name that several files have, at the second of them."""
    numbers: dict[str, list[int]] = {}
    for number, attachment in enumerate(attachments, 1):
        key = unicodedata.normalize("NFC", attachment.name).casefold()
        if key.strip():
            numbers.setdefault(key, []).append(number)
    return [_duplicate(attachments, alike) for alike in numbers.values() if len(alike) > 1]


def _duplicate(attachments: Sequence[Attachment], numbers: Sequence[int]) -> Problem:
    first, second = numbers[:2]
    *others, last = map(str, numbers)
    return Problem(
        Code.FILE_NAME_DUPLICATE,
        f"{FIELD}[{second - 1}].file_name",
        f"Files {', '.join(others)} and {last} have the same name, {_shown(attachments[first - 1])}. Give each file a "
        "name of its own.",
    )


def _extension(name: str) -> str:
    """The extension in lower case without its dot, or ``""``."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _shown(attachment: Attachment) -> str:
    return f"'{_plain(attachment.name)}'" if attachment.name.strip() else "The file"


def _plain(name: str) -> str:
    """A file name that is safe to print, however long and odd it is."""
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return printable if len(printable) <= _SHOWN else f"{printable[:_SHOWN]}..."
