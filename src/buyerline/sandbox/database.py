"""The one SQLite database that holds everything a sandbox knows."""

import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS applications (
    client_id TEXT PRIMARY KEY, secret TEXT NOT NULL, application_id TEXT NOT NULL, name TEXT NOT NULL,
    secret_expired INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, profile BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS authorisations (
    refresh_token TEXT PRIMARY KEY, client_id TEXT NOT NULL, account TEXT NOT NULL, revoked INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL, account TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, client_id TEXT NOT NULL, account TEXT, refresh_token TEXT, expires_at REAL NOT NULL,
    resources BLOB);
CREATE TABLE IF NOT EXISTS orders (
    account TEXT NOT NULL, id TEXT NOT NULL, marketplace TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
    facts BLOB NOT NULL, PRIMARY KEY (account, id));
CREATE INDEX IF NOT EXISTS orders_created ON orders (account, created);
CREATE INDEX IF NOT EXISTS orders_updated ON orders (account, updated);
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, order_id TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
    content_type TEXT, content BLOB, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, marketplace_id TEXT NOT NULL,
    order_id TEXT NOT NULL, type TEXT NOT NULL, text TEXT, attachments BLOB NOT NULL, request_id TEXT NOT NULL,
    accepted_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS sent (
    account TEXT NOT NULL, order_id TEXT NOT NULL, type TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (account, order_id, type));
CREATE TABLE IF NOT EXISTS solicitations (
    account TEXT NOT NULL, order_id TEXT NOT NULL, PRIMARY KEY (account, order_id));
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, operation TEXT NOT NULL, status INTEGER NOT NULL, account TEXT,
    order_id TEXT, notes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS request_counts (
    operation TEXT NOT NULL, status INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (operation, status));
"""

TABLES = (
    "meta",
    "applications",
    "accounts",
    "authorisations",
    "codes",
    "access_tokens",
    "orders",
    "uploads",
    "messages",
    "sent",
    "solicitations",
    "requests",
    "request_counts",
)


def open_database(path: Path | None) -> sqlite3.Connection:
    """A connection to the file, or to a new database in memory, with the tables in place.

    The server's thread is the only one that uses it once the server runs; it may have been opened in another.

    Raises:
        sqlite3.DatabaseError: The file is no SQLite database, or cannot be opened.
    """
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(SCHEMA)
    return connection


def wipe(connection: sqlite3.Connection) -> None:
    """Forget everything."""
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are the constants above
