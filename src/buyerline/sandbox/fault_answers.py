"""What a ``status`` or ``html`` fault answers: the error that the asked service gives with this status."""

from http import HTTPStatus

from buyerline.sandbox import errors
from buyerline.sandbox.errors import Refusal
from buyerline.sandbox.faults import Fault
from buyerline.sandbox.login import LoginError
from buyerline.sandbox.s3 import StorageError
from buyerline.sandbox.wire import Answer


def fault_answer(fault: Fault, service: str) -> Answer:
    """The answer of a ``status`` or ``html`` fault on a request to ``lwa``, ``s3`` or (``""``) the API."""
    status = fault.status_to_answer
    if fault.kind == "html":
        return errors.html_page(status, f"{status} {_phrase(status)}")
    if service == "lwa":
        return _login_error(status)
    if service == "s3":
        return _storage_error(status)
    return _api_error(status)


# The two faults of the gateway itself that were seen have no list of errors: an outage of Amazon's own signing, which
# passed by itself within half an hour, and a timeout after about thirty seconds.
_GATEWAY_FAULTS = {
    403: ("The security token included in the request is expired", b"ExpiredTokenException"),
    504: ("Endpoint request timed out", b"InternalServerErrorException"),
}


def _api_error(status: int) -> Answer:
    if status in _GATEWAY_FAULTS:
        message, error_type = _GATEWAY_FAULTS[status]
        answer = Answer.json(status, {"message": message})
        answer.headers.append((b"x-amzn-ErrorType", error_type))
        return answer
    refusals = {
        400: errors.invalid(),
        404: errors.not_found(),
        413: errors.too_large(),
        415: errors.unsupported_media_type(),
        429: errors.quota_exceeded(),
        500: errors.internal_failure(),
        503: Refusal(503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again later."),
    }
    refusal = refusals.get(status) or Refusal(status, _code(status), _phrase(status))
    return refusal.answer()


def _login_error(status: int) -> Answer:
    known = {
        400: ("invalid_grant", "The request has an invalid grant parameter : refresh_token"),
        401: ("invalid_client", "Client authentication failed"),
        429: ("slow_down", "The request was throttled"),
        503: ("temporarily_unavailable", "The service is temporarily unavailable"),
    }
    error, description = known.get(status, ("server_error", "The server had an unexpected error"))
    return LoginError(status, error, description).answer()


def _storage_error(status: int) -> Answer:
    known = {
        403: ("AccessDenied", "Request has expired"),
        500: ("InternalError", "We encountered an internal error. Please try again."),
        503: ("SlowDown", "Please reduce your request rate."),
    }
    code, message = known.get(status, (_code(status), _phrase(status)))
    return StorageError(status, code, message).answer("SANDBOXFAULT0000", "c2FuZGJveA==")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _code(status: int) -> str:
    return _phrase(status).replace(" ", "")
