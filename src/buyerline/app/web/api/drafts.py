"""What the person whose key it is has not sent yet."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from buyerline.app.errors import Invalid
from buyerline.app.own_drafts import OwnDraft, is_cursor
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.approvals import WaitingFile
from buyerline.app.web.api.documented import operation
from buyerline.app.words import Words

LARGEST_VERSION = 2**31 - 1


class Draft(msgspec.Struct, frozen=True):
    """A message that you are writing."""

    id: Annotated[str, Meta(description="Also the idempotency key of the message that becomes of it.")]
    account: Annotated[str, Meta(description="The account's name.", examples=["shop"])]
    order_id: Annotated[str, Meta(examples=["902-6786204-8179805"])]
    type: Annotated[str | None, Meta(description="Null: not chosen yet.", examples=["confirmOrderDetails"])]
    text: Annotated[str | None, Meta(examples=["Which colour would you like?"])]
    attachments: list[WaitingFile]
    coverage_start: Annotated[str | None, Meta(description="As typed.")]
    coverage_end: Annotated[str | None, Meta(description="As typed.")]
    saved_at: Annotated[datetime, Meta(description="When it was last changed.")]
    version: Annotated[int, Meta(description="Counts its changes. `DELETE` wants to know which one you saw.")]
    returned: Annotated[str | None, Meta(description="Why it was given back to you; null: it was not.")]


class DraftsAnswer(msgspec.Struct, frozen=True):
    """Some drafts, those saved last first."""

    drafts: list[Draft]
    next: Annotated[str | None, Meta(description="`before` of the next page; null at the end.")]


@get(
    "/drafts",
    **operation("listDrafts", "What have I not sent yet?", tag="Messages", answer="Some drafts.", fails=(422,)),
)
def drafts(
    services: Services,
    viewer: Viewer,
    before: Annotated[str | None, QueryParameter(description="`next` of the page before.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="Drafts at most.")] = 50,
) -> DraftsAnswer:
    """Your own drafts in the accounts that you may see, those saved last first.

    What waits for a second person is among `GET /approvals` instead.
    """
    if before is not None and not is_cursor(before):
        raise Invalid(Words("This is no cursor. Give what `next` said."), "before")
    found = services.own_drafts.page(viewer, before, limit)
    return DraftsAnswer([_draft(each) for each in found.drafts], found.next)


@delete(
    "/drafts/{draft_id:str}",
    **operation(
        "discardDraft", "Throw a draft away", tag="Messages", answer="It is gone.", status=204, fails=(404, 409, 422)
    ),
)
def discard(
    services: Services,
    viewer: Viewer,
    draft_id: Annotated[str, PathParameter(description="As in `GET /drafts`.", examples=[Example(value="5f2b7c0e")])],
    version: Annotated[
        int, QueryParameter(ge=0, le=LARGEST_VERSION, description="Its `version`: 409 if it was changed since.")
    ],
) -> None:
    """Throw a draft of yours away with its files, so that a program can queue another message for its order.

    What waits for a second person is refused (409): take it back first.
    """
    services.drafts.discard(viewer, draft_id, version)


def _draft(own: OwnDraft) -> Draft:
    draft = own.draft
    return Draft(
        id=draft.id,
        account=own.account.name,
        order_id=draft.order_id,
        type=draft.type,
        text=draft.text or None,
        attachments=[WaitingFile(file.name, file.size) for file in draft.files],
        coverage_start=draft.coverage_start,
        coverage_end=draft.coverage_end,
        saved_at=draft.saved_at,
        version=draft.version,
        returned=draft.returned,
    )


ROUTES = [drafts, discard]
