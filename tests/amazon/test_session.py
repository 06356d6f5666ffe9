"""What every call has in common: tokens, turns, repeating, and the outcomes of a message."""

from typing import Any

import msgspec
import pytest

from buyerline.amazon import errors
from buyerline.amazon.flow import HttpRequest, HttpResponse
from buyerline.amazon.login import TokenStore
from buyerline.amazon.messaging import GET_ACTIONS, MESSAGE_TYPES, MessagingFlows
from buyerline.amazon.operations import UsagePlan
from buyerline.amazon.usage_plans import UsagePlans
from tests.amazon.by_hand import SECRETS, ByHand, Clock, answer, lost, not_connected, session

ORDER = "902-6786204-8179805"
EXPIRED = (
    b'{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.",'
    b'"details":"The access token you provided has expired."}]}'
)
THROTTLED = b'{"errors":[{"message":"You exceeded your quota for the requested resource.","code":"QuotaExceeded"}]}'
NO_TEMPLATE = (
    b'{"errors":[{"code":"Unauthorized","message":"Invalid amazonOrderId and template combination.","details":""}]}'
)


def send(by_hand: ByHand, **options: Any) -> Any:
    flows = MessagingFlows(session(by_hand.clock, **options))
    return by_hand.run(flows.post(ORDER, MESSAGE_TYPES["confirmOrderDetails"], {"text": "marker-text"}))


def read(by_hand: ByHand, **options: Any) -> Any:
    return by_hand.run(MessagingFlows(session(by_hand.clock, **options)).get_actions(ORDER))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("failure", "repeated"),
    [
        (not_connected(), True),
        (answer(429, THROTTLED), True),
        (answer(403, EXPIRED), True),
        (lost(), False),
        (errors.TimedOut("late", operation="createConfirmOrderDetails", host="sp.example"), False),
        (answer(500, b"<html>"), False),
        (answer(503), False),
        (answer(504, b'{"message":"Endpoint request timed out"}'), False),
        (answer(201, b"<html>welcome to the hotel</html>"), False),
        (answer(200, b'["not an object"]'), False),
        (answer(302), False),
        (answer(400), False),
        (answer(403, NO_TEMPLATE), False),
        (answer(404), False),
        (answer(413), False),
        (answer(415), False),
    ],
    ids=lambda value: getattr(value, "code", None) or getattr(value, "status", value),
)
def test_a_message_is_sent_again_only_when_amazon_certainly_did_not_take_it(
    clock: Clock, failure: HttpResponse | errors.TransportError, *, repeated: bool
) -> None:
    by_hand = ByHand(failure, answer(201), clock=clock)
    if repeated:
        assert send(by_hand).status == 201
    else:
        with pytest.raises(errors.BuyerlineError):
            send(by_hand)
    assert len(by_hand.requests) == 1 + repeated


@pytest.mark.parametrize(
    "failure",
    [lost(), answer(500), answer(503), answer(504), answer(201, b"<html>"), answer(302), answer(200, b"7")],
    ids=lambda value: getattr(value, "code", None) or getattr(value, "status", value),
)
def test_an_outcome_nobody_knows_is_said_with_everything_needed_to_look_into_it(
    clock: Clock, failure: HttpResponse | errors.TransportError
) -> None:
    with pytest.raises(errors.OutcomeUnknown) as caught:
        send(ByHand(failure, clock=clock))
    unknown = caught.value
    assert (unknown.order_id, unknown.type, unknown.marketplace_id) == (ORDER, "confirmOrderDetails", "ATVPDKIKX0DER")
    assert unknown.operation == "createConfirmOrderDetails"
    assert unknown.posted_at is not None
    assert unknown.__cause__ is unknown.cause
    assert "marker-text" not in str(unknown)
    assert "Seller Central" in unknown.hint


def broken_header(_: str) -> str | None:
    raise ValueError("not text")


