"""The app's tables, as they were first released."""

from alembic import op

from buyerline.app import order_tables
from buyerline.app.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    metadata.create_all(op.get_bind())
    order_tables.make(op.get_bind())
