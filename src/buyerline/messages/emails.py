"""Finds email addresses in a text, written out or disguised: ``name (at) host (dot) com``."""

import re

from buyerline.messages.domains import FILE_EXTENSIONS, OFTEN_WORDS, TOP_LEVEL
from buyerline.messages.folding import Span, mask

# Every repetition is bounded and possessive where it can be, so the time is linear in the text.
_PLAIN = re.compile(
    r"(?:[A-Za-z0-9._%+'-]{1,64}+|\w{0,63}[^\x00-\x7F\W]|\")"
    r"([ ]{0,2})@([ ]{0,2})"
    r"(?:(?:[A-Za-z0-9-]{1,63}+\.){1,8}(?P<ascii>xn--[A-Za-z0-9-]{1,59}|[A-Za-z]{2,24})"
    r"|(?:[\w-]{1,63}+\.){1,8}(?P<international>[^\W\d_]{2,24}))"
)

_LABEL = r"[\w-]{1,63}+"
_AT_WORDS = r"ät|arroba|chiocciola|arobase|アットマーク|あっとまーく"
_DOT_WORDS = r"dot|punkt|point|punto|ponto|ドット|どっと"
_OPEN, _CLOSE = r"[(\[{<][ ]?", r"[ ]?[)\]}>]"
_BRACKETED_DOT = rf"[ ]{{0,2}}{_OPEN}(?:{_DOT_WORDS}|\.){_CLOSE}[ ]{{0,2}}"


def _disguised(at: str, dot: str) -> re.Pattern[str]:
    return re.compile(
        rf"[\w.+-]{{1,64}}{at}{_LABEL}(?:(?:{dot}){_LABEL}){{0,4}}(?:{dot})(?P<top>[A-Za-z]{{2,24}}+)(?!\w)",
        re.IGNORECASE,
    )


_DISGUISES = (
    # name (at) host (dot) com, name [at] host.com
    _disguised(
        rf"[ ]{{0,2}}{_OPEN}(?:at|@|{_AT_WORDS}|アット){_CLOSE}[ ]{{0,2}}",
        rf"{_BRACKETED_DOT}|[ ]{{1,2}}(?:{_DOT_WORDS})[ ]{{1,2}}|[ ]?\.[ ]?",
    ),
    # nombre arroba host punto es
    _disguised(rf"[ ]{{1,2}}(?:{_AT_WORDS})[ ]{{1,2}}", rf"{_BRACKETED_DOT}|[ ](?:{_DOT_WORDS})[ ]|\."),
    # name at host dot com; "at this point in time" is none
    _disguised(r"[ ]{1,2}at[ ]{1,2}", rf"{_BRACKETED_DOT}|[ ](?:dot|punkt)[ ]"),
    # name@host (dot) com
    _disguised(r"@", rf"{_BRACKETED_DOT}|[ ](?:dot|punkt)[ ]"),
)

_WORD_IN_BRACKETS = re.compile(rf"{_OPEN}(?:at|アット|{_AT_WORDS}|{_DOT_WORDS}|\.){_CLOSE}", re.IGNORECASE)
_WORD_BETWEEN_SPACES = re.compile(rf"[ ](?:{_AT_WORDS}|dot|punkt)[ ]", re.IGNORECASE)

_IN_AUTHORITY = re.compile(r"://[^\s/?#]*\Z")
"""What stands before a user name in a URL (RFC 3986, section 3.2)."""
_WINDOW = 80


def find_emails(text: str) -> list[Span]:
    """Every email address in `text`, which has been folded."""
    if not _may_hold_one(text):
        return []
    spans = [match.span() for match in _PLAIN.finditer(text) if _is_address(match, text)]
    for disguise in _DISGUISES:
        rest = mask(text, sorted(spans))
        spans += [match.span() for match in disguise.finditer(rest) if match["top"].lower() in TOP_LEVEL]
    return sorted(spans)


def _may_hold_one(text: str) -> bool:
    """False where no pattern of addresses can match. It says so of most texts, and far faster than they."""
    return "@" in text or bool(_WORD_IN_BRACKETS.search(text) or _WORD_BETWEEN_SPACES.search(text))


def _is_address(match: re.Match[str], text: str) -> bool:
    top = (match["ascii"] or match["international"]).lower()
    if top in FILE_EXTENSIONS or _IN_AUTHORITY.search(text, max(0, match.start() - _WINDOW), match.start()):
        return False  # image@2x.png, https://user:password@host.com
    if not (match[1] or match[2]):
        return True
    # "name @ host.com" is an address; "three @ shop.com/offer" and "home @ noon.in time" need not be
    return top in TOP_LEVEL - OFTEN_WORDS and text[match.end() : match.end() + 1] != "/"
