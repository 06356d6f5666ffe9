"""The outbox's database: where it is, how it is opened, one transaction at a time."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox import migrations
from buyerline.outbox.address import Address
from buyerline.outbox.failures import said

if TYPE_CHECKING:
    import psycopg

BUSY_TIMEOUT = 5.0
"""Seconds for which a transaction on SQLite waits for another process's."""

_WAL_PAUSE = 0.01  # seconds between two tries to turn a file to WAL
_OLDEST_SQLITE = (3, 38)  # the first with the operator ->>, https://sqlite.org/json1.html
_SQLITE_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # in WAL, NORMAL may forget at a power cut what was committed
    "PRAGMA fullfsync = ON",  # macOS alone: there, a plain fsync leaves the data in the drive's cache
    "PRAGMA foreign_keys = ON",
)
_READS = "buyerline_reads"  # the option of a connection that says whether its transactions only read
_FAILURES = (sa.exc.DBAPIError, sa.exc.TimeoutError)  # the driver's and the pool's; others are mistakes in the code
_EACH = {
    "sqlite": "json_each(:doc) AS item",
    "postgresql": "jsonb_array_elements(CAST(:doc AS jsonb)) AS item",
}
_POSTGRESQL_OPTIONS = {
    "application_name": "buyerline",
    "connect_timeout": "10",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_KEEP_COMMITS = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""


class Database:
    """An outbox's database whose schema is up to date. May be used by several threads.

    Attributes:
        kind: ``"sqlite"`` or ``"postgresql"``.
        path: the SQLite file, absolute; ``None`` on PostgreSQL.
        url_shown: its URL without anything secret.
    """

    def __init__(self, address: Address, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        """Nothing is connected yet: `open` is the way to a database that can be used."""
        self.kind = address.kind
        self.path = address.path
        self.url_shown = address.shown
        self._engine = _sqlite(address, busy_timeout) if address.kind == "sqlite" else _postgresql(address)

    @classmethod
    def open(cls, url: str | None = None, *, busy_timeout: float = BUSY_TIMEOUT) -> Self:
        """Open the database, make it where there is none, and bring its schema up to date.

        Args:
            url: ``sqlite:///path`` or ``postgresql://user:password@host/name``; by default the environment's
                ``BUYERLINE_DATABASE_URL``, else the file ``outbox.db`` in the data folder.
            busy_timeout: seconds for which a transaction on SQLite waits for another process's.

        Raises:
            ConfigurationError: the URL, the rights or the driver have to be set right first.
            OutboxNewer: a newer version of buyerline has made it. Nothing was changed.
            OutboxUnavailable: it is locked, full or cannot be reached now.
        """
        database = cls(Address.find(url), busy_timeout=busy_timeout)
        try:
            database._bring_up_to_date()
        except BaseException:
            database.close()
            raise
        return database

    @property
    def each(self) -> str:
        """The SQL that makes a row of each element of the JSON array in the parameter ``doc``.

        In it ``item.value ->> 'name'`` is a member of the element, to be CAST to its type.
        """
        return _EACH[self.kind]

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction for reading, all of whose statements see the database as it was at the first one.

        Without that, what changes its state between two statements might be in neither. Nothing can be written or
        locked in it.

        Raises:
            ConfigurationError, OutboxUnavailable: see `said`.
        """
        with self._transaction(reads=True) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is committed at the end of the block and undone by an error in it.

        On SQLite it waits at its beginning until no other process writes.

        Raises:
            ConfigurationError, OutboxUnavailable: see `said`.
        """
        with self._transaction(reads=False) as connection:
            yield connection

    @contextmanager
    def joined(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The writing transaction that is under way on `connection`; without one, its own, as `write`."""
        if connection is not None:
            yield connection
            return
        with self.write() as own:
            yield own

    def connect(self) -> sa.Connection:
        """A connection of one's own, outside of the pool: closing it ends its session, and with it its locks.

        Its transactions are those of `write`. Its errors are SQLAlchemy's: give them to `said`. Once a failure has
        ``invalidated`` it, close it and ask for another: SQLAlchemy would connect it anew in silence, without the
        locks of its session.

        Raises:
            ConfigurationError, OutboxUnavailable: see `said`.
        """
        try:
            connection = self._engine.connect()
            connection.detach()
        except _FAILURES as error:
            raise said(error) from None
        return connection.execution_options(**{_READS: False})

    def close(self) -> None:
        """Close the connections of the pool."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, reads: bool) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**{_READS: reads})
                with connection.begin():
                    yield connection
        except _FAILURES as error:
            raise said(error) from None  # the cause's own words may hold a row, and so a buyer's text

    def _bring_up_to_date(self) -> None:
        with self.read() as connection:
            if migrations.version(connection) == migrations.HEAD:
                return
        with self.write() as connection:
            migrations.upgrade(connection)


def _sqlite(address: Address, busy_timeout: float) -> sa.Engine:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise ConfigurationError(
            f"outbox: this Python comes with SQLite {sqlite3.sqlite_version}, 3.38 is the oldest that will do.",
            hint="Use a newer Python, or PostgreSQL.",
        )
    address.make_file()
    engine = sa.create_engine(address.url, connect_args={"timeout": busy_timeout}, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, see `begin`
        _use_wal(connection, busy_timeout)
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options()[_READS] else "BEGIN IMMEDIATE")

    return engine


def _use_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Turn a new file to WAL, where another process may be doing the same.

    Two such processes could wait for each other, so SQLite answers SQLITE_BUSY at once, whatever its timeout.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(_WAL_PAUSE)
        else:
            return


def _postgresql(address: Address) -> sa.Engine:
    options = {name: value for name, value in _POSTGRESQL_OPTIONS.items() if name not in address.url.query}
    try:
        engine = sa.create_engine(
            address.url,
            connect_args=options,
            pool_pre_ping=True,
            hide_parameters=True,
            use_native_hstore=False,  # we have none, and looking for its type costs a statement
        )
        from psycopg import IsolationLevel
    except ImportError:
        raise ConfigurationError(
            "outbox: PostgreSQL needs the driver psycopg, which is not installed.",
            hint="pip install 'buyerline[postgres]'",
        ) from None

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: "psycopg.Connection[Any]", _record: object) -> None:
        connection.execute(_KEEP_COMMITS)
        connection.commit()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options()[_READS]
        driver: Any = connection.connection.dbapi_connection
        driver.isolation_level = IsolationLevel.REPEATABLE_READ if reads else IsolationLevel.READ_COMMITTED
        driver.read_only = reads or None  # None: as the server has it, which may refuse writing while its disk is full

    return engine
