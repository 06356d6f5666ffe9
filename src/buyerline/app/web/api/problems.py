"""How the API tells that something cannot be done: as RFC 9457 has it, with everything that is wrong with a message."""

from collections.abc import Iterable
from functools import singledispatch
from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar.exceptions import HTTPException
from litestar.response import Response
from msgspec import Meta

from buyerline.amazon.errors import BuyerlineError, DraftRefused, NotNow, Problem, Throttled, UnknownMarketplace
from buyerline.app.approving import DECIDED_ABOUT
from buyerline.app.draft_rows import OF_A_PROGRAM
from buyerline.app.drafts import GONE, WRITTEN_SINCE
from buyerline.app.errors import AppError, Invalid, NotHere, TooMany
from buyerline.app.queueing import ELSEWHERE, Refused
from buyerline.app.same_content import Twice
from buyerline.app.web.rendering import retry_after
from buyerline.app.words import Words
from buyerline.outbox.errors import KeyTaken, OutboxUnavailable

MEDIA_TYPE = "application/problem+json"

_UNAVAILABLE = (
    "The database cannot be used just now. If this was to change something, it may have been done, or not: send the "
    "same request again, or look."
)


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of the text, in code points; `end` is exclusive."""

    start: int
    end: int


class CheckProblem(msgspec.Struct, frozen=True):
    """One rule that a message breaks."""

    code: Annotated[str, Meta(description="Stable name of the rule.", examples=["text_email"])]
    field: Annotated[str, Meta(description="The part of the message.", examples=["text", "attachments[0].file_name"])]
    message: Annotated[
        str, Meta(description="What is wrong and what to do, for the seller.", examples=["Take the address out."])
    ]
    start: Annotated[int | None, Meta(description="Where it begins in the text, in code points.", examples=[17])] = None
    end: Annotated[int | None, Meta(description="Where it ends, exclusive.", examples=[33])] = None
    also: Annotated[list[Stretch], Meta(description="The other places that break the same rule.")] = []


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not carried out (RFC 9457, `application/problem+json`)."""

    type: Annotated[
        str, Meta(description="Always `about:blank`: the status says what it is.", examples=["about:blank"])
    ]
    title: Annotated[str, Meta(description="The status in words.", examples=["Unprocessable Content"])]
    status: Annotated[int, Meta(description="The HTTP status.", examples=[422])]
    detail: Annotated[str, Meta(description="What happened and what to do.", examples=["A check refused the message."])]
    field: Annotated[str | None, Meta(description="What it is about, where it is one thing.", examples=["limit"])] = (
        None
    )
    problems: Annotated[list[CheckProblem], Meta(description="Every rule that the message breaks.")] = []


def failure(
    status: int,
    detail: str,
    *,
    field: str | None = None,
    problems: Iterable[Problem] = (),
    headers: dict[str, str] | None = None,
) -> Response[Failure]:
    """An answer that says that a request was not carried out.

    Args:
        status: the HTTP status.
        detail: what happened and what to do, in English.
        field: what of the request it is about.
        problems: what the checks say.
        headers: of the answer.
    """
    body = Failure(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        field=field or None,
        problems=[check_problem(problem) for problem in problems],
    )
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def check_problem(problem: Problem) -> CheckProblem:
    """A check's problem as it is answered."""
    also = [Stretch(*place) for place in problem.also]
    return CheckProblem(problem.code, problem.field, problem.message, problem.start, problem.end, also)


def not_signed_in() -> Response[Failure]:
    """The answer to whoever sends no key that works."""
    detail = "Send an API key that works: Authorization: Bearer bl_... (make one in the app, on the page Settings)."
    return failure(401, detail, headers={"WWW-Authenticate": "Bearer"})


@singledispatch
def told(_: Exception) -> Response[Failure]:
    """The answer that tells of an error."""
    return failure(500, "Something in buyerline failed; it was written to its log. Ask again later.")