@pytest.mark.parametrize(
    "strange",
    [
        HttpResponse(500, dict[str, str]().get, b'{"errors":[{"message":"caf\xe9"}]}'),
        HttpResponse(500, dict[str, str]().get, b'{"a":' * 100_000),
        HttpResponse(201, dict[str, str]().get, b'{"a":' * 100_000),
        HttpResponse(502, broken_header, b"{}"),
    ],
    ids=["no UTF-8", "500 nested", "201 nested", "headers"],
)
def test_no_answer_however_strange_hides_that_a_message_was_posted(clock: Clock, strange: HttpResponse) -> None:
    with pytest.raises(errors.OutcomeUnknown):
        send(ByHand(strange, clock=clock))


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "yesterday", ""])
def test_a_date_that_makes_no_sense_does_not_hide_a_receipt(clock: Clock, date: str) -> None:
    assert send(ByHand(answer(201, date=date), clock=clock)).status == 201


def test_a_hook_that_fails_does_not_hide_a_receipt(clock: Clock) -> None:
    def full_disk(_: Any) -> None:
        raise OSError("no space left on device")

    assert send(ByHand(answer(201), clock=clock), observers=[full_disk]).status == 201


def test_an_exception_that_nobody_foresaw_after_the_post_is_unknown(clock: Clock) -> None:
    with pytest.raises(errors.OutcomeUnknown, match="ZeroDivisionError"):
        send(ByHand(ZeroDivisionError(), clock=clock))


def test_an_unknown_outcome_has_the_time_of_the_post_and_the_request_id(clock: Clock) -> None:
    with pytest.raises(errors.OutcomeUnknown) as caught:
        send(ByHand(answer(201, b"<html>", **{"x-amzn-requestid": "r-7"}), clock=clock))
    assert caught.value.request_id == "r-7"
    assert caught.value.posted_at.tzinfo is not None


@pytest.mark.parametrize("expires_in", ["0", "-5", "1" + "0" * 400, '"soon"'])
def test_a_token_without_a_lifetime_is_an_error_and_no_loop(clock: Clock, expires_in: str) -> None:
    by_hand = ByHand(clock=clock, token=b'{"access_token":"Atza|x","expires_in":%s}' % expires_in.encode())
    with pytest.raises(errors.UnreadableAnswer):
        read(by_hand, repeats=1)
    assert by_hand.tokens == 2


@pytest.mark.parametrize("field", ["details", "message", "code"])
def test_an_error_with_a_field_of_another_type_keeps_the_others(clock: Clock, field: str) -> None:
    said: dict[str, Any] = {"code": "Unauthorized", "message": "Invalid amazonOrderId and template combination."}
    body = msgspec.json.encode({"errors": [said | {"details": {"more": 1}} | ({field: 7} if field == "code" else {})]})
    with pytest.raises(errors.TypeNotAvailable):
        send(ByHand(answer(403, body), clock=clock))


@pytest.mark.parametrize("body", [b"{}", b"", b'{"errors":[]}', b'{"new":{"field":1}}'])
def test_a_201_is_a_receipt_whatever_else_its_body_says(clock: Clock, body: bytes) -> None:
    receipt = send(ByHand(answer(201, body, **{"x-amzn-requestid": "r-9"}), clock=clock))
    assert (receipt.status, receipt.request_id, receipt.operation) == (201, "r-9", "createConfirmOrderDetails")


@pytest.mark.parametrize("failure", [lost("getMessagingActionsForOrder"), answer(500), answer(503), answer(429)])
def test_a_read_is_repeated(clock: Clock, failure: HttpResponse | errors.TransportError) -> None:
    by_hand = ByHand(failure, failure, answer(200), clock=clock)
    assert list(read(by_hand)) == []
    assert len(by_hand.requests) == 3


def test_repeating_ends(clock: Clock) -> None:
    by_hand = ByHand(*[answer(503)] * 9, clock=clock)
    with pytest.raises(errors.AmazonUnavailable):
        read(by_hand, repeats=2)
    assert len(by_hand.requests) == 3


def test_pauses_between_repeats_grow_and_have_a_ceiling(clock: Clock) -> None:
    by_hand = ByHand(*[answer(503)] * 9, clock=clock)
    with pytest.raises(errors.AmazonUnavailable):
        read(by_hand, repeats=4)
    first, *_, last = by_hand.paused
    assert 0.25 <= first <= 0.5
    assert 2 <= last <= 20


