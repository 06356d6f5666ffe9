"""News of messages: who is told what, and that nobody who is slow, or gone, costs anything."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from buyerline.app import live as live_module
from buyerline.app.errors import TooMany
from buyerline.app.followed import Change
from buyerline.app.live import Live, News
from buyerline.app.viewer import Viewer
from buyerline.outbox import OutboxUnavailable, State
from buyerline.outbox.clock import now
from buyerline.outbox.schema import event
from tests.app.correspondence import Correspondence, correspondence, viewer
from tests.outbox.samples import ORDER
from tests.outbox.serving import PATIENCE, until

QUICK = 0.01
NEVER = 3600.0


@dataclass
class Reader:
    """Somebody's browser."""

    events: AsyncIterator[bytes]

    async def read(self) -> bytes:
        """The next thing in the stream."""
        return await asyncio.wait_for(anext(self.events), PATIENCE)

    async def news(self) -> tuple[int, News]:
        """The next event: its position, and what it tells."""
        while True:
            lines = dict(line.split(": ", 1) for line in (await self.read()).decode().strip().split("\n"))
            if "event" in lines:
                assert lines["event"] == "changed"
                return int(lines["id"]), msgspec.json.decode(lines["data"], type=News)

    async def ended(self) -> bool:
        """Whether the stream ends, after what is still in it."""
        async for _ in self.events:
            pass
        return True


@asynccontextmanager
async def reading(
    live: Live, who: Viewer, since: int | None = None, look_up: Callable[[], Viewer | None] | None = None
) -> AsyncIterator[Reader]:
    """Somebody reads while the block lasts; the first thing is there when it begins."""

    async def looked_up() -> Viewer | None:
        return look_up() if look_up else who

    stream: Any = live.open(who, looked_up, since)
    async with aclosing(stream):
        reader = Reader(stream)
        assert (await reader.read()).startswith(b": here")
        yield reader


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, PATIENCE))


def live_of(shop: Correspondence, **seconds: float) -> Live:
    return Live(shop.following, **{"every": QUICK, "heartbeat": NEVER, "rights_hold": NEVER, **seconds})


