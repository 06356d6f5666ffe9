"""Sending one message, all nine steps, against a running sandbox: every type, blocking and awaited."""

import asyncio
import base64
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import pytest

from buyerline import (
    AccessDenied,
    AmazonError,
    AmazonUnavailable,
    AsyncSellingPartner,
    DraftRefused,
    GrantInvalid,
    NotFound,
    OutcomeUnknown,
    Receipt,
    SellingPartner,
    Throttled,
    TransportError,
    TypeNotAvailable,
)
from buyerline.amazon.errors import UploadFailed
from buyerline.amazon.messaging import TYPES, MessageType
from buyerline.sandbox import GUIDE_ORDER
from buyerline.testing import FaultKind
from tests.running import Amazon, running

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SENDS_FILES = [kind for kind in TYPES if kind.files]


class Send(Protocol):
    def __call__(self, amazon: Amazon, *args: Any, options: dict[str, Any] | None = None, **kwargs: Any) -> Receipt: ...


def send_blocking(amazon: Amazon, *args: Any, options: dict[str, Any] | None = None, **kwargs: Any) -> Receipt:
    with SellingPartner(**amazon.options(**options or {})) as partner:
        return partner.messaging.send(*args, **kwargs)


def send_awaited(amazon: Amazon, *args: Any, options: dict[str, Any] | None = None, **kwargs: Any) -> Receipt:
    async def main() -> Receipt:
        async with AsyncSellingPartner(**amazon.options(**options or {})) as partner:
            return await partner.messaging.send(*args, **kwargs)

    return asyncio.run(main())


