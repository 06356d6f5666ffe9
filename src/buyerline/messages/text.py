"""The rules for the words of a message.

Source: Amazon, Messaging API model: "Do not include HTML or email addresses", "Only links related to ... are
allowed", the length of each type's text; Amazon's Communication Guidelines: no phone numbers. Lengths are counted
in Unicode code points, as JSON Schema counts them (RFC 8259 characters), so an emoji of several code points is
several characters.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from buyerline.amazon.errors import Problem
from buyerline.messages.codes import Code
from buyerline.messages.emails import find_emails
from buyerline.messages.folding import Folded, Span, fold, mask
from buyerline.messages.links import find_links
from buyerline.messages.markup import find_markup
from buyerline.messages.phones import find_phones

FIELD = "text"

_SEARCHED = 10_000
"""Code points of a text over its limit that are still searched for other problems; more is refused unread."""

_REPORTED = 10
"""Places of one kind that are reported; a text with more has to be rewritten anyway."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINKS_NAMED = re.compile(r"\b(?:links?|urls?|liens?|enlaces?|collegament[io])\b|リンク", re.IGNORECASE)
_LINKS_FORBIDDEN = re.compile(
    r"\b(?:no|without|not include|not add|not use)(?: any| external| web)*(?: html,?(?: or)?)? (?:links?|urls?)\b"
    r"|\b(?:links?|urls?)(?: or [a-z ]{1,30}| and [a-z ]{1,30})? (?:are|is) (?:not|never) (?:allowed|permitted)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextLimits:
    """What a message type takes for text.

    Attributes:
        min_length, max_length: code points; ``None`` for no limit.
        links: whether links that serve the type's purpose are allowed.
    """

    min_length: int
    max_length: int | None
    links: bool


def allows_links(description: str) -> bool:
    """Whether a text field's description (Amazon's words) allows links that serve the purpose of the message.

    Without a description the operation's documentation holds, which allows them for every type that takes text.
    """
    if not description.strip():
        return True
    return bool(_LINKS_NAMED.search(description)) and not _LINKS_FORBIDDEN.search(description)


def check_text(text: str, limits: TextLimits, *, exempt: Collection[str] = ()) -> list[Problem]:
    """Every rule that `text` breaks, in the order of the text within each rule.

    Args:
        text: what the buyer is to read.
        limits: what the message type takes.
        exempt: numbers that are no phone numbers: the order's id, its tracking numbers.
    """
    if is_blank(text):
        return [missing_text()]
    problems = _check_length(text, limits)
    if problems and len(text) > _SEARCHED:
        return problems
    problems += _check_control(text)
    problems += _at_each(find_markup(text), Code.TEXT_HTML, _HTML)
    return problems + _check_contacts(fold(text), links_allowed=limits.links, exempt=exempt)


def is_blank(text: str | None) -> bool:
    """Whether a reader would see nothing."""
    return not text or all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def missing_text() -> Problem:
    """The problem of a type that takes text and got none."""
    return Problem(Code.TEXT_MISSING, FIELD, "The message is empty. Write what the buyer needs to know.")


def too_long(length: int, limit: int) -> Problem:
    """The problem of a text of `length` code points where `limit` are taken."""
    return Problem(
        Code.TEXT_TOO_LONG,
        FIELD,
        f"The text has {length:,} characters and this message type takes {limit:,}. Remove at least "
        f"{length - limit:,}; an emoji or an accented letter can count as several.",
        start=limit,
        end=length,
    )


def too_short(length: int, limit: int) -> Problem:
    """The problem of a text of `length` code points where at least `limit` are asked for."""
    return Problem(
        Code.TEXT_TOO_SHORT,
        FIELD,
        f"The text has {length:,} characters and this message type asks for at least {limit:,}. Write more.",
    )


_HTML = "HTML is not allowed. Write plain text, without tags such as <b> or codes such as &nbsp;."
_EMAIL = "An email address is not allowed. Remove it; the buyer answers through Amazon."
_PHONE = (
    "A phone number is not allowed. Remove it; if it is another number, say which just before it "
    '("order", "tracking", "item").'
)
_NO_LINKS = "Links are not allowed in this message type. Remove it."


def _check_length(text: str, limits: TextLimits) -> list[Problem]:
    if limits.max_length is not None and len(text) > limits.max_length:
        return [too_long(len(text), limits.max_length)]
    return [too_short(len(text), limits.min_length)] if len(text) < limits.min_length else []


def _check_control(text: str) -> list[Problem]:
    found = _CONTROL.search(text)
    if found is None:
        return []
    return [
        _at(
            found.span(),
            Code.TEXT_CONTROL,
            f"A control character (U+{ord(found[0]):04X}) cannot be sent. Delete it and write the words around it "
            "again; line breaks and tabs are fine.",
        )
    ]


def _check_contacts(folded: Folded, *, links_allowed: bool, exempt: Collection[str]) -> list[Problem]:
    """Email addresses first, then links outside of them, then phone numbers outside of both."""
    emails = find_emails(folded.text)
    rest = mask(folded.text, emails)
    links = find_links(rest)
    rest = mask(rest, [(link.start, link.end) for link in links])
    phones = find_phones(rest, exempt)

    problems = _at_each(map(folded.original, emails), Code.TEXT_EMAIL, _EMAIL)
    problems += _at_each(map(folded.original, phones), Code.TEXT_PHONE, _PHONE)
    for link in links:
        objection = link.objection() if links_allowed else None
        if links_allowed and objection is None:
            continue
        reason = f"This link {objection}. Use an https:// address of the website itself, or remove it."
        span = folded.original((link.start, link.end))
        problems.append(_at(span, Code.TEXT_LINK, reason if links_allowed else _NO_LINKS))
    return problems


def _at_each(spans: Iterator[Span] | Sequence[Span], code: Code, sentence: str) -> list[Problem]:
    return [_at(span, code, sentence) for span, _ in zip(spans, range(_REPORTED), strict=False)]


def _at(span: Span, code: Code, sentence: str) -> Problem:
    start, end = span
    return Problem(code, FIELD, f"At character {start + 1}: {sentence}", start=start, end=end)
