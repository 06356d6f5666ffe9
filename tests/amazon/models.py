"""Amazon's own API models, where they are at hand: what they say of operations, types and example answers.

They are looked for in ``BUYERLINE_MODELS``, else in ``shared/models`` beside the repository (the ``models`` folders of
github.com/amzn/selling-partner-api-models, flat). Tests that need them are skipped where they are not.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

MODELS = Path(os.environ.get("BUYERLINE_MODELS") or Path(__file__).resolve().parents[3] / "shared" / "models")

_PLAN = re.compile(r"\| Rate \(requests per second\) \| Burst \|\n[-| ]+\n\| ([\d.]+) \| (\d+) \|")


@dataclass(frozen=True)
class ModelOperation:
    """An operation as the model has it; ``plan`` is rate and burst, ``None`` where the model states none."""

    id: str
    method: str
    path: str
    plan: tuple[float, int] | None
    answers: tuple[Any, ...]


def model(name: str) -> dict[str, Any]:
    """The model of that file name; skips the test where there is none."""
    path = MODELS / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"Amazon's model {name}.json is not in {MODELS} (BUYERLINE_MODELS names the folder)")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def operations(name: str) -> Iterator[ModelOperation]:
    """The operations of a model."""
    for path, methods in model(name)["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            plan = _PLAN.search(operation["description"])
            yield ModelOperation(
                operation["operationId"],
                method.upper(),
                path,
                (float(plan[1]), int(plan[2])) if plan else None,
                tuple(_answers(operation)),
            )


def documented_answers(name: str, operation_id: str) -> list[bytes]:
    """Every good answer that a model shows for an operation, as JSON."""
    found = next(operation for operation in operations(name) if operation.id == operation_id)
    assert found.answers
    return [json.dumps(answer).encode() for answer in found.answers]


def _answers(operation: dict[str, Any]) -> Iterator[Any]:
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        examples = response.get("examples", {})
        yield from (value for key, value in examples.items() if "/" in key)
        if examples and not any("/" in key for key in examples):
            yield examples
        yield from (case["response"] for case in response.get("x-amzn-api-sandbox", {}).get("static", ()))


def uncovered(struct: type[msgspec.Struct], name: str, definition: str) -> list[str]:
    """The fields that a model's definition has and a struct, or one within it, has not."""
    definitions = model(name)["definitions"]
    return sorted(_uncovered(inspect.type_info(struct), definitions[definition], definitions, definition))


def _uncovered(kind: inspect.Type, schema: dict[str, Any], definitions: dict[str, Any], where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(kind, inspect.UnionType):
        kind = next(part for part in kind.types if not isinstance(part, inspect.NoneType))
    if isinstance(kind, inspect.VarTupleType):
        yield from _uncovered(kind.item_type, schema["items"], definitions, where)
    elif isinstance(kind, inspect.StructType):
        fields = {field.encode_name: field.type for field in kind.fields}
        for name, part in schema["properties"].items():
            if name in fields:
                yield from _uncovered(fields[name], part, definitions, f"{where}.{name}")
            else:
                yield f"{where}.{name}"