@pytest.fixture(params=[send_blocking, send_awaited], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Any:
    return request.param


def content_of(kind: MessageType) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if kind.text:
        content["text"] = "Which of the two colours did you mean?"
    if kind.files:
        content["attachments"] = [("terms.pdf", PDF)]
    if kind.coverage:
        content |= {"coverage_start": "2026-01-01", "coverage_end": "2028-01-01"}
    return content


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_type_arrives_as_it_was_written(amazon: Amazon, send: Send, kind: MessageType) -> None:
    receipt = send(amazon, GUIDE_ORDER, kind.name, **content_of(kind))
    (message,) = amazon.ledger()
    assert (message["order_id"], message["type"]) == (GUIDE_ORDER, kind.name)
    assert message["text"] == content_of(kind).get("text")
    assert [file["file_name"] for file in message["attachments"]] == (["terms.pdf"] if kind.files else [])
    assert (receipt.request_id, receipt.status, receipt.operation) == (message["request_id"], 201, kind.operation.id)


def test_the_name_under_which_amazon_offers_a_type_serves_too(amazon: Amazon) -> None:
    send_blocking(amazon, GUIDE_ORDER, "sendInvoice", attachments=[("invoice.pdf", PDF)])
    assert amazon.ledger()[0]["type"] == "invoice"


def test_attachments_come_from_paths_bytes_and_files(amazon: Amazon, send: Send, tmp_path: Path) -> None:
    path = tmp_path / "from path.pdf"
    path.write_bytes(PDF)
    with path.open("rb") as opened:
        files = [path, str(path), opened, ("bytes.pdf", PDF), ("stream.pdf", io.BytesIO(PDF))]
        with pytest.raises(DraftRefused) as caught:
            send(amazon, GUIDE_ORDER, "legalDisclosure", attachments=files)
        assert caught.value.code == "file_name_duplicate"
        opened.seek(0)
        files[1:3] = [("string.pdf", str(path)), ("opened.pdf", opened)]
        files[4] = ("stream.pdf", io.BytesIO(PDF))
        send(amazon, GUIDE_ORDER, "legalDisclosure", attachments=files)
    stored = amazon.ledger()[0]["attachments"]
    assert [file["file_name"] for file in stored] == [
        "from path.pdf",
        "string.pdf",
        "opened.pdf",
        "bytes.pdf",
        "stream.pdf",
    ]
    digest = base64.b64encode(hashlib.md5(PDF, usedforsecurity=False).digest()).decode()
    assert {file["content_md5"] for file in stored} == {digest}


@pytest.mark.parametrize("given", ["a.pdf", Path("a.pdf"), ("a.pdf", PDF), {"a.pdf": PDF}, PDF], ids=str)
def test_one_file_where_a_list_belongs_is_a_mistake_that_is_named(amazon: Amazon, given: Any) -> None:
    with pytest.raises(TypeError, match="put it into a list"):
        send_blocking(amazon, GUIDE_ORDER, "invoice", attachments=given)


def test_names_and_texts_of_every_script_arrive(amazon: Amazon, send: Send) -> None:
    text = "Grüße! こんにちは 👋🏽 e\u0301 \u05e9\u05dc\u05d5\u05dd\nend"
    send(amazon, GUIDE_ORDER, "confirmCustomizationDetails", text=text, attachments=[("Bestätigung 寸法.pdf", PDF)])
    (message,) = amazon.ledger()
    assert message["text"] == text
    assert message["attachments"][0]["file_name"] == "Bestätigung 寸法.pdf"


def test_the_nine_steps_are_told_as_they_happen(amazon: Amazon) -> None:
    steps: list[Any] = []
    told: dict[str, list[tuple[int, int]]] = {}
    send_blocking(
        amazon,
        GUIDE_ORDER,
        "confirmCustomizationDetails",
        text="private words",
        attachments=[("a.pdf", PDF)],
        on_step=steps.append,
        progress=lambda name: lambda sent, total: told.setdefault(name, []).append((sent, total)),
    )
    assert [step.number for step in steps] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert told == {"a.pdf": [(len(PDF), len(PDF))]}
    assert "private words" not in str(steps)


def test_no_token_goes_to_the_file_store(amazon: Amazon) -> None:
    send_blocking(amazon, GUIDE_ORDER, "invoice", attachments=[("a.pdf", PDF)])
    puts = [each for each in amazon.control("GET", "requests")["requests"] if each["operation"] == "s3"]
    assert [put["status"] for put in puts] == [200]
    assert not any("token" in str(put).lower() for put in puts)


# What is refused before anything leaves


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"order_id": "902-6786204-817980"}, "order_id_malformed"),
        ({"type": "nonsense"}, "type_not_available"),
        ({"text": ""}, "text_missing"),
        ({"text": "👋" * 2001}, "text_too_long"),
        ({"text": "see <b>this</b>"}, "text_html"),
        ({"text": "write to me@example.com"}, "text_email"),
        ({"text": "call +1 206 555 0100"}, "text_phone"),
        ({"attachments": [("a.pdf", PDF)]}, "attachments_not_taken"),
        ({"type": "invoice", "text": None}, "attachments_missing"),
        ({"type": "invoice", "text": None, "attachments": [("a.pdf", b"MZ\x90\x00" * 9)]}, "file_type_mismatch"),
        ({"type": "invoice", "text": None, "attachments": [("../a.pdf", PDF)]}, "file_name_invalid"),
        ({"type": "invoice", "text": None, "attachments": ["/nonexistent/a.pdf"]}, "file_unreadable"),
        ({"type": "invoice", "text": None, "attachments": [PDF]}, "file_name_missing"),
        ({"marketplace": "DE"}, "marketplace_region"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_amazon_would_refuse_never_leaves(amazon: Amazon, draft: dict[str, Any], code: str) -> None:
    whole = {"order_id": GUIDE_ORDER, "type": "confirmOrderDetails", "text": "Which colour?"} | draft
    with pytest.raises(DraftRefused) as caught:
        send_blocking(amazon, whole.pop("order_id"), whole.pop("type"), **whole)
    assert code in [problem.code for problem in caught.value.problems]
    assert amazon.ledger() == []
    assert amazon.counts("createConfirmOrderDetails") == {}


def test_a_type_that_is_not_available_says_which_are(amazon: Amazon) -> None:
    order = amazon.order(types=["confirmOrderDetails", "sendInvoice"])
    with pytest.raises(DraftRefused, match="confirmOrderDetails") as caught:
        send_blocking(amazon, order, "warranty", **content_of(TYPES[5]))
    assert caught.value.code == "type_not_available"


def test_a_closed_order_says_so(amazon: Amazon) -> None:
    order = amazon.order(closed=True)
    with SellingPartner(**amazon.options()) as partner:
        actions = partner.messaging.get_actions(order)
        assert list(actions) == []
        assert actions.closed_reason
        with pytest.raises(DraftRefused):
            partner.messaging.send(order, "confirmOrderDetails", text="Hello there.")


def test_an_offered_type_without_an_operation_is_shown_and_not_sent() -> None:
    with running(offer_update_feedback=True, offer_attributes=True) as amazon:
        with SellingPartner(**amazon.options()) as partner:
            actions = partner.messaging.get_actions(GUIDE_ORDER)
        action = actions.find("updateFeedback")
        assert action is not None
        assert not action.known
        assert actions.find("attributes") is None
        with pytest.raises(DraftRefused) as caught:
            send_blocking(amazon, GUIDE_ORDER, "updateFeedback")
        assert caught.value.code == "type_not_sendable"
        with pytest.raises(AmazonError):
            send_blocking(amazon, GUIDE_ORDER, "updateFeedback", allow_unlisted=True)
        assert amazon.ledger() == []


def test_a_type_that_may_be_sent_once_is_sent_once(amazon: Amazon) -> None:
    send_blocking(amazon, GUIDE_ORDER, "negativeFeedbackRemoval")
    with pytest.raises(DraftRefused):
        send_blocking(amazon, GUIDE_ORDER, "negativeFeedbackRemoval")
    assert len(amazon.ledger()) == 1


def test_an_unknown_order_is_refused_by_amazon(amazon: Amazon) -> None:
    with pytest.raises((NotFound, AccessDenied, DraftRefused)):
        send_blocking(amazon, "111-1111111-1111111", "confirmOrderDetails", text="Hello there.")
    assert amazon.ledger() == []


# What goes wrong on the way


MESSAGE = "createConfirmOrderDetails"
CUTS = ["reset_before", "reset_after", "half_answer", "hang_after"]


@pytest.mark.parametrize("kind", CUTS)
def test_a_message_cut_on_the_way_is_unknown_and_never_sent_twice(amazon: Amazon, send: Send, kind: FaultKind) -> None:
    amazon.fault(MESSAGE, kind, count=5)
    with pytest.raises(OutcomeUnknown) as caught:
        send(amazon, GUIDE_ORDER, "confirmOrderDetails", text="Which colour?", options={"timeout": 1})
    assert caught.value.order_id == GUIDE_ORDER
    assert len(amazon.ledger()) == (0 if kind == "reset_before" else 1)


@pytest.mark.parametrize("status", [500, 503, 504])
def test_a_5xx_on_a_message_is_unknown_and_not_repeated(amazon: Amazon, send: Send, status: int) -> None:
    amazon.fault(MESSAGE, "status", status=status, count=5)
    with pytest.raises(OutcomeUnknown) as caught:
        send(amazon, GUIDE_ORDER, "confirmOrderDetails", text="Which colour?")
    assert caught.value.status == status
    assert amazon.counts(MESSAGE) == {str(status): 1}


def test_a_page_in_place_of_an_answer_is_unknown(amazon: Amazon, send: Send) -> None:
    amazon.fault(MESSAGE, "html", status=200)
    with pytest.raises(OutcomeUnknown):
        send(amazon, GUIDE_ORDER, "confirmOrderDetails", text="Which colour?")


def test_a_throttled_message_is_sent_again_and_arrives_once(amazon: Amazon, send: Send) -> None:
    amazon.fault(MESSAGE, "status", status=429, count=1)
    send(amazon, GUIDE_ORDER, "confirmOrderDetails", text="Which colour?")
    assert amazon.counts(MESSAGE) == {"429": 1, "201": 1}
    assert len(amazon.ledger()) == 1


def test_throttling_that_does_not_end_is_an_error_and_nothing_was_sent(amazon: Amazon) -> None:
    amazon.fault(MESSAGE, "status", status=429, count=9)
    with pytest.raises(Throttled):
        send_blocking(amazon, GUIDE_ORDER, "confirmOrderDetails", text="Which colour?", options={"repeats": 1})
    assert amazon.ledger() == []


STAGES = ["lwa", "getMessagingActionsForOrder", "createUploadDestinationForResource", "s3"]


@pytest.mark.parametrize("operation", STAGES)
@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "half_answer", "status"])
def test_every_stage_before_the_message_is_repeated(
    amazon: Amazon, send: Send, operation: str, kind: FaultKind
) -> None:
    amazon.fault(operation, kind, **({"status": 503} if kind == "status" else {}))
    send(amazon, GUIDE_ORDER, "invoice", attachments=[("a.pdf", PDF)])
    assert len(amazon.ledger()) == 1


