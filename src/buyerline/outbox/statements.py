"""The statements that workers live by, worded alike for both databases.

A template may hold

- ``{each}``: the rows of a JSON document (see `Database.each`);
- ``{by[ready]}``, after a table's name: on SQLite, the index ``ix_message_ready`` must be used. Its planner guesses
  that few messages are in a state, where all may be; PostgreSQL counts before it plans;
- ``{skip_locked}``: on PostgreSQL, rows are locked as an update locks them, and those that another transaction has
  locked are left to it: whoever waits for nobody is in no circle of those who wait for each other.
"""

import sqlalchemy as sa

from buyerline.outbox.database import Database


class _By:
    """Names an index of the table of messages, for SQLite."""

    def __getitem__(self, name: str) -> str:
        return f"INDEXED BY ix_message_{name}"


class _ByWhatItLikes:
    """Names none."""

    def __getitem__(self, name: str) -> str:
        return ""


def statement(database: Database, template: str) -> sa.TextClause:
    """The statement of a template on this database."""
    sqlite = database.kind == "sqlite"
    by = _By() if sqlite else _ByWhatItLikes()
    skip_locked = "" if sqlite else "FOR NO KEY UPDATE SKIP LOCKED"
    return sa.text(template.format(each=database.each, by=by, skip_locked=skip_locked))
