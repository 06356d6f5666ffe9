"""Everything that can go wrong between us and Amazon, one family.

    BuyerlineError
      ConfigurationError         something here has to be set right first
        UnknownMarketplace
        CredentialsMissing
      DraftRefused               a check refused the draft; nothing was sent
      NotNow                     the usage plan has no place now and waiting was not wanted
      OutcomeUnknown             a message was posted and nobody can say whether Amazon took it
      TransportError             no usable answer came back
        NotConnected             no connection was made, nothing was transmitted
        ConnectionLost           the connection ended before the whole answer was here
        TimedOut                 no answer within the time allowed
        UnreadableAnswer         an answer came and it is not what the operation answers
      AmazonError                Amazon answered, and the answer is no
        InvalidRequest           400
        AccessDenied             403, this account or application may not
          TokenRejected          403, the access token is missing, expired, revoked or malformed
          DeniedForNow           403, Amazon's gateway takes no tokens for a while
          TypeNotAvailable       403, the order does not take this message type now
        NotFound                 404
        RequestTooLarge          413
        WrongContentType         415
        Throttled                429
        AmazonUnavailable        5xx
        UploadFailed             the file store (S3) refused the file
        LoginError               Login with Amazon refused the credentials
          GrantInvalid           invalid_grant: the refresh token or code is not, or no longer, valid
          ClientInvalid          invalid_client: the application's id or secret is wrong or too old
          ClientUnauthorized     unauthorized_client: token and application do not belong together

No error text ever holds a token, a secret, a message's text or an answer's body: see `redact`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

A = TypeVar("A", bound="AmazonError")

_SECRETS = re.compile(
    r"At[a-z]{1,2}(?:\.[a-z]+)?\|[^\s\"'&,}<]+|amzn1\.oa2-cs\.[^\s\"'&,}<]+"
    r"|(?i:(client_secret|refresh_token|access_token|X-Amz-Signature|X-Amz-Credential)=)[^\s\"'&,}<]+"
)


def redact(text: str) -> str:
    """`text` with everything that looks like a token, a secret or a signature replaced by ``[redacted]``."""
    return _SECRETS.sub("[redacted]", text)


class BuyerlineError(Exception):
    """The base of the family.

    Attributes:
        code: a stable name of what went wrong, for programs (``"type_not_available"``).
        hint: what the caller can do about it, one sentence, or empty.
        permanent: true when the same call must not simply be made again: it cannot succeed before something is
            changed, or nobody knows whether it already did.
    """

    code = "error"
    permanent = True

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        self.message = redact(message)
        self.hint = hint
        if code is not None:
            self.code = code
        stop = "" if not hint or self.message.endswith((".", "?", "!", ":")) else "."
        super().__init__(f"{self.message}{stop} {hint}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_again, (type(self), self.args, self.__dict__)


def _made_again(kind: type[BuyerlineError], args: tuple[Any, ...], state: dict[str, Any]) -> BuyerlineError:
    """An error that crossed to another process, or was copied: everything it carried, nothing asked again."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(BuyerlineError):
    """Something on this side has to be set right before Amazon can be asked."""

    code = "configuration"


class UnknownMarketplace(ConfigurationError):
    """No marketplace has that country code or id."""

    code = "unknown_marketplace"

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        super().__init__(
            f"marketplace: Amazon has no marketplace {name[:40]!r} in this API.",
            hint=f"Known: {', '.join(known)}.",
        )


