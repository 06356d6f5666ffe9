"""Ctrl-C, and the system's request to end (SIGTERM), heard by a command that has something to finish first."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def do_nothing() -> None:
    """What is done while nobody wants to know."""


@dataclass(slots=True)
class Heard:
    """What was heard so far.

    Attributes:
        times: how often.
        react: called each time, on the main thread in the middle of whatever runs there, so it must do next to
            nothing: ring a bell, set a flag.
    """

    times: int = 0
    react: Callable[[], None] = do_nothing


@contextmanager
def hearing() -> Iterator[Heard]:
    """While the block lasts, neither Ctrl-C nor SIGTERM ends it. A shell's choice to ignore one is respected."""
    heard = Heard()

    def hear(_number: int, _frame: FrameType | None) -> None:
        heard.times += 1
        heard.react()

    before = {each: signal.getsignal(each) for each in SIGNALS}
    taken = [each for each in SIGNALS if before[each] is not signal.SIG_IGN]
    for each in taken:
        signal.signal(each, hear)
    try:
        yield heard
    finally:
        for each in taken:
            signal.signal(each, before[each] or signal.SIG_DFL)


def ringing(loop: "AbstractEventLoop", call: Callable[[], None]) -> Callable[[], None]:
    """A reaction that has `call` called by an event loop; by nobody when that has ended."""

    def react() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(call)

    return react
