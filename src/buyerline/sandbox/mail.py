"""The email that Amazon would send to the buyer for an accepted message, written and read (RFC 5322, RFC 2045)."""

import email
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import quote
from typing import Final, Literal

from buyerline.sandbox.ledger import AcceptedMessage, StoredFile
from buyerline.sandbox.pages import render
from buyerline.sandbox.words import Words, language_of, words_of

SELLERS_DOMAIN: Final = "marketplace.amazon.example"
BUYERS_DOMAIN: Final = "buyers.sandbox.example"

# Amazon reaches buyers with these two even when they opted out of sellers' messages, and a seller marks such an
# email "[Important]" (Amazon, "Communication Guidelines": critical messages).
CRITICAL_TYPES: Final = frozenset({"unexpectedProblem", "legalDisclosure"})

_RIGHT_TO_LEFT: Final = ("ar", "he")

# Only ASCII leaves (base64 or quoted-printable), so that any SMTP server can take the bytes as they are. What
# `_encoded` has folded stays as it is.
_POLICY: Final = SMTP.clone(cte_type="7bit", refold_source="none")

# The longest display name, in characters, that fits into a line of 78 with its header (RFC 5322, 2.1.1).
_SHORT: Final = 60


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file as the email carries it; ``content_type`` is what the sender claims it to be."""

    file_name: str
    content_type: str
    content: bytes


def compose(message: AcceptedMessage) -> EmailMessage:
    """The email to the buyer, as text and as HTML, in the buyer's language where there are words for it.

    Line ends of the seller's text become those of the email; nothing else of it changes. What has no place in a
    header (line ends, control characters) becomes a space there, in a file name ``_``.
    """
    language = language_of(message.locale)
    words = words_of(language)
    mail = EmailMessage(policy=_POLICY)
    _write_headers(mail, message, words)
    facts = dict(_facts(message, words))
    mail.set_content(_plain(message, words, facts))
    direction = "rtl" if message.locale.lower().startswith(_RIGHT_TO_LEFT) else "auto"
    mail.add_alternative(
        render(
            "email.html",
            language=language,
            direction=direction,
            words=words,
            subject=_subject(message, words),
            opening=_opening(message, words),
            message=message,
            lines=_lines(message.text),
            facts=facts,
        ),
        subtype="html",
    )
    for file in message.attachments:
        _attach(mail, file)
    # Last, because a body that becomes one part of several takes the Content- headers along.
    mail["Content-Language"] = _one_line(message.locale)
    _set_boundaries(mail, message)
    return mail


def _set_boundaries(mail: EmailMessage, message: AcceptedMessage) -> None:
    """Give the parts' boundaries, so that the same message is the same bytes; `email` would draw them by lot."""
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # "=_" stands in no quoted-printable and no base64 text (RFC 2045, 6.7).
        part.set_boundary(f"=_{number}_{_digest(f'{message.id} {message.text}')}")


def buyer_address(order_id: str) -> str:
    """The relay address that stands for the buyer of an order; it tells nothing about the person."""
    return f"{_digest(order_id)}@{BUYERS_DOMAIN}"


def preview(message: AcceptedMessage) -> str:
    """What the email says, on one line."""
    return _one_line(message.text or _opening(message, words_of(language_of(message.locale))))


def parse(raw: bytes) -> EmailMessage:
    """The email of its bytes."""
    parsed = email.message_from_bytes(raw, policy=_POLICY)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - what the policy's message_factory makes
    return parsed


def body(mail: EmailMessage, kind: Literal["plain", "html"]) -> str:
    """The text or the HTML version of a composed email, its lines ended by a line feed alone."""
    part = mail.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def attachments(mail: EmailMessage) -> list[Attachment]:
    """The files that a composed email carries, in order."""
    return [_attachment(part) for part in mail.iter_attachments()]


def _attachment(part: EmailMessage) -> Attachment:
    # `EmailMessage.get_filename` would strip the spaces around a name.
    file_name = str(part["Content-Disposition"].params.get("filename", ""))
    content = part.get_payload(decode=True)
    return Attachment(file_name, part.get_content_type(), content if isinstance(content, bytes) else b"")


