"""What each failure means for a message: the whole family of errors, one line each."""

import inspect
from datetime import UTC, datetime

import pytest

from buyerline.amazon import errors
from buyerline.amazon.errors import BuyerlineError
from buyerline.outbox import errors as outbox_errors
from buyerline.outbox.messages import State
from buyerline.outbox.verdicts import LONGEST_PAUSE, TRIES, Late, Overtaken, pause_after, verdict_on
from buyerline.outbox.writer import LifeLost


def answer(kind: type[errors.AmazonError], status: int = 400) -> errors.AmazonError:
    return kind(operation="op", status=status, amazon_message="No.", request_id="r-1")


def transport(kind: type[errors.TransportError]) -> errors.TransportError:
    return kind("nobody answers.", operation="op", host="sp.example")


def unreadable() -> errors.UnreadableAnswer:
    return errors.UnreadableAnswer("a web page.", operation="op", host="sp.example", status=200, request_id="r-1")


def outcome_unknown(cause: BuyerlineError) -> errors.OutcomeUnknown:
    return errors.OutcomeUnknown(
        order_id="902-6786204-8179805",
        type="invoice",
        marketplace_id="ATVPDKIKX0DER",
        operation="op",
        posted_at=datetime.now(UTC),
        cause=cause,
    )


def store_refused(words: str) -> errors.UploadFailed:
    return errors.UploadFailed(
        file_name="a.pdf", status=403, amazon_code="AccessDenied", amazon_message=words, request_id="r-1"
    )


REFUSED: list[BuyerlineError] = [
    errors.DraftRefused([errors.Problem("text_missing", "text", "The message is empty.")]),
    answer(errors.AmazonError, 418),
    answer(errors.InvalidRequest),
    answer(errors.AccessDenied, 403),
    answer(errors.TypeNotAvailable, 403),
    answer(errors.NotFound, 404),
    answer(errors.RequestTooLarge, 413),
    answer(errors.WrongContentType, 415),
    store_refused("Access Denied"),
]
LATER: list[BuyerlineError] = [
    errors.NotNow("op", 7.0),
    transport(errors.TransportError),
    transport(errors.NotConnected),
    transport(errors.ConnectionLost),
    transport(errors.TimedOut),
    unreadable(),
    answer(errors.Throttled, 429),
    answer(errors.AmazonUnavailable, 503),
    answer(errors.DeniedForNow, 403),
    store_refused("Request has expired"),
]
AT_ONCE: list[BuyerlineError] = [
    outbox_errors.OutboxUnavailable("outbox: the disk is full."),
    LifeLost("outbox: taken for dead."),
    Late("outbox: stood still."),
]
STOPPING: list[BuyerlineError] = [
    errors.CredentialsMissing("shop", ["the environment: not there"]),
    answer(errors.TokenRejected, 403),
    answer(errors.LoginError, 400),
    answer(errors.GrantInvalid, 400),
    answer(errors.ClientInvalid, 401),
    answer(errors.ClientUnauthorized, 400),
]
FAILED: list[BuyerlineError] = [
    errors.ConfigurationError("attachments: the upload destination is not Amazon's."),
    errors.UnknownMarketplace("Atlantis", known=["US"]),
    outbox_errors.OutboxNewer("0009", "0001"),
]
UNKNOWN: list[BuyerlineError] = [outcome_unknown(unreadable()), outcome_unknown(transport(errors.TimedOut))]
ELSEWHERE: tuple[type[BuyerlineError], ...] = (
    BuyerlineError,
    Overtaken,
    outbox_errors.KeyTaken,
    outbox_errors.MessageUnknown,
    outbox_errors.WrongState,
)
"""Errors that are tested by themselves, or that come to nobody who sends."""


def named(failure: BuyerlineError) -> str:
    return type(failure).__name__


@pytest.mark.parametrize("failure", REFUSED, ids=named)
def test_what_amazon_or_a_check_refuses_is_refused_for_good(failure: BuyerlineError) -> None:
    verdict = verdict_on(failure, 0)
    assert verdict is not None
    assert (verdict.state, verdict.pause, verdict.stops_account) == (State.REFUSED, None, False)
    assert verdict.reason == str(failure)
    assert verdict.request_id == getattr(failure, "request_id", None)
    assert verdict.code == failure.code


