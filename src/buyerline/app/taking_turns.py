"""Whoever is about to write, or send, for an order does so one after the other."""

import sqlalchemy as sa

from buyerline.app.schema import orders


def hold_order(connection: sa.Connection, account_id: int, order_id: str) -> None:
    """Let whoever else takes turns for an order wait until the transaction ends. An unknown order has no turns.

    Without it, two transactions on PostgreSQL that look whether something is there before they make it would both
    find nothing. On SQLite transactions that write take turns anyway.

    Args:
        connection: a transaction that writes.
        account_id: whose order it is.
        order_id: the order.
    """
    this = (orders.c.account_id == account_id, orders.c.order_id == order_id)
    connection.execute(sa.select(orders.c.place).where(*this).with_for_update())
