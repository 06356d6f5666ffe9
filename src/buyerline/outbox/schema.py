"""The outbox's tables, alike in SQLite and PostgreSQL. `migrations` makes them, a test holds the two together.

Moments are whole milliseconds since 1970 in UTC: they compare and sort alike in both databases.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Numbers that the database gives; SQLite numbers only columns of type INTEGER."""


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC, kept as milliseconds since 1970."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        """The column's number for a datetime with a zone."""
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - likewise
        """The datetime for the column's number."""
        return None if value is None else moment(value)


def milliseconds(value: datetime) -> int:
    """Whole milliseconds since 1970."""
    return round(value.timestamp() * 1000)


def moment(value: int) -> datetime:
    """The moment, in UTC, of milliseconds since 1970."""
    return datetime.fromtimestamp(value / 1000, UTC)


NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}
"""The names of keys and indexes, alike in all databases."""

metadata = sa.MetaData(naming_convention=NAMING)

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("beat", sa.BigInteger, nullable=False, comment="counts up while it lives"),
    sa.Column("lock_key", sa.BigInteger, nullable=False, comment="the advisory lock that its session holds"),
    sa.Column("endpoint", sa.Text, nullable=False, comment="it serves the accounts of this one"),
    sa.Column("shares", sa.Boolean, nullable=False, comment="takes a fair share of the accounts"),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False, comment="where its messages go: amazon, static-sandbox or a URL"),
    sa.Column("owner", sa.Text, comment="the worker that serves it"),
    sa.Column("plans", sa.Text, comment="how full its buckets were left, JSON; null when nobody has served it"),
    sa.Column("stopped", sa.Text, comment="why nothing can be sent for it before somebody mends something"),
    sa.UniqueConstraint("name", "endpoint"),
    sa.Index("ix_account_owner", "owner"),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("marketplace_id", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("allow_unlisted", sa.Boolean, nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("coverage_start", sa.Text),
    sa.Column("coverage_end", sa.Text),
    sa.Column("files", sa.Integer, nullable=False, comment="how many attachments it has"),
    sa.Column("idempotency_key", sa.Text, nullable=False, comment="given, or = and the digest"),
    sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the content"),
    sa.Column("batch", sa.Text, comment="the file that it was last queued with"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("ready", sa.Boolean, nullable=False, comment="queued, and its time has come"),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("queued_at", Moment, nullable=False),
    sa.Column("queued_by", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=False, comment="since when it could have been sent"),
    sa.Column("not_before", Moment, comment="before which it is not sent, or not tried again"),
    sa.Column("expires_at", Moment),
    sa.Column("worker", sa.Text, comment="whoever made the last attempt"),
    sa.Column("attempts", sa.Integer, nullable=False, comment="calls that tried to send it"),
    sa.Column("tries", sa.Integer, nullable=False, comment="times in a row that it could not be sent yet"),
    sa.Column("look_at", Moment, comment="when an unknown one is looked into next"),
    sa.Column("looks", sa.Integer, nullable=False, comment="how often it was looked into"),
    sa.Column("sent_at", Moment),
    sa.Column("ended_at", Moment, comment="when it came to a state that no worker changes"),
    sa.Column("kept", sa.Boolean, nullable=False, comment="text and attachments are still here"),
    sa.Column("request_id", sa.Text),
    sa.Column("reason", sa.Text),
    sa.UniqueConstraint("account_id", "idempotency_key"),
)

_QUEUED = "state = 'queued'"


def _index(name: str, *columns: str | sa.ColumnElement[int], where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    sa.Index(f"ix_message_{name}", *columns, sqlite_where=condition, postgresql_where=condition, _table=message)


_index("ready", "account_id", message.c.priority.desc(), "id", where=f"{_QUEUED} AND ready")
_index("waiting", "not_before", where=f"{_QUEUED} AND NOT ready")
_index("expiring", "expires_at", where=f"{_QUEUED} AND expires_at IS NOT NULL")
_index("sending", "worker", where="state = 'sending'")
_index("looking", "look_at", where="look_at IS NOT NULL")
_index("state", "state", "id")
_index("order", "account_id", "order_id")
_index("batch", "batch", "state", where="batch IS NOT NULL")
_index("retention", "ended_at", where="ended_at IS NOT NULL AND kept")

attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("content_md5", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
)

content = sa.Table(
    "content",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
    comment="attachments' bytes, each once, until no message needs them",
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("message_id", sa.Text, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text),
    sa.Column("note", sa.Text),
)
