"""Actions as Amazon offers them, for the tests of the checks."""

from typing import Any

from buyerline.amazon.messaging import Action, Actions, parse_actions
from buyerline.messages.drafts import Attachment, Draft

ORDER = "902-6786204-8179805"
DRAFT_04 = "http://json-schema.org/draft-04/schema#"
LINKS_ALLOWED = "2000 character limit. Only links related to order completion are allowed, no HTML or email addresses."
NO_LINKS = "2000 character limit. No links, no HTML or email addresses."

TEXT_FIELD: dict[str, Any] = {
    "type": "string",
    "title": "Explain why you are contacting.",
    "description": LINKS_ALLOWED,
    "x-ui-field-type": "text",
    "minLength": 1,
    "maxLength": 2000,
}
FILES_FIELD: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": [],
        "properties": {"fileName": {"type": "string"}, "id": {"type": "string"}},
    },
    "title": "Add attachment",
    "description": "You can upload text files, PDFs, Word documents, .jpg, .gif, and .png, less than 10 MB.",
    "minItems": 1,
    "maxItems": 5,
}


def schema_of(properties: dict[str, Any], required: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A form as Amazon sends it, with what is for display and the faults that its forms have."""
    return {
        "type": "object",
        "name": "any",
        "title": "A message",
        "description": "A message to the buyer.",
        "disabled": False,
        "disabledReason": None,
        "properties": properties,
        "required": list(properties) if required is None else required,
        "$schema": DRAFT_04,
        "x-ui-hidden": None,
        **more,
    }


TEXT_FORM = schema_of({"rawMessageBody": TEXT_FIELD})
FILES_FORM = schema_of({"attachments": FILES_FIELD})
BOTH_FORM = schema_of(
    {"attachments": {**FILES_FIELD, "minItems": 0}, "rawMessageBody": {**TEXT_FIELD, "maxLength": 800}}
)


def offer(*offered: tuple[str, dict[str, Any]], closed_reason: str | None = None) -> Actions:
    """What Amazon offers for an order: names and forms."""
    answer = {
        "_links": {
            "actions": [
                {"name": name, "href": f"/messaging/v1/orders/{ORDER}/messages/{name}?marketplaceIds=ATVPDKIKX0DER"}
                for name, _ in offered
            ]
        },
        "_embedded": {"actions": [{"name": name, "_embedded": {"schema": form}} for name, form in offered]},
    }
    return Actions(ORDER, tuple(parse_actions(answer)), closed_reason)


def action_of(name: str, form: dict[str, Any]) -> Action:
    """One offered action."""
    return offer((name, form))[0]


CONFIRM_ORDER = action_of("confirmOrderDetails", TEXT_FORM)
CUSTOMIZATION = action_of("confirmCustomizationDetails", BOTH_FORM)
INVOICE = action_of("sendInvoice", FILES_FORM)
WARRANTY = action_of("warranty", FILES_FORM)


def draft(text: str | None = None, *files: Attachment, type: str = "any", **more: Any) -> Draft:  # noqa: A002 - the field's own word
    """A draft for the order of the guide."""
    return Draft(more.pop("order_id", ORDER), type, text, files, **more)