@pytest.mark.parametrize("operation", STAGES)
def test_a_stage_that_stays_broken_is_an_error_and_nothing_was_sent(amazon: Amazon, operation: str) -> None:
    amazon.fault(operation, "html", status=502, count=9)
    with pytest.raises((AmazonUnavailable, TransportError)):
        send_blocking(amazon, GUIDE_ORDER, "invoice", attachments=[("a.pdf", PDF)], options={"repeats": 1})
    assert amazon.ledger() == []


def test_an_upload_that_the_file_store_refuses_is_not_mentioned_in_a_message(amazon: Amazon) -> None:
    amazon.fault("s3", "status", status=403, count=9)
    with pytest.raises(UploadFailed) as caught:
        send_blocking(amazon, GUIDE_ORDER, "invoice", attachments=[("a.pdf", PDF)])
    assert caught.value.file_name == "a.pdf"
    assert amazon.ledger() == []


def test_an_access_token_that_ended_is_renewed_once_and_the_call_repeated(amazon: Amazon) -> None:
    with SellingPartner(**amazon.options()) as partner:
        partner.messaging.get_actions(GUIDE_ORDER)
        amazon.advance(4000)
        partner.messaging.send(GUIDE_ORDER, "confirmOrderDetails", text="Which colour?")
    assert amazon.counts("lwa") == {"200": 2}
    assert len(amazon.ledger()) == 1