def test_after_a_429_the_bucket_counts_as_empty(clock: Clock) -> None:
    by_hand = ByHand(answer(429, THROTTLED), answer(200), clock=clock)
    read(by_hand)
    assert sum(by_hand.paused) >= 1


def test_an_expired_token_is_renewed_once_and_the_call_repeated(clock: Clock) -> None:
    by_hand = ByHand(answer(403, EXPIRED), answer(200), clock=clock)
    read(by_hand)
    tokens = [request.headers["x-amz-access-token"] for request in by_hand.requests]
    assert tokens == ["Atza|1", "Atza|2"]


def test_a_token_that_stays_rejected_is_an_error_and_no_loop(clock: Clock) -> None:
    by_hand = ByHand(answer(403, EXPIRED), answer(403, EXPIRED), clock=clock)
    with pytest.raises(errors.TokenRejected):
        read(by_hand)
    assert by_hand.tokens == 2


def test_a_closed_type_renews_nothing(clock: Clock) -> None:
    by_hand = ByHand(answer(403, NO_TEMPLATE), clock=clock)
    with pytest.raises(errors.TypeNotAvailable):
        send(by_hand)
    assert by_hand.tokens == 1


def test_a_closed_order_is_an_empty_list_with_its_reason(clock: Clock) -> None:
    actions = read(ByHand(answer(403, NO_TEMPLATE), clock=clock))
    assert len(actions) == 0
    assert "Invalid amazonOrderId and template combination." in actions.closed_reason


def test_a_token_is_renewed_before_it_ends(clock: Clock) -> None:
    by_hand = ByHand(*[answer(200)] * 3, clock=clock)
    flows = MessagingFlows(session(clock))
    for now, tokens in [(0, 1), (3000, 1), (3500, 2)]:
        clock.now = now
        by_hand.run(flows.get_actions(ORDER))
        assert by_hand.tokens == tokens


def test_a_thousand_accounts_do_not_evict_each_other(clock: Clock) -> None:
    store, plans = TokenStore(clock), UsagePlans(clock)
    by_hand = ByHand(*[answer(200)] * 2000, clock=clock)
    sessions = [
        session(clock, tokens=store, plans=plans, credentials=SECRETS | {"refresh_token": f"Atzr|{number}"})
        for number in range(1000)
    ]
    for _ in range(2):
        for each in sessions:
            by_hand.run(MessagingFlows(each).get_actions(ORDER))
    assert by_hand.tokens == 1000
    assert by_hand.paused == []


def test_a_call_that_may_not_wait_fails_at_once_and_sends_nothing(clock: Clock) -> None:
    by_hand = ByHand(*[answer(200)] * 9, clock=clock)
    flows = MessagingFlows(session(clock, max_wait=0))
    for _ in range(5):
        by_hand.run(flows.get_actions(ORDER))
    with pytest.raises(errors.NotNow) as caught:
        by_hand.run(flows.get_actions(ORDER))
    assert caught.value.wait == pytest.approx(1.05)
    assert len(by_hand.requests) == 5


def test_the_rate_that_amazon_tells_is_kept(clock: Clock) -> None:
    limited = session(clock)
    by_hand = ByHand(answer(200, b"{}", **{"x-amzn-ratelimit-limit": "0.5"}), *[answer(200)] * 6, clock=clock)
    for _ in range(6):
        by_hand.run(limited.call(GET_ACTIONS, path={"amazonOrderId": ORDER}))
    assert sum(by_hand.paused) == pytest.approx(2.05)


def test_marketplaces_are_one_spelling_in_the_query_and_never_in_the_body(clock: Clock) -> None:
    by_hand = ByHand(answer(201), clock=clock)
    send(by_hand)
    (request,) = by_hand.requests
    assert request.url.endswith(f"/orders/{ORDER}/messages/confirmOrderDetails?marketplaceIds=ATVPDKIKX0DER")
    assert request.body == b'{"text":"marker-text"}'


def test_an_order_in_another_region_is_refused_before_anything_is_asked(clock: Clock) -> None:
    by_hand = ByHand(clock=clock)
    with pytest.raises(errors.DraftRefused) as caught:
        by_hand.run(MessagingFlows(session(clock)).get_actions(ORDER, marketplace="DE"))
    assert caught.value.code == "marketplace_region"
    assert by_hand.tokens == 0


