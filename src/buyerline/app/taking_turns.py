"""Transactions that write one after the other, so that nothing is made twice.

On PostgreSQL two of them that look whether something is there before they make it would both find nothing. On SQLite
transactions that write take turns anyway.
"""

import sqlalchemy as sa

from buyerline.app.schema import orders


def hold_order(connection: sa.Connection, account_id: int, order_id: str) -> None:
    """Let whoever else takes turns for an order wait until the transaction ends. An unknown order has no turns.

    Args:
        connection: a transaction that writes.
        account_id: whose order it is.
        order_id: the order.
    """
    this = (orders.c.account_id == account_id, orders.c.order_id == order_id)
    connection.execute(sa.select(orders.c.place).where(*this).with_for_update())


def hold_table(connection: sa.Connection, table: sa.Table) -> None:
    """Let whoever else writes to a table wait until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def hold(connection: sa.Connection, what: str, *, shared: bool = False) -> None:
    """Let whoever else takes turns for the same wait until the transaction ends.

    Args:
        connection: a transaction that writes.
        what: what they take turns for, in any words; different words may, rarely, wait for each other.
        shared: let others that share it go on.
    """
    if connection.dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
        connection.execute(sa.select(lock(sa.func.hashtextextended(what, 0))))
