"""Small helpers that callers import from here."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from buyerline.amazon.uploads import content_md5


def create_md5(file: str | Path | BinaryIO) -> str:
    """The Content-MD5 of a file, given by its path or open; an open one stands afterwards where it stood before.

    Raises:
        OSError: it cannot be read.
    """
    if isinstance(file, str | Path):
        return content_md5(Path(file).read_bytes())
    with same_position(file):
        return content_md5(file.read())


@contextmanager
def same_position(file: BinaryIO) -> Generator[None]:
    """Around reading an open file: afterwards it stands where it stood, so that the caller can send it."""
    start = file.tell() if file.seekable() else None
    yield
    if start is not None:
        file.seek(start)
