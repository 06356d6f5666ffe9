"""The cases of Amazon's own static sandbox, which answers documented values to documented values.

A request that carries the documented values is answered so here too. Orders of the static sandbox with any other
arguments match nothing, as there. A case without any values (the Sellers API has such) would match every request: it
is for requests to a host named ``sandbox.``, where nothing but these cases is answered.

The values are in ``static_cases.json``, one case a line: those of the ``x-amzn-api-sandbox`` parts of Amazon's models,
and those of the two operations that left the Messaging model.
"""

import functools
from importlib import resources
from typing import Any

import msgspec

from buyerline.sandbox import errors
from buyerline.sandbox.wire import HAL_JSON, JSON, Answer, Call, NotJson, read_json

STATIC_ORDERS = frozenset({"123-1234567-1234567", "123-1234567-0000000"})
STATIC_HOST = "sandbox."


class Case(msgspec.Struct, frozen=True):
    """One documented case. ``arguments`` are those of the path and query; no ``body`` means any."""

    operation: str
    status: int
    arguments: dict[str, str | list[str]]
    answer: dict[str, Any]
    body: Any = None

    def matches(self, call: Call) -> bool:
        """Whether the request carries the documented values."""
        if not self.arguments and self.body is None and not call.host.startswith(STATIC_HOST):
            return False
        if any(not _has(call, name, value) for name, value in self.arguments.items()):
            return False
        return self.body is None or _body(call) == self.body


def answer(operation: str, call: Call) -> Answer | None:
    """The documented answer, ``None`` when the request is none of the static sandbox's.

    Args:
        operation: The API and the operation: ``messaging.sendInvoice``.
        call: The request.

    Raises:
        Refusal: 400, it names an order of the static sandbox but matches none of its cases.
    """
    static_host = call.host.startswith(STATIC_HOST)
    order_id = call.arguments.get("orderId")
    if order_id is not None and order_id not in _documented_orders() and not static_host:
        return None
    for case in _cases().get(operation, ()):
        if case.matches(call):
            media_type = HAL_JSON if operation.startswith(("messaging.", "solicitations.")) else JSON
            return Answer.json(case.status, case.answer, media_type)
    if static_host or order_id in STATIC_ORDERS:
        raise errors.no_static_case()
    return None


def _has(call: Call, name: str, value: str | list[str]) -> bool:
    if isinstance(value, list):
        return sorted(call.values(name)) == sorted(value)
    return value in (call.arguments.get(name), call.value(name))


def _body(call: Call) -> Any:
    try:
        return read_json(call.body)
    except NotJson:
        return None


@functools.cache
def all_cases() -> tuple[Case, ...]:
    """Every documented case."""
    content = resources.files("buyerline.sandbox").joinpath("static_cases.json").read_bytes()
    return tuple(msgspec.json.decode(content, type=list[Case]))


@functools.cache
def _cases() -> dict[str, list[Case]]:
    """The cases of each operation, those with most values first: they are the most particular."""
    found: dict[str, list[Case]] = {}
    for case in sorted(all_cases(), key=lambda case: -len(case.arguments) - (case.body is not None)):
        found.setdefault(case.operation, []).append(case)
    return found


@functools.cache
def _documented_orders() -> frozenset[str]:
    return frozenset(str(case.arguments["orderId"]) for case in all_cases() if "orderId" in case.arguments)
