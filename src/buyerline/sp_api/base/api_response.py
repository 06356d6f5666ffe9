"""What every call of the drop-in returns."""

from collections.abc import Mapping
from pprint import pformat
from typing import Any


class ApiResponse:
    """Amazon's answer as decoded JSON, reached in python-amazon-sp-api's ways.

    ``response.payload`` and ``response()`` are the answer, ``response("Orders")`` and ``response.Orders`` a part of it,
    ``None`` where it has no such part.

    Attributes:
        payload: what stands under ``payload`` in the answer, else all of it.
        errors: what stands under ``errors``.
        pagination: what stands under ``pagination``.
        headers: found in any case.
        rate_limit: requests per second that Amazon says are in force, as it says it (``"0.5"``), or ``None``.
        next_token: the token of the following page, wherever the API has it, or ``None``.
        kwargs: the answer's other parts, where there is a ``payload`` beside them.
    """

    def __init__(
        self,
        /,
        payload: Any = None,
        errors: Any = None,
        pagination: Any = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        token = kwargs.pop("nextToken", None)
        self.payload = payload or kwargs
        self.errors = errors
        self.pagination = pagination
        self.headers = headers
        self.rate_limit = (headers or {}).get("x-amzn-RateLimit-Limit")
        self.next_token = token or _next_token(self.payload, pagination)
        if kwargs != self.payload:
            self.kwargs = kwargs

    def __call__(self, item: str | None = None) -> Any:
        """The answer, or a part of it."""
        return self.payload.get(item) if item else self.payload

    def __getattr__(self, item: str) -> Any:
        payload = self.__dict__.get("payload")
        if item.startswith("__") or not isinstance(payload, dict):
            raise AttributeError(f"the answer has no part {item!r}: its payload is a {type(payload).__name__}")
        return payload.get(item)

    def __str__(self) -> str:
        return pformat(vars(self))


def _next_token(payload: Any, pagination: Any) -> Any:
    """The token of the following page: each of Amazon's APIs has another place for it."""
    return (
        _part(_part(payload, "pagination"), "nextToken")
        or _part(payload, "NextToken")
        or _part(pagination, "nextToken")
        or _part(payload, "nextPageToken")
        or _part(payload, "nextToken")
    )


def _part(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None
