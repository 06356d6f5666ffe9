"""Checks of answers against the response schemas of Amazon's models."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

MODEL_NAMES = (
    "messaging",
    "uploads_2020-11-01",
    "orders_2026-01-01",
    "ordersV0",
    "solicitations",
    "sellers",
    "tokens_2021-03-01",
)


class Model:
    """One of Amazon's model files (Swagger 2.0, whose schemas are of draft 4)."""

    def __init__(self, path: Path) -> None:
        self.content: dict[str, Any] = json.loads(path.read_text())
        self._operations = {
            operation["operationId"]: operation
            for methods in self.content["paths"].values()
            for operation in methods.values()
            if isinstance(operation, dict) and "operationId" in operation
        }

    def check(self, operation: str, status: int, body: bytes) -> None:
        """Fail unless the model has this status for the operation and its schema allows the body."""
        responses = self._operations[operation]["responses"]
        assert str(status) in responses, f"{operation} has no {status} in the model"
        schema = responses[str(status)]["schema"] | {"definitions": self.content["definitions"]}
        jsonschema_rs.Draft4Validator(schema, validate_formats=True).validate(json.loads(body))
