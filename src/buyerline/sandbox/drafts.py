"""The body of a message: what the model allows, read strictly.

Texts are counted in Unicode code points. The model forbids HTML and email addresses in words only; here both are
refused. Amazon's own wording of these refusals is not known: the sentences name the field and the rule.
"""

import re
from datetime import datetime
from typing import Any

import msgspec

from buyerline.sandbox import errors
from buyerline.sandbox.clock import read_moment
from buyerline.sandbox.markup import has_markup
from buyerline.sandbox.message_types import MessageType
from buyerline.sandbox.wire import Call, NotJson, read_json

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")

FILE_NAME_LIMIT = 255


class AttachmentReference(msgspec.Struct, frozen=True):
    """One attachment of a message's body: the upload destination, and the name that the buyer sees."""

    id: str
    file_name: str


class Draft(msgspec.Struct, frozen=True):
    """What a message's body says."""

    text: str | None = None
    attachments: tuple[AttachmentReference, ...] = ()
    coverage_start: datetime | None = None
    coverage_end: datetime | None = None


def read_draft(message_type: MessageType, call: Call) -> Draft:
    """The body of a message of this type.

    Raises:
        Refusal: 400, it breaks a rule of the model.
    """
    if message_type.text_limit is None and message_type.files is None:
        return Draft()
    body = _object(call)
    start, end = _coverage(body) if message_type.coverage else (None, None)
    draft = Draft(
        text=_text(body, message_type.text_limit) if message_type.text_limit is not None else None,
        attachments=_attachments(body, *message_type.files) if message_type.files is not None else (),
        coverage_start=start,
        coverage_end=end,
    )
    _note_extra_keys(message_type, body, call)
    return draft


def _object(call: Call) -> dict[str, Any]:
    try:
        body = read_json(call.body)
    except NotJson:
        raise errors.invalid("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise errors.invalid("The request body must be a JSON object.")
    return body


def _text(body: dict[str, Any], limit: int) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise errors.invalid(f"text: must be a string of 1 to {limit} characters.")
    if len(text) > limit:
        raise errors.invalid(f"text: must not be longer than {limit} characters.")
    if has_markup(text):
        raise errors.invalid("text: must not contain HTML.")
    if _EMAIL.search(text):
        raise errors.invalid("text: must not contain an email address.")
    return text


def _attachments(body: dict[str, Any], fewest: int, most: int) -> tuple[AttachmentReference, ...]:
    attachments = body.get("attachments")
    if attachments is None:
        attachments = []
    if not isinstance(attachments, list) or not fewest <= len(attachments) <= most:
        raise errors.invalid(f"attachments: must be a list of {fewest} to {most} attachments.")
    return tuple(_attachment(position, item) for position, item in enumerate(attachments))


def _attachment(position: int, item: Any) -> AttachmentReference:
    field = f"attachments[{position}]"
    if not isinstance(item, dict):
        raise errors.invalid(f"{field}: must be an object with uploadDestinationId and fileName.")
    destination, file_name = item.get("uploadDestinationId"), item.get("fileName")
    if not isinstance(destination, str) or not destination:
        raise errors.invalid(f"{field}.uploadDestinationId: must be a string.")
    if not isinstance(file_name, str) or not file_name.strip():
        raise errors.invalid(f"{field}.fileName: must be a string with at least one character.")
    if len(file_name) > FILE_NAME_LIMIT or _CONTROL.search(file_name):
        raise errors.invalid(f"{field}.fileName: must be a file's name of at most {FILE_NAME_LIMIT} characters.")
    return AttachmentReference(destination, file_name)


def _coverage(body: dict[str, Any]) -> tuple[datetime, datetime]:
    start, end = _moment(body, "coverageStartDate"), _moment(body, "coverageEndDate")
    if end < start:
        raise errors.invalid("coverageEndDate: must not be before coverageStartDate.")
    return start, end


def _moment(body: dict[str, Any], name: str) -> datetime:
    value = body.get(name)
    moment = read_moment(value) if isinstance(value, str) and "T" in value else None
    if moment is None:
        raise errors.invalid(f"{name}: must be a date and time in ISO 8601.")
    return moment


def _note_extra_keys(message_type: MessageType, body: dict[str, Any], call: Call) -> None:
    known = {"text"} if message_type.text_limit is not None else set()
    known |= {"attachments"} if message_type.files is not None else set()
    known |= {"coverageStartDate", "coverageEndDate"} if message_type.coverage else set()
    # A key could be anything, a buyer's text included: only the well-known wrong ones are named.
    extra = body.keys() - known
    named = sorted(extra & {"marketplaceIds", "MarketplaceIds", "MarketplaceId", "marketplaceId"})
    if named:
        call.note(f"keys in the body that the model does not have: {', '.join(named)}")
    if len(extra) > len(named):
        call.note(f"{len(extra) - len(named)} unknown keys in the body")