class TestAStream:
    def test_tells_what_happens_from_now_on(self, shop: Correspondence) -> None:
        shop.queue()

        async def test() -> None:
            async with reading(live_of(shop), shop.owner()) as reader:
                await reader.read()  # nothing has happened since
                message_id = await asyncio.to_thread(shop.queue)
                position, news = await reader.news()
                assert news == News([message_id], [f"shop/{ORDER}"], all=False)
                assert position == shop.following.position()

        run(test())

    def test_goes_on_from_a_position(self, shop: Correspondence) -> None:
        before = shop.queue()
        position = shop.following.position()
        missed = shop.queue()

        async def test() -> None:
            async with reading(live_of(shop), shop.owner(), since=position) as reader:
                _, news = await reader.news()
                assert news.ids == [missed]
                await asyncio.to_thread(shop.bring, before, State.SENT)
                _, news = await reader.news()
                assert news.ids == [before]

        run(test())

    def test_tells_nobody_about_the_accounts_of_others(self, shop: Correspondence) -> None:
        async def test() -> None:
            async with reading(live_of(shop), shop.agent("store"), since=0) as reader:
                await asyncio.to_thread(shop.queue)
                theirs = await asyncio.to_thread(lambda: shop.queue(account="store"))
                _, news = await reader.news()
                assert news == News([theirs], [f"store/{ORDER}"], all=False)

        run(test())

    def test_says_something_now_and_then_which_keeps_the_position(self, plain_shop: Correspondence) -> None:
        """Also where all that happens is not theirs, so that they need not go through it again later."""

        async def test() -> None:
            live = live_of(plain_shop, heartbeat=QUICK)
            async with reading(live, plain_shop.agent("store"), since=0) as reader:
                await asyncio.to_thread(plain_shop.queue)
                position = plain_shop.following.position()
                while (said := await reader.read()) != b": still here\nid: %d\n\n" % position:
                    assert said.startswith(b": still here")

        run(test())

    def test_tells_that_everything_may_have_changed_where_too_much_has(
        self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_module, "TOLD", 2)
        for _ in range(3):
            plain_shop.queue()

        async def test() -> None:
            async with reading(live_of(plain_shop), plain_shop.owner(), since=0) as reader:
                assert (await reader.news())[1] == News([], [], all=True)

        run(test())

    def test_tells_the_same_to_who_was_away_for_longer_than_is_read_in_one_go(
        self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Even where the part that was read is about others' accounts alone."""
        monkeypatch.setattr(live_module, "AT_ONCE", 2)
        for name in ("shop", "shop", "store"):
            plain_shop.queue(account=name)

        async def test() -> None:
            async with reading(live_of(plain_shop), plain_shop.agent("store"), since=0) as reader:
                assert (await reader.news())[1] == News([], [], all=True)

        run(test())


class TestRights:
    def test_end_a_stream_when_they_end(self, plain_shop: Correspondence) -> None:
        async def test() -> None:
            live = live_of(plain_shop, heartbeat=QUICK, rights_hold=0)
            async with reading(live, plain_shop.owner(), look_up=lambda: None) as reader:
                assert await reader.ended()
            assert live.listening == 0

        run(test())

    def test_are_those_of_now_and_not_of_when_the_page_was_opened(self, plain_shop: Correspondence) -> None:
        less, theirs = plain_shop.agent("store"), plain_shop.agent("shop", "store")

        async def test() -> None:
            async with reading(live_of(plain_shop, rights_hold=0), theirs, since=0, look_up=lambda: less) as reader:
                await asyncio.to_thread(plain_shop.queue)
                message_id = await asyncio.to_thread(lambda: plain_shop.queue(account="store"))
                _, news = await reader.news()
                assert news.ids == [message_id]

        run(test())


class TestListeners:
    def test_that_are_too_slow_are_let_go(self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live_module, "BEHIND", 2)

        async def test() -> None:
            live = live_of(plain_shop)
            async with reading(live, plain_shop.owner()) as slow, reading(live, viewer(None, 2)) as quick:
                for _ in range(5):
                    message_id = await asyncio.to_thread(plain_shop.queue)
                    while message_id not in (await quick.news())[1].ids:
                        pass
                assert await slow.ended()
                assert live.listening == 1

        run(test())

    def test_are_a_limited_number_for_each_person(
        self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_module, "STREAMS", 1)

        async def test() -> None:
            live = live_of(plain_shop)
            async with reading(live, plain_shop.owner()):
                with pytest.raises(TooMany):
                    async with reading(live, plain_shop.owner()):
                        pass
                async with reading(live, viewer(None, 2)):
                    assert live.listening == 2
            async with reading(live, plain_shop.owner()):
                assert live.listening == 1

        run(test())

    def test_keep_one_task_busy_and_none_once_all_are_gone(self, plain_shop: Correspondence) -> None:
        def watching() -> int:
            return sum(task.get_name() == "watch the outbox" for task in asyncio.all_tasks())

        async def test() -> None:
            live = live_of(plain_shop)
            async with reading(live, plain_shop.owner()), reading(live, viewer(None, 2)):
                assert watching() == 1
            await until(lambda: watching() == 0, "nobody watches")
            async with reading(live, plain_shop.owner()) as reader:
                message_id = await asyncio.to_thread(plain_shop.queue)
                assert (await reader.news())[1].ids == [message_id]

        run(test())


class TestTheDatabase:
    @pytest.mark.parametrize("failure", [OutboxUnavailable("outbox: another process keeps it locked."), ValueError()])
    def test_may_be_away_for_a_while(
        self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch, failure: Exception
    ) -> None:
        """Whatever it is that fails."""
        asked = plain_shop.following.changes_since
        failures = 0

        def changes_since(position: int, limit: int) -> list[Change]:
            nonlocal failures
            if away and failures < 3:
                failures += 1
                raise failure
            return asked(position, limit)

        away = False
        monkeypatch.setattr(plain_shop.following, "changes_since", changes_since)

        async def test() -> None:
            nonlocal away
            async with reading(live_of(plain_shop), plain_shop.owner()) as reader:
                await reader.read()
                away = True
                await until(lambda: failures == 3, "it failed")
                message_id = await asyncio.to_thread(plain_shop.queue)
                assert (await reader.news())[1].ids == [message_id]

        run(test())

    def test_may_show_what_happened_first_later(self, postgres_url: str) -> None:
        """PostgreSQL numbers a line when it is written, and shows it when its transaction is committed."""
        with correspondence(postgres_url) as shop:
            slow, quick = shop.queue(), shop.queue()
            line = {"message_id": slow, "at": now(), "who": "ann", "what": "cancelled"}

            async def test() -> None:
                async with reading(live_of(shop), shop.owner()) as reader:
                    with shop.database.write() as connection:
                        connection.execute(sa.insert(event).values(line))
                        await asyncio.to_thread(shop.note, quick, "sent")
                        assert (await reader.news())[1].ids == [quick]
                    assert (await reader.news())[1].ids == [slow]

            run(test())
