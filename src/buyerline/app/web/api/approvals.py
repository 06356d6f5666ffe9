"""Messages that wait for a second person, and what that person decides."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import PathParameter
from litestar.response import Response
from msgspec import Meta

from buyerline.app import approving
from buyerline.app.errors import NotHere
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.bodies import APPROVAL, DIGEST, REASON, Approval, Reason
from buyerline.app.web.api.documented import operation
from buyerline.app.web.api.followed import Message, message_answer
from buyerline.app.web.downloads import KIND, as_download
from buyerline.app.web.forms import LARGEST

Id = Annotated[
    str,
    PathParameter(description="As in `GET /approvals`.", examples=[Example(value="api5f2b7c0e91a34d68b2c4f7a1")]),
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
    orphaned: Annotated[bool, Meta(description="Whether its writer has left the account, and would not get it back.")]
    asked_at: Annotated[datetime | None, Meta(description="Since when it waits.")]
    send_at: Annotated[datetime | None, Meta(description="When it is to leave; null: once it is approved.")]
    digest: Annotated[str, Meta(description="Of what it says: whoever decides gives it back.", examples=[DIGEST])]
    sent_before: Annotated[
        str | None,
        Meta(description="The latest message of the order that says the same: approving needs it as `again`."),
    ]


class ApprovalsAnswer(msgspec.Struct, frozen=True):
    """What waits, longest waiting first."""

    approvals: list[Waiting]


@get("/approvals", **operation("listApprovals", "What waits?", tag="Approvals", answer="What waits."))
def approvals(services: Services, viewer: Viewer) -> ApprovalsAnswer:
    """What waits for a second person in the accounts that you may see, your own included, longest waiting first."""
    return ApprovalsAnswer([waiting_answer(services, viewer, each) for each in services.approving.waiting(viewer)])


@get(
    "/approvals/{waiting_id:str}",
    **operation("getApproval", "One message that waits", tag="Approvals", answer="What waits.", fails=(404,)),
)
def approval(services: Services, viewer: Viewer, waiting_id: Id) -> Waiting:
    """A message that waits for a second person; 404 once somebody has decided about it."""
    return waiting_answer(services, viewer, services.approving.get(viewer, waiting_id))


@get(
    "/approvals/{waiting_id:str}/files/{position:int}",
    media_type=KIND,
    **operation("getApprovalFile", "A file of it", tag="Approvals", answer="The file's bytes.", fails=(404,)),
)
def approval_file(
    services: Services,
    viewer: Viewer,
    waiting_id: Id,
    position: Annotated[
        int,
        PathParameter(ge=0, le=LARGEST, description="Its place in `attachments`, from 0.", examples=[Example(value=0)]),
    ],
) -> Response[bytes]:
    """A file of a message that waits, to be read before somebody decides; its name and size are in `attachments`."""
    files = services.approving.get(viewer, waiting_id).draft.files
    if position >= len(files):
        raise NotHere
    return as_download(services.drafts.file(viewer, waiting_id, files[position].id))


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
    """Queue a message that somebody else wrote. It is checked anew; its history names both of you.

    Where another message of the order says the same, it is refused (422, `field` is `again`) unless the body names that
    one as `again`: the buyer would get it twice.
    """
    queued = services.approving.approve(viewer, waiting_id, data.digest, again=data.again)
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
    """Give a message back to whoever wrote it, who then finds it on the order's page with the reason.

    One that is `orphaned` is thrown away, where the body says `discard`.
    """
    services.approving.give_back(viewer, waiting_id, data.digest, data.why, discard=data.discard)


@post(
    "/approvals/{waiting_id:str}/take-back",
    **operation(
        "takeBack", "Take your own back", tag="Approvals", answer="It is yours again.", status=204, fails=(404, 409)
    ),
)
def take_back(services: Services, viewer: Viewer, waiting_id: Id) -> None:
    """Let a message that you wrote wait no more: it is a draft, on the order's page and in `GET /drafts`.

    Until it is sent from the page or discarded (`DELETE /drafts/{id}`), nothing else of yours can wait for the order.
    """
    services.approving.take_back(viewer, waiting_id)


def waiting_answer(services: Services, viewer: Viewer, waiting: approving.Waiting) -> Waiting:
    """What waits as it is answered."""
    draft, before = waiting.draft, services.approving.look(viewer, waiting).sent_before
    return Waiting(
        id=draft.id,
        account=waiting.account.name,
        order_id=draft.order_id,
        type=draft.type,
        text=draft.text or None,
        attachments=[WaitingFile(file.name, file.size) for file in draft.files],
        coverage_start=draft.coverage_start,
        coverage_end=draft.coverage_end,
        writer=waiting.writer,
        own=waiting.own,
        orphaned=waiting.orphaned,
        asked_at=draft.asked_at,
        send_at=draft.send_at,
        digest=waiting.digest,
        sent_before=before.message_id if before else None,
    )


ROUTES = [approvals, approval, approval_file, approve, give_back, take_back]
