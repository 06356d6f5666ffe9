"""From the SDK's flows to what callers of the drop-in get: an `ApiResponse`, or one of its exceptions."""

from typing import Any

import msgspec

from buyerline.amazon import errors
from buyerline.amazon.flow import Effect, Flow, HttpRequest, HttpResponse
from buyerline.amazon.operations import json_object, unreadable
from buyerline.amazon.session import Receipt
from buyerline.sp_api.auth.exceptions import AuthorizationError
from buyerline.sp_api.base.api_response import ApiResponse
from buyerline.sp_api.base.exceptions import (
    SellingApiBadRequestException,
    SellingApiException,
    SellingApiNoAnswerException,
    SellingApiOutcomeUnknownException,
    SellingApiRequestThrottledException,
    get_exception_for_code,
)


class _LastExchange:
    """The last exchange of a flow, noted in passing: the SDK's types and errors keep no bodies and no headers."""

    def __init__(self) -> None:
        self.request: HttpRequest | None = None
        self.response: HttpResponse | None = None

    def noting(self, flow: Flow[Any]) -> Flow[Any]:
        """`flow`, every effect and result handed on as it is."""
        try:
            effect: Effect = next(flow)
            while True:
                if isinstance(effect, HttpRequest):
                    self.request, self.response = effect, None
                try:
                    result = yield effect
                except (errors.TransportError, OSError) as error:
                    effect = flow.throw(error)
                    continue
                if isinstance(result, HttpResponse):
                    self.response = result
                effect = flow.send(result)
        except StopIteration as done:
            return done.value
        finally:
            flow.close()


def answered(flow: Flow[Any]) -> Flow[ApiResponse]:
    """Run a flow of the SDK; its last answer is the caller's.

    Raises:
        SellingApiException, AuthorizationError: the SDK's error in the drop-in's words.
    """
    last = _LastExchange()
    try:
        result = yield from last.noting(flow)
        answer = _decoded(last)
    except errors.BuyerlineError as error:
        told = in_old_words(error, last.response)
        if error.hint:
            told.add_note(error.hint)
        raise told from error
    response = ApiResponse(**{**answer, "headers": last.response.headers if last.response else None})
    if response.errors and last.response and not isinstance(result, Receipt):
        # A message that Amazon took stays taken, whatever else its answer says.
        raise get_exception_for_code(last.response.status)(response.errors, last.response.headers)
    return response


def _decoded(last: _LastExchange) -> dict[str, Any]:
    if last.response is None or last.request is None:
        return {}
    try:
        return json_object(last.response.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise unreadable(last.response, operation=last.request.operation, host=last.request.host) from None


def in_old_words(error: errors.BuyerlineError, response: HttpResponse | None) -> Exception:
    """The drop-in's exception for an error of the SDK; `response` is the answer that it is about, if there was one."""
    headers = response.headers if response else None
    if isinstance(error, errors.AmazonError) and error.operation == "lwa":
        failure = _json(response)
        return AuthorizationError(failure.get("error"), failure.get("error_description"), error.status)
    if isinstance(error, errors.AmazonError):
        listed = _json(response).get("errors")
        known = listed if isinstance(listed, list) and all(isinstance(part, dict) for part in listed) else None
        return get_exception_for_code(error.status)(known or [_of_amazon(error)], headers)
    told = {"code": error.code, "message": error.message, "details": error.hint}
    return _kind_beside_amazons(error)([told], headers)


def _kind_beside_amazons(error: errors.BuyerlineError) -> type[SellingApiException]:
    if isinstance(error, errors.OutcomeUnknown):
        return SellingApiOutcomeUnknownException
    if isinstance(error, errors.TransportError):
        return SellingApiNoAnswerException
    if isinstance(error, errors.NotNow):
        return SellingApiRequestThrottledException
    return SellingApiBadRequestException


def _of_amazon(error: errors.AmazonError) -> dict[str, str]:
    return {"code": error.amazon_code, "message": error.amazon_message, "details": error.details}


def _json(response: HttpResponse | None) -> dict[str, Any]:
    try:
        return json_object(response.body) if response else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
