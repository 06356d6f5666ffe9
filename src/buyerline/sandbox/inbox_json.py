"""The inbox as JSON, for tests that look at what a buyer got."""

from dataclasses import asdict
from typing import Annotated, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, PathParameter, QueryParameter

from buyerline.sandbox import mail
from buyerline.sandbox.mailboxes import Email, Mailboxes, Wanted
from buyerline.sandbox.pages import answer

# A greater number is no id, and SQLite could not take it.
_GREATEST_ID: Final = 2**53

Boxes = NamedDependency[Mailboxes]
EmailId = Annotated[int, PathParameter(ge=1, le=_GREATEST_ID)]
Before = Annotated[int | None, QueryParameter(ge=1, le=_GREATEST_ID)]
MessageType = Annotated[str | None, QueryParameter(name="type")]


@get("/latest.json")
async def latest(
    mailboxes: Boxes,
    message_type: MessageType = None,
    order: FromQuery[str | None] = None,
    mailbox: FromQuery[str | None] = None,
    q: FromQuery[str] = "",
) -> Response[bytes]:
    """The whole newest email, of an order, a type, a mailbox or with these words; 404 when there is none."""
    found = mailboxes.emails(Wanted(mailbox, order, message_type, q), limit=1)
    if not found:
        raise NotFoundException("No such email has come. /inbox/emails.json lists all that have.")
    return _whole(mailboxes, found[0])


@get("/emails.json")
async def emails(
    mailboxes: Boxes,
    message_type: MessageType = None,
    order: FromQuery[str | None] = None,
    mailbox: FromQuery[str | None] = None,
    q: FromQuery[str] = "",
    before: Before = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1_000)] = 100,
) -> Response[bytes]:
    """``{"emails": [...]}``, newest first, without their texts; ``before`` the last id gives the next ones."""
    return _json({"emails": mailboxes.emails(Wanted(mailbox, order, message_type, q, before), limit=limit)})


@get("/mailboxes.json")
async def all_mailboxes(
    mailboxes: Boxes, limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 200
) -> Response[bytes]:
    """``{"mailboxes": [...]}``, the one with the newest mail first."""
    return _json({"mailboxes": mailboxes.mailboxes(limit)})


@get("/revision.json")
async def revision(mailboxes: Boxes) -> Response[bytes]:
    """``{"revision": n}``, another number whenever there is something new to see."""
    return _json({"revision": mailboxes.revision})


@get("/{email_id:int}/email.json")
async def one(mailboxes: Boxes, email_id: EmailId) -> Response[bytes]:
    """One whole email."""
    return _whole(mailboxes, mailboxes.email(email_id))


HANDLERS: Final[list[HTTPRouteHandler]] = [latest, emails, all_mailboxes, revision, one]


def problem(status: int, detail: str) -> Response[bytes]:
    """``{"error": ...}`` with what went wrong."""
    return _json({"error": detail}, status=status)


def _whole(mailboxes: Mailboxes, email: Email) -> Response[bytes]:
    """The fields of `Email` with ``text``, ``html``, ``headers`` and ``attachments`` beside them."""
    parsed = mail.parse(mailboxes.raw(email.id))
    files = [
        {
            "file_name": file.file_name,
            "content_type": file.content_type,
            "size": len(file.content),
            "url": f"/inbox/{email.id}/files/{number}",
        }
        for number, file in enumerate(mail.attachments(parsed), start=1)
    ]
    bodies = {"text": mail.body(parsed, "plain"), "html": mail.body(parsed, "html")}
    headers = {name: str(value) for name, value in parsed.items()}
    return _json({**asdict(email), **bodies, "headers": headers, "attachments": files})


def _json(content: object, status: int = 200) -> Response[bytes]:
    return answer(msgspec.json.encode(content), "application/json", policy="default-src 'none'", status=status)
