"""The buyers' inbox as pages, files and JSON, for people and for their tests.

Pages: ``/inbox`` (``?mailbox=`` an address, empty for all; ``?q=`` words to search; ``?before=`` an email's id) and
``/inbox/{id}`` (``?view=`` ``message``, ``text``, ``headers`` or ``source``).
Files: ``/inbox/{id}/message.html``, ``/inbox/{id}/source.txt``, ``/inbox/{id}/message.eml``, ``/inbox/{id}/files/{n}``.
JSON: ``/inbox/latest.json``, ``/inbox/emails.json`` (both with ``order``, ``type``, ``mailbox``, ``q``),
``/inbox/{id}/email.json``, ``/inbox/mailboxes.json``, ``/inbox/revision.json``, which tells an open page of news.
``/inbox/static/{name}`` serves the style sheets, which other pages of the sandbox share.
"""

import re
from typing import Final, Literal
from urllib.parse import quote

from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.params import FromPath, FromQuery

from buyerline.sandbox import inbox_json, mail
from buyerline.sandbox.inbox_json import Before, Boxes, EmailId
from buyerline.sandbox.inbox_page import Place, View, inbox_page
from buyerline.sandbox.mailboxes import Mailboxes, NoSuchEmail
from buyerline.sandbox.pages import answer, page, static_files

# What the browser may show by itself; everything else is saved. SVG and HTML are not among them: they can hold scripts.
_SHOWN_TYPES: Final = frozenset({"image/gif", "image/jpeg", "image/png", "application/pdf", "text/plain"})

_NOTHING: Final = "default-src 'none'"
_SEALED: Final = "default-src 'none'; sandbox"
# A sender's HTML has its style inside; it stands in a frame of our page and may do nothing else.
_SENDERS_HTML: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def inbox_routes(mailboxes: Mailboxes) -> list[Router]:
    """The route handlers of everything under ``/inbox``, for a Litestar application on the mailboxes' event loop."""

    async def provide_mailboxes() -> Mailboxes:
        return mailboxes

    handlers = [
        show_inbox,
        show_email,
        show_html,
        show_source,
        download_email,
        open_attachment,
        serve_static,
        *inbox_json.HANDLERS,
    ]
    return [
        Router(
            "/inbox",
            route_handlers=handlers,
            dependencies={"mailboxes": Provide(provide_mailboxes)},
            exception_handlers={HTTPException: show_problem, NoSuchEmail: show_problem},
            include_in_schema=False,
        )
    ]


@get("/")
async def show_inbox(
    mailboxes: Boxes,
    q: FromQuery[str] = "",
    mailbox: FromQuery[str | None] = None,
    before: Before = None,
) -> Response[bytes]:
    """The lists, with the newest of the listed emails opened."""
    return inbox_page(mailboxes, Place(q, mailbox, before))


@get("/{email_id:int}")
async def show_email(
    mailboxes: Boxes,
    email_id: EmailId,
    q: FromQuery[str] = "",
    mailbox: FromQuery[str | None] = None,
    before: Before = None,
    view: FromQuery[View] = "message",
) -> Response[bytes]:
    """The lists with one email opened."""
    return inbox_page(mailboxes, Place(q, mailbox, before), mailboxes.email(email_id), view)


@get("/{email_id:int}/message.html")
async def show_html(mailboxes: Boxes, email_id: EmailId) -> Response[bytes]:
    """The HTML version of an email alone, as its frame shows it."""
    html = mail.body(mail.parse(mailboxes.raw(email_id)), "html")
    return answer(html.encode(), "text/html", policy=_SENDERS_HTML)


@get("/{email_id:int}/source.txt")
async def show_source(mailboxes: Boxes, email_id: EmailId) -> Response[bytes]:
    """The whole email as it travels."""
    return answer(mailboxes.raw(email_id), "text/plain", policy=_SEALED)


@get("/{email_id:int}/message.eml")
async def download_email(mailboxes: Boxes, email_id: EmailId) -> Response[bytes]:
    """The email as a file that mail programs open."""
    name = _disposition("attachment", f"buyerline-{email_id}.eml")
    return answer(mailboxes.raw(email_id), "message/rfc822", policy=_SEALED, disposition=name)


@get("/{email_id:int}/files/{number:int}")
async def open_attachment(mailboxes: Boxes, email_id: EmailId, number: FromPath[int]) -> Response[bytes]:
    """An attached file, counted from 1: shown if that is safe, else saved."""
    files = mailboxes.attachments(email_id)
    if not 1 <= number <= len(files):
        raise NotFoundException(f"Email {email_id} has no file {number}; it has {len(files)}.")
    file = files[number - 1]
    shown = file.content_type in _SHOWN_TYPES
    return answer(
        file.content,
        file.content_type if shown else "application/octet-stream",
        policy=_SEALED,
        disposition=_disposition("inline" if shown else "attachment", file.file_name),
    )


@get("/static/{name:str}")
async def serve_static(name: FromPath[str]) -> Response[bytes]:
    """A style sheet, script or picture of the package."""
    if name not in static_files():
        raise NotFoundException(f"There is no file {name} here; there are {', '.join(sorted(static_files()))}.")
    media_type, content = static_files()[name]
    return answer(content, media_type, policy=_NOTHING)


def show_problem(request: Request[object, object, State], problem: Exception) -> Response[bytes]:
    """What went wrong, in the form that was asked for."""
    status, detail = _in_words(problem)
    if request.url.path.endswith(".json"):
        return inbox_json.problem(status, detail)
    return page("problem.html", status=status, detail=detail)


def _in_words(problem: Exception) -> tuple[int, str]:
    """The status to answer with, and what to say."""
    if isinstance(problem, ValidationException) and isinstance(problem.extra, list):
        return 400, " ".join(f"{wrong['key']}: {wrong['message']}." for wrong in problem.extra)
    if isinstance(problem, HTTPException):
        return problem.status_code, problem.detail
    return 404, str(problem)


def _disposition(kind: Literal["inline", "attachment"], file_name: str) -> str:
    """A Content-Disposition with the name for every client (RFC 6266, appendix D)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='', errors='replace')}"
