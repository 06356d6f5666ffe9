"""Waiting for what is bound to happen."""

import time
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds after which what is bound to happen counts as stuck. No test depends on when it happens."""


def until(happened: Callable[[], object], what: str) -> None:
    """Look again and again until `happened` says so."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)
