"""Amazon's refusals: two families of error bodies, one constant or function for each.

Errors of the *gateway* in front of Amazon's services list ``message`` before ``code``, leave ``details`` out unless it
says something, and name their kind in ``x-amzn-ErrorType``. Errors of a *service* list ``code``, ``message`` and
``details``, which is often empty. Texts are the ones that sellers' developers posted in Amazon's public issue
trackers (amzn/selling-partner-api-docs and amzn/selling-partner-api-models); what has no public example says so.
"""

from buyerline.sandbox.wire import JSON, Answer

DENIED = "Access to requested resource is denied."


class Refusal(Exception):
    """Amazon says no. Carries everything its answer needs."""

    def __init__(
        self, status: int, code: str, message: str, details: str | None = "", *, error_type: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.error_type = error_type

    def answer(self, media_type: bytes = JSON) -> Answer:
        """The answer in the form of its family."""
        if self.error_type is None:
            error = {"code": self.code, "message": self.message, "details": self.details}
            return Answer.json(self.status, {"errors": [error]}, media_type)
        error = {"message": self.message, "code": self.code}
        if self.details:
            error["details"] = self.details
        answer = Answer.json(self.status, {"errors": [error]})
        answer.headers.append((b"x-amzn-ErrorType", self.error_type.encode("ascii")))
        return answer


def missing_authentication_token() -> Refusal:
    """No such path or method: the gateway takes it for a request to somewhere else."""
    return Refusal(403, "MissingAuthenticationToken", DENIED, None, error_type="MissingAuthenticationTokenException")


def token_missing() -> Refusal:
    """There is no x-amz-access-token header."""
    return _access_denied("Access token is missing in the request header.")


def token_invalid() -> Refusal:
    """The access token was never issued, or its authorisation was revoked."""
    return _access_denied("The access token you provided is revoked, malformed or invalid.")


def token_expired() -> Refusal:
    """The access token is older than an hour."""
    return _access_denied("The access token you provided has expired.")


def _access_denied(details: str) -> Refusal:
    return Refusal(403, "Unauthorized", DENIED, details, error_type="AccessDeniedException")


def access_denied() -> Refusal:
    """A role is missing, or the marketplace or resource is not this seller's."""
    return Refusal(403, "Unauthorized", DENIED)


def template_combination() -> Refusal:
    """The message type is not open for this order, or messaging is closed for it."""
    return Refusal(403, "Unauthorized", "Invalid amazonOrderId and template combination.")


def missing_parameters(*names: str) -> Refusal:
    """Query parameters that must be there are not."""
    listed = ", ".join(sorted(names))
    return Refusal(
        400,
        "InvalidInput",
        f"Missing or invalid request parameters: [{listed}]",
        None,
        error_type="BadRequestException",
    )


def wrong_marketplace() -> Refusal:
    """The marketplaceIds parameter was repeated, holds several ids, or no marketplace has this id."""
    return invalid("marketplaceIds: Missing or invalid request parameter: marketplaceId")


def form_with_query(target: str) -> Refusal:
    """A form-typed POST whose parameters are in the URL."""
    return Refusal(
        400,
        "InvalidInput",
        "When Content-Type:application/x-www-form-urlencoded, URL cannot include query-string parameters "
        f"(after '?'): '{target}'",
        None,
        error_type="BadRequestException",
    )


def invalid(message: str = "Invalid Input") -> Refusal:
    """A service does not take the input."""
    return Refusal(400, "InvalidInput", message)


def invalid_submission() -> Refusal:
    """The Orders API does not take a filter."""
    return invalid("The input you have submitted is not valid. Please check your input and try again.")


def no_static_case() -> Refusal:
    """An order of Amazon's static sandbox with arguments that match none of its cases."""
    return invalid("Could not match input arguments")


def not_found() -> Refusal:
    """The model documents 404 for a resource that does not exist; no posted example shows its body."""
    return Refusal(404, "NotFound", "The requested resource does not exist.")


def too_large() -> Refusal:
    """The model documents 413 for a body over the accepted size; no posted example shows its body."""
    return Refusal(413, "RequestTooLarge", "The request size exceeded the maximum accepted size.")


def unsupported_media_type() -> Refusal:
    """The model documents 415 for a body in another format; no posted example shows its body."""
    return Refusal(415, "UnsupportedMediaType", "The request payload is in an unsupported format.")


def quota_exceeded() -> Refusal:
    """The bucket of this operation is empty."""
    return Refusal(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


def internal_failure() -> Refusal:
    """Amazon's own fault."""
    return Refusal(500, "InternalFailure", "We encountered an internal error. Please try again.")


def broken_request() -> Answer:
    """A request that breaks RFC 7230 is answered with a web page instead of JSON (Amazon's changelog, 2023-06-05)."""
    return html_page(400, "400 Bad Request")


def html_page(status: int, title: str) -> Answer:
    """The page of a proxy in between: no Amazon error, no JSON."""
    page = f"<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n</body>\n</html>\n"
    return Answer(status, page.encode("ascii"), b"text/html")
