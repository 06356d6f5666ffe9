"""The form that Amazon sends with an action: a JSON Schema (draft-04) that a draft has to satisfy.

The form is Seller Central's, not the operation's body: it says ``rawMessageBody`` and attachment ``id`` where the
body says ``text`` and ``uploadDestinationId``. So the draft is put into the form's words before it is validated.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import Action
from buyerline.messages import attachments, coverage, text
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Draft, coverage_date

if TYPE_CHECKING:
    import jsonschema_rs

_DRAFT_04 = "json-schema.org/draft-04/schema"
_NOT_UPLOADED_YET = "00000000-0000-0000-0000-000000000000"
_BACKTRACK_LIMIT = 100_000
_VALIDATOR_GAVE_UP = {"BacktrackLimitExceeded", "RegexEngineFailure", "Referencing"}

_NUMBERS = {"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"}
_COUNTS = {"maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"}
_ASSERTIONS = {"$ref", "enum", "format", "pattern", "required", "type", "uniqueItems", *_NUMBERS, *_COUNTS}
_WITH_SCHEMA = {"additionalItems", "additionalProperties", "items", "not"}
_WITH_SCHEMAS = {"allOf", "anyOf", "oneOf"}
_WITH_NAMED_SCHEMAS = {"definitions", "dependencies", "patternProperties", "properties"}


def check_form(draft: Draft, action: Action) -> list[Problem]:
    """Every rule of the action's form that the draft breaks.

    A form that is no draft-04 schema, is broken or refers to another document says nothing: no problem, and the
    limits of the table hold. Nothing is ever fetched.
    """
    validator = _validator(action.schema)
    if validator is None:
        return []
    try:
        errors = list(validator.iter_errors(_filled_in(draft, action)))
    except ValueError:  # a broken character, which the text's own check reports
        return []
    return [problem for error in errors if (problem := _problem(error, draft, action))]


def form_fields(action: Action) -> frozenset[str]:
    """The names of the fields that the action's form has."""
    properties = action.schema.get("properties")
    return frozenset(properties) if isinstance(properties, dict) else frozenset()


def required_fields(action: Action) -> frozenset[str]:
    """The names of the fields that have to be filled in."""
    required = action.schema.get("required")
    return frozenset(name for name in required if isinstance(name, str)) if isinstance(required, list) else frozenset()


def _filled_in(draft: Draft, action: Action) -> dict[str, Any]:
    form: dict[str, Any] = {}
    words, files, fields = action.text, action.attachments, form_fields(action)
    if words and not text.is_blank(draft.text):
        form[words.field] = draft.text
    if files:
        # Amazon's example requires the list also where it may be empty
        form[files.field] = [{"fileName": attachment.name, "id": _NOT_UPLOADED_YET} for attachment in draft.attachments]
    for field, name in coverage.FIELDS.items():
        value = getattr(draft, name)
        if value is not None and field in fields:
            try:
                form[field] = coverage_date(value, end=name == "coverage_end").isoformat()
            except ValueError:
                form[field] = ""
    return form


