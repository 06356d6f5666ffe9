"""The app's first tables."""

import sqlalchemy as sa
from alembic import op

from buyerline.app import order_tables

revision = "0001"
down_revision = None

# Spelt out, not taken from `schema`: this step stays what it was when later ones change the tables.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.BigInteger


def upgrade() -> None:
    """Make every table."""
    _people()
    _accounts_and_orders()
    _drafts()
    order_tables.make(op.get_bind())
    # The outbox's own indexes know states and orders; people look at the states of the accounts that are theirs.
    op.create_index("ix_message_account_state", "message", ["account_id", "state", "id"])


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("email", sa.Text, nullable=False, comment="in lower case"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False, comment="owner or agent"),
        sa.Column("password", sa.Text, comment="argon2id; null until the invitation is taken up"),
        sa.Column("language", sa.Text, comment="of the pages; null: the browser's"),
        sa.Column("zone", sa.Text, comment="IANA name; null: UTC"),
        sa.Column("undo_seconds", sa.Integer, nullable=False, comment="0 to 30"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, comment="when the person was shut out"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "access",
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "account_id", name="pk_access"),
        comment="which accounts an agent may see; an owner sees all",
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the cookie"),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("browser", sa.Text, nullable=False, comment="a few words of its User-Agent"),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"])
    op.create_table(
        "one_time_link",
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the secret in the link"),
        sa.Column("purpose", sa.Text, nullable=False, comment="owner, invitation, password or consent"),
        sa.Column("person_id", sa.BigInteger, comment="whom it is for, or who began it"),
        sa.Column("note", sa.Text, comment="what has to be remembered until it is used, JSON"),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_one_time_link"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.Text, nullable=False, comment="digest of what is limited: an email, an address"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_key", "attempt", ["key", "at"])
    op.create_table(
        "api_key",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the key"),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("ends_in", sa.Text, nullable=False, comment="its last characters, to tell keys apart"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )
    op.create_index("ix_api_key_person_id", "api_key", ["person_id"])
    op.create_table(
        "audit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", sa.BigInteger, comment="null: the app itself"),
        sa.Column("who", sa.Text, nullable=False, comment="the person's email then"),
        sa.Column("what", sa.Text, nullable=False, comment="a word of buyerline.app.audit"),
        sa.Column("account_id", sa.BigInteger),
        sa.Column("about", sa.Text, comment="an order, a message, a person: what it was done to"),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_account_id", "audit", ["account_id"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_person_id", "audit", ["person_id"])
    op.create_table(
        "setting",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False, comment="plain, or sealed where it is a secret"),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )


def _accounts_and_orders() -> None:
    op.create_table(
        "connection",
        sa.Column("account_id", sa.BigInteger, nullable=False, autoincrement=False, comment="account.id"),
        sa.Column("title", sa.Text, nullable=False, comment="what people call it"),
        sa.Column("region", sa.Text, nullable=False, comment="na, eu or fe"),
        sa.Column("marketplaces", sa.Text, nullable=False, comment="ids where it takes part, JSON"),
        sa.Column("selling_partner_id", sa.Text),
        sa.Column("refresh_token", sa.Text, comment="sealed; null once disconnected"),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.Column("tested_at", MOMENT),
        sa.Column("trouble", sa.Text, comment="why the last test or call was refused; null: it works"),
        sa.Column("can_attach", sa.Boolean, comment="null: not found out yet"),
        sa.Column("disconnected_at", MOMENT),
        sa.Column("sync_from", MOMENT, comment="updates up to here are in; null: never synchronised"),
        sa.Column("sync_start", MOMENT, comment="lastUpdatedAfter of the search under way"),
        sa.Column("sync_began_at", MOMENT, comment="when the search under way began"),
        sa.Column("sync_token", sa.Text, comment="its next page"),
        sa.Column("sync_pages", sa.Integer, nullable=False, server_default="0", comment="pages of it that are in"),
        sa.Column("sync_next_at", MOMENT, comment="when the next page is due"),
        sa.Column("sync_wanted_at", MOMENT, comment="when a person last asked for it"),
        sa.Column("sync_trouble", sa.Text),
        sa.Column("synced_at", MOMENT, comment="when the last search was complete"),
        sa.PrimaryKeyConstraint("account_id", name="pk_connection"),
    )
    op.create_table(
        "orders",
        sa.Column("place", BIG_ID, nullable=False, autoincrement=False, comment="newest highest; see `OrderRow`"),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("marketplace_id", sa.Text, nullable=False),
        sa.Column("bought_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("status", sa.Text, nullable=False, comment="Amazon's fulfilment status"),
        sa.Column("fulfilled_by", sa.Text, nullable=False, comment="MERCHANT or AMAZON"),
        sa.Column("ship_by", MOMENT),
        sa.Column("deliver_by", MOMENT),
        sa.Column("total", sa.Text, comment="an exact decimal"),
        sa.Column("currency", sa.Text),
        sa.Column("items", sa.Text, nullable=False, comment="JSON, see `Item`"),
        sa.Column("words", sa.Text, nullable=False, comment="what it is found by, see `order_words`"),
        sa.Column("messaged", sa.Boolean, nullable=False, comment="whether a message was ever queued for it"),
        sa.Column(
            "facets",
            sa.Text,
            sa.Computed(
                "'a_' || CAST(account_id AS TEXT) || ' m_' || marketplace_id || ' s_' || status "
                "|| ' f_' || fulfilled_by",
                persisted=True,
            ),
            nullable=False,
            comment="what it is filtered by, in one text: the few that occur can be enumerated",
        ),
        sa.PrimaryKeyConstraint("place", name="pk_orders"),
        sa.UniqueConstraint("account_id", "order_id", name="uq_orders_account_id"),
    )
    op.create_index("ix_orders_facets", "orders", ["account_id", "facets", "messaged", "place"])
    op.create_index("ix_orders_messaged", "orders", ["messaged", "place"])


def _drafts() -> None:
    op.create_table(
        "offer",
        sa.Column("account_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("actions", sa.Text, comment="what Amazon offered, JSON"),
        sa.Column("asked_at", MOMENT),
        sa.Column("locale", sa.Text, comment="the buyer's language of preference"),
        sa.Column("locale_asked_at", MOMENT),
        sa.PrimaryKeyConstraint("account_id", "order_id", name="pk_offer"),
        comment="what Amazon said of an order, for display; it is asked again right before sending",
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Text, nullable=False, comment="also the message's idempotency key"),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("coverage_start", sa.Text),
        sa.Column("coverage_end", sa.Text),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column(
            "version", sa.Integer, nullable=False, comment="counts the changes, so that an old page overwrites none"
        ),
        sa.Column("worded", sa.Integer, nullable=False, comment="the version since which only files came and went"),
        sa.Column("asked_at", MOMENT, comment="since when it waits for a second person; it does not change meanwhile"),
        sa.Column("send_at", MOMENT, comment="when it is to go, where it waits for a second person"),
        sa.Column("returned", sa.Text, comment="why it was given back without being sent"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_order", "draft", ["account_id", "order_id"])
    op.create_index("ix_draft_waiting", "draft", ["asked_at"])
    op.create_index(
        "ux_draft_open",
        "draft",
        ["person_id", "account_id", "order_id"],
        unique=True,
        sqlite_where=sa.text("asked_at IS NULL"),
        postgresql_where=sa.text("asked_at IS NULL"),
    )
    op.create_table(
        "draft_file",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("draft_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False, comment="as the buyer will see it"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft_file"),
    )
    op.create_index("ix_draft_file_draft_id", "draft_file", ["draft_id"])
