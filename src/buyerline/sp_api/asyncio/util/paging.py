"""A decorator that walks through the pages of an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, TypeAlias

from buyerline.sp_api.base.api_response import ApiResponse
from buyerline.sp_api.util.repeating import following, pause_between_pages

Decorator: TypeAlias = Callable[[Callable[..., Awaitable[ApiResponse]]], Callable[..., AsyncIterator[ApiResponse]]]


def load_all_pages(
    throttle_by_seconds: float = 2,
    next_token_param: str = "NextToken",  # noqa: S107 - a parameter's name
    use_rate_limit_header: bool = False,
    extras: Mapping[str, Any] | None = None,
    next_token_only: bool = False,
) -> Decorator:
    """Make a function that returns a page into one that yields all pages.

    Args:
        throttle_by_seconds: pause between pages.
        next_token_param: the keyword that takes the following page's token.
        use_rate_limit_header: pause as long as the rate that Amazon says is in force asks for.
        extras: further keywords for the pages after the first.
        next_token_only: whether the following pages take no other keywords.
    """

    def decorator(function: Callable[..., Awaitable[ApiResponse]]) -> Callable[..., AsyncIterator[ApiResponse]]:
        @wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> AsyncIterator[ApiResponse]:
            page = await function(*args, **kwargs)
            yield page
            while page.next_token:
                await asyncio.sleep(
                    pause_between_pages(page, throttle_by_seconds, use_rate_limit_header=use_rate_limit_header)
                )
                kwargs = following(kwargs, page, next_token_param, extras, token_only=next_token_only)
                page = await function(*args, **kwargs)
                yield page

        return wrapper

    return decorator
