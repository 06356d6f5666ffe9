"""What comes in: bodies read strictly, no parameter that nobody knows, no character that nothing can keep."""

import re
from typing import Any

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

_NOT_QUERY = {"services", "viewer", "request", "data"}
_WHERE = re.compile(r"^(?P<what>.*) - at `(?:\$\.?)?(?P<where>.*)`$", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"^Object contains unknown field `(?P<name>.*)`$", re.DOTALL)


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
        raise _misfit(str(error)) from None
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
    """A guard: refuses parameters that are misspelt, which would be ignored otherwise, and texts that are none.

    Raises:
        ValidationException: there is such a parameter.
        NotFoundException: the path has such a text in it, so that nothing can be there.
    """
    known = _query_parameters(handler) - connection.path_params.keys()
    for name, value in connection.query_params.multi_items():
        if name not in known:
            takes = f"It takes: {', '.join(sorted(known))}." if known else "It takes none."
            raise ValidationException(f"There is no parameter {name[:40]!r} here. {takes}")
        if UNKEEPABLE.search(value):
            raise _about(name, "It holds a character that is none")
    if any(isinstance(value, str) and UNKEEPABLE.search(value) for value in connection.path_params.values()):
        raise NotFoundException


def _query_parameters(handler: BaseRouteHandler) -> set[str]:
    """The names of what a handler takes from the query, and maybe from the path."""
    names = set()
    for name, field in handler.parsed_fn_signature.parameters.items():
        told = field.kwarg_definition if isinstance(field.kwarg_definition, ParameterKwarg) else None
        if name not in _NOT_QUERY and not (told and told.param_type is ParamType.HEADER):
            names.add(name)
    return names


def _misfit(told: str) -> ValidationException:
    """What msgspec says of a value, as a problem with the field that it is about."""
    found = _WHERE.match(told)
    what, where = (found["what"], found["where"]) if found else (told, "")
    unknown = _UNKNOWN_FIELD.match(what)
    if unknown:
        name = unknown["name"][:40]
        return _about(f"{where}.{name}".lstrip("."), "there is no such field; see /api/docs for those that there are")
    return _about(where or "body", what)


def _about(field: str, what: str) -> ValidationException:
    return ValidationException(f"{field}: {what}.", extra=[{"key": field, "message": what}])
