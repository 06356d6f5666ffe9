"""What the outbox's reasons mean is said in plain words; operations, codes and addresses are fine print."""

import re
from datetime import UTC, datetime

import pytest

from buyerline.amazon import errors
from buyerline.amazon.errors import BuyerlineError
from buyerline.app.plain_words import fine_print, plainly
from buyerline.app.told import told
from buyerline.app.words import Words
from buyerline.outbox import stops
from buyerline.outbox.messages import State
from buyerline.outbox.verdicts import TRIES, verdict_on
from tests.app import sayings

ORDER = "902-6786204-8179805"
OPERATION = "createConfirmOrderDetails"
CODED = re.compile(
    r"\b(?:create|get|send)[A-Z]\w+|\b[45]\d\d\b|\(request |(?:lwa|s3):|127\.0\.0\.1|os error|[a-z]+_[a-z]+"
)
"""What speaks to programs and to support."""


def refusal(status: int, words: str = "Not today.", kind: type[errors.AmazonError] = errors.InvalidRequest) -> str:
    """The reason of a message that Amazon refused."""
    failure = kind(
        operation=OPERATION, status=status, amazon_code="InvalidInput", amazon_message=words, request_id="7d1c-0001"
    )
    return reason(failure, State.REFUSED)


def reason(failure: Exception, state: State, tries: int = 0) -> str:
    verdict = verdict_on(failure, tries)
    assert verdict is not None
    assert verdict.state is state
    return verdict.reason


def unknown(cause: BuyerlineError) -> str:
    """The reason of a message of which nobody knows what became."""
    failure = errors.OutcomeUnknown(
        order_id=ORDER,
        type="confirmOrderDetails",
        marketplace_id="ATVPDKIKX0DER",
        operation=OPERATION,
        posted_at=datetime.now(UTC),
        cause=cause,
    )
    return reason(failure, State.UNKNOWN)


LOST = errors.ConnectionLost(
    "the connection to 127.0.0.1:36283 ended before the answer was complete: Connection reset by peer (os error 104).",
    operation=OPERATION,
    host="127.0.0.1:36283",
)
LATE = errors.TimedOut("127.0.0.1 did not answer in time.", operation=OPERATION, host="127.0.0.1")
BROKEN = errors.AmazonUnavailable(operation=OPERATION, status=503, amazon_code="ServiceUnavailable")
SHUT = errors.NotConnected(
    "no connection to 127.0.0.1:9: Connection refused (os error 111).", operation=OPERATION, host="127.0.0.1:9"
)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (refusal(403, kind=errors.TypeNotAvailable), "Amazon does not take this kind of message for this order now."),
        (refusal(403, kind=errors.AccessDenied), "Amazon does not let this account send it:"),
        (refusal(404, kind=errors.NotFound), "Amazon does not know this order in this account."),
        (refusal(413, kind=errors.RequestTooLarge), "The message with its files is larger than Amazon takes."),
        (refusal(400), "Amazon did not accept it, and says why: “Not today.”"),
        (refusal(400, ""), "Amazon did not accept it, and gave no reason."),
        (unknown(LOST), "The connection ended before Amazon's answer was complete."),
        (unknown(LATE), "Amazon did not answer in time."),
        (unknown(BROKEN), "Amazon had a fault of its own."),
        (reason(SHUT, State.FAILED, TRIES), f"It was tried {TRIES} times. No connection to Amazon could be made."),
        (reason(errors.NotNow("getOrder", 2.0), State.QUEUED), "Amazon's usage plan had no room for it."),
        (reason(RuntimeError("x"), State.FAILED), "buyerline failed in a way that nobody foresaw."),
    ],
)
def test_a_reason_says_first_what_it_means(raw: str, plain: str) -> None:
    said = str(plainly(raw))
    assert said.startswith(plain)
    assert not CODED.search(said)
    assert fine_print(raw) == raw


def test_every_error_of_the_client_is_said_without_codes() -> None:
    for error in sayings.of_amazon():
        said = str(plainly(str(error)))
        assert not CODED.search(said), error
        assert told(plainly(str(error)), "de") != said, error


def test_a_file_that_was_not_taken_is_told_apart_from_the_message() -> None:
    failure = errors.UploadFailed(
        file_name="a.pdf", status=400, amazon_code="BadDigest", amazon_message="No.", request_id="7d1c-0001"
    )
    assert "did not take a file of the message" in str(plainly(reason(failure, State.REFUSED)))
    denied = errors.AccessDenied(operation="createUploadDestinationForResource", status=403, hint="Ask for the role.")
    assert "Amazon takes no files for this account" in str(plainly(reason(denied, State.REFUSED)))


def test_what_the_checks_say_stays_as_they_say_it_without_the_name_of_the_field() -> None:
    said = "Amazon does not offer 'invoice' for this order now. What can be sent: warranty."
    assert plainly(f"type: {said}\ntext: The message is empty.") == f"{said}\nThe message is empty."
    assert fine_print(f"type: {said}") == ""


@pytest.mark.parametrize("plain", ["", "A reason.", stops.DISCONNECTED, "cancelled by ann@example.com", "No: not now."])
def test_what_is_said_in_plain_words_already_stays_as_it_is(plain: str) -> None:
    assert (plainly(plain), fine_print(plain)) == (plain, "")


def test_a_meaning_is_told_in_the_viewers_language() -> None:
    raw = reason(SHUT, State.FAILED, TRIES)
    assert isinstance(plainly(raw), Words)
    assert told(plainly(raw), "de") == "Es wurde 20-mal versucht. Zu Amazon kam keine Verbindung zustande."


def test_very_long_words_of_amazons_are_cut() -> None:
    assert len(str(plainly(refusal(400, "No " * 5_000)))) < 400
