"""The page of three panes: mailboxes, messages, one message."""

from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode

from litestar import Response

from buyerline.amazon.errors import UnknownMarketplace
from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox import mail
from buyerline.sandbox.mailboxes import Email, Mailboxes, Wanted
from buyerline.sandbox.pages import page

View = Literal["message", "text", "headers", "source"]

_EMAILS_SHOWN: Final = 50
_MAILBOXES_SHOWN: Final = 200
_SOURCE_SHOWN: Final = 100_000  # characters; more makes a browser slow, and there is the file


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the inbox a page is, so that its links lead to neighbours of that place.

    ``mailbox`` is ``None`` on the first page, empty for the mail of all mailboxes.
    """

    search: str = ""
    mailbox: str | None = None
    before: int | None = None

    def wanted(self) -> Wanted:
        """Which emails are listed here."""
        return Wanted(mailbox=self.mailbox or None, search=self.search, before=self.before)

    def url(self, email_id: int | None = None, view: View = "message") -> str:
        """The address of this place, or of an email opened at it."""
        path = "/inbox" if email_id is None else f"/inbox/{email_id}"
        query: dict[str, str | int] = {"q": self.search} if self.search else {}
        if self.mailbox is not None:
            query["mailbox"] = self.mailbox
        if self.before is not None:
            query["before"] = self.before
        if view != "message":
            query["view"] = view
        return f"{path}?{urlencode(query)}" if query else path

    def older_than(self, email_id: int) -> "Place":
        """The next page of the same list."""
        return replace(self, before=email_id)


@dataclass(frozen=True, slots=True)
class OpenEmail:
    """An email with what its pane shows."""

    email: Email
    sender: str
    headers: list[tuple[str, str]]
    text: str
    source: str
    source_is_cut: bool
    attachments: list[mail.Attachment]


def inbox_page(
    mailboxes: Mailboxes,
    place: Place,
    chosen: Email | None = None,
    view: View = "message",
) -> Response[bytes]:
    """The page at a place, with the chosen email opened, or else the newest of the list."""
    emails = mailboxes.emails(place.wanted(), limit=_EMAILS_SHOWN + 1)
    listed = emails[:_EMAILS_SHOWN]
    shown = chosen or (listed[0] if listed else None)
    return page(
        "inbox.html",
        step=_step(place, chosen),
        place=place,
        first=Place(),
        everything=Place(mailbox=""),
        place_of_mailbox=lambda address: Place(mailbox=address),
        mailboxes=mailboxes.mailboxes(_MAILBOXES_SHOWN),
        mailboxes_shown=_MAILBOXES_SHOWN,
        emails=listed,
        older=place.older_than(listed[-1].id) if len(emails) > len(listed) else None,
        total=mailboxes.count(),
        opened=_open(mailboxes, shown) if shown else None,
        view=view,
        country=_country,
        relay=mailboxes.relay,
        revision=mailboxes.revision,
    )


def _step(place: Place, chosen: Email | None) -> Literal["mailboxes", "messages", "message"]:
    """Which of the three panes a narrow screen shows."""
    if chosen is not None:
        return "message"
    return "mailboxes" if place == Place() else "messages"


def _open(mailboxes: Mailboxes, email: Email) -> OpenEmail:
    raw = mailboxes.raw(email.id)
    parsed = mail.parse(raw)
    return OpenEmail(
        email=email,
        sender=parsed["From"].addresses[0].addr_spec,
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=mail.body(parsed, "plain"),
        source=raw[:_SOURCE_SHOWN].decode("ascii", "replace"),
        source_is_cut=len(raw) > _SOURCE_SHOWN,
        attachments=mail.attachments(parsed),
    )


def _country(marketplace_id: str) -> str:
    """The country code that people know a marketplace by."""
    try:
        return Marketplace.of(marketplace_id).name
    except UnknownMarketplace:
        return marketplace_id
