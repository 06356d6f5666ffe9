"""Accounts for which nothing is sent: until somebody mends something, or for as long as they are disconnected.

A worker that finds an account's authorisation refused stops it, and whoever tries its messages again lifts the stop. An
account that was disconnected is stopped too, and nothing but connecting it again lifts that: not another worker, not a
message that is tried again, not one that is queued.
"""

import sqlalchemy as sa

from buyerline.outbox.schema import account

DISCONNECTED = "The account is disconnected: nothing is sent for it until an owner connects it again."
"""Why a disconnected account is stopped. It tells that stop from all others in databases: the words do not change."""

LIFTED = sa.case((account.c.stopped == DISCONNECTED, account.c.stopped))
"""What becomes of ``account.stopped`` where a stop is lifted: that of a disconnected account stays."""
