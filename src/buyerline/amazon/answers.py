"""Amazon's answers as types, read in one pass.

Amazon writes "nothing" in three ways: the field is absent, it is ``null``, or it is an empty text, even where a time
or an amount belongs (all three stand in Amazon's own example answers). All three mean the field's default here.
A number or a truth value sent as text (``"IsGift": "false"``) is taken for what it says.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")

Time: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time, with its zone (Amazon, "ISO 8601": every time of the API carries one)."""


class Private:
    """For structs that hold a person's data: what they hold is shown in no ``repr``, so in no log by accident."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __rich_repr__(self, /) -> list[tuple[str, Any]]:
        return []


class _Payload(msgspec.Struct, Generic[T]):
    payload: T


def reader(answer: type[T]) -> Callable[[bytes], T]:
    """The decoder of answers of one type. It raises what msgspec raises for anything else."""
    decode = msgspec.json.Decoder(answer, strict=False).decode

    def read(body: bytes) -> T:
        try:
            return decode(body)
        except msgspec.ValidationError:
            return decode(msgspec.json.encode(_without_nothing(msgspec.json.decode(body))))

    return read


def payload_reader(answer: type[T]) -> Callable[[bytes], T]:
    """The decoder of answers that stand in a ``payload``, as the APIs before 2020 wrap them."""
    read = reader(_Payload[answer])  # type: ignore[valid-type] # known at run time, which is when msgspec looks
    return lambda body: read(body).payload


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nothing(part) for name, part in value.items() if part not in (None, "")}
    if isinstance(value, list):
        return [_without_nothing(part) for part in value if part is not None]
    return value
