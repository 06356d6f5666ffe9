"""The lines of a text file, as text, and what cannot be read in them."""

import codecs
import errno
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, StringIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

from buyerline.amazon.errors import ConfigurationError, Problem
from buyerline.outbox.files.problems import LineCode, LineProblem

LINE_LIMIT = 1_000_000
"""Characters of a line, so that a file without line breaks is not read whole. Far more than any message takes."""

_HEAD = 4096
"""Bytes that tell what kind of file it is."""

_AS_UTF_8 = "Save it as UTF-8 text (in Excel: CSV UTF-8)."


class Lines(Iterator[str]):
    r"""The lines of an open file with their line ends, whichever of ``\n``, ``\r\n`` and ``\r`` they are.

    Bytes that are not UTF-8 come as half characters (``surrogateescape``), and a line that is too long comes empty;
    `unreadable` tells of both.

    Attributes:
        number: of the line given last, counted from 1.
    """

    def __init__(self, file: TextIO) -> None:
        self.number = 0
        self._file = file
        self._read = 0
        self._unreadable: list[LineProblem] = []
        self._given: list[str] = []
        self._again: deque[str] = deque()

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next_line()
        self.number += 1
        self._given.append(line)
        return line

    def mark(self) -> int:
        """Note that a record starts with the next line, and return that line's number."""
        self._given.clear()
        return self.number + 1

    def go_back(self) -> None:
        """Give the lines since the mark once more, all but the first: they belong to other records."""
        self._again.extendleft(reversed(self._given[1:]))
        self.number -= len(self._given[1:])

    def unreadable(self) -> list[LineProblem]:
        """What could not be read in the lines given so far; each is told once."""
        told = [problem for problem in self._unreadable if problem.line <= self.number]
        self._unreadable = self._unreadable[len(told) :]
        return told

    def refuse(self, kind: str) -> None:
        """Tell that the file is no text at all, but of this kind."""
        self._unreadable.append(LineProblem(1, Problem(LineCode.FILE_NOT_TEXT, "file", f"{kind} {_AS_UTF_8}")))
        self.number = 1

    def _next_line(self) -> str:
        line = self._file.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        self._read += 1
        if len(line) == LINE_LIMIT and not _ends(line):
            while (part := self._file.readline(LINE_LIMIT)) and not _ends(part):
                pass
            words = f"The line has more than {LINE_LIMIT:,} characters. End it after the message that it begins with."
            self._cannot_read(LineCode.LINE_TOO_LONG, "length", words)
            return "\n"
        if not line.isascii():
            self._check_encoding(line)
        return line

    def _check_encoding(self, line: str) -> None:
        try:
            line.encode()
        except UnicodeEncodeError as error:
            place = len(line[: error.start].encode()) + 1
            byte = line[error.start].encode(errors="surrogateescape").hex().upper()
            words = f"Byte {place} of the line ({byte}) is not UTF-8; the file may be Latin-1. {_AS_UTF_8}"
            self._cannot_read(LineCode.ENCODING, "encoding", words)

    def _cannot_read(self, code: LineCode, what: str, words: str) -> None:
        self._unreadable.append(LineProblem(self._read, Problem(code, what, words)))


def _ends(line: str) -> bool:
    return line.endswith(("\n", "\r"))


@contextmanager
def open_lines(path: Path) -> Iterator[tuple[Lines, str]]:
    """The lines of a file, and its first characters. A file that is no text has no lines and one problem.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        with open_regular(path) as file, TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="") as text:
            head = file.peek(_HEAD)
            kind = _other_than_text(head)
            lines = Lines(StringIO() if kind else text)
            if kind:
                lines.refuse(kind)
            yield lines, head.decode("utf-8-sig", "replace")
    except OSError as error:
        words = f"the file {str(path)[:200]!r} cannot be read: {error.strerror or 'no reason given'}."
        raise ConfigurationError(words, hint="Check its path.") from None


def open_regular(path: Path) -> BufferedReader:
    """A file, opened to be read; never a pipe or device, which would not give the same bytes again, or ever end.

    Raises:
        OSError: there is none that could be read.
    """
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except ValueError:
        raise OSError(errno.EINVAL, "that is no file's name") from None
    if not regular:
        raise OSError(errno.EINVAL, "it is a folder" if path.is_dir() else "it is no ordinary file")
    return path.open("rb")


def _other_than_text(head: bytes) -> str | None:
    """What a file that begins so is, where it is no text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "The file is UTF-16 (byte 1)."
    if head.startswith(b"PK\x03\x04"):
        return "The file is an Excel workbook or another archive (byte 1)."
    if b"\0" in head:
        return f"The file is no text, or UTF-16 (byte {head.index(0) + 1} is zero)."
    return None
