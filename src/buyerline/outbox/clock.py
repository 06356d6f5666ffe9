"""The time by which messages become due, expire and are dated. What must not jump goes by `time.monotonic`."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC, by this machine's clock."""
    return datetime.now(UTC)


def awake() -> float:
    """Seconds that never jump and go on while the machine sleeps, where the system tells them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
