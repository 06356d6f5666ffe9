"""Processes that begin as copies of one which has imported everything: each begins ten times as quickly.

They are processes as any other, with signals, files and an end of their own.
"""

import multiprocessing

COPIES = ["tests.cli.command", "tests.durability.worker_process"]
"""What they are for. There is one process that all are copies of, so all of that is named here."""

IMPORTED_LATE = [
    "buyerline.app.demo",
    "buyerline.app.known_accounts",
    "buyerline.cli.many_queue",
    "buyerline.cli.many_show",
    "buyerline.cli.many_wait",
    "buyerline.cli.outbox_show",
    "buyerline.client",
    "buyerline.outbox.outbox",
    "buyerline.sandbox.server",
    "pydantic",
    "pytest",
    "rich.panel",
    "rich.progress",
    "rich.table",
]
"""What commands import when they need it, and what every copy imports of the program that it was asked for by."""

WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload([*COPIES, *IMPORTED_LATE])