def _validator(schema: Mapping[str, Any]) -> "jsonschema_rs.Draft4Validator | None":
    dialect = schema.get("$schema", _DRAFT_04)
    if not schema or not isinstance(dialect, str) or _DRAFT_04 not in dialect:
        return None
    try:
        return _compiled(msgspec.json.encode(schema, enc_hook=dict))  # a mapping of any kind is written as a dict
    except (TypeError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _compiled(form: bytes) -> "jsonschema_rs.Draft4Validator | None":
    """The validator of a form, which is given as JSON because every answer of Amazon brings it anew.

    It is the form as it came, with what is for display: its rules are taken out of it only once.
    """
    import jsonschema_rs

    rules = msgspec.json.encode(_rules(msgspec.json.decode(form)), order="sorted").decode()
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACK_LIMIT)
    try:
        return jsonschema_rs.Draft4Validator(rules, offline=True, pattern_options=options)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _rules(schema: Any) -> Any:
    """A schema without what is for display.

    Amazon's forms break the letter of draft-04 (an empty ``required``, a ``null`` where a string belongs), which
    would void every rule of theirs.
    """
    if not isinstance(schema, Mapping):
        return schema
    rules: dict[str, Any] = {}
    for keyword, value in schema.items():
        if value is None or (keyword == "required" and (not isinstance(value, list) or not value)):
            continue
        if keyword in _ASSERTIONS:
            rules[keyword] = value
        elif keyword in _WITH_SCHEMA:
            rules[keyword] = [_rules(item) for item in value] if isinstance(value, list) else _rules(value)
        elif keyword in _WITH_SCHEMAS and isinstance(value, list):
            rules[keyword] = [_rules(item) for item in value]
        elif keyword in _WITH_NAMED_SCHEMAS and isinstance(value, Mapping):
            rules[keyword] = {name: _rules(item) for name, item in value.items()}
    return rules


def _problem(error: "jsonschema_rs.ValidationError", draft: Draft, action: Action) -> Problem | None:
    """What an error of the validator means to a seller; ``None`` where the draft cannot be blamed."""
    if type(error.kind).__name__ in _VALIDATOR_GAVE_UP:
        return None
    field, *below = error.instance_path or [""]
    if not field:
        return _of_the_whole(error, action)
    if action.text and field == action.text.field:
        return _of_the_text(error, draft.text or "")
    if action.attachments and field == action.attachments.field:
        return _of_the_attachments(error, below, len(draft.attachments))
    return None  # a coverage date: its form is ours, its sense is checked elsewhere


def _of_the_whole(error: "jsonschema_rs.ValidationError", action: Action) -> Problem:
    if error.kind.name != "required":
        return _other("type", "does not take the draft as it is", error)
    name = str(error.kind.as_dict()["property"])
    if action.text and name == action.text.field:
        return text.missing_text()
    if name in coverage.FIELDS:
        return coverage.missing(coverage.FIELDS[name])
    return Problem(
        Code.SCHEMA,
        "type",
        f"Amazon's form for this message type asks for {name[:40]!r}, which cannot be filled in here. Send this "
        "message in Seller Central.",
    )


def _of_the_text(error: "jsonschema_rs.ValidationError", written: str) -> Problem:
    detail = error.kind.as_dict()
    match error.kind.name:
        case "maxLength":
            return text.too_long(written, detail["limit"])
        case "minLength":
            return text.too_short(len(written), detail["limit"])
        case "enum":
            allowed = ", ".join(str(option)[:40] for option in detail["options"][:10])
            return Problem(Code.SCHEMA, text.FIELD, f"Amazon takes only one of these texts here: {allowed}.")
    return _other(text.FIELD, "does not take this text", error)


def _of_the_attachments(error: "jsonschema_rs.ValidationError", below: list[str | int], count: int) -> Problem | None:
    detail = error.kind.as_dict()
    match error.kind.name, below:
        case "minItems", []:
            return attachments.too_few(count, detail["limit"])
        case "maxItems", []:
            return attachments.too_many(count, detail["limit"])
        case _, [_, "id", *_]:
            return None  # given by Amazon when the file is uploaded
        case _, [index, "fileName", *_]:
            field = f"{attachments.FIELD}[{index}].file_name"
            return _other(field, "does not take this file name", error)
    return _other(attachments.FIELD, "does not take these files", error)


def _other(field: str, refusal: str, error: "jsonschema_rs.ValidationError") -> Problem:
    rule = error.kind.name
    value = error.kind.as_dict().get(rule)
    shown = f"{rule}: {value[:80]}" if isinstance(value, str) else rule
    return Problem(
        Code.SCHEMA,
        field,
        f"Amazon's form for this message type {refusal} (rule {shown}). Change it to follow the rule.",
    )
