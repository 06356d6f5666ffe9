"""What a database's failure means, and what to do about it."""

import re
import sqlite3
from typing import NamedTuple

import sqlalchemy as sa

from buyerline.amazon.errors import BuyerlineError, ConfigurationError
from buyerline.outbox.errors import OutboxUnavailable


class _Meaning(NamedTuple):
    kind: type[OutboxUnavailable | ConfigurationError]
    what: str
    hint: str


_AGAIN = "Try again in a moment."
_LOCKED = _Meaning(
    OutboxUnavailable,
    "another process keeps it locked",
    "Try again; if it stays locked, end the process that holds it.",
)
_DEADLOCK = _Meaning(
    OutboxUnavailable,
    "another transaction and this one waited for each other, so it undid this one",
    "Run it again from its beginning. Where a transaction of your own queues or decides by several calls, make them in "
    "one order everywhere: by account, then by idempotency key or message id.",
)
_FULL = _Meaning(OutboxUnavailable, "its disk is full", "Make room there, then try again.")
_IO_FAILED = _Meaning(OutboxUnavailable, "its disk failed to read or write", "Check the disk, then try again.")
_OVERLOADED = _Meaning(OutboxUnavailable, "it has no connection or memory left for another", _AGAIN)
_CUT = _Meaning(OutboxUnavailable, "the connection to it ended", _AGAIN)
_STOPPED = _Meaning(OutboxUnavailable, "it broke off the work", _AGAIN)
_READ_ONLY = _Meaning(
    ConfigurationError,
    "it may only be read",
    "Give buyerline the right to write to it (on SQLite: to the file and its folder).",
)
_NO_RIGHT = _Meaning(
    ConfigurationError,
    "its user lacks a right",
    "Let the user own the database, or grant it CREATE and USAGE on the schema and all rights on its tables.",
)
_NOT_OPENED = _Meaning(
    ConfigurationError,
    "its file cannot be opened",
    "Check that it is a file, and that buyerline may write to it and to its folder.",
)
_NO_DATABASE = _Meaning(
    ConfigurationError,
    "its file is no SQLite database, or is damaged",
    "Choose another file with BUYERLINE_DATABASE_URL, or put a copy of it back in place.",
)

_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _IO_FAILED,
    sqlite3.SQLITE_NOMEM: _OVERLOADED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _NOT_OPENED,
    sqlite3.SQLITE_NOTADB: _NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: _NO_DATABASE,
}
"""By primary result code, https://sqlite.org/rescode.html."""

_POSTGRESQL = (
    ("08", _CUT),
    ("25006", _READ_ONLY),
    ("40P01", _DEADLOCK),
    ("40", _LOCKED),
    ("42501", _NO_RIGHT),
    ("53100", _FULL),
    ("53", _OVERLOADED),
    ("55P03", _LOCKED),
    ("57P", _CUT),
    ("57", _STOPPED),
    ("58", _IO_FAILED),
)
"""By the beginning of the SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html."""

_TO_BE_SET_RIGHT = re.compile(
    r"authentication failed|no password supplied|does not exist|pg_hba\.conf|permission denied|invalid|support SSL"
    r"|certificate"
)
"""Words of libpq and the server for a connection that will not come about by trying again."""


def said(error: sa.exc.SQLAlchemyError) -> BuyerlineError:
    """The database's failure in our words: `OutboxUnavailable` when it may pass, else `ConfigurationError`.

    Nothing of a statement's values is in it: they may be a buyer's text.
    """
    if isinstance(error, sa.exc.TimeoutError):
        return _as_error(_OVERLOADED)
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorname", None)  # none where the driver itself complains
        meaning = _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    else:
        code = getattr(cause, "sqlstate", None)
        meaning = next((meaning for begin, meaning in _POSTGRESQL if code and code.startswith(begin)), None)
    if meaning is not None:
        return _as_error(meaning)
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return _as_error(_CUT)
    if isinstance(error, sa.exc.DBAPIError) and error.statement is None and code is None:
        return _not_connected(str(cause))
    return ConfigurationError(
        f"outbox: the database refused a statement: {type(cause).__name__}{f' ({code})' if code else ''}.",
        hint="Its tables are not as buyerline made them, or this is a mistake in buyerline: please report it.",
    )


def _not_connected(words: str) -> BuyerlineError:
    """The words are libpq's: they name host, port, user and database, and never the password."""
    reason = words.partition("\n")[0].removeprefix("connection failed: ").rstrip(".")
    if _TO_BE_SET_RIGHT.search(reason):
        return ConfigurationError(
            f"outbox: the database refused the connection: {reason}.", hint="Check BUYERLINE_DATABASE_URL."
        )
    return OutboxUnavailable(
        f"outbox: the database cannot be reached: {reason}.", hint="Check that it runs, and BUYERLINE_DATABASE_URL."
    )


def _as_error(meaning: _Meaning) -> BuyerlineError:
    return meaning.kind(f"outbox: the database cannot be used: {meaning.what}.", hint=meaning.hint)
