"""Processes that begin as copies of one that has imported everything, which saves each of them half a second of work."""

import multiprocessing

WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["tests.cli.command", "tests.durability.worker_process"])
"""There is one such process for all kinds of copies, so everything that one of them needs is named here."""
