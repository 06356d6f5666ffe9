"""The app's tables, beside the outbox's in the same database. Moments are kept as the outbox keeps them.

An account is a row of the outbox's table ``account``; what the app knows about it beside is its ``connection``.
"""

import sqlalchemy as sa

from buyerline.outbox.schema import NAMING, BigId, Moment

metadata = sa.MetaData(naming_convention=NAMING)

# People, and how they come in

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True, comment="in lower case"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False, comment="owner or agent"),
    sa.Column("password", sa.Text, comment="argon2id; null until the invitation is taken up"),
    sa.Column("language", sa.Text, comment="of the pages; null: the browser's"),
    sa.Column("zone", sa.Text, comment="IANA name; null: UTC"),
    sa.Column("undo_seconds", sa.Integer, nullable=False, comment="0 to 30"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("left_at", Moment, comment="when the person was shut out"),
)

access = sa.Table(
    "access",
    metadata,
    sa.Column("person_id", sa.BigInteger, primary_key=True),
    sa.Column("account_id", sa.BigInteger, primary_key=True),
    comment="which accounts an agent may see; an owner sees all",
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, comment="SHA-256 of the cookie"),
    sa.Column("person_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("browser", sa.Text, nullable=False, comment="a few words of its User-Agent"),
)

one_time_link = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, comment="SHA-256 of the secret in the link"),
    sa.Column("purpose", sa.Text, nullable=False, comment="owner, invitation, password or consent"),
    sa.Column("person_id", sa.BigInteger, comment="whom it is for, or who began it"),
    sa.Column("note", sa.Text, comment="what has to be remembered until it is used, JSON"),
    sa.Column("ends_at", Moment, nullable=False),
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, comment="digest of what is limited: an email, an address"),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_attempt_key", "key", "at"),
)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True, comment="SHA-256 of the key"),
    sa.Column("person_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("ends_in", sa.Text, nullable=False, comment="its last characters, to tell keys apart"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("revoked_at", Moment),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("person_id", sa.BigInteger, index=True, comment="null: the app itself"),
    sa.Column("who", sa.Text, nullable=False, comment="the person's email then"),
    sa.Column("what", sa.Text, nullable=False, comment="a word of buyerline.app.audit"),
    sa.Column("account_id", sa.BigInteger, index=True),
    sa.Column("about", sa.Text, comment="an order, a message, a person: what it was done to"),
    sa.Column("note", sa.Text),
)

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False, comment="plain, or sealed where it is a secret"),
)

# Accounts and their orders

connected = sa.Table(
    "connection",
    metadata,
    sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False, comment="account.id"),
    sa.Column("title", sa.Text, nullable=False, comment="what people call it"),
    sa.Column("region", sa.Text, nullable=False, comment="na, eu or fe"),
    sa.Column("marketplaces", sa.Text, nullable=False, comment="ids where it takes part, JSON"),
    sa.Column("selling_partner_id", sa.Text),
    sa.Column("stores", sa.Text, comment="the store's name at Amazon by marketplace id, JSON"),
    sa.Column("refresh_token", sa.Text, comment="sealed; null once disconnected"),
    sa.Column("token_digest", sa.Text, comment="SHA-256 of the last one, also once disconnected: whose it is"),
    sa.Column("connected_at", Moment, nullable=False),
    sa.Column("tested_at", Moment),
    sa.Column("trouble", sa.Text, comment="why the last test or call was refused; null: it works"),
    sa.Column("can_attach", sa.Boolean, comment="null: not found out yet"),
    sa.Column("disconnected_at", Moment),
    # Order synchronisation
    sa.Column("sync_from", Moment, comment="updates up to here are in; null: never synchronised"),
    sa.Column("sync_start", Moment, comment="lastUpdatedAfter of the search under way"),
    sa.Column("sync_began_at", Moment, comment="when the search under way began"),
    sa.Column("sync_token", sa.Text, comment="its next page"),
    sa.Column("sync_pages", sa.Integer, nullable=False, server_default="0", comment="pages of it that are in"),
    sa.Column("sync_next_at", Moment, comment="when the next page is due"),
    sa.Column("sync_wanted_at", Moment, comment="when a person last asked for it"),
    sa.Column("sync_trouble", sa.Text),
    sa.Column("synced_at", Moment, comment="when the last search was complete"),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("place", BigId, primary_key=True, autoincrement=False, comment="newest highest; see `OrderRow`"),
    sa.Column("account_id", sa.BigInteger, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("marketplace_id", sa.Text, nullable=False),
    sa.Column("bought_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False, comment="Amazon's fulfilment status"),
    sa.Column("fulfilled_by", sa.Text, nullable=False, comment="MERCHANT or AMAZON"),
    sa.Column("ship_by", Moment),
    sa.Column("deliver_by", Moment),
    sa.Column("total", sa.Text, comment="an exact decimal"),
    sa.Column("currency", sa.Text),
    sa.Column("items", sa.Text, nullable=False, comment="JSON, see `Item`"),
    sa.Column("words", sa.Text, nullable=False, comment="what it is found by, see `order_words`"),
    sa.Column("messaged", sa.Boolean, nullable=False, comment="whether a message was ever queued for it"),
    sa.Column(
        "facets",
        sa.Text,
        sa.Computed(
            "'a_' || CAST(account_id AS TEXT) || ' m_' || marketplace_id || ' s_' || status || ' f_' || fulfilled_by",
            persisted=True,
        ),
        nullable=False,
        comment="what it is filtered by, in one text: the few that occur can be enumerated",
    ),
    sa.UniqueConstraint("account_id", "order_id"),
    sa.Index("ix_orders_facets", "account_id", "facets", "messaged", "place"),
    sa.Index("ix_orders_messaged", "messaged", "place"),
)

# What is being written

offer = sa.Table(
    "offer",
    metadata,
    sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("actions", sa.Text, comment="what Amazon offered, JSON"),
    sa.Column("asked_at", Moment),
    sa.Column("locale", sa.Text, comment="the buyer's language of preference"),
    sa.Column("locale_asked_at", Moment),
    comment="what Amazon said of an order, for display; it is asked again right before sending",
)

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="also the message's idempotency key"),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("account_id", sa.BigInteger, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("type", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("coverage_start", sa.Text),
    sa.Column("coverage_end", sa.Text),
    sa.Column("saved_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="counts the changes, so that an old page overwrites none"),
    sa.Column("worded", sa.Integer, nullable=False, comment="the version since which only files came and went"),
    sa.Column("asked_at", Moment, comment="since when it waits for a second person; it does not change meanwhile"),
    sa.Column("send_at", Moment, comment="when it is to go, where it waits for a second person"),
    sa.Column("returned", sa.Text, comment="why it was given back without being sent"),
    sa.Index("ix_draft_order", "account_id", "order_id"),
    sa.Index("ix_draft_waiting", "asked_at"),
    sa.Index("ix_draft_person", "person_id", "saved_at", "id"),
)
sa.Index(
    "ux_draft_open",
    draft.c.person_id,
    draft.c.account_id,
    draft.c.order_id,
    unique=True,
    sqlite_where=draft.c.asked_at.is_(None),
    postgresql_where=draft.c.asked_at.is_(None),
)

draft_file = sa.Table(
    "draft_file",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("draft_id", sa.Text, nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False, comment="as the buyer will see it"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
)