def test_a_revoked_authorisation_says_what_to_do(amazon: Amazon) -> None:
    credentials = {**dict.fromkeys(("client_id", "client_secret"), ""), "refresh_token": "Atzr|revoked"}
    credentials |= {
        "client_id": amazon.credentials.client_id,
        "client_secret": amazon.credentials.client_secret,
    }
    with pytest.raises(GrantInvalid, match="authorise the application again"):
        send_blocking(
            amazon, GUIDE_ORDER, "confirmOrderDetails", text="Which colour?", options={"credentials": credentials}
        )


def test_attachments_in_europe_say_what_amazon_documents() -> None:
    with running(accounts=2, uploads="na") as amazon:
        order = amazon.order(account="Atzr|sandbox-2", marketplace="DE", types=["sendInvoice"])
        options = amazon.options()
        credentials = options["credentials"]
        options["credentials"] = {
            "client_id": credentials.client_id,  # type: ignore[union-attr] # Credentials, as made
            "client_secret": credentials.client_secret,  # type: ignore[union-attr] # likewise
            "refresh_token": "Atzr|sandbox-2",
        }
        with (
            SellingPartner("DE", **options) as partner,
            pytest.raises(AccessDenied, match="North America only") as caught,
        ):
            partner.messaging.send(order, "invoice", attachments=[("a.pdf", PDF)])
        assert not isinstance(caught.value, TypeNotAvailable)
        assert amazon.ledger() == []


# Many at once


def test_threads_share_one_token_and_one_turn(amazon: Amazon) -> None:
    with SellingPartner(**amazon.options()) as partner, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: partner.messaging.get_actions(GUIDE_ORDER), range(7)))
    assert amazon.counts("lwa") == {"200": 1}
    assert amazon.counts("getMessagingActionsForOrder") == {"200": 7}


def test_tasks_share_one_token_and_one_turn(amazon: Amazon) -> None:
    async def main() -> None:
        async with AsyncSellingPartner(**amazon.options()) as partner:
            await asyncio.gather(*(partner.messaging.get_actions(GUIDE_ORDER) for _ in range(7)))

    asyncio.run(main())
    assert amazon.counts("lwa") == {"200": 1}
    assert amazon.counts("getMessagingActionsForOrder") == {"200": 7}
