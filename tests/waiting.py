"""Waiting for what is bound to happen, without end only in appearance."""

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which something that is bound to happen counts as stuck. No test depends on when it happens."""

_PAUSE = 0.02


def until(happened: Callable[[], object], what: str) -> None:
    """Look again and again until `happened` says so.

    Raises:
        AssertionError: it did not, in `PATIENCE` seconds.
    """
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(_PAUSE)
