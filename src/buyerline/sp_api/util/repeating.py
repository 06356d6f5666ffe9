"""What both kinds of retry decorators and of page walks share."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from buyerline.sp_api.base.api_response import ApiResponse

Exceptions: TypeAlias = tuple[type[Exception], ...]


def pauses(tries: int, delay: float, rate: float) -> Iterator[float]:
    """Seconds to wait after each failed try but the last; each pause is `rate` times the one before."""
    for number in range(tries - 1):
        yield delay * rate**number


def pause_between_pages(page: ApiResponse, throttle_by_seconds: float, *, use_rate_limit_header: bool) -> float:
    """Seconds to wait before the following page."""
    return 1 / float(page.rate_limit) if use_rate_limit_header and page.rate_limit else throttle_by_seconds


def following(
    kwargs: Mapping[str, Any], page: ApiResponse, name: str, extras: Mapping[str, Any] | None, *, token_only: bool
) -> dict[str, Any]:
    """The arguments of the call for the following page."""
    if token_only:
        return {name: page.next_token}
    return {**kwargs, name: page.next_token, **(extras or {})}
