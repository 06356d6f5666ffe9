"""Messages: queueing them, what became of them, and what a person decides about them."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from litestar.response import Response
from msgspec import Meta

from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import MESSAGE_TYPES, TYPES
from buyerline.app.errors import Invalid, NotHere
from buyerline.app.finding import LONGEST, OutboxFilters, is_id
from buyerline.app.followed import Tab
from buyerline.app.posting import Posted
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.approvals import Waiting, waiting_answer
from buyerline.app.web.api.bodies import NEW_MESSAGE, RESOLUTION, RETRIAL, NewMessage, Resolution, Retrial, in_calendar
from buyerline.app.web.api.documented import Other, operation
from buyerline.app.web.api.followed import History, Message, MessagesAnswer, history_answer, message_answer
from buyerline.app.web.api.reading import KEY_HEADER, bare_key
from buyerline.app.words import Words
from buyerline.outbox.scheduling import KEY_LIMIT

Id = Annotated[str, PathParameter(description="The message's id.", examples=[Example(value="06brtwmg4xk9vp2h")])]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=KEY_HEADER,
        min_length=1,
        max_length=KEY_LIMIT + 2,
        description="As `idempotency_key`, with quotes or without, in printable ASCII; any other key goes in the body.",
    ),
]


class Tally(msgspec.Struct, frozen=True):
    """How many messages there are; 1000 stands for that many or more."""

    needs: Annotated[
        int, Meta(description="`unknown`, `failed`, waiting for your approval, or given back to you.", examples=[2])
    ]
    queued: Annotated[int, Meta(description="`queued` or `sending`.", examples=[14])]
    sent: Annotated[int, Meta(description="`sent`.", examples=[1000])]
    refused: Annotated[int, Meta(description="`refused`.", examples=[1])]
    cancelled: Annotated[int, Meta(description="`cancelled` or `expired`.", examples=[3])]
    all: Annotated[int, Meta(description="All of them.", examples=[1000])]
    waiting: Annotated[int, Meta(description="Waiting for your approval, part of `needs`.", examples=[1])]
    drafts: Annotated[int, Meta(description="Your own drafts; no messages yet, and not among `all`.", examples=[2])]


@post(
    "/messages",
    **operation(
        "queueMessage",
        "Queue a message",
        tag="Messages",
        answer="It was queued. The header `Location` says where to follow it.",
        status=201,
        fails=(404, 409, 413, 415, 422),
        also={
            200: Other(Message, "It had been queued before, under the same key or with the same content."),
            202: Other(Waiting, "It waits for a second person. The same request again tells what became of it."),
        },
    ),
)
def queue(
    services: Services, viewer: Viewer, data: Annotated[NewMessage, NEW_MESSAGE], idempotency_key: IdempotencyKey = None
) -> Response[Message]:
    """Queue a message to the buyer of an order. However often the same request comes, it is sent once.

    Everything that can be known beforehand is checked now. Whether Amazon takes this type for this order at that
    moment is asked by the worker right before it sends: a message that Amazon does not take then becomes `refused`.
    `POST /orders/{account}/{order_id}/check` asks earlier.
    """
    if not data.account.isprintable():
        raise NotHere
    account = services.accounts.of(viewer, data.account)
    posted = services.posting.post(
        viewer, account, data.outgoing(bare_key(idempotency_key) if idempotency_key else None)
    )
    if not isinstance(posted, Posted):
        asked = services.approving.waiting_for(viewer, posted)
        waits: Response[Any] = Response(waiting_answer(services, viewer, asked), status_code=202)
        return waits
    answer = message_answer(services.following.get(viewer, posted.message_id))
    location = {"Location": f"/api/v1/messages/{posted.message_id}"}
    return Response(answer, status_code=200 if posted.repeated else 201, headers=location)


@get(
    "/messages",
    **operation("listMessages", "Which messages are there?", tag="Messages", answer="Some messages.", fails=(404, 422)),
)
def messages(
    services: Services,
    viewer: Viewer,
    tab: Annotated[Tab, QueryParameter(description="As the tabs of the page Outbox; see `GET /counts`.")] = Tab.ALL,
    account: Annotated[str | None, QueryParameter(description="Only of the account of this name.")] = None,
    marketplace: Annotated[
        str | None, QueryParameter(description="Only of this country code or marketplace id.")
    ] = None,
    type: Annotated[  # noqa: A002 - the field's own word
        str | None, QueryParameter(max_length=LONGEST, description="Only of this type, by any name of Amazon's.")
    ] = None,
    queued_by: Annotated[
        str | None, QueryParameter(max_length=LONGEST, description="Only those that this email queued, whole.")
    ] = None,
    order: Annotated[
        str | None, QueryParameter(max_length=LONGEST, description="Only for orders whose id has this in it.")
    ] = None,
    since: Annotated[datetime | None, QueryParameter(description="Only first queued from this moment on.")] = None,
    until: Annotated[datetime | None, QueryParameter(description="Only first queued before this moment.")] = None,
    before: Annotated[str | None, QueryParameter(description="`next` of the page before.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="Messages at most.")] = 50,
) -> MessagesAnswer:
    """The messages of the accounts that you may see, those queued last first."""
    if before is not None and not is_id(before):
        raise Invalid(Words("This is no cursor. Give what `next` said."), "before")
    filters = OutboxFilters(
        account=services.accounts.of(viewer, account).id if account is not None else None,
        marketplace=Marketplace.of(marketplace).id if marketplace is not None else None,
        type=_type(type) if type is not None else None,
        queued_by=queued_by,
        order=order,
        since=in_calendar("since", since),
        until=in_calendar("until", until),
    )
    page = services.following.page(viewer, tab, filters, before, limit)
    return MessagesAnswer([message_answer(each) for each in page.messages], page.next, page.looked_back_to)


@get("/counts", **operation("getCounts", "How many messages?", tag="Messages", answer="The numbers."))
def counts(services: Services, viewer: Viewer) -> Tally:
    """How many messages each tab of the outbox has, in the accounts that you may see."""
    found = services.following.counts(viewer)
    drafts = services.own_drafts.count(viewer)
    return Tally(**{tab.value: found.tabs[tab] for tab in Tab}, waiting=found.waiting, drafts=drafts)


@get(
    "/messages/{message_id:str}",
    **operation("getMessage", "One message", tag="Messages", answer="The message.", fails=(404,)),
)
def message(services: Services, viewer: Viewer, message_id: Id) -> Message:
    """A message as it stands now. Its text goes when its retention time is over."""
    return message_answer(services.following.get(viewer, message_id))


@get(
    "/messages/{message_id:str}/history",
    **operation("getHistory", "What happened to it?", tag="Messages", answer="The history.", fails=(404,)),
)
def history(services: Services, viewer: Viewer, message_id: Id) -> History:
    """Everything that happened to a message, oldest first."""
    return history_answer(services.following.get(viewer, message_id))


@post(
    "/messages/{message_id:str}/cancel",
    **operation("cancelMessage", "Take it back", tag="Messages", answer="The message, cancelled.", fails=(404, 409)),
)
def cancel(services: Services, viewer: Viewer, message_id: Id) -> Message:
    """Take a queued message back. One that is being sent, or was, cannot be called back (409)."""
    return message_answer(services.following.cancel(viewer, message_id))


@post(
    "/messages/{message_id:str}/retry",
    **operation(
        "retryMessage",
        "Try it again",
        tag="Messages",
        answer="The message, queued.",
        fails=(403, 404, 409, 413, 415, 422),
    ),
)
def retry(services: Services, viewer: Viewer, message_id: Id, data: Annotated[Retrial, RETRIAL]) -> Message:
    """Queue a message again that was certainly not sent, or let one that waits for its time go at once.

    Either goes as soon as its turn comes: its `not_before` is dropped, and so is an `expires_at` that is over by now.
    What was stopped for its account is tried again with it.

    While messages need a second person, whoever wrote it has it sent only as somebody else has approved it (403); a
    key of somebody else approves it by this.

    Where the same was queued anew meanwhile, or sent, it is refused (422, `field` is `again`) unless the body has
    `"again": true`: the buyer would get it twice.

    Where it does not stand in `state` any more, it is refused (409).
    """
    return message_answer(services.following.retry(viewer, message_id, state=data.state, again=data.again))


@post(
    "/messages/{message_id:str}/resolve",
    **operation(
        "resolveMessage",
        "Say whether it arrived",
        tag="Messages",
        answer="The message, sent or queued.",
        fails=(403, 404, 409, 413, 415, 422),
    ),
)
def resolve(services: Services, viewer: Viewer, message_id: Id, data: Annotated[Resolution, RESOLUTION]) -> Message:
    """Decide about a message in `unknown`, of which nobody can say whether Amazon took it.

    Look in Seller Central first, under Messages, Sent. With `arrived: false` it is queued and sent again, as by
    `/retry`: by whom that would let it, under the same condition, and at once. Where it was tried once more since you
    looked, by somebody else or by this same request, it is refused (409).
    """
    followed = services.following.resolve(
        viewer, message_id, arrived=data.arrived, attempts=data.attempts, again=data.again
    )
    return message_answer(followed)


def _type(named: str) -> str:
    kind = MESSAGE_TYPES.get(named)
    if kind is None:
        words = Words("There is no such type. There are: {types}.", types=", ".join(each.name for each in TYPES))
        raise Invalid(words, "type")
    return kind.name


ROUTES = [queue, messages, counts, message, history, cancel, retry, resolve]
