"""What Amazon takes for an order, and whether a message would pass the checks."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import QueryParameter
from msgspec import Meta

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import Action as OfferedAction
from buyerline.amazon.messaging import Actions
from buyerline.app.cards import cards_of
from buyerline.app.language import differs
from buyerline.app.offers import Offer as KnownOffer
from buyerline.app.order_rows import OrderRow
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.accounts import Name
from buyerline.app.web.api.bodies import CONTENT, Content
from buyerline.app.web.api.documented import operation
from buyerline.app.web.api.orders import OrderId, order_of
from buyerline.app.web.api.problems import CheckProblem, check_problem
from buyerline.app.words import Words
from buyerline.messages.checks import check, check_available
from buyerline.messages.drafts import Draft
from buyerline.outbox.beforehand import check_beforehand


class TextRules(msgspec.Struct, frozen=True):
    """What the text must be. Lengths are in Unicode code points."""

    min_length: Annotated[int, Meta(examples=[1])]
    max_length: Annotated[int | None, Meta(examples=[2000])]
    title: str
    description: str


class FileRules(msgspec.Struct, frozen=True):
    """What the files must be."""

    min_items: Annotated[int, Meta(examples=[0])]
    max_items: Annotated[int | None, Meta(examples=[5])]
    title: str
    description: str


class Action(msgspec.Struct, frozen=True):
    """A message type that Amazon offers for an order."""

    name: Annotated[str, Meta(description="Amazon's name.", examples=["confirmOrderDetails"])]
    type: Annotated[str | None, Meta(description="What to send it as; null: no operation of Amazon's sends it.")]
    title: Annotated[str, Meta(description="In Amazon's words.", examples=["Confirm order details"])]
    description: Annotated[str, Meta(description="In Amazon's words.")]
    critical: Annotated[bool, Meta(description="Whether it reaches buyers who opted out of messages.")]
    once: Annotated[bool, Meta(description="Whether it may be sent once for an order.")]
    hidden: Annotated[bool, Meta(description="Seller Central does not show it.")]
    why_not: Annotated[str | None, Meta(description="Why it cannot be sent now; null: it can.")]
    text: Annotated[TextRules | None, Meta(description="Null: it takes no text.")]
    attachments: Annotated[FileRules | None, Meta(description="Null: it takes no files.")]
    coverage: Annotated[bool, Meta(description="Whether it carries a warranty's first and last day.")]
    form: Annotated[
        dict[str, Any], Meta(description="Amazon's own form, JSON Schema draft-04; empty where it gave none.")
    ]


class Offer(msgspec.Struct, frozen=True):
    """What Amazon takes for an order."""

    actions: list[Action]
    closed_reason: Annotated[str | None, Meta(description="Why there are none, in Amazon's words.")]
    locale: Annotated[str | None, Meta(description="The buyer's language of preference.", examples=["de-DE"])]
    asked_at: Annotated[datetime | None, Meta(description="When Amazon said so; null: it has not answered yet.")]
    trouble: Annotated[str | None, Meta(description="Why Amazon could not be asked; what stands here is from before.")]


class CheckAnswer(msgspec.Struct, frozen=True):
    """What the checks say of a message."""

    ready: Annotated[bool, Meta(description="Whether nothing is wrong with it.")]
    problems: Annotated[list[CheckProblem], Meta(description="Every rule that it breaks.")]
    warning: Annotated[str | None, Meta(description="That the buyer reads another language; it may be sent anyway.")]
    asked_at: Annotated[
        datetime | None,
        Meta(description="When Amazon told what the order takes; null: it has not, and only the rest was checked."),
    ]
    trouble: Annotated[str | None, Meta(description="Why Amazon could not be asked just now.")]


@get(
    "/orders/{account:str}/{order_id:str}/actions",
    **operation("listActions", "What may be sent?", tag="Orders", answer="What Amazon takes.", fails=(404,)),
)
def actions(
    services: Services,
    viewer: Viewer,
    account: Name,
    order_id: OrderId,
    fresh: Annotated[
        bool, QueryParameter(description="Ask Amazon now; otherwise its answer may be five minutes old.")
    ] = False,
) -> Offer:
    """What Amazon takes for the order, with its words, its limits, and the buyer's language."""
    offer = services.offers.get(*order_of(services, viewer, account, order_id), fresh=fresh, language=True)
    return Offer(
        actions=_offered(offer.actions),
        closed_reason=offer.closed_reason,
        locale=offer.locale,
        asked_at=offer.asked_at,
        trouble=_said(offer.trouble),
    )


@post(
    "/orders/{account:str}/{order_id:str}/check",
    **operation("checkMessage", "Would it pass?", tag="Orders", answer="What the checks say.", fails=(404, 413, 415)),
)
def check_message(
    services: Services, viewer: Viewer, account: Name, order_id: OrderId, data: Annotated[Content, CONTENT]
) -> CheckAnswer:
    """Look a message over with the checks that guard sending. Nothing is sent, and nothing is kept."""
    seller, row = order_of(services, viewer, account, order_id)
    offer = services.offers.get(seller, row, language=bool(data.text))
    problems = _problems(row, data, offer)
    warning = differs(data.text, offer.locale) if data.text and offer.locale else None
    return CheckAnswer(
        ready=not problems,
        problems=[check_problem(each) for each in problems],
        warning=_said(warning),
        asked_at=offer.asked_at,
        trouble=_said(offer.trouble),
    )


def _offered(actions: Actions) -> list[Action]:
    why_not = {card.name: card.why_not for card in cards_of(actions, None)}
    return [_action(each, _said(why_not[each.type.name if each.type else each.name])) for each in actions]


def _action(action: OfferedAction, why_not: str | None) -> Action:
    kind, text, files = action.type, action.text, action.attachments
    return Action(
        name=action.name,
        type=kind.name if kind else None,
        title=action.title,
        description=action.description,
        critical=kind is not None and kind.critical,
        once=kind is not None and kind.once,
        hidden=action.hidden,
        why_not=why_not,
        text=None if text is None else msgspec.convert(text, TextRules, from_attributes=True),
        attachments=None if files is None else msgspec.convert(files, FileRules, from_attributes=True),
        coverage=kind is not None and kind.coverage,
        form=dict(action.schema),
    )


def _problems(row: OrderRow, content: Content, offer: KnownOffer) -> list[Problem]:
    """What the checks say, those of the order's own form included, where Amazon has told it."""
    days = (content.coverage_start, content.coverage_end)
    draft = Draft(row.order_id, content.type, content.text, tuple(content.files()), *days)
    if offer.asked_at is None:
        return check_beforehand(draft)
    action = check_available(offer.actions, draft.type)
    return [action] if isinstance(action, Problem) else check(draft, action)


def _said(words: Words | None) -> str | None:
    return None if words is None else str(words)


ROUTES = [actions, check_message]
