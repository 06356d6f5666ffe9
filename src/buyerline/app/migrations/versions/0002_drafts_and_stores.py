"""A person's drafts, the newest first; what a seller's store is called at Amazon; and whose authorisation it was."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index drafts by who writes them; keep the names of stores, and what tells an authorisation again."""
    op.create_index("ix_draft_person", "draft", ["person_id", "saved_at", "id"])
    op.add_column(
        "connection", sa.Column("stores", sa.Text, comment="the store's name at Amazon by marketplace id, JSON")
    )
    op.add_column(
        "connection",
        sa.Column("token_digest", sa.Text, comment="SHA-256 of the last one, also once disconnected: whose it is"),
    )
