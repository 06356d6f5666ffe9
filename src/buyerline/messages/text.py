"""The rules for the words of a message.

Source: Amazon, Messaging API model: "Do not include HTML or email addresses", "Only links related to ... are
allowed", the length of each type's text; Amazon's Communication Guidelines: no phone numbers. Lengths are counted
in Unicode code points, as JSON Schema counts them (RFC 8259 characters), so an emoji of several code points is
several characters.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from buyerline.amazon.errors import Problem
from buyerline.messages.codes import Code
from buyerline.messages.emails import find_emails
from buyerline.messages.folding import Folded, Span, fold, mask
from buyerline.messages.links import ALLOWED, find_links
from buyerline.messages.markup import find_markup
from buyerline.messages.phones import find_phones

FIELD = "text"

_SEARCHED = 10_000
"""Code points of a text over its limit that are still searched for other problems; more is refused unread."""

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_HALVES = r"\ud800-\udfff"
"""Half a character: also what Python makes of each byte of a command line that is not in the terminal's encoding."""
_CONTROL = re.compile(f"[{_CONTROLS}]+")
_BROKEN = re.compile(f"[{_HALVES}]+")
_SIGN = re.compile(f"[{_CONTROLS}{_HALVES}]")
"""Where this is not found, neither of the two is. It says so of most texts, and far faster than they."""

_JOINING = re.compile(r"[\u200d\ufe0f\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff]")
"""What makes one emoji of several code points: joiner, emoji style, skin tones, letters of flags (Unicode TR 51)."""
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


@lru_cache(maxsize=256)
def allows_links(description: str) -> bool:
    """Whether a text field's description (Amazon's words) allows links that serve the purpose of the message.

    Without a description the operation's documentation holds, which allows them for every type that takes text.
    """
    if not description.strip():
        return True
    return bool(_LINKS_NAMED.search(description)) and not _LINKS_FORBIDDEN.search(description)


def check_text(text: str, limits: TextLimits, *, exempt: Collection[str] = ()) -> list[Problem]:
    """Every rule that `text` breaks, each once with all its places, in the order of their first places.

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
    problems += _check_characters(text)
    problems += _one(Code.TEXT_HTML, ((span, _HTML) for span in find_markup(text)))
    problems += _check_contacts(fold(text), links_allowed=limits.links, exempt=exempt)
    return sorted(problems, key=lambda problem: problem.start or 0)


def is_blank(text: str | None) -> bool:
    """Whether a reader would see nothing."""
    return not text or all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def missing_text() -> Problem:
    """The problem of a type that takes text and got none."""
    return Problem(Code.TEXT_MISSING, FIELD, "The message is empty. Write what the buyer needs to know.")


def too_long(text: str, limit: int) -> Problem:
    """The problem of a text of which `limit` code points are taken."""
    length = len(text)
    several = "; an emoji or an accented letter can count as several" if _has_several(text) else ""
    return Problem(
        Code.TEXT_TOO_LONG,
        FIELD,
        f"The text has {length:,} characters and this message type takes {limit:,}. Remove at least "
        f"{length - limit:,}{several}.",
        start=limit,
        end=length,
    )


def _has_several(text: str) -> bool:
    """Whether something in `text` that looks like one character is several code points."""
    if text.isascii():
        return False
    return bool(_JOINING.search(text)) or any(map(unicodedata.combining, text))


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
_NOT_UNICODE = (
    "The text has a character that is not valid Unicode; is the terminal's or file's encoding UTF-8? Write it again."
)


def _check_length(text: str, limits: TextLimits) -> list[Problem]:
    if limits.max_length is not None and len(text) > limits.max_length:
        return [too_long(text, limits.max_length)]
    return [too_short(len(text), limits.min_length)] if len(text) < limits.min_length else []


def _check_characters(text: str) -> list[Problem]:
    if not _SIGN.search(text):
        return []
    found = [(match.span(), _NOT_UNICODE) for match in _BROKEN.finditer(text)]
    first = _CONTROL.search(text)
    if first:
        sentence = (
            f"A control character (U+{ord(first[0][0]):04X}) cannot be sent. Delete it and write the words around it "
            "again; line breaks and tabs are fine."
        )
        found += [(match.span(), sentence) for match in _CONTROL.finditer(text)]
    return _one(Code.TEXT_CONTROL, found)


def _check_contacts(folded: Folded, *, links_allowed: bool, exempt: Collection[str]) -> list[Problem]:
    """Email addresses first, then links outside of them, then phone numbers outside of both."""
    emails = find_emails(folded.text)
    rest = mask(folded.text, emails)
    links = find_links(rest)
    rest = mask(rest, [(link.start, link.end) for link in links])
    phones = find_phones(rest, exempt)
    if not (emails or links or phones):
        return []
    problems = _one(Code.TEXT_EMAIL, ((folded.original(span), _EMAIL) for span in emails))
    problems += _one(Code.TEXT_PHONE, ((folded.original(span), _PHONE) for span in phones))
    places = [(link, folded.original((link.start, link.end))) for link in links]
    if not links_allowed:
        return problems + _one(Code.TEXT_LINK, ((span, _NO_LINKS) for _, span in places))
    refused = [(span, f"This link {objection}.") for link, span in places if (objection := link.objection())]
    return problems + _one(Code.TEXT_LINK, refused, advice=f" {ALLOWED}")


def _one(code: Code, found: Iterable[tuple[Span, str]], *, advice: str = "") -> list[Problem]:
    """The one problem of all places that break a rule, or none.

    Args:
        code: the rule.
        found: each place and what is wrong there; what is wrong at several is said once.
        advice: follows what is wrong.
    """
    places: list[Span] = []
    by_sentence: dict[str, list[Span]] = {}
    for span, sentence in sorted(found):
        places.append(span)
        by_sentence.setdefault(sentence, []).append(span)
    if not places:
        return []
    message = " ".join(f"{_where(spans)}: {sentence}" for sentence, spans in by_sentence.items())
    (start, end), *also = places
    return [Problem(code, FIELD, message + advice, start, end, tuple(also))]


def _where(spans: list[Span]) -> str:
    (start, _), *more = spans
    also = f" and {len(more):,} more place{'s' if len(more) > 1 else ''}" if more else ""
    return f"At character {start + 1:,}{also}"
