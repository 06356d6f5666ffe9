"""News of messages for pages that are open: server-sent events, as the HTML standard has them.

One task watches the outbox's history while anybody listens, by the numbers of its lines, and tells every listener what
happened to messages of their accounts. What is told says which parts of a page are out of date, not what is in them.
"""

import asyncio
import logging
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from buyerline.app.errors import TooMany
from buyerline.app.followed import Change
from buyerline.app.following import Following
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words

EVERY = 1.0
"""Seconds between two looks into the history."""

HEARTBEAT = 15.0
"""Seconds after which something is said anyway: what lies between closes connections on which nothing is said."""

RIGHTS_HOLD = 40.0
"""Seconds for which a person's rights are taken for what they were. With a heartbeat on top it stays below a minute."""

LATE = 200
"""Lines of the history that are read again each time: PostgreSQL gives numbers out before transactions are committed,
so that lower ones may show up later than higher ones."""

AT_ONCE = 1000
"""Lines that are read in one go."""

TOLD = 100
"""Messages that are told by their ids. When there are more, everything may have changed."""

BEHIND = 50
"""Pieces of news that wait for a listener. One that reads more slowly has to ask anew."""

STREAMS = 10
"""Streams of one person, at most: a browser that shows that many pages at once."""

_log = logging.getLogger("buyerline.app")

LookUp = Callable[[], Awaitable[Viewer | None]]
"""Looks up who listens, with the rights that they have now; ``None``: they are not signed in any more."""


class News(msgspec.Struct):
    """What a page is told.

    Attributes:
        ids: messages to which something happened.
        orders: their orders, each after its account's name and a slash.
        all: whether more happened than can be told.
    """

    ids: list[str]
    orders: list[str]
    all: bool


@dataclass(slots=True, eq=False, weakref_slot=True)
class _Listener:
    """Somebody who listens. ``None`` among what waits for them: they were too slow, or there is no more to come."""

    viewer: Viewer
    waiting: "asyncio.Queue[list[Change] | None]" = field(default_factory=lambda: asyncio.Queue(BEHIND + 1))

    def tell(self, changes: list[Change]) -> None:
        """Put something before them."""
        if self.waiting.qsize() < BEHIND:
            self.waiting.put_nowait(changes)
        elif self.waiting.qsize() == BEHIND:
            self.waiting.put_nowait(None)


class Live:
    """Tells everybody who listens what happens to messages. For one event loop.

    Args:
        following: whose messages.
        every, heartbeat, rights_hold: seconds, see `EVERY`, `HEARTBEAT`, `RIGHTS_HOLD`.
    """

    def __init__(
        self,
        following: Following,
        *,
        every: float = EVERY,
        heartbeat: float = HEARTBEAT,
        rights_hold: float = RIGHTS_HOLD,
    ) -> None:
        self._following = following
        self._every = every
        self._heartbeat = heartbeat
        self._rights_hold = rights_hold
        # A stream that was never begun has no end either: its listener goes with it.
        self._listeners: weakref.WeakSet[_Listener] = weakref.WeakSet()
        self._watching: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()

    @property
    def listening(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def open(self, viewer: Viewer, look_up: LookUp, since: int | None = None) -> AsyncIterator[bytes]:
        """A stream of server-sent events, from now on or from what comes after the position `since`.

        Args:
            viewer: who listens.
            look_up: asked now and then whether they still may, and what they may see by now.
            since: the position of a page that is shown, or of the last event that was received.

        Raises:
            TooMany: they have too many streams open.
        """
        if sum(listener.viewer.person_id == viewer.person_id for listener in self._listeners) >= STREAMS:
            raise TooMany(Words("Too many pages are open. Close some, so that this one can show news by itself."), 60)
        listener = _Listener(viewer)
        self._listeners.add(listener)
        return self._stream(listener, look_up, since)

    async def _stream(self, listener: _Listener, look_up: LookUp, since: int | None) -> AsyncIterator[bytes]:
        try:
            await self._begin()
            position = await self._position() if since is None else since
            yield _comment("here", position)
            changes: list[Change] | None = [] if since is None else await self._since(since)
            said_at = rights_at = time.monotonic()
            while changes is not None:
                if time.monotonic() - rights_at >= self._rights_hold:
                    viewer = await look_up()
                    if viewer is None:
                        return
                    listener.viewer, rights_at = viewer, time.monotonic()
                position = max([position, *(change.position for change in changes)])
                if said := _told(changes, listener.viewer, position):
                    yield said
                    said_at = time.monotonic()
                changes = await self._next(listener, said_at + self._heartbeat - time.monotonic())
        finally:
            self._listeners.discard(listener)

    async def _next(self, listener: _Listener, seconds: float) -> list[Change] | None:
        """What comes next for a listener: nothing, where nothing comes in time."""
        try:
            return await asyncio.wait_for(listener.waiting.get(), seconds)
        except TimeoutError:
            return []

    async def _begin(self) -> None:
        """Watch from now on, unless that is done already."""
        async with self._beginning:
            if self._watching is None or self._watching.done():
                position = await self._position()
                before = {change.position for change in await self._since(position - LATE)}
                self._watching = asyncio.create_task(self._watch(position, before), name="watch the outbox")

    async def _watch(self, position: int, told: set[int]) -> None:
        """Tell the listeners what is new after a position, until nobody listens any more.

        Args:
            position: where to begin.
            told: the lines shortly before it that were there already.
        """
        full = False
        while self._listeners:
            if not full:
                await asyncio.sleep(self._every)
            try:
                changes = await self._since(position - LATE)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who listen must hear what comes after
                _log.warning("news of messages: the outbox cannot be read now: %s", type(error).__name__)
                full = False
                continue
            full = len(changes) >= AT_ONCE
            fresh = [change for change in changes if change.position not in told]
            position = max([position, *(change.position for change in fresh)])
            told = {number for number in told | {change.position for change in fresh} if number > position - LATE}
            for listener in self._listeners if fresh else ():
                listener.tell(fresh)

    async def _position(self) -> int:
        return await asyncio.to_thread(self._following.position)

    async def _since(self, position: int) -> list[Change]:
        return await asyncio.to_thread(self._following.changes_since, position, AT_ONCE)


def _told(changes: Sequence[Change], viewer: Viewer, position: int) -> bytes:
    """What happened in the accounts that a viewer may see, as an event; ``b""`` where all of it is others' alone.

    Where nothing happened anywhere it is a comment. Browsers remember the position of either, and go on from there
    after a break. It counts what happens in all accounts, so that it goes up, with the next thing that is said, for
    what others do too: how much, but neither what nor when.
    """
    theirs = [change for change in changes if viewer.may_see(change.account_id)]
    ids = dict.fromkeys(change.message_id for change in theirs)
    everything = len(changes) >= AT_ONCE or len(ids) > TOLD
    if not changes:
        return _comment("still here", position)
    if not everything and not theirs:
        return b""
    orders = dict.fromkeys(f"{change.account}/{change.order_id}" for change in theirs)
    news = News([], [], all=True) if everything else News(list(ids), list(orders), all=False)
    return b"id: %d\nevent: changed\ndata: %s\n\n" % (position, msgspec.json.encode(news))


def _comment(words: str, position: int) -> bytes:
    return b": %s\nid: %d\n\n" % (words.encode(), position)
