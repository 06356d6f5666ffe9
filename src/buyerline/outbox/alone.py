"""A lock on a file: one worker at a time serves a SQLite database. The system frees it when its process ends."""

import os
import sys
from pathlib import Path
from typing import IO

from buyerline.amazon.errors import ConfigurationError


class FileLock:
    """The lock beside a database file.

    Args:
        database: the database file; the lock is the file of its name with ``.worker`` appended.
    """

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.worker")
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Take the lock if nobody has it. Whether it is taken.

        Raises:
            ConfigurationError: the rights do not allow it.
        """
        if self._file is None:
            file = self._open()
            if not _locked(file):
                file.close()
                return False
            self._file = file
        return True

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two hold locks on two files of its name."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> IO[bytes]:
        try:
            return os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        except OSError as error:
            raise ConfigurationError(
                f"outbox: the lock of its worker cannot be used: {self.path}: {error.strerror}.",
                hint="Let the worker run as the user who owns this file and its folder.",
            ) from None


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