def test_events_tell_what_happened_and_give_nothing_away(clock: Clock) -> None:
    events: list[Any] = []
    by_hand = ByHand(answer(429, THROTTLED), answer(201, b"{}", **{"x-amzn-requestid": "r-1"}), clock=clock)
    send(by_hand, observers=[events.append])
    told = [(event.operation, event.attempt, event.status, event.error) for event in events]
    assert told == [
        ("lwa", 1, 200, None),
        ("createConfirmOrderDetails", 1, 429, "status_429"),
        ("createConfirmOrderDetails", 2, 201, None),
    ]
    assert not any(secret in repr(events) for secret in ("marker-text", "hush", "Atza|"))


def test_logs_hold_no_secret_and_no_text_even_at_debug_level(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(errors.OutcomeUnknown):
        send(ByHand(lost(), clock=clock))
    assert caplog.records
    logged = "".join(f"{record.getMessage()}{record.__dict__}" for record in caplog.records)
    assert not any(secret in logged for secret in ("marker-text", "hush", "Atza|"))


def test_a_logger_in_structlogs_manner_gets_the_facts_by_keyword(clock: Clock) -> None:
    structlog = pytest.importorskip("structlog")
    with structlog.testing.capture_logs() as logged:
        read(ByHand(answer(200), clock=clock), logger=structlog.get_logger())
    assert [(line["event"], line["operation"]) for line in logged] == [
        ("amazon_call", "lwa"),
        ("amazon_call", "getMessagingActionsForOrder"),
    ]


def test_calls_become_opentelemetry_spans(clock: Clock) -> None:
    sdk = pytest.importorskip("opentelemetry.sdk.trace")
    export = pytest.importorskip("opentelemetry.sdk.trace.export")
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter").InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(memory))
    pytest.importorskip("opentelemetry.trace").set_tracer_provider(provider)
    with pytest.raises(errors.OutcomeUnknown):
        send(ByHand(lost(), clock=clock))
    spans = {span.name: span for span in memory.get_finished_spans()}
    assert spans["lwa"].attributes["http.response.status_code"] == 200
    assert spans["createConfirmOrderDetails"].attributes["error.type"] == "connection_lost"
    assert "hush" not in str([span.to_json() for span in spans.values()])


TOKEN = b'{"access_token":"Atza|one","token_type":"bearer","expires_in":3600}'


def test_many_tasks_wait_for_one_renewal() -> None:
    clock = Clock()
    one = session(clock)
    one.plans.bucket((one.login.key, GET_ACTIONS.path), UsagePlan(1000, 1000))
    waiting = [MessagingFlows(one).get_actions(ORDER) for _ in range(50)]
    effects = [next(flow) for flow in waiting]
    assert [type(effect).__name__ for effect in effects] == ["HttpRequest"] + ["Join"] * 49
    renewing = waiting[0].send(answer(200, TOKEN))
    assert isinstance(renewing, HttpRequest)
    assert effects[1].future.done()  # type: ignore[union-attr] # a Join, as just asserted
    following = [flow.send(None) for flow in waiting[1:]]
    assert {type(effect).__name__ for effect in following} == {"HttpRequest"}
    for flow in waiting:
        flow.close()


def test_a_renewal_that_is_given_up_is_taken_over_by_one_who_waits() -> None:
    one = session(Clock())
    first, second = (MessagingFlows(one).get_actions(ORDER) for _ in range(2))
    next(first)
    waiting = next(second)
    first.close()
    assert waiting.future.done()  # type: ignore[union-attr] # a Join: the first one was renewing
    taken_over = second.send(None)
    assert isinstance(taken_over, HttpRequest)
    assert taken_over.operation == "lwa"
    second.close()


def test_a_renewal_that_fails_fails_for_all_who_wait() -> None:
    one = session(Clock())
    first, second = (MessagingFlows(one).get_actions(ORDER) for _ in range(2))
    next(first)
    next(second)
    refused = answer(400, b'{"error":"invalid_grant","error_description":"revoked"}')
    with pytest.raises(errors.GrantInvalid):
        first.send(refused)
    with pytest.raises(errors.GrantInvalid):
        second.send(None)
