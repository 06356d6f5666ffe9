"""What the OpenAPI document says beside what the handlers' types say."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from litestar.enums import MediaType
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIHeader,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
    SecurityScheme,
    Server,
    Tag,
)
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from buyerline import __version__
from buyerline.app.web.api.problems import MEDIA_TYPE, Failure

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

PATH = "/api/openapi.json"

_FAILURES = {
    400: "The request cannot be read: a parameter or a field is not as it is described.",
    401: "No API key came along, or none that works.",
    403: "The person whose key it is may not do this.",
    404: "There is no such thing, or the person whose key it is may not see it.",
    409: "Things have changed meanwhile, so that this cannot be done any more.",
    413: "The body is larger than 15 MB.",
    415: "The body does not come as `application/json`.",
    421: "The host that was asked for is not one of this app's.",
    422: "The request can be read, but what it says cannot be taken.",
    500: "Something in buyerline failed; its log says where.",
    502: "Amazon could not be asked, or gave no usable answer.",
    503: "The database cannot be used, or Amazon's usage plan has no room. `Retry-After` says when to ask again.",
}
_ALWAYS = (400, 401, 421, 500, 503)
"""What every operation may answer."""

_HEADERS = {
    "201": ("Location", "Where to follow it.", OpenAPIType.STRING),
    "401": ("WWW-Authenticate", "`Bearer`.", OpenAPIType.STRING),
    "503": ("Retry-After", "Seconds until it may be asked again.", OpenAPIType.INTEGER),
}
"""Headers of answers, by status."""

_DESCRIPTION = (
    "What the pages of buyerline do with accounts, orders and messages, for programs.\n\n"
    "Every request carries an API key, made in the app on the page Settings: `Authorization: Bearer bl_...`. A key may "
    "do what its person may do at that moment, and nothing more.\n\n"
    "Bodies are JSON in UTF-8. A field or a parameter that is not described here is refused, never ignored. Moments "
    "are written as RFC 3339 has it and answered in UTC; one that comes without a zone is taken for UTC.\n\n"
    "Lists come newest first in pages of `limit`; `next` of an answer is `before` of the next request, and `null` at "
    "the end; lists without them are short and whole. What cannot be done is told as `application/problem+json` (RFC "
    "9457), at addresses and with methods that there are not (404, 405) too."
)

_TAGS = {
    "Messages": "Queue messages, see what became of them, and decide about those that need a person.",
    "Approvals": "Messages that wait for a second person, where an owner has turned that on.",
    "Orders": "The orders that were synchronised, what Amazon takes for them, and checks before anything is queued.",
    "Accounts": "The sellers' accounts that are connected.",
    "People": "Who you are, who else is there, and what people did.",
}


@dataclass
class Told(Operation):
    """An operation whose answers name the headers that matter."""

    def __post_init__(self) -> None:
        """Add them."""
        responses = self.responses or {}
        for status, (name, said, kind) in _HEADERS.items():
            # What was queued before is answered with 200, and is to be followed at the same place.
            for each in (status, "200") if status == "201" else (status,):
                answer = responses.get(each) if status in responses else None
                if isinstance(answer, OpenAPIResponse):
                    header = OpenAPIHeader(description=said, schema=Schema(type=kind))
                    answer.headers = {**(answer.headers or {}), name: header}


class Other(NamedTuple):
    """Another answer of an operation for when all is well."""

    body: type[msgspec.Struct]
    said: str


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    answer: str,
    status: int = 200,
    fails: Iterable[int] = (),
    also: Mapping[int, Other] | None = None,
) -> dict[str, Any]:
    """What a handler of the API is beside its path: keywords for Litestar's decorators.

    Args:
        name: the operation's id, for programs that are generated from the document.
        summary: what it is for, in a few words.
        tag: of `_TAGS`.
        answer: what comes back when all is well.
        status: with this status.
        fails: statuses of failures; those that every operation may answer are added.
        also: other answers for when all is well.
    """
    others = {
        code: ResponseSpec(other.body, description=other.said, generate_examples=False)
        for code, other in (also or {}).items()
    }
    failures = {
        code: ResponseSpec(Failure, description=_FAILURES[code], media_type=MEDIA_TYPE, generate_examples=False)
        for code in sorted({*_ALWAYS, *fails})
    }
    return {
        "operation_class": Told,
        "operation_id": name,
        "summary": summary,
        "tags": [tag],
        "status_code": status,
        "response_description": answer,
        "responses": others | failures,
        "sync_to_thread": True,
    }


class Structs(OpenAPISchemaPlugin):
    """Has the document say of structs what their docstrings say, and of strict ones that nothing else is taken."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Whether it is a struct."""
        return not field_definition.is_union and field_definition.is_subclass_of(msgspec.Struct)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: "SchemaCreator") -> Schema:
        """What Litestar's own plugin says of a struct, and the rest."""
        others = [each for each in schema_creator.plugins if each is not self]
        litestars = next(each for each in others if schema_creator.plugin_supports_field(each, field_definition))
        schema = litestars.to_openapi_schema(field_definition, schema_creator)
        struct: type[msgspec.Struct] = field_definition.annotation
        schema.description = inspect.getdoc(struct)
        if struct.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        return schema


def openapi_config() -> OpenAPIConfig:
    """The document of the API at `PATH`, and no page that would ask another host for its looks."""
    return OpenAPIConfig(
        title="buyerline",
        version=__version__,
        summary="Messages from Amazon sellers to their buyers.",
        description=_DESCRIPTION,
        path="/api",
        render_plugins=[JsonRenderPlugin(path="/openapi.json", media_type=MediaType.JSON)],
        tags=[Tag(name=name, description=said) for name, said in _TAGS.items()],
        servers=[Server(url="/")],
        security=[{"key": []}],
        components=Components(
            security_schemes={
                "key": SecurityScheme(
                    type="http", scheme="bearer", description="An API key, made in Settings: `bl_...`."
                )
            }
        ),
        use_handler_docstrings=True,
    )
