"""Whether a draft may be sent: everything that Amazon would refuse and that can be known beforehand.

What the form of the action says decides; the table of message types holds where the form says nothing. Only what
is certain is refused.
"""

import re
from collections.abc import Collection
from difflib import get_close_matches

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import MESSAGE_TYPES, Action, Actions
from buyerline.messages import attachments, coverage, text
from buyerline.messages.attachments import check_attachments
from buyerline.messages.codes import Code
from buyerline.messages.coverage import check_coverage
from buyerline.messages.drafts import Draft
from buyerline.messages.forms import check_form, form_fields, required_fields
from buyerline.messages.text import TextLimits, allows_links, check_text

_ORDER_ID = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_SHOWN = 40
"""Characters shown of a message type that does not exist."""


def check(draft: Draft, action: Action, *, exempt: Collection[str] = ()) -> list[Problem]:
    """Every rule that the draft breaks; an empty list when it may be sent.

    Args:
        draft: what the seller wrote.
        action: the message type that it is to be sent as, from `check_available`.
        exempt: numbers in the text that are no phone numbers, such as the order's tracking numbers. The order's
            id is exempt anyway.
    """
    found = check_order_id(draft.order_id)
    found += _check_text(draft, action, {draft.order_id, *exempt})
    found += _check_attachments(draft, action)
    found += _check_coverage(draft, action)
    reported = {(problem.code, problem.field) for problem in found}
    for problem in check_form(draft, action):
        if (problem.code, problem.field) not in reported:
            reported.add((problem.code, problem.field))
            found.append(problem)
    return found


def check_order_id(order_id: str) -> list[Problem]:
    """Whether `order_id` is written as Amazon writes them: three, seven and seven digits, joined by hyphens.

    Source: Amazon, Orders API model ("an Amazon-defined order identifier, in 3-7-7 format").
    """
    if _ORDER_ID.fullmatch(order_id):
        return []
    sentence = "This is not an order id. Amazon's have 3, 7 and 7 digits joined by hyphens: 902-6786204-8179805."
    return [Problem(Code.ORDER_ID_MALFORMED, "order_id", sentence)]


def check_available(actions: Actions, type_name: str, *, allow_unlisted: bool = False) -> Action | Problem:
    """The action of a message type, or why it cannot be sent for this order now.

    Args:
        actions: what Amazon offers for the order.
        type_name: the message type by any name under which it goes (``"invoice"``, ``"sendInvoice"``).
        allow_unlisted: take also an action of which no operation is known, to post to the link that Amazon gave.
    """
    action = actions.find(type_name)
    if action is None:
        return Problem(Code.TYPE_NOT_AVAILABLE, "type", _not_offered(actions, type_name))
    if action.disabled:
        reason = action.disabled_reason or "it gives no reason"
        sentence = f"Amazon has switched {type_name} off for this order: {reason.rstrip('.')}. {_offered(actions)}"
        return Problem(Code.TYPE_DISABLED, "type", sentence)
    if action.type is not None or (allow_unlisted and action.href):
        return action
    return Problem(
        Code.TYPE_NOT_SENDABLE,
        "type",
        f"Amazon offers {action.name} for this order, but its API has no operation to send it with. Send it in Seller "
        f"Central. {_offered(actions)}",
    )


def _not_offered(actions: Actions, type_name: str) -> str:
    closed = actions.closed_reason if not actions else None
    if type_name not in MESSAGE_TYPES:
        return f"{_unknown(actions, type_name[:_SHOWN])} {closed or _offered(actions)}"
    return closed or f"Amazon does not offer {type_name!r} for this order now. {_offered(actions)}"


def _unknown(actions: Actions, type_name: str) -> str:
    known = {name.lower(): name for name in (*MESSAGE_TYPES, *(action.name for action in actions))}
    near = get_close_matches(type_name.lower(), known, n=1)
    suggestion = f" Did you mean {known[near[0]]}?" if near else ""
    return f"There is no message type {type_name!r}.{suggestion}"


def _offered(actions: Actions) -> str:
    names = [action.type.name for action in actions if action.type and not action.disabled]
    if not names:
        return "There is no message type that can be sent for it now."
    return f"What can be sent: {', '.join(names)}."


def _check_text(draft: Draft, action: Action, exempt: Collection[str]) -> list[Problem]:
    rules = action.text
    if rules is None:
        sentence = "This message type takes no text. Leave it out, or choose a type that takes text."
        return [Problem(Code.TEXT_NOT_TAKEN, text.FIELD, sentence)] if draft.text else []
    if not draft.text and rules.min_length == 0 and rules.field not in required_fields(action):
        return []
    limits = TextLimits(rules.min_length, rules.max_length, allows_links(rules.description))
    return check_text(draft.text or "", limits, exempt=exempt)


def _check_attachments(draft: Draft, action: Action) -> list[Problem]:
    rules = action.attachments
    if rules is not None:
        return check_attachments(draft.attachments, least=rules.min_items, most=rules.max_items)
    if not draft.attachments:
        return []
    sentence = "This message type takes no attachments. Leave them out, or choose a type that takes files."
    return [Problem(Code.ATTACHMENTS_NOT_TAKEN, attachments.FIELD, sentence)]


def _check_coverage(draft: Draft, action: Action) -> list[Problem]:
    needed = action.type is not None and action.type.coverage
    taken = needed or not form_fields(action).isdisjoint(coverage.FIELDS)
    return check_coverage(draft, taken=taken, needed=needed)
