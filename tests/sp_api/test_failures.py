"""What is raised, what it tells, and what the retry decorators do about it."""

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from buyerline import OutcomeUnknown
from buyerline.amazon.login import TokenStore
from buyerline.sandbox import GUIDE_ORDER as ORDER
from buyerline.sp_api import util
from buyerline.sp_api.api import Messaging
from buyerline.sp_api.asyncio import util as async_util
from buyerline.sp_api.asyncio.api import Messaging as AsyncMessaging
from buyerline.sp_api.base import (
    SellingApiBadRequestException,
    SellingApiException,
    SellingApiForbiddenException,
    SellingApiOutcomeUnknownException,
    SellingApiRequestThrottledException,
    SellingApiServerException,
)
from buyerline.testing.views import FaultKind
from tests.running import Amazon
from tests.sp_api.conftest import Make
from tests.sp_api.sides import CREDENTIALS

TEXT = {"text": "Please confirm the colour of the item that you ordered."}
POST = "createConfirmOrderDetails"


def test_an_exception_tells_what_amazon_said_and_what_to_do(make: Make, amazon: Amazon) -> None:
    order_id = amazon.order(closed=True)
    with pytest.raises(SellingApiForbiddenException) as refused:
        make(Messaging).create_confirm_order_details(order_id, body=TEXT)
    error = refused.value
    assert error.message == "Invalid amazonOrderId and template combination."
    assert error.error == [{"code": "Unauthorized", "message": error.message, "details": ""}]
    assert error.headers["X-AMZN-REQUESTID"]
    shown = "".join(traceback.format_exception(error))
    assert "Ask again which types the order takes" in shown
    assert TEXT["text"] not in shown


def test_no_exception_shows_a_token() -> None:
    told = [{"code": "Unauthorized", "message": "Atza|secret is no token", "details": "client_secret=hush"}]
    error = SellingApiForbiddenException(told)
    assert "secret is" not in f"{error} {error.error} {error.message}"
    assert "hush" not in f"{error}"


@pytest.mark.parametrize("kind", ["reset_after", "half_answer", "hang_after"])
def test_a_message_that_may_be_with_the_buyer_is_told_as_such(kind: FaultKind, make: Make, amazon: Amazon) -> None:
    amazon.fault(POST, kind)
    with pytest.raises(SellingApiException) as unknown:
        make(Messaging, timeout=1).create_confirm_order_details(ORDER, body=TEXT)
    assert type(unknown.value) is SellingApiOutcomeUnknownException
    assert "is not known" in str(unknown.value)
    assert isinstance(unknown.value.__cause__, OutcomeUnknown)
    assert len(amazon.ledger()) == 1


def test_a_marketplace_of_another_region_is_refused_before_it_leaves(make: Make, amazon: Amazon) -> None:
    with pytest.raises(SellingApiBadRequestException, match="JP is in"):
        make(Messaging).create_confirm_order_details(ORDER, body=TEXT, marketplaceIds="JP")
    assert amazon.counts(POST) == {}


class Flaky:
    """Fails with the exceptions given, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"

    async def awaited(self) -> str:
        return self()


def blocking(decorator: str, function: Flaky, **settings: Any) -> Any:
    return getattr(util, decorator)(delay=0, **settings)(function.__call__)()


def awaited(decorator: str, function: Flaky, **settings: Any) -> Any:
    return asyncio.run(getattr(async_util, decorator)(delay=0, **settings)(function.awaited)())


both = pytest.mark.parametrize("call", [blocking, awaited])
Call = Callable[..., Any]
THROTTLED = SellingApiRequestThrottledException([])
DOWN = SellingApiServerException([])
UNKNOWN = SellingApiOutcomeUnknownException([])


@both
@pytest.mark.parametrize(
    ("decorator", "failure"), [("retry", KeyError()), ("sp_retry", DOWN), ("throttle_retry", THROTTLED)]
)
def test_what_a_decorator_is_for_is_called_again(call: Call, decorator: str, failure: Exception) -> None:
    function = Flaky(failure, failure)
    assert call(decorator, function) == "answer"
    assert function.calls == 3


@both
@pytest.mark.parametrize(
    ("decorator", "failure"),
    [("sp_retry", KeyError()), ("throttle_retry", DOWN), ("retry", UNKNOWN), ("sp_retry", UNKNOWN)],
)
def test_anything_else_is_raised_at_once(call: Call, decorator: str, failure: Exception) -> None:
    function = Flaky(failure)
    with pytest.raises(type(failure)):
        call(decorator, function)
    assert function.calls == 1


@both
def test_the_tries_are_counted_and_more_may_be_caught(call: Call) -> None:
    function = Flaky(*[KeyError()] * 9)
    with pytest.raises(KeyError):
        call("sp_retry", function, exception_classes=(KeyError,), tries=4)
    assert function.calls == 4


@pytest.mark.parametrize("decorator", ["retry", "sp_retry"])
def test_no_decorator_sends_a_message_twice(decorator: str, make: Make, amazon: Amazon) -> None:
    amazon.fault(POST, "reset_after")
    send = getattr(util, decorator)(tries=3, delay=0)(make(Messaging).create_confirm_order_details)
    with pytest.raises(SellingApiOutcomeUnknownException):
        send(ORDER, body=TEXT)
    assert amazon.counts(POST) == {"0": 1}
    assert len(amazon.ledger()) == 1


def test_a_message_that_was_throttled_is_sent_later_once(make: Make, amazon: Amazon) -> None:
    amazon.fault(POST, "status", status=429)
    make(Messaging).create_confirm_order_details(ORDER, body=TEXT)
    assert amazon.counts(POST) == {"201": 1, "429": 1}
    assert len(amazon.ledger()) == 1


def test_an_awaited_call_that_is_given_up_leaves_the_client_usable(amazon: Amazon) -> None:
    async def give_up() -> Any:
        async with AsyncMessaging(
            credentials=CREDENTIALS, options={"endpoint": amazon.url, "tokens": TokenStore()}
        ) as messaging:
            amazon.fault("GetAttributes", "hang_after")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(messaging.get_attributes(ORDER), 0.3)
            return (await messaging.get_attributes(ORDER)).buyer

    assert asyncio.run(give_up()) == {"locale": "en-US"}
