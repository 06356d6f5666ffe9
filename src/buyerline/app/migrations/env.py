"""Run by Alembic with the connection, and inside the transaction, that `Steps.upgrade` gives."""

from alembic import context

from buyerline.app.migrations import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
