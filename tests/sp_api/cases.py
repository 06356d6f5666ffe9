"""The table: calls that a program written for python-amazon-sp-api makes, and where buyerline's answer differs, why."""

import io
import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox import GUIDE_ORDER as ORDER
from buyerline.testing.views import FaultKind
from tests.running import Amazon
from tests.sp_api.sides import CREDENTIALS, Side, Steps, put, settled

TEXT = {"text": "Please confirm the colour of the item that you ordered."}
ELSEWHERE = "902-0000000-0000001"
OPERATION = "getMessagingActionsForOrder"
POST = "createConfirmOrderDetails"


def nothing(_: Amazon) -> None:
    """The world is right as it is."""


@dataclass(frozen=True)
class Case:
    """One row: what is done, in which world, and why the outcome differs where it does."""

    name: str
    steps: Steps
    prepare: Callable[[Amazon], Any] = nothing
    differs: str = ""


def call(client: str, method: str, /, *args: Any, settings: Any = None, **kwargs: Any) -> Steps:
    """Steps of a single call. Arguments that are functions are given the side, and called."""

    async def steps(side: Side) -> Any:
        # The original writes into what it is given, so every call gets its own.
        given = {
            name: await settled(value(side)) if callable(value) else deepcopy(value) for name, value in kwargs.items()
        }
        return await side.call(client, method, *args, settings=settings, **given)

    return steps


def attached(segment: str, **more: Any) -> Callable[[Side], Any]:
    """The body of a message with one attachment, which is uploaded first."""

    async def body(side: Side) -> dict[str, Any]:
        return {**more, "attachments": [await side.stored(ORDER, segment)]}

    return body


def fault(operation: str, kind: FaultKind, **details: Any) -> Callable[[Amazon], None]:
    """A world in which calls of an operation fail."""
    return lambda amazon: amazon.fault(operation, kind, **details)


async def upload_and_put(side: Side) -> str:
    """The file of a message, the way that programs bring it to Amazon."""
    resource = f"messaging/v1/orders/{ORDER}/messages/invoice"
    destination = await side.call("Upload", "upload_document", resource, io.BytesIO(b"an invoice"), "text/plain")
    return f"the file's PUT is answered {put(destination.payload, b'an invoice')}"


async def the_callers_body(side: Side) -> str:
    body = dict(TEXT)
    await side.call("Messaging", "create_confirm_order_details", ORDER, body=body)
    return f"the caller's dict then has {', '.join(sorted(body))}"


async def default_and_named_marketplace(side: Side) -> str:
    with patch.dict(os.environ, SP_API_DEFAULT_MARKETPLACE="CA"):
        return f"a client for US is one for {side.client('Sellers', marketplace=side.marketplaces.US).marketplace_id}"


async def all_pages(side: Side) -> str:
    util = side.module(f"{side.namespace}util")
    orders = side.client("Orders")
    walk = util.load_all_pages(throttle_by_seconds=0)(orders.get_orders)
    pages = walk(CreatedAfter="2020-01-01T00:00:00Z", MaxResultsPerPage=6)
    found = [page async for page in pages] if hasattr(pages, "__aiter__") else list(pages)
    ids = [order["AmazonOrderId"] for page in found for order in page.Orders]
    return f"{'several pages' if len(found) > 1 else 'one page'}, {len(ids) - len(set(ids))} orders twice"


async def send_again_whatever_happens(side: Side) -> Any:
    messaging = side.client("Messaging")
    retry = side.module(f"{side.namespace}util").retry
    return await settled(retry(tries=2, delay=0)(messaging.create_confirm_order_details)(ORDER, body=TEXT))


async def call_after_an_hour(side: Side) -> Any:
    messaging = side.client("Messaging")
    await settled(messaging.get_attributes(ORDER))
    side.amazon.advance(3700)
    return await settled(messaging.get_attributes(ORDER))


def order_in_canada(amazon: Amazon) -> None:
    amazon.order(order_id=ELSEWHERE, marketplace="CA", types=["confirmOrderDetails"])


def closed_order(amazon: Amazon) -> None:
    amazon.order(order_id=ELSEWHERE, closed=True)


def order_to_review(amazon: Amazon) -> None:
    amazon.order(order_id=ELSEWHERE, state="delivered")


def wrong(**parts: str) -> dict[str, Any]:
    return {"credentials": {**CREDENTIALS, **parts}}


WARRANTY = {"coverageStartDate": "2026-01-01T00:00:00Z", "coverageEndDate": "2028-01-01T00:00:00Z"}
SINCE = "2020-01-01T00:00:00Z"
REPEATING = {"options": {"repeats": 1}}
CANADA = Marketplace.CA.id

