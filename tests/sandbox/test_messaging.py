"""The Messaging API: what is offered, what is accepted, what is refused, and what the ledger says of it."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import FR, US, Amazon, running

ELEVEN = [
    "confirmCustomizationDetails",
    "confirmDeliveryDetails",
    "legalDisclosure",
    "negativeFeedbackRemoval",
    "confirmOrderDetails",
    "confirmServiceDetails",
    "amazonMotors",
    "warranty",
    "digitalAccessKey",
    "unexpectedProblem",
    "sendInvoice",
]
TEMPLATE = "Invalid amazonOrderId and template combination."
TEXT_LIMITS = {
    "confirmCustomizationDetails": 800,
    "confirmDeliveryDetails": 2000,
    "confirmOrderDetails": 2000,
    "confirmServiceDetails": 2000,
    "digitalAccessKey": 400,
    "unexpectedProblem": 2000,
}
FILE_TYPES = ["legalDisclosure", "amazonMotors", "invoice"]
COVERAGE = {"coverageStartDate": "2026-01-01T00:00:00Z", "coverageEndDate": "2028-01-01T00:00:00.000+01:00"}


def attachment(upload_id: str, file_name: str = "paper.pdf") -> dict[str, str]:
    return {"uploadDestinationId": upload_id, "fileName": file_name}


def test_the_guides_order_offers_all_eleven_types(amazon: Amazon) -> None:
    assert amazon.offered(GUIDE_ORDER) == ELEVEN


def test_the_offer_is_hal_with_a_draft_04_form_for_each_type(amazon: Amazon) -> None:
    content = amazon.actions().json
    base = f"/messaging/v1/orders/{GUIDE_ORDER}"
    assert content["_links"]["self"] == {"href": f"{base}?marketplaceIds={US}"}
    for link, action in zip(content["_links"]["actions"], content["_embedded"]["actions"], strict=True):
        name = link["name"]
        assert link["href"] == f"{base}/messages/{name}?marketplaceIds={US}"
        assert action["_links"] == {"schema": {"href": f"{base}/messages/{name}/schema", "name": name}, "self": link}
        form = action["_embedded"]["schema"]
        assert (form["name"], form["title"], action["name"]) == (name, action["title"], name)
        assert form["$schema"] == "http://json-schema.org/draft-04/schema#"
        assert (form["disabled"], form["disabledReason"]) == (False, None)
        assert set(form["required"]) == set(form["properties"])


def test_forms_speak_seller_centrals_names_and_give_the_limits(amazon: Amazon) -> None:
    forms = {a["name"]: a["_embedded"]["schema"]["properties"] for a in amazon.actions().json["_embedded"]["actions"]}
    limits = {name: form["rawMessageBody"]["maxLength"] for name, form in forms.items() if "rawMessageBody" in form}
    assert limits == TEXT_LIMITS
    files = {name: form["attachments"] for name, form in forms.items() if "attachments" in form}
    assert all(set(field["items"]["properties"]) == {"fileName", "id"} for field in files.values())
    assert {name for name, field in files.items() if field.get("minItems") == 1} == {
        "legalDisclosure",
        "amazonMotors",
        "warranty",
        "sendInvoice",
    }


def test_the_link_of_a_form_leads_to_the_form(amazon: Amazon) -> None:
    action = amazon.actions().json["_embedded"]["actions"][0]
    reply = amazon.get(action["_links"]["schema"]["href"])
    assert (reply.status, reply.json) == (200, action["_embedded"]["schema"])


def test_update_feedback_and_attributes_can_be_switched_on() -> None:
    with running(offer_update_feedback=True, offer_attributes=True) as amazon:
        assert amazon.offered(GUIDE_ORDER) == [*ELEVEN, "updateFeedback", "attributes"]
        assert amazon.message("updateFeedback", {}).error["code"] == "MissingAuthenticationToken"


def test_attributes_give_the_buyers_language(amazon: Amazon) -> None:
    order_id = amazon.new_order(marketplace="CA", locale="fr-CA")
    reply = amazon.get(f"/messaging/v1/orders/{order_id}/attributes", marketplaceIds="A2EUQ1WTGCTBG2")
    assert (reply.status, reply.json) == (200, {"buyer": {"locale": "fr-CA"}})


@pytest.mark.parametrize(("segment", "limit"), TEXT_LIMITS.items())
@pytest.mark.parametrize("letter", ["a", "\N{PARTY POPPER}", "e\N{COMBINING ACUTE ACCENT}"])
def test_texts_are_limited_in_code_points(unlimited: Amazon, segment: str, limit: int, letter: str) -> None:
    longest = (letter * limit)[:limit]
    assert unlimited.message(segment, {"text": longest}).status == 201
    reply = unlimited.message(segment, {"text": f"{longest}a"})
    assert (reply.status, reply.error["code"]) == (400, "InvalidInput")
    assert reply.error["message"].startswith("text:")
    (message,) = unlimited.ledger()
    assert (message["type"], message["text"]) == (segment, longest)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "  \n",
        5,
        ["text"],
        "Look at <b>this</b>",
        "<!-- hidden -->",
        "a <br/> b",
        "the end</P>",
        "<img src=x.png alt='a > b'>",
        "<input disabled>",
        "<svg\nonload=x>",
        '<a href="https://x.example">x</a>',
        "Write to me@shop.example please",
    ],
)
def test_no_empty_text_no_html_no_email_address(unlimited: Amazon, text: Any) -> None:
    reply = unlimited.message("confirmOrderDetails", {"text": text})
    assert (reply.status, reply.error["code"]) == (400, "InvalidInput")
    assert reply.error["message"].startswith("text:")
    assert unlimited.ledger() == []


@pytest.mark.parametrize(
    "text",
    [
        "2 < 3 and 5 > 4",
        "a < b and c > d",
        "I <3 it",
        "Hello <your name>, thank you",
        "x <y> z",
        "<bold>",
        "< b >",
        "</>",
        "a <b",
        "<p 3 > 2",
        "Tom &amp; Anna",
        "at @home",
        "https://track.example/1",
        "نص عربي",
    ],
)
def test_what_only_looks_like_html_or_an_address_passes(unlimited: Amazon, text: str) -> None:
    assert unlimited.message("confirmOrderDetails", {"text": text}).status == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b'{"text": "\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_invalid_input(amazon: Amazon, body: bytes) -> None:
    target = f"/messaging/v1/orders/{GUIDE_ORDER}/messages/confirmOrderDetails?marketplaceIds={US}"
    reply = amazon.send("POST", target, body, amazon.headers(**{"Content-Type": "application/json"}))
    assert (reply.status, reply.error["code"]) == (400, "InvalidInput")


@pytest.mark.parametrize("segment", FILE_TYPES)
def test_a_type_of_files_takes_one_to_five(unlimited: Amazon, segment: str) -> None:
    uploads = [unlimited.upload(segment, f"file {number}".encode()) for number in range(6)]
    attachments = [attachment(upload, f"{number}.txt") for number, upload in enumerate(uploads)]
    for wrong in (None, [], attachments, "files", {"0": attachments[0]}):
        reply = unlimited.message(segment, {"attachments": wrong})
        assert (reply.status, reply.error["message"].split(":")[0]) == (400, "attachments")
    assert unlimited.message(segment, {"attachments": attachments[:5]}).status == 201
    (message,) = unlimited.ledger()
    assert [file["file_name"] for file in message["attachments"]] == [f"{number}.txt" for number in range(5)]


def test_the_ledger_tells_what_was_accepted(amazon: Amazon) -> None:
    content = b"%PDF-1.7 key"
    upload = amazon.upload("digitalAccessKey", content)
    reply = amazon.message("digitalAccessKey", {"text": "Your key", "attachments": [attachment(upload, "key.pdf")]})
    assert (reply.status, reply.json) == (201, {})
    (message,) = amazon.ledger()
    assert message.pop("accepted_at").endswith("Z")
    assert message.pop("id")
    assert message == {
        "account": "sandbox",
        "marketplace_id": US,
        "order_id": GUIDE_ORDER,
        "type": "digitalAccessKey",
        "text": "Your key",
        "attachments": [
            {
                "file_name": "key.pdf",
                "size": len(content),
                "content_md5": base64.b64encode(hashlib.md5(content).digest()).decode(),
                "content_type": "application/pdf",
            }
        ],
        "request_id": reply.headers["x-amzn-requestid"],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"fileName": "a.pdf"},
        {"uploadDestinationId": 5, "fileName": "a.pdf"},
        {"uploadDestinationId": "{id}"},
        {"uploadDestinationId": "{id}", "fileName": ""},
        {"uploadDestinationId": "{id}", "fileName": "../a.pdf"},
        {"uploadDestinationId": "{id}", "fileName": "a\n.pdf"},
        {"uploadDestinationId": "{id}", "fileName": "a" * 300},
        "a.pdf",
    ],
)
def test_an_attachment_needs_its_destination_and_a_name(unlimited: Amazon, wrong: Any) -> None:
    upload = unlimited.upload("invoice", b"file")
    content = json.loads(json.dumps([wrong]).replace("{id}", upload))
    reply = unlimited.message("invoice", {"attachments": content})
    assert reply.status == 400
    assert reply.error["message"].startswith("attachments[0]")
    assert unlimited.ledger() == []


def test_an_attachment_must_have_been_stored(unlimited: Amazon) -> None:
    created = unlimited.destination("invoice", "GDsUip2ulKeESoNRsfwtWQ==").json["payload"]["uploadDestinationId"]
    for upload in (created, "3fa85f64-5717-4562-b3fc-2c963f66afa6"):
        reply = unlimited.message("invoice", {"attachments": [attachment(upload)]})
        assert (reply.status, reply.error["code"]) == (400, "InvalidInput")
        assert reply.error["message"] == f"Attachment with ID {upload} does not exist"


def test_an_attachment_belongs_to_one_order_and_type_and_is_used_once(unlimited: Amazon) -> None:
    upload = unlimited.upload("invoice", b"invoice")
    other = unlimited.new_order(state="shipped", types=["invoice"])
    content = {"attachments": [attachment(upload)]}
    assert unlimited.message("legalDisclosure", content).status == 400
    assert unlimited.message("invoice", content, other).status == 400
    assert unlimited.new_account(id="other").message("invoice", content).status == 404
    assert unlimited.message("invoice", content).status == 201
    assert "does not exist" in unlimited.message("invoice", content).error["message"]


def test_a_refused_message_uses_none_of_its_attachments_up(unlimited: Amazon) -> None:
    upload = unlimited.upload("invoice", b"invoice")
    assert unlimited.message("invoice", {"attachments": [attachment(upload), attachment("nothing")]}).status == 400
    assert unlimited.message("invoice", {"attachments": [attachment(upload)]}).status == 201


def test_attachments_stay_under_ten_megabytes_together(unlimited: Amazon) -> None:
    half = b"x" * (5 * 1024 * 1024)
    uploads = [unlimited.upload("invoice", half) for _ in range(2)]
    reply = unlimited.message("invoice", {"attachments": [attachment(upload) for upload in uploads]})
    assert (reply.status, reply.error["message"].split(":")[0]) == (400, "attachments")
    assert unlimited.message("invoice", {"attachments": [attachment(uploads[0])]}).status == 201


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({}, "coverageStartDate"),
        ({"coverageStartDate": COVERAGE["coverageStartDate"]}, "coverageEndDate"),
        (COVERAGE | {"coverageEndDate": "2025-01-01T00:00:00Z"}, "coverageEndDate"),
        (COVERAGE | {"coverageStartDate": "yesterday"}, "coverageStartDate"),
        (COVERAGE | {"coverageStartDate": "2026-01-01"}, "coverageStartDate"),
        (COVERAGE | {"coverageStartDate": 20260101}, "coverageStartDate"),
    ],
)
def test_a_warranty_needs_both_dates_in_order(unlimited: Amazon, dates: dict[str, Any], field: str) -> None:
    content = {"attachments": [attachment(unlimited.upload("warranty", b"terms"))]}
    reply = unlimited.message("warranty", content | dates)
    assert (reply.status, reply.error["message"].split(":")[0]) == (400, field)
    assert unlimited.message("warranty", content | COVERAGE).status == 201


def test_types_without_text_or_files_need_no_body(amazon: Amazon) -> None:
    assert amazon.message("negativeFeedbackRemoval", None).status == 201


def test_a_once_only_type_is_gone_after_use(amazon: Amazon) -> None:
    assert amazon.message("negativeFeedbackRemoval", {}).status == 201
    assert "negativeFeedbackRemoval" not in amazon.offered(GUIDE_ORDER)
    reply = amazon.message("negativeFeedbackRemoval", {})
    assert (reply.status, reply.error["message"]) == (403, TEMPLATE)
    assert len(amazon.ledger()) == 1


def test_a_once_only_type_is_accepted_once_however_many_ask_at_once(unlimited: Amazon) -> None:
    assert unlimited.token
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: unlimited.message("negativeFeedbackRemoval", {}).status, range(16)))
    assert sorted(replies) == [201] + [403] * 15


def test_the_guides_order_takes_the_other_types_again_and_again(unlimited: Amazon) -> None:
    for _ in range(8):
        assert unlimited.message("confirmOrderDetails", {"text": "Which size?"}).status == 201
    assert unlimited.offered(GUIDE_ORDER) == ELEVEN


@pytest.mark.parametrize("order_id", ["111-1111111-1111111", "902-6786204-8179806"])
def test_an_unknown_order_is_not_found(amazon: Amazon, order_id: str) -> None:
    for reply in (amazon.actions(order_id), amazon.message("confirmOrderDetails", {"text": "x"}, order_id)):
        assert (reply.status, list(reply.error)) == (404, ["code", "message", "details"])


@pytest.mark.parametrize("order_id", ["902-6786204-817980", "x", "902-6786204-8179805%20", "badOrderId", "%00", "%FF"])
def test_a_malformed_order_id_is_invalid_input(amazon: Amazon, order_id: str) -> None:
    reply = amazon.actions(order_id)
    assert (reply.status, reply.error["message"]) == (400, "Invalid Input")


def test_an_order_is_found_in_its_own_marketplace_only(amazon: Amazon) -> None:
    assert amazon.actions(marketplace="A2EUQ1WTGCTBG2").status == 404


def test_another_sellers_order_is_not_found(amazon: Amazon) -> None:
    assert amazon.new_account(id="other").actions().status == 404


def test_keys_that_clients_add_are_ignored_and_noted_without_their_values(amazon: Amazon) -> None:
    content = {"text": "Which size?", "marketplaceIds": [US], "MarketplaceIds": [US], "secretBuyerText": "private"}
    assert amazon.message("confirmOrderDetails", content).status == 201
    notes = json.dumps(amazon.control("GET", "/requests")["requests"][-1])
    assert "MarketplaceIds, marketplaceIds" in notes
    assert "1 unknown keys" in notes
    assert "private" not in notes
    assert "secretBuyerText" not in notes


def test_other_regions_message_their_buyers_too() -> None:
    with running(accounts=2) as amazon:
        seller = Amazon(amazon.url, "Atzr|sandbox-2")
        order_id = seller.new_order(account="sandbox-2", marketplace="FR", state="shipped")
        assert seller.offered(order_id, FR) == ["legalDisclosure", "unexpectedProblem"]
        assert seller.message("unexpectedProblem", {"text": "Retard."}, order_id, FR).status == 201


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=2100), file_name=st.text(max_size=20), coverage=st.datetimes())
def test_whatever_is_written_is_accepted_or_refused_never_failed(
    unlimited: Amazon, text: str, file_name: str, coverage: Any
) -> None:
    upload = unlimited.upload("confirmCustomizationDetails", b"x")
    content = {"text": text, "attachments": [attachment(upload, file_name)]}
    assert unlimited.message("confirmCustomizationDetails", content).status in (201, 400)
    terms = [attachment(unlimited.upload("warranty", b"x"))]
    dates = {"coverageStartDate": coverage.isoformat(), "coverageEndDate": "9999-12-31T23:59:59Z"}
    assert unlimited.message("warranty", {"attachments": terms} | dates).status in (201, 400)
