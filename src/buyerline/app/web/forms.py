"""What forms and addresses bring in, read with care."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Annotated, Any, TypeAlias
from urllib.parse import parse_qsl

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException, NotFoundException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import BaseRouteHandler
from litestar.params import Body, PathParameter
from litestar.utils.scope.state import ScopeState
from multipart import (  # type: ignore[import-untyped]  # it has no types
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
)

from buyerline.app.draft_values import UNKEEPABLE
from buyerline.app.errors import Invalid
from buyerline.app.passwords import SHORTEST
from buyerline.app.words import Words

LARGEST_FORM = 400_000
"""Bytes of a form without files, at most. Percent-encoded, the 20,000 characters of a text become up to 240,000."""

MOST_FIELDS = 10_000
"""Fields of a form without files, at most: a person may be given each of some thousand accounts."""

MOST_PARTS = 1000
"""Parts of a form with files, at most."""

LARGEST = 2**63 - 1
"""The largest number that a database keeps."""

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""The fields of a form, each once."""

Number = Annotated[int, PathParameter(ge=1, le=LARGEST)]
"""A number in a path: of a person, of a key."""

Place = Annotated[int, PathParameter(ge=0, le=LARGEST)]
"""A number in a path that counts from nought: the place of a file among those of a message."""

_ACCOUNTS = ("account", "again")
"""What queries call an account's name: the one that is asked about, the one that is connected again."""

_Fields: TypeAlias = dict[str, list[str | UploadFile]]


async def read_form(request: Request[Any, Any, Any], files: AsyncExitStack) -> None:
    """Read a form, within bounds, so that everything that asks the request for it finds it read.

    Anybody may send one, and Litestar by itself would parse any number of fields, keep the last 1024 forms in memory,
    passwords and all, and decode a part by whatever charset it names; some take a time that grows with the square of
    its length. A form of a page of the app is in UTF-8, always.

    Args:
        request: what may bring a form.
        files: closes the files that come with it.

    Raises:
        RequestEntityTooLarge: it is larger than any that a page can send.
        ClientException: it cannot be read.
    """
    kind, options = request.content_type
    if kind == RequestEncodingType.URL_ENCODED:
        fields = _fields(await request.body())
    elif kind == RequestEncodingType.MULTI_PART:
        fields = await _parts(request.stream(), options.get("boundary", ""), files)
    else:
        return
    if any(isinstance(value, str) and UNKEEPABLE.search(value) for found in fields.values() for value in found):
        raise ClientException("The form has a character in it that is none.")
    once_or_more: dict[str, Any] = {name: found[0] if len(found) == 1 else found for name, found in fields.items()}
    ScopeState.from_scope(request.scope).form = once_or_more


def refuse_unkeepable(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: nothing has a name with a character in it that no database keeps.

    Raises:
        NotFoundException: the path asks for something of such a name, or the query for such an account.
    """
    asked = [value for name, value in connection.query_params.multi_items() if name in _ACCOUNTS]
    if any(isinstance(name, str) and UNKEEPABLE.search(name) for name in (*connection.path_params.values(), *asked)):
        raise NotFoundException


def _fields(body: bytes) -> _Fields:
    if len(body) > LARGEST_FORM:
        raise RequestEntityTooLarge
    try:
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise RequestEntityTooLarge from None
    fields: _Fields = defaultdict(list)
    for name, value in pairs:
        fields[name].append(value)
    return fields


async def _parts(body: AsyncIterator[bytes], boundary: str, files: AsyncExitStack) -> _Fields:
    fields: _Fields = defaultdict(list)
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
            async for chunk in body:
                for event in parser.parse(chunk) if chunk else ():
                    if isinstance(event, MultipartSegment):
                        name, content = event.name, UploadFile(event.content_type or "", event.filename or "")
                        files.push_async_callback(content.close)
                    elif event:
                        await content.write(event)
                    else:
                        fields[name].append(await _ended(content))
    except ParserLimitReached:
        raise RequestEntityTooLarge from None
    except (MultipartError, UnicodeDecodeError):
        raise ClientException("The form cannot be read.") from None
    return fields


async def _ended(part: UploadFile) -> str | UploadFile:
    """A part that has come whole: a file, or where it has no file's name, a text."""
    await part.seek(0)
    return part if part.filename else (await part.read()).decode()


def typed(request: Request[Any, Any, Any], *names: str) -> str:
    """What was typed into the first of these fields that the form of a request has; ``""`` for nothing."""
    form = ScopeState.from_scope(request.scope).form
    values = (form.get(name) for name in names) if isinstance(form, dict) else ()
    return next((value for value in values if value and isinstance(value, str)), "")


def number_of(text: str) -> int | None:
    """The number that a field or a URL holds; ``None`` where it holds none that anything here could have."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST)):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def typed_twice(form: Mapping[str, str], field: str) -> str:
    """A new password from its field and the one named with ``_again``: nobody sees what they type.

    Raises:
        Invalid: the two are not the same.
    """
    typed, again = form.get(field, ""), f"{field}_again"
    if typed != form.get(again, ""):
        words = Words(
            "The two are not the same. Type the password into both fields again, of at least {least} characters.",
            least=SHORTEST,
        )
        raise Invalid(words, again)
    return typed
