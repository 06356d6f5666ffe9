"""Messages that wait for a second person, and what that person decides."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from msgspec import Meta

from buyerline.app.accounts import Account
from buyerline.app.digests import digest_of_waiting
from buyerline.app.draft_rows import Draft
from buyerline.app.errors import NotHere
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.bodies import APPROVAL, DIGEST, REASON, Approval, Reason
from buyerline.app.web.api.documented import operation
from buyerline.app.web.api.followed import Message, message_answer

Id = Annotated[
    str,
    QueryParameter(description="As in `GET /approvals`.", examples=[Example(value="api5f2b7c0e91a34d68b2c4f7a1")]),
]


class WaitingFile(msgspec.Struct, frozen=True):
    """A file that waits."""

    file_name: Annotated[str, Meta(description="As the buyer will see it.", examples=["invoice.pdf"])]
    size: Annotated[int, Meta(description="Bytes.", examples=[48211])]


class Waiting(msgspec.Struct, frozen=True):
    """A message that waits for a second person."""

    id: Annotated[str, Meta(description="Also the idempotency key of the message that becomes of it.")]
    account: Annotated[str, Meta(description="The account's name.", examples=["shop"])]
    order_id: Annotated[str, Meta(examples=["902-6786204-8179805"])]
    type: Annotated[str | None, Meta(examples=["confirmOrderDetails"])]
    text: Annotated[str | None, Meta(examples=["Which colour would you like?"])]
    attachments: list[WaitingFile]
    coverage_start: Annotated[str | None, Meta(description="As given.")]
    coverage_end: Annotated[str | None, Meta(description="As given.")]
    writer: Annotated[str, Meta(description="The name of who wrote it.", examples=["Anton Agent"])]
    own: Annotated[bool, Meta(description="Whether you wrote it, and so cannot approve it.")]
    asked_at: Annotated[datetime | None, Meta(description="Since when it waits.")]
    send_at: Annotated[datetime | None, Meta(description="When it is to leave; null: once it is approved.")]
    digest: Annotated[str, Meta(description="Of what it says: whoever decides gives it back.", examples=[DIGEST])]


class ApprovalsAnswer(msgspec.Struct, frozen=True):
    """What waits, longest waiting first."""

    approvals: list[Waiting]


@get("/approvals", **operation("listApprovals", "What waits?", tag="Approvals", answer="What waits."))
def approvals(services: Services, viewer: Viewer) -> ApprovalsAnswer:
    """What waits for a second person in the accounts that you may see, your own included, longest waiting first."""
    return ApprovalsAnswer(_waiting(services, viewer))


@get(
    "/approvals/{waiting_id:str}",
    **operation("getApproval", "One message that waits", tag="Approvals", answer="What waits.", fails=(404,)),
)
def approval(services: Services, viewer: Viewer, waiting_id: Id) -> Waiting:
    """A message that waits for a second person; 404 once somebody has decided about it."""
    found = next((each for each in _waiting(services, viewer) if each.id == waiting_id), None)
    if found is None:
        raise NotHere
    return found


@post(
    "/approvals/{waiting_id:str}/approve",
    **operation(
        "approve",
        "Approve it",
        tag="Approvals",
        answer="The message that has become of it.",
        fails=(403, 404, 409, 413, 415, 422),
    ),
)
def approve(services: Services, viewer: Viewer, waiting_id: Id, data: Annotated[Approval, APPROVAL]) -> Message:
    """Queue a message that somebody else wrote. It is checked anew; its history names both of you."""
    queued = services.sending.approve(viewer, waiting_id, data.digest)
    return message_answer(services.following.get(viewer, queued.id))


@post(
    "/approvals/{waiting_id:str}/give-back",
    **operation(
        "giveBack",
        "Give it back",
        tag="Approvals",
        answer="It is its writer's again.",
        status=204,
        fails=(403, 404, 409, 413, 415, 422),
    ),
)
def give_back(services: Services, viewer: Viewer, waiting_id: Id, data: Annotated[Reason, REASON]) -> None:
    """Give a message back to whoever wrote it, who then finds it on the order's page with the reason."""
    services.sending.give_back(viewer, waiting_id, data.digest, data.why)


@post(
    "/approvals/{waiting_id:str}/take-back",
    **operation(
        "takeBack", "Take your own back", tag="Approvals", answer="It is yours again.", status=204, fails=(404, 409)
    ),
)
def take_back(services: Services, viewer: Viewer, waiting_id: Id) -> None:
    """Let a message that you wrote wait no more: it is a draft on the order's page again."""
    services.sending.take_back(viewer, waiting_id)


def waiting_answer(draft: Draft, account: Account, writer: str, *, own: bool) -> Waiting:
    """What waits as it is answered."""
    return Waiting(
        id=draft.id,
        account=account.name,
        order_id=draft.order_id,
        type=draft.type,
        text=draft.text or None,
        attachments=[WaitingFile(file.name, file.size) for file in draft.files],
        coverage_start=draft.coverage_start,
        coverage_end=draft.coverage_end,
        writer=writer,
        own=own,
        asked_at=draft.asked_at,
        send_at=draft.send_at,
        digest=digest_of_waiting(draft),
    )


def _waiting(services: Services, viewer: Viewer) -> list[Waiting]:
    found = services.sending.waiting(viewer)
    return [waiting_answer(each.draft, each.account, each.writer, own=each.own) for each in found]


ROUTES = [approvals, approval, approve, give_back, take_back]
