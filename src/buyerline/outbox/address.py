"""Where the outbox's database is."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError

Kind = Literal["sqlite", "postgresql"]

_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_FORMS = "Write sqlite:///path/to/outbox.db or postgresql://user:password@host/name."


@dataclass(frozen=True, slots=True)
class Address:
    """A database's place, as SQLAlchemy wants it and as it may be shown.

    Attributes:
        kind: ``"sqlite"`` or ``"postgresql"``.
        url: for SQLAlchemy; may hold a password.
        shown: the same without anything secret.
        path: the SQLite file, absolute and without links; ``None`` on PostgreSQL.
    """

    kind: Kind
    url: sa.URL = field(repr=False)
    shown: str
    path: Path | None

    @classmethod
    def find(cls, url: str | None) -> Self:
        """The address in `url`, else in the environment, else a file in the data folder.

        Raises:
            ConfigurationError: the URL is not one of a database that will do.
        """
        given = url or os.environ.get("BUYERLINE_DATABASE_URL")
        if not given:
            return cls._file(data_folder() / "outbox.db")
        parsed = _parsed(given)
        if parsed.drivername == "sqlite":
            return cls._file(_path(parsed))
        plain = sa.URL.create("postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database)
        return cls("postgresql", parsed.set(drivername="postgresql+psycopg"), plain.render_as_string(), None)

    @classmethod
    def _file(cls, path: Path) -> Self:
        whole = path.expanduser().resolve()
        url = sa.URL.create("sqlite", database=str(whole))
        return cls("sqlite", url, url.render_as_string(), whole)

    def make_file(self) -> None:
        """Make the SQLite file, and the folders to it, for nobody but their owner. What there is stays as it is.

        Raises:
            ConfigurationError: the rights do not allow it.
        """
        if self.path is None:
            return
        try:
            if not self.path.exists():
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.path.touch(mode=0o600)
        except OSError as error:
            raise ConfigurationError(
                f"outbox: its database cannot be made: {error.filename or self.path}: {error.strerror}.",
                hint="Give buyerline the right to write there, or set BUYERLINE_DATA_DIR to a folder where it may.",
            ) from None


def data_folder() -> Path:
    """The folder for what buyerline keeps: ``BUYERLINE_DATA_DIR``, else the platform's place for such data.

    Raises:
        ConfigurationError: nothing is set, and the user has no home folder.
    """
    given = os.environ.get("BUYERLINE_DATA_DIR")
    if given:
        return Path(given)
    try:
        return _place_for_data() / "buyerline"
    except RuntimeError:  # pathlib's word for an unknown home
        raise ConfigurationError(
            "outbox: there is no place for its database: this user has no home folder.",
            hint="Set BUYERLINE_DATA_DIR to a folder.",
        ) from None


def _place_for_data() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _parsed(given: str) -> sa.URL:
    try:
        parsed = sa.make_url(given)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigurationError("outbox: the database's URL cannot be read.", hint=_FORMS) from None
    if parsed.drivername not in {"sqlite", *_POSTGRESQL}:
        raise ConfigurationError(f"outbox: no database of the kind {parsed.drivername!r} will do.", hint=_FORMS)
    if "@" in (parsed.host or ""):
        raise ConfigurationError(
            "outbox: the database's URL cannot be read: more than one @ in it.",
            hint="Write %40 for an @ in the password.",
        )
    return parsed


def _path(parsed: sa.URL) -> Path:
    if parsed.host or parsed.query or parsed.database in {None, "", ":memory:"}:
        raise ConfigurationError(
            "outbox: the database's URL must name a file, and nothing else.",
            hint="Write sqlite:///path/to/outbox.db, with four slashes where the path begins at the root.",
        )
    return Path(str(parsed.database))
