"""The message types, as the Messaging API's model and Amazon's use case guide give them.

Limits: messaging.json of amzn/selling-partner-api-models. negativeFeedbackRemoval and amazonMotors left that model in
August 2025 and January 2026; the guide's order still has them. Titles and descriptions are ours, of the kind that
Seller Central shows.
"""

from typing import Any

import msgspec


class MessageType(msgspec.Struct, frozen=True):
    """One kind of message.

    Attributes:
        segment: The last part of the operation's path.
        operation: Amazon's name of the operation; ``None`` for a type that Amazon lists but has no operation for.
        text_limit: The most characters of the text; ``None`` when the type takes no text.
        files: The fewest and most attachments; ``None`` when it takes none.
        needs_text: Whether a text must be there.
        coverage: Whether the dates of a warranty's coverage belong to it.
        once: Whether it can be sent one time per order only.
        offered_as: The name under which Amazon offers it, where that is not the path's segment.
    """

    segment: str
    operation: str | None
    title: str
    description: str
    text_limit: int | None = None
    files: tuple[int, int] | None = None
    coverage: bool = False
    once: bool = False
    hidden: bool | None = None
    offered_as: str = ""

    @property
    def name(self) -> str:
        """The name under which Amazon offers it."""
        return self.offered_as or self.segment

    def form(self, order_id: str, *, disabled_reason: str | None = None) -> dict[str, Any]:
        """Seller Central's form of the type: a draft-04 schema, with its own names for text and attachments."""
        properties: dict[str, Any] = {}
        if self.files is not None:
            properties["attachments"] = _attachments_field(*self.files)
        if self.text_limit is not None:
            properties["rawMessageBody"] = _text_field(self.text_limit)
        if self.coverage:
            properties["coverageStartDate"] = _date_field("First day of the coverage")
            properties["coverageEndDate"] = _date_field("Last day of the coverage")
        return {
            "_links": {
                "self": {"href": f"/messaging/v1/orders/{order_id}/messages/{self.name}/schema", "name": self.name}
            },
            "type": "object",
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "disabled": disabled_reason is not None,
            "disabledReason": disabled_reason,
            "properties": properties,
            "required": list(properties),
            "$schema": "http://json-schema.org/draft-04/schema#",
            "x-ui-hidden": self.hidden,
        }


def _text_field(limit: int) -> dict[str, Any]:
    return {
        "type": "string",
        "title": "Say why you write and what your customer should do.",
        "description": f"At most {limit} characters. Links only where they help to complete the order; no HTML and no "
        "email addresses.",
        "x-ui-field-type": "text",
        "minLength": 1,
        "maxLength": limit,
    }


def _attachments_field(fewest: int, most: int) -> dict[str, Any]:
    field = {
        "type": "array",
        "items": {
            "type": "object",
            "required": [],
            "properties": {"fileName": {"type": "string"}, "id": {"type": "string"}},
        },
        "title": "Add files",
        "description": "Text files, PDF, Word documents and images (.jpg, .gif, .png). All files together must stay "
        "under 10 MB.",
        "x-ui-field-type": "attachments",
        "maxItems": most,
    }
    if fewest:
        field["minItems"] = fewest
    return field


def _date_field(title: str) -> dict[str, Any]:
    return {
        "type": "string",
        "format": "date-time",
        "title": title,
        "description": "A date and time in ISO 8601.",
        "x-ui-field-type": "date",
    }


MESSAGE_TYPES = (
    MessageType(
        "confirmCustomizationDetails",
        "confirmCustomizationDetails",
        "Ask about the customization",
        "Have your customer give or check the details of a customized item, such as a name's spelling or a picture.",
        text_limit=800,
        files=(0, 5),
    ),
    MessageType(
        "confirmDeliveryDetails",
        "createConfirmDeliveryDetails",
        "Arrange the delivery",
        "Agree with your customer on how and when the order can be delivered.",
        text_limit=2000,
    ),
    MessageType(
        "legalDisclosure",
        "createLegalDisclosure",
        "Send a legal disclosure",
        "Send a document that the law requires your customer to have.",
        files=(1, 5),
    ),
    MessageType(
        "negativeFeedbackRemoval",
        "createNegativeFeedbackRemoval",
        "Ask to reconsider negative feedback",
        "Ask your customer to think again about the feedback left for you. It can be sent once for an order.",
        once=True,
        hidden=True,
    ),
    MessageType(
        "confirmOrderDetails",
        "createConfirmOrderDetails",
        "Ask about the order",
        "Ask your customer a question that must be answered before the order can leave.",
        text_limit=2000,
    ),
    MessageType(
        "confirmServiceDetails",
        "createConfirmServiceDetails",
        "Ask about the home service",
        "Ask your Home Services customer what you need to know for the appointment.",
        text_limit=2000,
    ),
    MessageType(
        "amazonMotors",
        "createAmazonMotors",
        "Send vehicle documents",
        "Send the papers that belong to an Amazon Motors order.",
        files=(1, 5),
    ),
    MessageType(
        "warranty",
        "CreateWarranty",
        "Send the warranty",
        "Send the terms of the warranty and the dates between which it holds.",
        files=(1, 5),
        coverage=True,
    ),
    MessageType(
        "digitalAccessKey",
        "createDigitalAccessKey",
        "Send an access key",
        "Send your customer the key or the instructions that open the digital content.",
        text_limit=400,
        files=(0, 5),
    ),
    MessageType(
        "unexpectedProblem",
        "createUnexpectedProblem",
        "Tell of an unexpected problem",
        "Tell your customer of a problem that keeps the order from arriving as promised.",
        text_limit=2000,
    ),
    MessageType(
        "invoice",
        "sendInvoice",
        "Send the invoice",
        "Send your customer the invoice of the order.",
        files=(1, 5),
        offered_as="sendInvoice",
    ),
    MessageType(
        "updateFeedback",
        None,
        "Ask to update negative feedback",
        "Ask your customer to update the feedback left for you. It can be sent once for an order.",
        once=True,
        hidden=True,
    ),
)

BY_SEGMENT = {message_type.segment: message_type for message_type in MESSAGE_TYPES}
BY_NAME = {message_type.name: message_type for message_type in MESSAGE_TYPES}
ALL_SEGMENTS = tuple(BY_SEGMENT)
