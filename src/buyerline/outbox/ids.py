"""The ids of messages: 16 characters that sort by when they were made and meet no other's anywhere."""

import secrets
import threading
import time

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in small letters: no i, l, o, u to misread."""

_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_RANDOM_BITS = 32
_STEP_BITS = 12
_SHIFTS = range(70, -1, -10)

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """An id that is higher than every other of this process and, clocks permitting, than all made before.

    80 bits: milliseconds since 1970 (48) and chance (32); within a millisecond, the one before and a random step.
    """
    global _last  # noqa: PLW0603 - the process's counter
    with _lock:
        fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS - 1)
        _last = max(fresh, _last + 1 + secrets.randbits(_STEP_BITS))
        number = _last
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS])
