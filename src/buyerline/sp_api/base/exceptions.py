"""The drop-in's exceptions: python-amazon-sp-api's classes and codes, chosen by the HTTP status.

    SellingApiException                           any other status
      SellingApiBadRequestException               400, and what was refused before it left
      SellingApiForbiddenException                403
      SellingApiNotFoundException                 404
      SellingApiStateConflictException            409
      SellingApiTooLargeException                 413
      SellingApiUnsupportedFormatException        415
      SellingApiRequestThrottledException         429
      SellingApiServerException                   500
      SellingApiTemporarilyUnavailableException   503
      SellingApiGatewayTimeoutException           504
      SellingApiNoAnswerException                 no usable answer came (buyerline's own)
      SellingApiOutcomeUnknownException           nobody can say whether a message was taken (buyerline's own)

Refused credentials raise `buyerline.sp_api.auth.AuthorizationError`, missing ones
`buyerline.sp_api.base.MissingCredentials`. buyerline's own error, with what to do next, is each one's ``__cause__``.
No text holds a token or a secret.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from buyerline.amazon.errors import redact


class SellingApiException(Exception):
    """Amazon said no, or nothing usable.

    Attributes:
        code: the HTTP status that the class stands for, 999 where it stands for none.
        message, amzn_code: Amazon's words and error code, of the first error; ``None`` where there is none.
        error: Amazon's errors, dicts with ``code``, ``message`` and often ``details``.
        headers: those of the answer, found in any case; empty where there was no answer.
    """

    code = 999

    def __init__(self, error: Sequence[Mapping[str, Any]], headers: Mapping[str, str] | None = None) -> None:
        self.error = [{name: _safe(value) for name, value in part.items()} for part in error]
        first = self.error[0] if self.error else {}
        self.message = first.get("message")
        self.amzn_code = first.get("code")
        self.headers = headers if headers is not None else {}
        super().__init__(self.error)


def _safe(value: Any) -> Any:
    return redact(value) if isinstance(value, str) else value


class SellingApiBadRequestException(SellingApiException):
    """400: the request has missing or invalid parameters."""

    code = 400


class SellingApiForbiddenException(SellingApiException):
    """403: access denied, or the order does not take this message type now."""

    code = 403


class SellingApiNotFoundException(SellingApiException):
    """404: there is no such thing."""

    code = 404


class SellingApiStateConflictException(SellingApiException):
    """409: it conflicts with the state that things are in."""

    code = 409


class SellingApiTooLargeException(SellingApiException):
    """413: the request is larger than Amazon takes."""

    code = 413


class SellingApiUnsupportedFormatException(SellingApiException):
    """415: Amazon does not take this content type here."""

    code = 415


class SellingApiRequestThrottledException(SellingApiException):
    """429: too many requests, also after waiting and repeating."""

    code = 429


class SellingApiServerException(SellingApiException):
    """500: Amazon has a fault of its own."""

    code = 500


class SellingApiTemporarilyUnavailableException(SellingApiException):
    """503: Amazon is overloaded or being maintained."""

    code = 503


class SellingApiGatewayTimeoutException(SellingApiException):
    """504: Amazon's gateway got no answer in time."""

    code = 504


class SellingApiNoAnswerException(SellingApiException):
    """No usable answer came: no connection, a timeout, a page of something in between. Nothing was sent twice."""


class SellingApiOutcomeUnknownException(SellingApiException):
    """A message was posted and nobody can say whether Amazon took it.

    It may be with the buyer: no retry decorator sends it again, and neither should a program. ``__cause__`` is the
    `buyerline.OutcomeUnknown` with order, type and what happened.
    """


_BY_CODE: Mapping[int, type[SellingApiException]] = {
    kind.code: kind for kind in SellingApiException.__subclasses__() if kind.code != SellingApiException.code
}


def get_exception_for_code(code: int) -> type[SellingApiException]:
    """The class that stands for an HTTP status."""
    return _BY_CODE.get(code, SellingApiException)
