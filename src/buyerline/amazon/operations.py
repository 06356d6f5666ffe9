"""Operations as data: what to ask, within which usage plan, and how to read the answer.

An operation knows no connection, token or clock. `request` builds the path and body of one call, `read` turns a
good answer into its type, `refusal` turns any other answer into the error it means.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote

import msgspec

from buyerline.amazon import errors
from buyerline.amazon.flow import HttpResponse

T = TypeVar("T")

UNREADABLE = (msgspec.DecodeError, ValueError, TypeError, RecursionError)
"""What decoding bytes from outside can raise, whatever the bytes are."""

QueryValue: TypeAlias = "str | int | Sequence[str] | None"


@dataclass(frozen=True, slots=True)
class UsagePlan:
    """How often an operation may be called: ``rate`` calls per second on average, ``burst`` calls at once."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One operation of the Selling Partner API.

    ``id`` is Amazon's operationId, ``path`` has ``{placeholders}``, ``decode`` turns the answer's bytes into its
    type, ``repeatable`` says that doing it twice is the same as once (reads, upload destinations).
    """

    id: str
    method: str
    path: str
    plan: UsagePlan
    decode: Callable[[bytes], T]
    repeatable: bool = True

    def target(self, path: Mapping[str, str], query: Mapping[str, QueryValue]) -> str:
        """The path and query of one call, percent-encoded (RFC 3986), lists joined by commas.

        Slashes stay in the value of ``{resource}`` and are encoded everywhere else.
        """
        target = self.path
        for name, value in path.items():
            target = target.replace(f"{{{name}}}", quote(value, safe="/" if name == "resource" else ""))
        pairs = [f"{name}={_encoded(value)}" for name, value in query.items() if value is not None]
        return f"{target}?{'&'.join(pairs)}" if pairs else target

    def read(self, response: HttpResponse, host: str) -> T:
        """The answer, from a 2xx response.

        Raises:
            UnreadableAnswer: the body is not what this operation answers, an HTML page for example.
        """
        try:
            return self.decode(response.body)
        except UNREADABLE:
            raise unreadable(response, operation=self.id, host=host) from None


def _encoded(value: QueryValue) -> str:
    if isinstance(value, str):
        return quote(value, safe="-._~:")
    if isinstance(value, int):
        return str(value)
    return ",".join(quote(part, safe="-._~:") for part in value or ())


class _ErrorBody(msgspec.Struct):
    code: Any = ""
    message: Any = ""
    details: Any = ""


class _ErrorAnswer(msgspec.Struct):
    """Both families of SP-API errors, and the bare ``{"message": ...}`` of a gateway timeout."""

    errors: list[_ErrorBody] | None = None
    message: Any = ""


_decode_errors = msgspec.json.Decoder(_ErrorAnswer, strict=False).decode


def unreadable(response: HttpResponse, *, operation: str, host: str) -> errors.UnreadableAnswer:
    """The error for an answer that is not JSON of the expected shape. Describes the body, never quotes it."""
    return errors.UnreadableAnswer(
        f"{host} answered {response.status} with {describe(response)} instead of Amazon's JSON.",
        operation=operation,
        host=host,
        status=response.status,
        request_id=response.header("x-amzn-requestid"),
        hint="Something between this machine and Amazon (a proxy, a firewall, a sign-in page) may be answering.",
    )


def describe(response: HttpResponse) -> str:
    """What kind of body an answer has, in words: an HTML page, an empty body, 120 bytes of text/plain."""
    kind = (response.header("content-type") or "").split(";")[0].strip().lower()
    if kind == "text/html" or response.body[:200].lstrip()[:1] == b"<":
        return "an HTML page"
    if not response.body:
        return "an empty body"
    return f"{len(response.body)} bytes of {kind[:60] or 'no stated type'}"


def refusal(response: HttpResponse, *, operation: str, host: str) -> errors.AmazonError | errors.UnreadableAnswer:
    """The error that a response other than 2xx means: status first, then JSON, then words about the body."""
    code, message, details = _said(response)
    status = response.status
    if not 400 <= status < 600:
        return unreadable(response, operation=operation, host=host)
    error, hint = _error_class(status, code, message, details)
    return error(
        operation=operation,
        status=status,
        amazon_code=code,
        amazon_message=message,
        details=details,
        request_id=response.header("x-amzn-requestid"),
        hint=hint,
    )


def _said(response: HttpResponse) -> tuple[str, str, str]:
    """Code, message and details of an error answer, whatever of them is missing or of another type."""
    try:
        answer = _decode_errors(response.body)
    except UNREADABLE:
        return "", f"({describe(response)} instead of JSON)", ""
    body = answer.errors[0] if answer.errors else _ErrorBody(message=answer.message)
    return _words(body.code), _words(body.message), _words(body.details)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)[:500]


_BY_STATUS: dict[int, type[errors.AmazonError]] = {
    400: errors.InvalidRequest,
    404: errors.NotFound,
    413: errors.RequestTooLarge,
    415: errors.WrongContentType,
    429: errors.Throttled,
}


def _error_class(status: int, code: str, message: str, details: str) -> tuple[type[errors.AmazonError], str | None]:
    """The class and, where the class's own words do not fit, the hint of an error.

    Amazon answers 403 for three different things; the text tells them apart (seen in the field, no document
    lists them).
    """
    if status >= 500:
        return errors.AmazonUnavailable, None
    if status not in {401, 403}:
        return _BY_STATUS.get(status, errors.AmazonError), None
    if "template combination" in message:
        return errors.TypeNotAvailable, None
    if "access token you provided" in details:
        return errors.TokenRejected, None
    if "security token included in the request is expired" in message:
        return errors.DeniedForNow, None
    if code == "MissingAuthenticationToken":
        return (
            errors.AccessDenied,
            "Amazon knows no such path: check the endpoint (BUYERLINE_ENDPOINT) and region.",
        )
    if not code:
        return errors.AccessDenied, "Something between this machine and Amazon may have refused the request."
    return errors.AccessDenied, None


def json_object(body: bytes) -> dict[str, Any]:
    """Decode a body that must be a JSON object; an empty body counts as an empty object."""
    return _decode_object(body) if body else {}


_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