@pytest.mark.parametrize("failure", LATER, ids=named)
def test_what_certainly_did_not_reach_amazon_is_tried_later(failure: BuyerlineError) -> None:
    verdict = verdict_on(failure, 3)
    assert verdict is not None
    assert (verdict.state, verdict.stops_account) == (State.QUEUED, False)
    assert verdict.pause is not None
    assert 4 <= verdict.pause <= 8, "the pause after the fourth try"
    assert verdict.reason == str(failure)


def test_what_nobody_foresaw_is_unknown_once_the_message_may_have_left() -> None:
    failed, unknown = verdict_on(KeyError("x"), 0), verdict_on(KeyError("x"), 0, left=True)
    assert (failed and failed.state, unknown and unknown.state) == (State.FAILED, State.UNKNOWN)


@pytest.mark.parametrize("failure", LATER, ids=named)
def test_it_is_given_up_after_many_tries_in_a_row(failure: BuyerlineError) -> None:
    last, one_more = verdict_on(failure, TRIES - 1), verdict_on(failure, TRIES - 2)
    assert last is not None
    assert one_more is not None
    assert (last.state, one_more.state) == (State.FAILED, State.QUEUED)
    assert last.reason == f"Given up after {TRIES} tries. {failure}"


@pytest.mark.parametrize("failure", AT_ONCE, ids=named)
def test_a_failure_of_our_own_side_costs_the_message_nothing(failure: BuyerlineError) -> None:
    verdict = verdict_on(failure, TRIES + 5)
    assert verdict is not None
    assert (verdict.state, verdict.pause, verdict.stops_account) == (State.QUEUED, 0.0, False)


@pytest.mark.parametrize("failure", STOPPING, ids=named)
def test_without_authorisation_the_account_stops_and_its_messages_stay(failure: BuyerlineError) -> None:
    verdict = verdict_on(failure, TRIES + 5)
    assert verdict is not None
    assert (verdict.state, verdict.stops_account) == (State.QUEUED, True)
    assert verdict.reason == str(failure)


@pytest.mark.parametrize("failure", FAILED, ids=named)
def test_what_has_to_be_set_right_here_first_fails_the_message(failure: BuyerlineError) -> None:
    verdict = verdict_on(failure, 0)
    assert verdict is not None
    assert (verdict.state, verdict.pause, verdict.stops_account) == (State.FAILED, None, False)


@pytest.mark.parametrize("failure", UNKNOWN, ids=lambda failure: type(failure.cause).__name__)
def test_what_nobody_knows_stays_unknown(failure: errors.OutcomeUnknown) -> None:
    verdict = verdict_on(failure, 0)
    assert verdict is not None
    assert (verdict.state, verdict.pause, verdict.request_id) == (State.UNKNOWN, None, failure.request_id)


def test_a_message_that_is_not_the_workers_any_more_gets_no_verdict() -> None:
    assert verdict_on(Overtaken("cancelled"), 0) is None


def test_an_error_that_nobody_foresaw_fails_the_message_and_keeps_its_words_to_itself() -> None:
    verdict = verdict_on(ValueError("Dear buyer, ..."), 0)
    assert verdict is not None
    assert verdict.state is State.FAILED
    assert verdict.reason == "An error that nobody foresaw: ValueError."


def test_no_error_of_the_family_is_missing_here() -> None:
    family = {
        each
        for module in (errors, outbox_errors)
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, BuyerlineError)
    }
    here = {type(failure) for failure in (*REFUSED, *LATER, *AT_ONCE, *STOPPING, *FAILED, *UNKNOWN)}
    assert family - here - {*ELSEWHERE} == set()


@pytest.mark.parametrize(("tries", "ceiling"), [(1, 1.0), (2, 2.0), (5, 16.0), (10, 512.0), (11, LONGEST_PAUSE)])
def test_pauses_double_up_to_the_longest(tries: int, ceiling: float) -> None:
    drawn = [pause_after(tries) for _ in range(200)]
    assert ceiling / 2 <= min(drawn) <= max(drawn) <= ceiling
    assert len(set(drawn)) > 100, "half of each is left to chance"


def test_all_the_pauses_together_come_to_hours_not_days() -> None:
    together = sum(pause_after(tries) for tries in range(1, TRIES))
    assert 1 * 3600 < together < 3 * 3600
