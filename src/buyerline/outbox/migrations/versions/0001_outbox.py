"""The outbox's first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Spelt out, not taken from `schema`: this step stays what it was when later ones change the tables.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.BigInteger


def upgrade() -> None:
    """Make every table."""
    _workers_and_accounts()
    _messages()
    _indexes_of_messages()
    _attachments()
    _events()


def _workers_and_accounts() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False, comment="counts up while it lives"),
        sa.Column("lock_key", sa.BigInteger, nullable=False, comment="the advisory lock that its session holds"),
        sa.Column("endpoint", sa.Text, nullable=False, comment="it serves the accounts of this one"),
        sa.Column("shares", sa.Boolean, nullable=False, comment="takes a fair share of the accounts"),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
    )
    op.create_table(
        "account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "endpoint", sa.Text, nullable=False, comment="where its messages go: amazon, static-sandbox or a URL"
        ),
        sa.Column("owner", sa.Text, comment="the worker that serves it"),
        sa.Column("plans", sa.Text, comment="how full its buckets were left, JSON; null when nobody has served it"),
        sa.Column("stopped", sa.Text, comment="why nothing can be sent for it before somebody mends something"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", "endpoint", name="uq_account_name"),
    )
    op.create_index("ix_account_owner", "account", ["owner"])


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
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
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("queued_by", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False, comment="since when it could have been sent"),
        sa.Column("not_before", MOMENT, comment="before which it is not sent, or not tried again"),
        sa.Column("expires_at", MOMENT),
        sa.Column("worker", sa.Text, comment="whoever made the last attempt"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="calls that tried to send it"),
        sa.Column("tries", sa.Integer, nullable=False, comment="times in a row that it could not be sent yet"),
        sa.Column("look_at", MOMENT, comment="when an unknown one is looked into next"),
        sa.Column("looks", sa.Integer, nullable=False, comment="how often it was looked into"),
        sa.Column("sent_at", MOMENT),
        sa.Column("ended_at", MOMENT, comment="when it came to a state that no worker changes"),
        sa.Column("kept", sa.Boolean, nullable=False, comment="text and attachments are still here"),
        sa.Column("request_id", sa.Text),
        sa.Column("reason", sa.Text),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_message_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("account_id", "idempotency_key", name="uq_message_account_id"),
    )


def _indexes_of_messages() -> None:
    by_priority = ("account_id", sa.text("priority DESC"), "id")
    _index_of_messages("ready", by_priority, where="state = 'queued' AND ready")
    _index_of_messages("waiting", ["not_before"], where="state = 'queued' AND NOT ready")
    _index_of_messages("expiring", ["expires_at"], where="state = 'queued' AND expires_at IS NOT NULL")
    _index_of_messages("sending", ["worker"], where="state = 'sending'")
    _index_of_messages("looking", ["look_at"], where="look_at IS NOT NULL")
    _index_of_messages("state", ["state", "id"])
    _index_of_messages("order", ["account_id", "order_id"])
    _index_of_messages("batch", ["batch", "state"], where="batch IS NOT NULL")
    _index_of_messages("retention", ["ended_at"], where="ended_at IS NOT NULL AND kept")


def _index_of_messages(name: str, columns: Sequence[str | sa.TextClause], where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(f"ix_message_{name}", "message", columns, sqlite_where=condition, postgresql_where=condition)


def _attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content_md5", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "position", name="pk_attachment"),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    op.create_table(
        "content",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_content"),
        comment="attachments' bytes, each once, until no message needs them",
    )


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_message_id", "event", ["message_id"])
