"""What the gateway knows of an operation, and how a request finds its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buyerline.sandbox.wire import JSON, Answer, Call

if TYPE_CHECKING:
    from buyerline.sandbox.state import State

Handler = Callable[["State", Call], Answer]


@dataclass(frozen=True, slots=True)
class Plan:
    """A usage plan: requests a second and burst, for one operation, application and account."""

    rate: float
    burst: float


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of an API.

    Attributes:
        name: Amazon's operationId. ``getOrder`` exists in two versions of the Orders API.
        method: The HTTP method.
        path: The path, ``{name}`` standing for one segment and ``{name+}`` for all that follow.
        plan: The default usage plan of the model.
        handler: What answers a request that the gateway let through.
        roles: The caller needs one of these roles; none are needed when it is empty.
        takes_marketplace: Whether exactly one ``marketplaceIds`` must be in the query.
        required: Further query parameters that must be there.
        takes_body: Whether the request has a JSON body.
        media_type: The type of its answers.
    """

    name: str
    method: str
    path: str
    plan: Plan
    handler: Handler
    roles: frozenset[str] = frozenset()
    takes_marketplace: bool = False
    required: tuple[str, ...] = ()
    takes_body: bool = False
    media_type: bytes = JSON


class Router:
    """Finds operations by method and path segments."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path[1:].split("/"):
                node = node.child(segment)
            node.operations[operation.method] = operation

    def find(self, method: str, segments: list[str]) -> tuple[Operation, dict[str, str]] | None:
        """The operation and the arguments in its path."""
        return self._root.find(method, segments, 0)


class _Node:
    def __init__(self) -> None:
        self.operations: dict[str, Operation] = {}
        self._literals: dict[str, _Node] = {}
        self._variable: tuple[str, _Node] | None = None

    def child(self, segment: str) -> "_Node":
        if not segment.startswith("{"):
            return self._literals.setdefault(segment, _Node())
        if self._variable is None:
            self._variable = (segment[1:-1], _Node())
        return self._variable[1]

    def find(self, method: str, segments: list[str], position: int) -> tuple[Operation, dict[str, str]] | None:
        if position == len(segments):
            operation = self.operations.get(method)
            return None if operation is None else (operation, {})
        literal = self._literals.get(segments[position])
        found = literal.find(method, segments, position + 1) if literal is not None else None
        return found or self._find_variable(method, segments, position)

    def _find_variable(
        self, method: str, segments: list[str], position: int
    ) -> tuple[Operation, dict[str, str]] | None:
        if self._variable is None:
            return None
        name, node = self._variable
        if name.endswith("+"):
            name, value, following = name[:-1], "/".join(segments[position:]), len(segments)
        else:
            value, following = segments[position], position + 1
        found = node.find(method, segments, following)
        if found is not None:
            found[1][name] = value
        return found