MESSAGES = [
    Case("Messaging.get_messaging_actions_for_order", call("Messaging", "get_messaging_actions_for_order", ORDER)),
    Case("Messaging.get_attributes", call("Messaging", "get_attributes", ORDER)),
    *(
        Case(f"Messaging.{method}", call("Messaging", method, ORDER, body=body))
        for method, body in {
            "confirm_customization_details": attached("confirmCustomizationDetails", **TEXT),
            "create_confirm_delivery_details": TEXT,
            "create_legal_disclosure": attached("legalDisclosure"),
            "create_negative_feedback_removal": {},
            "create_confirm_order_details": TEXT,
            "create_confirm_service_details": TEXT,
            "create_amazon_motors": attached("amazonMotors"),
            "create_warranty": attached("warranty", **WARRANTY),
            "create_digital_access_key": {"text": "Your key is ABCD-EFGH."},
            "create_unexpected_problem": TEXT,
            "send_invoice": attached("invoice"),
        }.items()
    ),
]

OTHERS = [
    Case(
        "Upload.upload_document",
        call(
            "Upload", "upload_document", f"messaging/v1/orders/{ORDER}/messages/invoice", file=lambda _: io.BytesIO(b"")
        ),
        differs="It quotes contentMD5, its HTTP library quotes it again: the headers that come back are wrong.",
    ),
    Case("Orders.get_orders", call("Orders", "get_orders", CreatedAfter=SINCE, MaxResultsPerPage=2)),
    Case("Orders.get_order", call("Orders", "get_order", ORDER)),
    Case("Orders.get_order_items", call("Orders", "get_order_items", ORDER)),
    Case(
        "Orders.get_order with RestrictedResources",
        call("Orders", "get_order", ORDER, RestrictedResources=["buyerInfo"]),
    ),
    Case("load_all_pages on Orders.get_orders", all_pages),
    Case(
        "Orders(version=2026-01-01).search_orders",
        call("Orders", "search_orders", settings={"version": "2026-01-01"}, createdAfter=SINCE, maxResultsPerPage=2),
    ),
    Case(
        "Orders(version=2026-01-01).get_order", call("Orders", "get_order", ORDER, settings={"version": "2026-01-01"})
    ),
    Case("Orders(version=1999)", call("Orders", "get_order", ORDER, settings={"version": "1999"})),
    Case(
        "Solicitations.get_solicitation_actions_for_order",
        call("Solicitations", "get_solicitation_actions_for_order", ELSEWHERE),
        order_to_review,
    ),
    Case(
        "Solicitations.create_product_review_and_seller_feedback_solicitation, marketplaceIds=[...]",
        call(
            "Solicitations",
            "create_product_review_and_seller_feedback_solicitation",
            ELSEWHERE,
            marketplaceIds=[Marketplace.US.id],
        ),
        order_to_review,
    ),
    Case("Sellers.get_marketplace_participation", call("Sellers", "get_marketplace_participation")),
    Case("Sellers.get_account", call("Sellers", "get_account")),
    Case(
        "Tokens.create_restricted_data_token",
        call(
            "Tokens",
            "create_restricted_data_token",
            restrictedResources=[{"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo"]}],
        ),
    ),
]

REFUSALS = [
    Case(
        "a type that the order does not take",
        call("Messaging", "create_confirm_order_details", ELSEWHERE, body=TEXT),
        closed_order,
    ),
    Case(
        "an order that takes no messages", call("Messaging", "get_messaging_actions_for_order", ELSEWHERE), closed_order
    ),
    Case("an order that is not there", call("Messaging", "get_attributes", ELSEWHERE)),
    Case("an order id of another form", call("Messaging", "get_attributes", "12")),
    Case("an empty text", call("Messaging", "create_confirm_order_details", ORDER, body={"text": ""})),
    Case(
        "an attachment that was never stored",
        call(
            "Messaging",
            "send_invoice",
            ORDER,
            body={"attachments": [{"uploadDestinationId": "none", "fileName": "a.pdf"}]},
        ),
    ),
    Case(
        "a second request for a review",
        call(
            "Solicitations",
            "create_product_review_and_seller_feedback_solicitation",
            ORDER,
            marketplaceIds=[Marketplace.US.id],
        ),
    ),
    Case("a wrong client secret", call("Sellers", "get_account", settings=wrong(lwa_client_secret="wrong"))),
    Case("a revoked refresh token", call("Sellers", "get_account", settings=wrong(refresh_token="Atzr|revoked"))),
    Case("no credentials anywhere", call("Sellers", "get_account", settings={"credentials": None})),
    *(
        Case(
            f"a read answered {status}",
            call("Messaging", "get_messaging_actions_for_order", ORDER),
            fault(OPERATION, "status", status=status),
        )
        for status in (400, 404, 409, 413, 415, 429, 500, 502, 503)
    ),
    *(
        Case(
            f"a message answered {status}",
            call("Messaging", "create_confirm_order_details", ORDER, body=TEXT),
            fault(POST, "status", status=status),
        )
        for status in (400, 404, 413, 415, 429)
    ),
]

