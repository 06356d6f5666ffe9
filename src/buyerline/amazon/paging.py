"""Answers of many pages, walked with the query frozen.

Amazon refuses a page token that comes with other filters than those it was given for, so the query is made once,
and only the token is added.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from buyerline.amazon.flow import Flow, Pages

T = TypeVar("T")


class _Walk(Generic[T]):
    """Where a walk through the pages is. A page that failed may be asked for again."""

    def __init__(self, fetch: Callable[[str | None], Flow[tuple[list[T], str | None]]]) -> None:
        self._fetch = fetch
        self._token: str | None = None
        self._ended = False

    def next_page(self) -> Flow[list[T] | None]:
        if self._ended:
            return None
        items, self._token = yield from self._fetch(self._token)
        self._ended = not self._token
        return items


def pages(fetch: Callable[[str | None], Flow[tuple[list[T], str | None]]]) -> Pages[T]:
    """The pages that `fetch` gets: it is called with a page token, and answers with items and the following token."""
    return Pages(_Walk(fetch).next_page)