@told.register
def _of_the_app(error: AppError) -> Response[Failure]:
    return failure(error.status, _said(error.words))


@told.register
def _not_here(error: NotHere) -> Response[Failure]:
    return failure(404, _said(error.words))


@told.register
def _invalid(error: Invalid) -> Response[Failure]:
    return failure(error.status, str(error.words), field=error.field)


@told.register
def _twice(error: Twice) -> Response[Failure]:
    again = msgspec.json.encode(error.again).decode()
    other = f"The other one is GET /api/v1/messages/{error.message_id}."
    return failure(
        error.status, f'{error.words} {other} To send this one all the same, say "again": {again}.', field=error.field
    )


@told.register
def _refused(error: Refused) -> Response[Failure]:
    return failure(error.status, str(error.words), problems=error.problems)


@told.register
def _too_many(error: TooMany) -> Response[Failure]:
    return failure(error.status, str(error.words), headers=retry_after(error.wait))


@told.register
def _from_below(error: BuyerlineError) -> Response[Failure]:
    words = Words("Amazon, or what stands between, could not do this now. {said}", said=str(error))
    return failure(502, str(words))


@told.register
def _draft_refused(error: DraftRefused) -> Response[Failure]:
    return failure(422, "The checks refuse this message; nothing was queued.", problems=error.problems)


@told.register
def _key_taken(error: KeyTaken) -> Response[Failure]:
    list_of = "approvals" if error.message_id.startswith(OF_A_PROGRAM) else "messages"
    detail = (
        f"This key stands for other content: GET /api/v1/{list_of}/{error.message_id}. Give each message a key of its "
        "own, or none: then its content is its key."
    )
    return failure(409, detail, field="idempotency_key")


@told.register
def _no_marketplace(error: UnknownMarketplace) -> Response[Failure]:
    return failure(422, str(error), field="marketplace")


@told.register
def _unavailable(_: OutboxUnavailable) -> Response[Failure]:
    return failure(503, _UNAVAILABLE, headers=retry_after(1))


@told.register
def _not_now(error: NotNow) -> Response[Failure]:
    return failure(503, str(error), headers=retry_after(error.wait))


@told.register
def _throttled(error: Throttled) -> Response[Failure]:
    return failure(503, str(error), headers=retry_after(1))


@told.register
def _http(error: HTTPException) -> Response[Failure]:
    field, detail = None, _HTTP.get(error.status_code, error.detail)
    for found in error.extra if isinstance(error.extra, list) else []:
        message = str(found.get("message"))
        field, detail = found.get("key"), f"{found.get('key')}: {_OF_MSGSPEC.get(message, message)}."
        break
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return failure(error.status_code, detail, field=field, headers=headers)


_HTTP = {
    404: "There is nothing at this address. GET /api/openapi.json lists what there is.",
    405: "This address does not take that method. GET /api/openapi.json lists what it takes.",
    413: "That is more than can be taken at once: 10 MB for all files of a message.",
    500: "Something in buyerline failed; it was written to its log. Ask again later.",
}


_OF_MSGSPEC = {"Invalid RFC3339 encoded datetime": "This is no moment. Write it as 2026-11-22T12:04:31Z"}
"""What is told otherwise than msgspec tells it."""

_FOR_PROGRAMS = {
    NotHere().words.msgid: "There is no such thing, or it is not yours to see.",
    GONE.msgid: "There is no such thing any more: somebody has decided about it, or it was taken back or discarded.",
    DECIDED_ABOUT.msgid: "Nothing of this id waits: somebody has decided about it, or it is not yours to see.",
    WRITTEN_SINCE.msgid: "This draft was changed since you saw it, and was not discarded. GET /api/v1/drafts has it.",
    ELSEWHERE.msgid: "This message was changed meanwhile. Read it as it stands now, then decide.",
}
"""What is told otherwise to programs than on a page, by the page's sentence."""


def _said(words: Words) -> str:
    return _FOR_PROGRAMS.get(words.msgid) or str(words)
