"""Stdout and stderr, which may be gone or full: a reader such as ``head`` went away, a disk is full.

What has happened at Amazon by then has happened, so the exit status may not come from a failed write.
"""

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from buyerline.amazon.errors import BuyerlineError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class CannotWrite(BuyerlineError):
    """Stdout did not take what a command had to say before anything was sent.

    Attributes:
        reason: what is wrong with stdout, for people.
        reader_gone: whether it is a pipe that its reader has closed, as ``head`` does when it has enough.
    """

    code = "stdout"

    def __init__(self, failure: OSError) -> None:
        self.reason = f"stdout cannot be written ({failure.strerror or 'no reason given'})"
        self.reader_gone = isinstance(failure, BrokenPipeError)
        super().__init__(
            f"{self.reason}, so nothing was sent to Amazon.", hint="Run it again with its output going elsewhere."
        )


class _WayOut(io.RawIOBase):
    """The lowest layer of a stream, which fails once at most: from then on it drops what it is given.

    Python writes what is left in a stream's buffers once more as it ends, and would complain and change the exit
    status if that failed too (Python's documentation of `signal`, note on SIGPIPE).
    """

    def __init__(self, raw: io.RawIOBase, *, needed: bool) -> None:
        self._raw = raw
        self._needed = needed
        self._lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write, or drop.

        Raises:
            CannotWrite: the first time that the system refuses, where the stream is needed.
        """
        size = memoryview(data).nbytes
        if self._lost:
            return size
        try:
            written = self._raw.write(data)
            if written is None:  # it is set not to wait (O_NONBLOCK), and is full
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        except OSError as failure:
            self._lost = True
            if self._needed:
                raise CannotWrite(failure) from failure
            return size
        return written

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """The system's number of the stream."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._raw.isatty()


def prepare_streams() -> None:
    """Let stdout fail with `CannotWrite`, once, and stderr never.

    A terminal that cannot show a character shows a replacement. A stream that the shell has closed (``>&-``) is one
    that nobody wants to read.
    """
    sys.stdout = _prepared(sys.stdout, needed=True)
    sys.stderr = _prepared(sys.stderr, needed=False)


def _prepared(stream: TextIO | None, *, needed: bool) -> TextIO:
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED there is no buffer in between
    if not isinstance(stream, io.TextIOWrapper) or not isinstance(raw, io.RawIOBase):
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_WayOut(raw, needed=needed)),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=stream.line_buffering or stream.write_through,
    )
