"""What happens to a worker at a point of its way, set up from the outside: the product has no hooks for tests.

A worker's process is told one trap before it begins. At the named point it dies as by ``kill -9``, stands still, or
finds that a clock has jumped.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from buyerline.amazon.flow import Effect, HttpRequest
from buyerline.amazon.transport import AsyncDriver
from buyerline.outbox import clock
from buyerline.outbox.writer import Group, Writer
from buyerline.testing.control import ControlPlane

OPERATIONS = (
    "lwa",
    "getMessagingActionsForOrder",
    "createUploadDestinationForResource",
    "s3",
    "createDigitalAccessKey",
)
"""The exchanges with Amazon that send a message with a file, in their order."""

COMMITS = ("sending", "outcome")
"""What a worker commits for a message."""

POINTS = tuple(
    f"{moment} {place}"
    for place in (*OPERATIONS[:-1], "commit of sending", OPERATIONS[-1], "commit of outcome")
    for moment in ("before", "after")
)
"""Every point around the POST: before and after each exchange and each commit, in their order."""


Action = Literal["die", "freeze", "jump", "jump at Amazon"]


class Trap(msgspec.Struct, frozen=True):
    """What happens at a point.

    Attributes:
        point: one of `POINTS`, or ``before`` or ``after`` any other operation.
        action: the process dies, stands still until it is woken, or a clock jumps: its own, or Amazon's.
        seconds: by how much the clock jumps.
        passing: at which passing of the point, the first being 1.
    """

    point: str
    action: Action = "die"
    seconds: float = 0.0
    passing: int = 1


class Traps:
    """Watches the points of this process."""

    def __init__(self, trap: Trap | None, amazon: str) -> None:
        self._trap = trap
        self._amazon = ControlPlane(amazon)
        self._passed = 0
        self._offset = timedelta()

    def set(self) -> None:
        """Put the watch between the product's parts."""
        self._bend_clock()
        self._watch_exchanges()
        self._watch_commits()

    def reach(self, point: str) -> None:
        """Be at a point."""
        if self._trap is None or point != self._trap.point:
            return
        self._passed += 1
        if self._passed == self._trap.passing:
            self._spring(self._trap)

    def _spring(self, trap: Trap) -> None:
        if trap.action == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif trap.action == "freeze":
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # this thread goes not a step further
        elif trap.action == "jump":
            self._offset = timedelta(seconds=trap.seconds)
        else:
            self._amazon.call("POST", "clock", {"advance": trap.seconds})

    def _bend_clock(self) -> None:
        straight = clock.now

        def now() -> datetime:
            return straight() + self._offset

        for name, module in list(sys.modules.items()):
            if name.startswith("buyerline.outbox.") and getattr(module, "now", None) is straight:
                module.now = now  # type: ignore[attr-defined] # each module has imported the function by its name

    def _watch_exchanges(self) -> None:
        perform = AsyncDriver._perform

        async def watched(driver: AsyncDriver, effect: Effect) -> Any:
            if not isinstance(effect, HttpRequest):
                return await perform(driver, effect)
            self.reach(f"before {effect.operation}")
            try:
                return await perform(driver, effect)
            finally:
                self.reach(f"after {effect.operation}")

        _replace(AsyncDriver, "_perform", watched)

    def _watch_commits(self) -> None:
        work, commit = Writer._work, sa.RootTransaction.commit
        about_to_commit: list[str] = []

        def worked(writer: Writer, group: Group, *more: Any) -> Any:
            done = work(writer, group, *more)
            about_to_commit[:] = _kinds(writer, group)
            return done

        def committed(transaction: sa.RootTransaction) -> None:
            kinds = list(about_to_commit)
            about_to_commit.clear()
            for kind in kinds:
                self.reach(f"before commit of {kind}")
            commit(transaction)
            for kind in kinds:
                self.reach(f"after commit of {kind}")

        _replace(Writer, "_work", worked)
        _replace(sa.RootTransaction, "commit", committed)


def _kinds(writer: Any, group: Any) -> list[str]:
    """What a group of changes commits."""
    return [kind for kind, there in zip(COMMITS, (group.claims, writer._unwritten), strict=True) if there]


def _replace(owner: type, name: str, function: Callable[..., Any]) -> None:
    setattr(owner, name, function)
