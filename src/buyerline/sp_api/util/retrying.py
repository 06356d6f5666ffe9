"""Decorators that call a function again when it fails.

The clients already wait their turn and repeat what may be repeated, so these are seldom needed. None of them calls
again when nobody can say whether a message was taken: the buyer would get it twice.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeAlias, TypeVar

from buyerline.sp_api.base.exceptions import (
    SellingApiException,
    SellingApiOutcomeUnknownException,
    SellingApiRequestThrottledException,
)
from buyerline.sp_api.util.repeating import Exceptions, pauses

P = ParamSpec("P")
T = TypeVar("T")

Decorator: TypeAlias = Callable[[Callable[P, T]], Callable[P, T]]


def retry(
    exception_classes: Exceptions | None = None, tries: int = 10, delay: float = 5, rate: float = 1.3
) -> Decorator[P, T]:
    """Call again when one of `exception_classes` (any exception, where none are given) is raised.

    Args:
        exception_classes: what is caught.
        tries: calls at most.
        delay: seconds before the second call.
        rate: how many times longer each pause is than the one before.
    """
    caught = exception_classes or (Exception,)

    def decorator(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            for pause in pauses(tries, delay, rate):
                try:
                    return function(*args, **kwargs)
                except SellingApiOutcomeUnknownException:
                    raise
                except caught:
                    time.sleep(pause)
            return function(*args, **kwargs)

        return wrapper

    return decorator


def sp_retry(
    exception_classes: Exceptions = (), tries: int = 10, delay: float = 5, rate: float = 1.3
) -> Decorator[P, T]:
    """`retry` at every `SellingApiException`, and at `exception_classes`."""
    return retry((SellingApiException, *exception_classes), tries, delay, rate)


def throttle_retry(
    exception_classes: Exceptions = (), tries: int = 10, delay: float = 5, rate: float = 1.3
) -> Decorator[P, T]:
    """`retry` at a `SellingApiRequestThrottledException`, and at `exception_classes`."""
    return retry((SellingApiRequestThrottledException, *exception_classes), tries, delay, rate)
