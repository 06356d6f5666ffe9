"""One family of errors, which says what to do and gives nothing away."""

import copy
import inspect
import pickle
from datetime import UTC, datetime

import pytest

from buyerline.amazon import errors
from buyerline.amazon.errors import BuyerlineError, redact
from buyerline.amazon.flow import HttpResponse
from buyerline.amazon.operations import refusal

FAMILY = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, Exception)]


@pytest.mark.parametrize("error", FAMILY)
def test_every_error_is_of_the_family_documented_and_in_the_tree(error: type[Exception]) -> None:
    assert issubclass(error, BuyerlineError)
    assert error.__doc__
    assert error.__name__ in (errors.__doc__ or "")


def test_every_error_has_a_stable_code_of_its_own() -> None:
    codes = [error.code for error in FAMILY if issubclass(error, BuyerlineError)]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    "secret",
    [
        "Atza|IwEBIJ-token_here.x",
        "Atzr|IwEBIO",
        "Atc|code123",
        "Atz.sprdt|abcdef",
        "amzn1.oa2-cs.v1.abcdef",
        "client_secret=abc",
        "refresh_token=abc&x",
        "https://s3.amazonaws.com/b/k?X-Amz-Signature=deadbeef&X-Amz-Credential=AKIA%2Fx",
    ],
)
def test_what_looks_like_a_secret_never_shows(secret: str) -> None:
    shown = str(errors.InvalidRequest(operation="x", status=400, amazon_message=f"bad {secret} here", details=secret))
    assert "[redacted]" in redact(secret)
    for part in ("IwEBI", "code123", "abcdef", "=abc", "deadbeef", "AKIA"):
        assert part not in shown


def answer(status: int, body: bytes, content_type: str = "application/json") -> HttpResponse:
    headers = {"content-type": content_type, "x-amzn-requestid": "r-1"}
    return HttpResponse(status, lambda name: headers.get(name.lower()), body)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, b'{"errors":[{"code":"InvalidInput","message":"Invalid Input","details":""}]}', errors.InvalidRequest),
        (403, b'{"errors":[{"message":"Access to requested resource is denied.","code":"Unauthorized"}]}',
         errors.AccessDenied),
        (403, (b'{"errors":[{"code":"Unauthorized","message":"Invalid amazonOrderId and template combination.",'
         b'"details":""}]}'), errors.TypeNotAvailable),
        (403, (b'{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.",'
         b'"details":"The access token you provided has expired."}]}'), errors.TokenRejected),
        (403, b'{"errors":[{"code":"MissingAuthenticationToken","message":"Access to requested resource is denied."}]}',
         errors.AccessDenied),
        (404, b"{}", errors.NotFound),
        (413, b"", errors.RequestTooLarge),
        (415, b"[]", errors.WrongContentType),
        (429, b'{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource."}]}',
         errors.Throttled),
        (500, b'{"errors":[{"code":"InternalFailure","message":"We encountered an internal error."}]}',
         errors.AmazonUnavailable),
        (504, b'{"message":"Endpoint request timed out"}', errors.AmazonUnavailable),
        (400, b"<html><body>Bad Request</body></html>", errors.InvalidRequest),
        (418, b"{}", errors.AmazonError),
        (302, b"", errors.UnreadableAnswer),
        (400, b'{"errors":[{"code":7,"message":null}]}', errors.InvalidRequest),
    ],
)  # fmt: skip
def test_status_first_then_json_then_text(status: int, body: bytes, expected: type[BuyerlineError]) -> None:
    error = refusal(answer(status, body), operation="sendInvoice", host="sp.example")
    assert type(error) is expected


def test_an_error_carries_everything_a_caller_needs() -> None:
    body = b'{"errors":[{"code":"InvalidInput","message":"Invalid Input","details":"marketplaceIds"}]}'
    error = refusal(answer(400, body), operation="sendInvoice", host="sp.example")
    assert isinstance(error, errors.InvalidRequest)
    assert (error.status, error.amazon_code, error.details) == (400, "InvalidInput", "marketplaceIds")
    assert (error.request_id, error.operation, error.permanent) == ("r-1", "sendInvoice", True)
    assert "r-1" in str(error)


def test_a_page_in_place_of_json_is_described_and_not_quoted() -> None:
    error = refusal(answer(502, b"<html>Buyer Jane</html>", "text/html"), operation="x", host="sp.example")
    assert "an HTML page" in str(error)
    assert "Jane" not in str(error)


ERRORS = [
    errors.UnknownMarketplace("XX", known=["US"]),
    errors.CredentialsMissing("shop", ["code"]),
    errors.DraftRefused([errors.Problem("text_html", "text", "No HTML.")]),
    errors.NotNow("op", 3.0),
    errors.NotConnected("refused", operation="op", host="h"),
    errors.UnreadableAnswer("page", operation="op", host="h", status=200, request_id="r"),
    errors.Throttled(operation="op", status=429),
    errors.UploadFailed(file_name="a", status=403, amazon_code="AccessDenied", amazon_message="x", request_id=None),
    errors.OutcomeUnknown(
        order_id="o",
        type="t",
        marketplace_id="m",
        operation="op",
        posted_at=datetime(2026, 1, 1, tzinfo=UTC),
        cause=errors.TimedOut("late", operation="op", host="h"),
    ),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_crosses_to_another_process_whole(error: BuyerlineError) -> None:
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert other.code == error.code
        assert other.__dict__.keys() == error.__dict__.keys()


def test_an_unknown_outcome_is_permanent_so_that_no_loop_sends_it_again() -> None:
    assert ERRORS[-1].permanent