class CredentialsMissing(ConfigurationError):
    """Credentials were found in none of the places looked in.

    Attributes:
        looked_in: a sentence for each place, in the order tried.
    """

    code = "credentials_missing"

    def __init__(self, account: str, looked_in: Sequence[str]) -> None:
        self.looked_in = tuple(looked_in)
        places = "".join(f"\n  {number}. {place}" for number, place in enumerate(looked_in, 1))
        super().__init__(f"credentials: none found for account {account!r}. Looked in:{places}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that a draft breaks.

    ``code`` is stable (``"text_too_long"``), ``field`` names the part of the draft (``"text"``,
    ``"attachments[0].file_name"``), ``message`` is for the seller: what is wrong and what to do. Where the
    problem is a stretch of the text, ``start`` and ``end`` are its code-point offsets (``text[start:end]``), and
    ``also`` has those of the other places that break the same rule, in their order.
    """

    code: str
    field: str
    message: str
    start: int | None = None
    end: int | None = None
    also: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class DraftRefused(BuyerlineError):
    """One or more checks refused the draft; nothing was sent.

    Attributes:
        problems: every rule the draft breaks.
    """

    code = "draft_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems), code=problems[0].code)


class NotNow(BuyerlineError):
    """The usage plan has no place for this call now, and waiting that long was not wanted. Nothing was sent.

    Attributes:
        operation: Amazon's operation id.
        wait: seconds until there is a place.
    """

    code = "not_now"
    permanent = False

    def __init__(self, operation: str, wait: float) -> None:
        self.operation = operation
        self.wait = wait
        super().__init__(
            f"{operation}: the usage plan has no place for another {wait:.1f} s.",
            hint="Call again after that time, or let the client wait (max_wait).",
        )


class TransportError(BuyerlineError):
    """No usable answer came back.

    Attributes:
        operation: Amazon's operation id, ``"lwa"`` for the token service or ``"s3"`` for the file store.
        host: the host that was asked.
    """

    code = "transport"
    permanent = False

    def __init__(self, message: str, *, operation: str, host: str, hint: str = "") -> None:
        self.operation = operation
        self.host = host
        super().__init__(f"{operation}: {message}", hint=hint)


class NotConnected(TransportError):
    """No connection was made, so nothing was transmitted."""

    code = "not_connected"


class ConnectionLost(TransportError):
    """The connection ended before the whole answer was here; whether the request was carried out is not known."""

    code = "connection_lost"


class TimedOut(TransportError):
    """No answer came within the time allowed; whether the request was carried out is not known."""

    code = "timed_out"


class UnreadableAnswer(TransportError):
    """An answer came, and it is not what the operation answers (a proxy's page, half an answer, other JSON).

    Attributes:
        status: the HTTP status that came with it.
        request_id: ``x-amzn-RequestId``, where the answer had one.
    """

    code = "unreadable_answer"

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        host: str,
        status: int,
        request_id: str | None = None,
        hint: str = "",
    ) -> None:
        self.status = status
        self.request_id = request_id
        super().__init__(message, operation=operation, host=host, hint=hint)


class AmazonError(BuyerlineError):
    """Amazon answered, and the answer is no.

    Attributes:
        status: the HTTP status.
        amazon_code: Amazon's error code (``"InvalidInput"``), or ``""`` where the answer had none.
        amazon_message: Amazon's words.
        details: Amazon's further words, often ``""``.
        request_id: what Amazon's support asks for (``x-amzn-RequestId``), or ``None``.
        operation: Amazon's operation id, ``"lwa"`` or ``"s3"``.
    """

    code = "amazon"
    default_hint = ""

    def __init__(
        self,
        *,
        operation: str,
        status: int,
        amazon_code: str = "",
        amazon_message: str = "",
        details: str = "",
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.operation = operation
        self.status = status
        self.amazon_code = amazon_code
        self.amazon_message = redact(amazon_message)
        self.details = redact(details)
        self.request_id = request_id
        words = " ".join(part for part in (self.amazon_message, self.details) if part) or "no reason given."
        named = f" {amazon_code}" if amazon_code else ""
        traced = f" (request {request_id})" if request_id else ""
        super().__init__(
            f"{operation}: Amazon answered {status}{named}{traced}: {words}",
            hint=self.default_hint if hint is None else hint,
        )

    def told_as(self, kind: type[A], hint: str) -> A:
        """The same answer as an error of `kind`, with other advice."""
        return kind(
            operation=self.operation,
            status=self.status,
            amazon_code=self.amazon_code,
            amazon_message=self.amazon_message,
            details=self.details,
            request_id=self.request_id,
            hint=hint,
        )


class InvalidRequest(AmazonError):
    """400: Amazon could not make sense of the request, or a value in it is not allowed."""

    code = "invalid_request"


class AccessDenied(AmazonError):
    """403: this application or this account may not do that."""

    code = "access_denied"
    default_hint = (
        "Check that the account granted the application the role for this operation (Buyer Communication for "
        "messages, Product Listing for attachments) and belongs to this marketplace's region; `buyerline doctor` "
        "tells which."
    )


class TokenRejected(AccessDenied):
    """403: the access token is missing, expired, revoked or malformed, and a renewed one was no better."""

    code = "token_rejected"
    default_hint = "Ask the seller to authorise the application again, then store the new refresh token."


class DeniedForNow(AccessDenied):
    """403: Amazon's gateway takes nobody's token for a while. Nothing was carried out."""

    code = "denied_for_now"
    permanent = False
    default_hint = "This is a fault on Amazon's side that has cleared by itself before; try later."


class TypeNotAvailable(AccessDenied):
    """403: the order does not take this message type now. Not an authorisation problem."""

    code = "type_not_available"
    default_hint = "Ask again which types the order takes (get_actions): it changes with the order's state."


class NotFound(AmazonError):
    """404: there is no such thing."""

    code = "not_found"


class RequestTooLarge(AmazonError):
    """413: the request is larger than Amazon takes."""

    code = "request_too_large"


class WrongContentType(AmazonError):
    """415: Amazon does not take this content type here."""

    code = "wrong_content_type"


class Throttled(AmazonError):
    """429: the usage plan's bucket is empty; nothing was carried out."""

    code = "throttled"
    permanent = False
    default_hint = "Try again later; another program may be using the same account and application."


class AmazonUnavailable(AmazonError):
    """5xx: Amazon has a fault of its own."""

    code = "amazon_unavailable"
    permanent = False
    default_hint = "Try again later."


class UploadFailed(AmazonError):
    """The file store (S3) refused the file.

    Attributes:
        file_name: the attachment that was refused.
        expired: whether the destination had run out, so that a new one would do.
    """

    code = "upload_failed"

    def __init__(
        self, *, file_name: str, status: int, amazon_code: str, amazon_message: str, request_id: str | None
    ) -> None:
        self.file_name = file_name
        self.expired = amazon_code == "AccessDenied" and "expired" in amazon_message
        super().__init__(
            operation="s3",
            status=status,
            amazon_code=amazon_code,
            amazon_message=amazon_message,
            request_id=request_id,
            hint="Send again: a new destination is made each time." if self.expired else "",
        )


class LoginError(AmazonError):
    """Login with Amazon refused the credentials."""

    code = "login"


class GrantInvalid(LoginError):
    """invalid_grant: the refresh token or authorisation code is wrong, revoked or too old."""

    code = "invalid_grant"
    default_hint = (
        "The seller may have revoked the authorisation: let them authorise the application again and store the "
        "new refresh token. An authorisation code is good for 5 minutes and one use."
    )


class ClientInvalid(LoginError):
    """invalid_client: the application's client id or client secret is wrong or has run out."""

    code = "invalid_client"
    default_hint = (
        "Check the client id (amzn1.application-oa2-client...) and client secret in Amazon's developer console; "
        "a secret must be rotated every 180 days and stops working when it is not."
    )


class ClientUnauthorized(LoginError):
    """unauthorized_client: the refresh token was granted to another application."""

    code = "unauthorized_client"
    default_hint = "Use the client id and secret of the application that the seller authorised with this refresh token."


class OutcomeUnknown(BuyerlineError):
    """A message was posted and nobody can say whether Amazon took it. It is never sent again by itself.

    Attributes:
        order_id, type, marketplace_id, operation: what was posted.
        posted_at: when it was handed to the network, in UTC.
        status: the HTTP status of the answer, or ``None`` when there was none.
        request_id: Amazon's request id, where an answer carried one.
        cause: the failure that made the outcome unknown (also ``__cause__``).
    """

    code = "outcome_unknown"

    def __init__(
        self,
        *,
        order_id: str,
        type: str,  # noqa: A002 - the field's own word
        marketplace_id: str,
        operation: str,
        posted_at: datetime,
        cause: BuyerlineError,
    ) -> None:
        self.order_id = order_id
        self.type = type
        self.marketplace_id = marketplace_id
        self.operation = operation
        self.posted_at = posted_at
        self.cause = cause
        self.status: int | None = getattr(cause, "status", None)
        self.request_id: str | None = getattr(cause, "request_id", None)
        super().__init__(
            f"Whether Amazon took the {type} message for order {order_id} is not known: {cause.message}",
            hint="Look in Seller Central > Messages > Sent before sending it again.",
        )
