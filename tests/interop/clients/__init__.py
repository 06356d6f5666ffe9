"""Clients that others wrote, each behind the same shape."""

from collections.abc import Mapping
from typing import Protocol

from buyerline.testing import AmazonSandbox
from tests.interop.operations import Operation, Question


class Client(Protocol):
    """A third-party client, set up by its own means.

    Attributes:
        name: what it is called in the table.
        asks_as_told: whether it asks the question that it is given, and not one of its own.
        quirks: what it does against Amazon's model so that its calls of an operation are refused, in words.
    """

    name: str
    asks_as_told: bool
    quirks: Mapping[Operation, str]

    def why_missing(self) -> str | None:
        """Why it cannot be run on this machine, ``None`` if it can."""

    def offers(self, operation: Operation) -> bool:
        """Whether it has a method for the operation."""

    def call(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> object:
        """Ask Amazon by the client's own method; its answer, any exception being the client's own."""
