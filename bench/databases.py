"""Empty databases for the outbox, each on this machine's disk, as safe as in production."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from bench.postgres import Postgres, find_binaries
from bench.process import Failed

Kind = Literal["postgresql", "sqlite"]

KINDS: tuple[Kind, ...] = ("postgresql", "sqlite")


class Databases:
    """A PostgreSQL with its own defaults, started when it is first asked for, and SQLite files. A context manager."""

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._server: Postgres | None = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def new(self, kind: Kind) -> str:
        """The URL of a new database.

        Raises:
            Failed: there is no PostgreSQL on this machine.
        """
        if kind == "postgresql":
            return self._postgres().create_database()
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="buyerline-bench-"))
        return f"sqlite:///{Path(folder, 'outbox.db')}"

    def _postgres(self) -> Postgres:
        if self._server is None:
            binaries = find_binaries()
            if binaries is None:
                raise Failed("no PostgreSQL here: neither PATH nor /usr/lib/postgresql/*/bin has initdb and postgres")
            self._server = self._open.enter_context(Postgres(binaries))
        return self._server
