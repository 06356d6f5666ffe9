"""What can be checked of a draft before Amazon is asked: everything but what only the order's own form says."""

from functools import cache
from typing import Any

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import MESSAGE_TYPES, Action, Actions, MessageType
from buyerline.messages.checks import check, check_available, check_order_id
from buyerline.messages.coverage import FIELDS as COVERAGE
from buyerline.messages.drafts import Draft


def check_beforehand(draft: Draft, *, allow_unlisted: bool = False) -> list[Problem]:
    """Every rule that the draft breaks whatever its order may take now. Right before sending it is checked again.

    Args:
        draft: what the seller wrote.
        allow_unlisted: a type of which nothing is known may be meant: then only what holds for every type is looked at.
    """
    kind = MESSAGE_TYPES.get(draft.type)
    if kind is not None:
        return check(draft, _action(kind))
    if allow_unlisted:
        return check(draft, _UNLISTED)
    unknown = check_available(_EVERY_TYPE, draft.type)
    return [*check_order_id(draft.order_id), *([unknown] if isinstance(unknown, Problem) else [])]


@cache
def _action(kind: MessageType) -> Action:
    """A type as an order would offer it, without the order's own form."""
    return _offered(kind.name, {}, kind)


def _offered(name: str, form: dict[str, Any], kind: MessageType | None) -> Action:
    return Action(
        name=name,
        title=name,
        description="",
        schema=form,
        disabled=False,
        disabled_reason=None,
        hidden=False,
        href=None,
        type=kind,
    )


_UNLISTED = _offered("", {"properties": {name: {} for name in ("rawMessageBody", "attachments", *COVERAGE)}}, None)
"""A type that takes whatever there is."""

_EVERY_TYPE = Actions("", tuple(_action(kind) for kind in dict.fromkeys(MESSAGE_TYPES.values())))