DIFFERENCES = [
    Case(
        "Upload.upload_document, then the PUT",
        upload_and_put,
        differs="As above: the digest arrives broken, and S3 refuses the file.",
    ),
    Case(
        "a message with marketplaceIds=CA from a client for US",
        call("Messaging", "create_confirm_order_details", ELSEWHERE, body=TEXT, marketplaceIds=CANADA),
        order_in_canada,
        "The marketplace of a message is the order's; the original ignores the argument and names its own.",
    ),
    Case(
        "a request for a review without marketplaceIds",
        call("Solicitations", "create_product_review_and_seller_feedback_solicitation", ELSEWHERE),
        order_to_review,
        "The model wants the marketplace in the query; the original puts it into the body.",
    ),
    Case(
        "several marketplaces for one order",
        call("Messaging", "get_attributes", ORDER, marketplaceIds=[Marketplace.US.id, CANADA]),
        differs="Amazon takes one; refused before it leaves, with the same class and the reason.",
    ),
    Case(
        "the dict given as body, after the call",
        the_callers_body,
        differs="The original writes marketplaces into the caller's dict and sends them; the model has none there.",
    ),
    Case(
        "a message without body",
        call("Messaging", "create_confirm_order_details", ORDER),
        differs="A missing argument is told as Python tells it.",
    ),
    Case(
        "a message with a body that is JSON text",
        call("Messaging", "create_confirm_order_details", ORDER, body='{"text": "Hello"}'),
        differs="The error says what belongs there.",
    ),
    Case(
        "negativeFeedbackRemoval without body",
        call("Messaging", "create_negative_feedback_removal", ORDER),
        differs="The type takes no input, so none has to be given.",
    ),
    Case(
        "SP_API_DEFAULT_MARKETPLACE=CA",
        default_and_named_marketplace,
        differs="A default does not replace the marketplace that the code names.",
    ),
    Case(
        "a read answered by a web page, 502",
        call("Messaging", "get_attributes", ORDER),
        fault("GetAttributes", "html", status=502),
        "The status decides: the original takes what is not JSON for an empty answer.",
    ),
    Case(
        "a read answered by a web page, 200",
        call("Messaging", "get_attributes", ORDER),
        fault("GetAttributes", "html", status=200),
        "What is not Amazon's JSON is no answer.",
    ),
    Case(
        "a read answered 504",
        call("Messaging", "get_attributes", ORDER),
        fault("GetAttributes", "status", status=504),
        "The gateway's body has no list of errors, so the original takes it for an answer.",
    ),
    Case(
        "a message answered 403 by the gateway",
        call("Messaging", "create_confirm_order_details", ORDER, body=TEXT),
        fault(POST, "status", status=403),
        "As above: the original reports success, and no message was sent.",
    ),
    Case(
        "a read answered 503 once",
        call("Messaging", "get_attributes", ORDER, settings=REPEATING),
        fault("GetAttributes", "status", status=503),
        "Reads are repeated.",
    ),
    Case(
        "a read answered 429 once",
        call("Messaging", "get_attributes", ORDER, settings=REPEATING),
        fault("GetAttributes", "status", status=429),
        "Calls wait their turn and are repeated.",
    ),
    Case(
        "a read cut off once",
        call("Messaging", "get_attributes", ORDER, settings=REPEATING),
        fault("GetAttributes", "reset_before"),
        "Reads are repeated.",
    ),
    Case(
        "a read cut off again and again",
        call("Messaging", "get_attributes", ORDER),
        fault("GetAttributes", "reset_before", count=9),
        "`except SellingApiException` catches it; the original lets its HTTP library's exception through.",
    ),
    Case(
        "a call an hour later",
        call_after_an_hour,
        differs="The access token is renewed in time, and once more where Amazon refuses it.",
    ),
    Case(
        "a message answered 500",
        call("Messaging", "create_confirm_order_details", ORDER, body=TEXT),
        fault(POST, "status", status=500),
        "Nobody can say whether Amazon took it.",
    ),
    Case(
        "a message answered by a web page, 502",
        call("Messaging", "create_confirm_order_details", ORDER, body=TEXT),
        fault(POST, "html", status=502),
        "Nobody can say whether Amazon took it; the original reports success.",
    ),
    Case(
        "a message taken, and cut off before the answer",
        call("Messaging", "create_confirm_order_details", ORDER, body=TEXT),
        fault(POST, "reset_after"),
        "Nobody can say whether Amazon took it; here it did.",
    ),
    Case(
        "the same under retry(tries=2)",
        send_again_whatever_happens,
        fault(POST, "reset_after"),
        "No decorator sends a message again that may be with the buyer.",
    ),
]

SECTIONS = {
    "Every method": MESSAGES + OTHERS,
    "Refusals and faults": REFUSALS,
    "Where it differs": DIFFERENCES,
}
