"""What comes in: bodies read strictly, no parameter that nobody knows, no character that nothing can keep."""

import re
from enum import StrEnum
from typing import Any, get_args

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ParamType
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg

from buyerline.app.draft_values import UNKEEPABLE
from buyerline.app.errors import NotSignedIn

LARGEST_BODY = 15_000_000
"""Bytes of a body, at most: files of 10 MB in base64, which makes four characters of three bytes, and the rest."""

KEY_HEADER = "Idempotency-Key"

_NOT_QUERY = {"services", "viewer", "request", "data"}
_WHERE = re.compile(r"^(?P<what>.*) - at `(?:\$\.?)?(?P<where>.*)`$", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"^Object contains unknown field `(?P<name>.*)`$", re.DOTALL)
_NO_CHOICE = re.compile(r"^Invalid enum value ")
_MISSING_FIELD = re.compile(r"^Object missing required field `(?P<name>.*)`$")


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is read as the type that the handler takes, and nothing else is taken for it."""

    async def body(self) -> bytes:
        """The body.

        Raises:
            ValidationException: there is none, and the handler needs one.
        """
        found = await super().body()
        expected = self.route_handler.parsed_data_field
        if not found and expected and not expected.is_optional:
            raise _about("body", "it is missing")
        return found

    async def json(self) -> Any:
        """The body as the type of the handler's `data`.

        Raises:
            HTTPException: it is not JSON by its Content-Type (415), or not of that type (400).
        """
        expected = self.route_handler.parsed_data_field
        if expected is None:
            return None
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise HTTPException(status_code=415, detail="Send JSON: Content-Type: application/json.")
        return decoded(await self.body(), expected.annotation)


def decoded(body: bytes, expected: Any) -> Any:
    """A body as a type of msgspec's.

    Raises:
        ValidationException: it is no JSON, or none of that type.
    """
    try:
        return msgspec.json.decode(body, type=expected)
    except msgspec.ValidationError as error:
        raise _misfit(str(error), expected) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ValidationException(
            "The body is not JSON in UTF-8. Look for a missing quote, comma or bracket."
        ) from None


def require_key(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: lets nobody without a key learn even whether a body would be taken.

    Raises:
        NotSignedIn: there is no key, or not one that is good.
    """
    if connection.scope.get("user") is None:
        raise NotSignedIn


def check_request(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: refuses what would be ignored otherwise, such as a misspelt parameter, and texts that are none.

    Raises:
        ValidationException: there is such a parameter, one with a value that it cannot have, or a second key.
        NotFoundException: the path has such a text in it, so that nothing can be there.
    """
    told = _query_parameters(handler)
    known = told.keys() - connection.path_params.keys()
    for name, value in connection.query_params.multi_items():
        if name not in known:
            takes = f"It takes: {', '.join(sorted(known))}." if known else "It takes none."
            raise ValidationException(f"There is no parameter {name[:40]!r} here. {takes}")
        if UNKEEPABLE.search(value):
            raise _about(name, "It holds a character that is none")
        choices = _choices(told[name])
        if choices and value not in choices:
            raise _about(name, _there_are(choices))
    if len(connection.headers.getall(KEY_HEADER, [])) > 1:
        raise _about(KEY_HEADER, "It came more than once. Send one")
    if any(isinstance(value, str) and UNKEEPABLE.search(value) for value in connection.path_params.values()):
        raise NotFoundException


def bare_key(given: str) -> str:
    """A key from the header, without the quotes that draft-ietf-httpapi-idempotency-key-header has around it.

    Raises:
        ValidationException: it is none, or may be another one than was meant.
    """
    key = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not key:
        raise _about(KEY_HEADER, "It is empty. Leave it out, or give each message a key of its own")
    if not (key.isascii() and key.isprintable()):  # a header has bytes; what characters they are, it does not say
        raise _about(KEY_HEADER, "A header takes printable ASCII only. Put this key into the body, as idempotency_key")
    return key


def _query_parameters(handler: BaseRouteHandler) -> dict[str, Any]:
    """The names and types of what a handler takes from the query, and maybe from the path."""
    kinds = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        told = field.kwarg_definition if isinstance(field.kwarg_definition, ParameterKwarg) else None
        if name not in _NOT_QUERY and not (told and told.param_type is ParamType.HEADER):
            kinds[name] = field.annotation
    return kinds


def _misfit(told: str, expected: Any) -> ValidationException:
    """What msgspec says of a value for a body of the `expected` type, as a problem with the field that it is about."""
    found = _WHERE.match(told)
    what, where = (found["what"], found["where"]) if found else (told, "")
    if unknown := _UNKNOWN_FIELD.match(what):
        name = unknown["name"][:40]
        return _about(f"{where}.{name}".lstrip("."), "there is no such field; see /api/docs for those that there are")
    if missing := _MISSING_FIELD.match(what):
        return _about(f"{where}.{missing['name']}".lstrip("."), "it is missing")
    if _NO_CHOICE.match(what):
        fields = {each.name: each.type for each in msgspec.structs.fields(expected)}
        return _about(where, _there_are(_choices(fields.get(where))))
    return _about(where or "body", what)


def _choices(kind: Any) -> list[str]:
    """The words of which one is taken for a value of a type; none where others are taken, too."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return list(kind)
    return [word for part in get_args(kind) for word in _choices(part)]


def _there_are(choices: list[str]) -> str:
    return f"There is no such value. There are: {', '.join(choices)}"


def _about(field: str, what: str) -> ValidationException:
    return ValidationException(f"{field}: {what}.", extra=[{"key": field, "message": what}])