def _write_headers(mail: EmailMessage, message: AcceptedMessage, words: Words) -> None:
    seller = _in_header(f"{message.seller} - Amazon Marketplace")
    mail.set_raw("From", f"{_display_name(seller)}\r\n <{_digest(message.account)}@{SELLERS_DOMAIN}>")
    mail["To"] = buyer_address(message.order_id)
    mail.set_raw("Subject", _encoded(_subject(message, words), "Subject"))
    mail["Date"] = message.accepted_at
    mail["Message-ID"] = f"<{_digest(message.id)}@{SELLERS_DOMAIN}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Buyerline-Order"] = _in_header(message.order_id)
    mail["X-Buyerline-Type"] = _in_header(message.type)
    mail["X-Buyerline-Marketplace"] = _in_header(message.marketplace_id)
    mail["X-Buyerline-Request-Id"] = _in_header(message.request_id)


def _display_name(name: str) -> str:
    if name.isascii() and len(name) <= _SHORT:
        return f'"{quote(name)}"'
    return _encoded(name, "From", charset="utf-8")


def _encoded(text: str, header: str, charset: str | None = None) -> str:
    """A header's value, folded, with encoded words (RFC 2047) where it needs them.

    `EmailMessage` itself loses the space between two words when it encodes and folds there (Python 3.11), as in
    the long names of Japanese or German sellers; `email.header.Header` does not.
    """
    return Header(text, charset, header_name=header).encode(linesep="\r\n")


def _subject(message: AcceptedMessage, words: Words) -> str:
    subject = words.of_type(message.type).subject.format(order=_in_header(message.order_id))
    return f"[Important] {subject}" if message.type in CRITICAL_TYPES else subject


def _opening(message: AcceptedMessage, words: Words) -> str:
    return words.of_type(message.type).opening.format(seller=_one_line(message.seller))


def _facts(message: AcceptedMessage, words: Words) -> Iterator[tuple[str, str]]:
    """What the email tells beneath the message: label and value."""
    yield words.order, _one_line(message.order_id)
    yield words.item, _one_line(message.item)
    yield words.seller, _one_line(message.seller)
    if message.coverage_start is not None:
        yield words.coverage_start, _day(message.coverage_start, words)
    if message.coverage_end is not None:
        yield words.coverage_end, _day(message.coverage_end, words)
    if message.attachments:
        yield words.files, ", ".join(_one_line(file.file_name) for file in message.attachments)


def _day(moment: datetime, words: Words) -> str:
    return words.date.format(moment)


def _plain(message: AcceptedMessage, words: Words, facts: dict[str, str]) -> str:
    blocks = [words.greeting, _opening(message, words)]
    if message.text:
        blocks += ["\n".join(_lines(message.text)), "--"]
    blocks.append("\n".join(f"{label}: {value}" for label, value in facts.items()))
    blocks.append(words.footer)
    return "\n\n".join(blocks)


def _lines(text: str | None) -> list[str]:
    """The lines of a seller's text; `str.splitlines` would break at more than line ends (U+2028, U+0085)."""
    return re.split(r"\r\n|\r|\n", text) if text else []


def _attach(mail: EmailMessage, file: StoredFile) -> None:
    maintype, subtype = _media_type(file.content_type)
    mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=_file_name(file.file_name))


def _media_type(content_type: str) -> tuple[str, str]:
    """Type and subtype of a file; what is no media type, or would be read as part of the email, is plain bytes."""
    found = re.fullmatch(r"([a-z]+)/([a-z0-9][a-z0-9.+-]*)\s*(;.*)?", content_type.strip().lower(), re.DOTALL)
    if found is None or found[1] in {"message", "multipart"}:
        return "application", "octet-stream"
    return found[1], found[2]


def _one_line(text: str) -> str:
    return " ".join(_without_controls(text, " ").split())


def _in_header(text: str) -> str:
    """`text` on one line, without ``=?``: an encoded word (RFC 2047) could hold a line end."""
    return _one_line(text).replace("=?", "= ?")


def _file_name(name: str) -> str:
    """`name` as a header can carry it, its spaces kept."""
    return _without_controls(name, "_").replace("=?", "=_")


def _without_controls(text: str, instead: str) -> str:
    """`text` without what ends a line or is not text: the categories Cc, Cs, Zl and Zp of Unicode."""
    return "".join(instead if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:14]
