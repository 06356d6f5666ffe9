"""Asking Amazon one question for everybody who has it at the moment."""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import BoundedSemaphore, Lock

from buyerline.app.words import Words

PAUSE = 15.0
"""Seconds for which a question that failed is not put again by itself."""

AT_ONCE = 20
"""Threads that may wait for Amazon at once, half of the server's: when Amazon hangs, the rest of the app does not."""

_BUSY = Words("Amazon is slow to answer, and many are waiting. Try again in a minute; nothing was sent by this.")

Question = Callable[[], Words | None]
"""Asks and keeps the answer; returns why that was not possible, ``None`` when it was."""


class AskingOnce:
    """Lets threads that have the same question wait for one answer, and gives Amazon a rest after a failure."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places = BoundedSemaphore(AT_ONCE)
        self._under_way: dict[Hashable, Future[Words | None]] = {}
        self._failed: dict[Hashable, tuple[float, Words]] = {}

    def ask(self, key: Hashable, question: Question, *, even_so: bool = False) -> Words | None:
        """Put a question, or wait for the answer where another thread is putting it. Why there is none, if so.

        Args:
            key: what is asked.
            question: how.
            even_so: put it also where it failed less than `PAUSE` ago.
        """
        if not self._places.acquire(blocking=False):
            return _BUSY
        try:
            return self._ask(key, question, even_so=even_so)
        finally:
            self._places.release()

    def _ask(self, key: Hashable, question: Question, *, even_so: bool) -> Words | None:
        with self._lock:
            under_way = self._under_way.get(key)
            recent = None if even_so else self._recent(key)
            if under_way is None and recent is not None:
                return recent
            if under_way is None:
                mine = self._under_way[key] = Future()
        if under_way is not None:
            return under_way.result()
        try:
            trouble = question()
        except BaseException as failure:
            self._end(key, None)
            mine.set_exception(failure)
            raise
        self._end(key, trouble)
        mine.set_result(trouble)
        return trouble

    def _recent(self, key: Hashable) -> Words | None:
        """Why the question failed less than `PAUSE` ago, if it did."""
        earliest = time.monotonic() - PAUSE
        self._failed = {key: failure for key, failure in self._failed.items() if failure[0] >= earliest}
        failed = self._failed.get(key)
        return failed[1] if failed else None

    def _end(self, key: Hashable, trouble: Words | None) -> None:
        with self._lock:
            del self._under_way[key]
            self._failed.pop(key, None)
            if trouble is not None:
                self._failed[key] = (time.monotonic(), trouble)
