"""Streams of news: what they keep to themselves, and how many one person may have."""

import asyncio
from typing import Any

import pytest

from buyerline.app.errors import TooMany
from buyerline.app.live import STREAMS, Live
from buyerline.app.viewer import Viewer
from tests.app.correspondence import Correspondence
from tests.app.test_live import live_of, reading, run


def test_a_stream_says_nothing_when_something_happens_in_accounts_of_others_alone(plain_shop: Correspondence) -> None:
    async def test() -> None:
        live = live_of(plain_shop)
        async with reading(live, plain_shop.owner()) as owner, reading(live, plain_shop.agent("store")) as agent:
            assert (await agent.read()).startswith(b": still here")
            others = await asyncio.to_thread(plain_shop.queue)
            assert (await owner.news())[1].ids == [others]
            theirs = await asyncio.to_thread(lambda: plain_shop.queue(account="store"))
            assert theirs.encode() in await agent.read()

    run(test())


def test_streams_that_nobody_has_begun_to_read_count_too(plain_shop: Correspondence) -> None:
    """As many pages that open at the same moment."""
    live, owner = Live(plain_shop.following), plain_shop.owner()

    async def look_up() -> Viewer | None:
        return owner

    opened: list[Any] = [live.open(owner, look_up) for _ in range(STREAMS)]
    with pytest.raises(TooMany):
        live.open(owner, look_up)
    opened.clear()
    assert live.listening == 0
