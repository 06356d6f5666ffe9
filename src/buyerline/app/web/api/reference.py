"""From the OpenAPI document to what the page about the API shows."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

MOMENT = "2026-11-22T12:04:31Z"
"""The moment of the examples."""

_ENDLESS = 1e9
"""From which on a largest number is only what the database can hold."""

_METHODS = ("get", "post", "put", "patch", "delete")
_COMPONENTS = "#/components/schemas/"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is.

    Attributes:
        words: before the name of a thing, or all there is to say.
        thing: the name of the `Thing` that it is, if it is one.
        nullable: whether it may be null.
    """

    words: str
    thing: str | None = None
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of an object.

    Attributes:
        name: its name.
        place: where it stands: ``path``, ``query``, ``header``; ``""`` in an object.
        kind: what it is.
        required: whether it has to be there.
        said: what it means.
        limits: how long, how large, which default.
    """

    name: str
    place: str
    kind: Kind
    required: bool
    said: str
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back with a status.

    Attributes:
        status: the HTTP status.
        said: what it means.
        thing: the name of the `Thing` in the body; ``None``: there is no body.
        example: a body, for when all is well; ``""`` otherwise.
    """

    status: str
    said: str
    thing: str | None
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to ask for.

    Attributes:
        id: its name for programs.
        method, path: how it is asked for.
        summary: what it is for, in a few words.
        paragraphs: the same at length.
        parameters: what goes with it.
        body: the name of the `Thing` that is sent; ``None``: nothing is.
        command: how to ask for it with curl.
        answers: what may come back.
    """

    id: str
    method: str
    path: str
    summary: str
    paragraphs: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: str | None
    command: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    said: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object with its fields, or a word out of `values`."""

    name: str
    said: str
    fields: tuple[Field, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that the document says, in the order of the page."""

    paragraphs: tuple[str, ...]
    groups: tuple[Group, ...]
    things: tuple[Thing, ...]


def reference(document: Schema, url: str) -> Reference:
    """What the page shows.

    Args:
        document: an OpenAPI document.
        url: under which the app is reached.
    """
    return _Reader(document, url).read()


class _Reader:
    """Reads one document."""

    def __init__(self, document: Schema, url: str) -> None:
        self._document = document
        self._url = url
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]

    def read(self) -> Reference:
        """All of it."""
        found = list(self._operations())
        groups = tuple(
            Group(tag["name"], tag["description"], tuple(each for name, each in found if name == tag["name"]))
            for tag in self._document["tags"]
        )
        things = tuple(self._thing(name) for name in sorted(self._schemas))
        return Reference(_paragraphs(self._document["info"]["description"]), groups, things)

    def _operations(self) -> Iterator[tuple[str, Operation]]:
        for path, item in self._document["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield item[method]["tags"][0], self._operation(method, path, item[method])

    def _operation(self, method: str, path: str, told: Schema) -> Operation:
        body = _schema_of(told.get("requestBody", {}))
        return Operation(
            id=told["operationId"],
            method=method.upper(),
            path=path,
            summary=told["summary"],
            paragraphs=_paragraphs(told["description"]),
            parameters=tuple(self._parameter(each) for each in told.get("parameters", ())),
            body=self._kind(body).thing if body else None,
            command=self._command(method, path, told, body),
            answers=tuple(self._answer(status, each) for status, each in sorted(told["responses"].items())),
        )

    def _parameter(self, told: Schema) -> Field:
        schema = told["schema"]
        return Field(
            name=told["name"],
            place=told["in"],
            kind=self._kind(schema),
            required=told["required"],
            said=told.get("description") or "",
            limits=tuple(self._limits(schema)),
        )

    def _answer(self, status: str, told: Schema) -> Answer:
        schema = _schema_of(told)
        example = _json(self._example(schema)) if schema and status.startswith("2") else ""
        return Answer(status, told["description"], self._kind(schema).thing if schema else None, example)

    def _thing(self, name: str) -> Thing:
        schema = self._schemas[name]
        required = schema.get("required", ())
        fields = tuple(
            Field(
                name=each,
                place="",
                kind=self._kind(inner),
                required=each in required,
                said=inner.get("description", ""),
                limits=tuple(self._limits(inner)),
            )
            for each, inner in schema.get("properties", {}).items()
        )
        return Thing(name, schema.get("description", ""), fields, tuple(map(str, schema.get("enum", ()))))

    def _command(self, method: str, path: str, told: Schema, body: Schema | None) -> str:
        wanted = [each for each in told.get("parameters", ()) if each["required"] and each["in"] == "query"]
        for each in told.get("parameters", ()):
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", str(self._example(each["schema"])))
        if wanted:
            path += "?" + urlencode({each["name"]: self._example(each["schema"]) for each in wanted})
        lines = ['curl -H "Authorization: Bearer $BUYERLINE_KEY"']
        if body:
            lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(_json(self._example(body)))}"]
        elif method != "get":
            lines[0] += f" -X {method.upper()}"
        return " \\\n  ".join([*lines, f"{self._url}{path}"])

    def _kind(self, schema: Schema) -> Kind:
        for inner in schema.get("allOf", ()):
            return self._kind(inner)
        if "oneOf" in schema:
            inner = next(each for each in schema["oneOf"] if each.get("type") != "null")
            found = self._kind(inner)
            return Kind(found.words, found.thing, nullable=True)
        if "$ref" in schema:
            return Kind("", schema["$ref"].removeprefix(_COMPONENTS))
        if schema.get("type") == "array":
            inner_kind = self._kind(schema["items"])
            return Kind(f"list of {inner_kind.words}".rstrip() + " " * bool(inner_kind.thing), inner_kind.thing)
        if schema.get("format") == "date-time":
            return Kind("moment")
        return Kind("base64" if schema.get("contentEncoding") else str(schema.get("type", "anything")))

    def _limits(self, schema: Schema) -> Iterator[str]:
        least, most = schema.get("minimum"), schema.get("maximum")
        if least is not None and most is not None and most < _ENDLESS:
            yield f"{least:,.0f} to {most:,.0f}"
        if "maxLength" in schema:
            yield f"at most {schema['maxLength']:,} characters"
        if "maxItems" in schema:
            yield f"at most {schema['maxItems']:,}"
        if schema.get("default") not in (None, "", []):
            yield f"default {json.dumps(schema['default'])}"

    def _example(self, schema: Schema) -> Any:
        for key in ("examples", "enum"):
            if schema.get(key):
                return schema[key][0]
        for inner in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
            nullable = any(each.get("type") == "null" for each in schema.get("oneOf", ()))
            return None if nullable else self._example(inner)
        if "$ref" in schema:
            return self._example(self._schemas[schema["$ref"].removeprefix(_COMPONENTS)])
        return self._made(schema)

    def _made(self, schema: Schema) -> Any:
        """An example of what the document gives none of."""
        if schema.get("type") == "object":
            return {name: self._example(inner) for name, inner in schema.get("properties", {}).items()}
        if schema.get("type") == "array":
            return [self._example(schema["items"])]
        if schema.get("format") == "date-time":
            return MOMENT
        return {"integer": 0, "boolean": False}.get(schema.get("type", ""), "")


def _schema_of(told: Schema) -> Schema | None:
    """What a body or an answer is; ``None`` where it is nothing, or a file."""
    for kind, content in (told.get("content") or {}).items():
        schema: Schema = content["schema"]
        return schema if kind.endswith("json") else None
    return None


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
