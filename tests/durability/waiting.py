"""Waiting for what is bound to happen, without end only in appearance."""

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which something that is bound to happen counts as stuck. No test depends on when it happens."""

_PAUSE = 0.02


def wait_until(happened: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Look again and again until `happened` says so.

    Raises:
        AssertionError: it did not, in `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(_PAUSE)
