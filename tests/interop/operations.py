"""The operations of the table, and for each: what to ask, and what must have happened then."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from buyerline.sandbox.message_types import MESSAGE_TYPES, MessageType
from buyerline.testing import AmazonSandbox

US = "ATVPDKIKX0DER"
TEXT = "Which of the two colours did you mean, and in which size?"
FILE = b"Invoice 1, for a lamp in yellow"
FILE_NAME = "invoice.txt"

LOGIN = "Login with Amazon"
STORAGE = "The file store"


@dataclass(frozen=True)
class Operation:
    """One row of the table: an operation of an API, or a token request (``lwa``), or the PUT of a file (``s3``)."""

    api: str
    id: str

    def __str__(self) -> str:
        return f"{self.api}: {self.id}"


@dataclass(frozen=True)
class Question:
    """What a client is to ask.

    Attributes:
        order_id: the order in the path.
        query: parameters beside ``marketplaceIds``.
        body: the body, as the model has it.
        finds: the order that the answer must name.
        resource: the path of an upload destination.
        content: the file that is to be stored.
    """

    order_id: str = ""
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    finds: str = ""
    resource: str = ""
    content: bytes = FILE

    @property
    def content_md5(self) -> str:
        """The file's Content-MD5."""
        return base64.b64encode(hashlib.md5(self.content).digest()).decode()


@dataclass(frozen=True)
class _Case:
    ask: Callable[[AmazonSandbox], Question]
    shows: Callable[[AmazonSandbox, Question, str], bool]


def ask(amazon: AmazonSandbox, operation: Operation) -> Question:
    """Prepare the world, and say what a client is to ask in it."""
    return _CASES[operation].ask(amazon)


def has_happened(amazon: AmazonSandbox, operation: Operation, question: Question, answer: object) -> bool:
    """Whether the sandbox did what was asked, and the client's answer shows it."""
    return _CASES[operation].shows(amazon, question, str(answer))


def _guide_order(amazon: AmazonSandbox) -> Question:
    return Question(amazon.guide_order)


def _delivered_order(amazon: AmazonSandbox) -> Question:
    placed = datetime.now(UTC) - timedelta(days=25)
    return Question(amazon.order(state="delivered", purchased_at=placed))


def _since(name: str) -> Callable[[AmazonSandbox], Question]:
    def question(amazon: AmazonSandbox) -> Question:
        since = (datetime.now(UTC) - timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Question(query={name: since}, finds=amazon.order(state="shipped"))

    return question


def _message(kind: MessageType) -> Callable[[AmazonSandbox], Question]:
    def question(amazon: AmazonSandbox) -> Question:
        body: dict[str, Any] = {}
        if kind.text_limit is not None:
            body["text"] = TEXT
        if kind.files is not None:
            body["attachments"] = [{"uploadDestinationId": _stored(amazon, kind.segment), "fileName": FILE_NAME}]
        if kind.coverage:
            body |= {"coverageStartDate": "2026-01-01T00:00:00Z", "coverageEndDate": "2028-01-01T00:00:00Z"}
        return Question(amazon.guide_order, body=body)

    return question


def _resource(amazon: AmazonSandbox, segment: str) -> str:
    return f"messaging/v1/orders/{amazon.guide_order}/messages/{segment}"


def _stored(amazon: AmazonSandbox, segment: str) -> str:
    """A file that is already there; its id."""
    return amazon.client.uploads.upload(_resource(amazon, segment), FILE, file_name=FILE_NAME)


def _was_accepted(kind: MessageType) -> Callable[[AmazonSandbox, Question, str], bool]:
    def accepted(amazon: AmazonSandbox, question: Question, _: str) -> bool:
        (message,) = amazon.messages()
        names = [FILE_NAME] if kind.files is not None else []
        return (message.type, message.order_id, message.text, [file.file_name for file in message.attachments]) == (
            kind.segment,
            question.order_id,
            question.body.get("text"),
            names,
        )

    return accepted


def _answer_has(words: str) -> Callable[[AmazonSandbox, Question, str], bool]:
    return lambda _, __, answer: words in answer


def _answer_names_the_order(_: AmazonSandbox, question: Question, answer: str) -> bool:
    return (question.finds or question.order_id) in answer


def _review_was_asked_for(amazon: AmazonSandbox, question: Question, _: str) -> bool:
    return not amazon.client.solicitations.get_actions(question.order_id).names


def _upload(amazon: AmazonSandbox) -> Question:
    return Question(amazon.guide_order, {"contentType": "text/plain"}, resource=_resource(amazon, "invoice"))


def _restricted(amazon: AmazonSandbox) -> Question:
    resource = {
        "method": "GET",
        "path": f"/orders/2026-01-01/orders/{amazon.guide_order}",
        "dataElements": ["buyerInfo"],
    }
    return Question(body={"restrictedResources": [resource]})


def _nothing(_: AmazonSandbox) -> Question:
    return Question()


_CASES: dict[Operation, _Case] = {
    Operation(LOGIN, "lwa"): _Case(_nothing, lambda amazon, *_: amazon.count("lwa", 200) == 1),
    Operation("Messaging v1", "getMessagingActionsForOrder"): _Case(_guide_order, _answer_has("unexpectedProblem")),
    Operation("Messaging v1", "GetAttributes"): _Case(_guide_order, _answer_has("en-US")),
    **{
        Operation("Messaging v1", kind.operation): _Case(_message(kind), _was_accepted(kind))
        for kind in MESSAGE_TYPES
        if kind.operation is not None
    },
    Operation("Uploads 2020-11-01", "createUploadDestinationForResource"): _Case(
        _upload, _answer_has("X-Amz-Signature")
    ),
    Operation(STORAGE, "s3"): _Case(_upload, _answer_has("200")),
    Operation("Orders 2026-01-01", "searchOrders"): _Case(_since("createdAfter"), _answer_names_the_order),
    Operation("Orders 2026-01-01", "getOrder"): _Case(_guide_order, _answer_names_the_order),
    Operation("Orders v0", "getOrders"): _Case(_since("CreatedAfter"), _answer_names_the_order),
    Operation("Orders v0", "getOrder"): _Case(_guide_order, _answer_names_the_order),
    Operation("Orders v0", "getOrderItems"): _Case(_guide_order, _answer_names_the_order),
    Operation("Solicitations v1", "getSolicitationActionsForOrder"): _Case(
        _delivered_order, _answer_has("productReviewAndSellerFeedback")
    ),
    Operation("Solicitations v1", "createProductReviewAndSellerFeedbackSolicitation"): _Case(
        _delivered_order, _review_was_asked_for
    ),
    Operation("Sellers v1", "getMarketplaceParticipations"): _Case(_nothing, _answer_has(US)),
    Operation("Sellers v1", "getAccount"): _Case(_nothing, _answer_has("Sandbox Seller 1")),
    Operation("Tokens 2021-03-01", "createRestrictedDataToken"): _Case(_restricted, _answer_has("Atz.sprdt|")),
}

OPERATIONS: tuple[Operation, ...] = tuple(_CASES)
