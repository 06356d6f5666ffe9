"""Finds links in a text, with a scheme or bare (``shop.example.com/path``), and judges those that are allowed."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from buyerline.amazon.marketplaces import Marketplace
from buyerline.messages.domains import (
    FILE_EXTENSIONS,
    OFTEN_WORDS,
    PLAIN_ENDINGS,
    SECOND_LEVEL,
    SHORTENERS,
    SOCIAL_NETWORKS,
    belongs,
)
from buyerline.messages.folding import mask

_LETTERS = r"A-Za-z0-9\u00c0-\u024f"
_LATIN = r"[!#-;=?-~\u00c0-\u024f\u0370-\u052f]"
"""What a URL in Latin script is made of, or in Greek or Cyrillic, whose letters look like Latin ones; in Japanese the
sentence goes on without a space."""
_ANY_SCRIPT = r"[^\x00\s<>\"\u3000-\u300f\u3010\u3011]"

_NO_WEBSITE = ("javascript:", "data:", "file:")
_CODE_OR_FILE = (
    rf"(?i:javascript:{_ANY_SCRIPT}{{0,200}}?[(=;%]|data:(?:[a-z]{{1,20}}/[a-z0-9.+-]{{1,60}}[;,]|;base64,)|file:/)"
    rf"{_ANY_SCRIPT}*"
)
"""Code, a document or a file as a link. "JavaScript: a course" and "data:" before words are none."""
_WITH_SCHEME = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_CODE_OR_FILE}|[A-Za-z][A-Za-z0-9+-]{{1,15}}://(?:{_LATIN}{{2,}}|{_ANY_SCRIPT}+))"
)
_BARE = re.compile(
    rf"(?<![{_LETTERS}@_-])(?P<host>(?:[{_LETTERS}-]{{1,63}}+\.){{1,6}}[A-Za-z]{{2,24}}+)(?![{_LETTERS}_@])"
    rf"(?P<rest>(?::\d{{1,5}})?[/?]{_LATIN}*)?"
)
_SIGN = re.compile(r":(?:/|(?<=javascript:)|(?<=data:))|\.[A-Z]{2}", re.IGNORECASE)
"""Where this is not found, neither of the two is. It says so of most texts, and far faster than they."""

_TRAILING = ".,;:!?)]}'\u00bb\u201d\u2019"
_NUMERIC_HOST = re.compile(r"[\d.]+|0x[0-9a-f]+|.*:.*")
_BRANDS = frozenset(marketplace.site for marketplace in Marketplace)
_MIN_LABEL = 2
_MAX_LABEL = 63
"""Characters of a label of a domain name (RFC 1035, 2.3.4)."""
_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC"})
"""Alphabets whose letters look alike, by the first word of a letter's Unicode name."""

ALLOWED = (
    "Allowed are links that the order needs and that start with https:// and the full name of the website, in one "
    "alphabet: not shortened, to no social network, without a user name, a password or a number for the website."
)
"""`Link.objection`'s rule, for the seller."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: where it stands, and the link itself."""

    start: int
    end: int
    url: str

    def objection(self) -> str | None:
        """Why Amazon would refuse this link even where links are allowed, or ``None``.

        The rule: a link starts with ``https://`` (so never ``http:``, ``javascript:``, ``data:``, ``file:``), then
        comes the full name of a website, no number; it holds no user name or password; it is not shortened; it
        leads to no social network; no label of the name mixes Latin, Greek and Cyrillic letters to look like
        another name. Whether the order needs the link, only its reader can tell. `ALLOWED` says so to the seller.

        Source: Amazon's Communication Guidelines: https only, no shortened links, no social media. Mixed alphabets:
        Unicode TS 39.
        """
        if self.url.lower().startswith(_NO_WEBSITE):
            return "runs code or opens a file instead of a website"
        try:
            parts = urlsplit(self.url if "://" in self.url else f"//{self.url}")
            host = (parts.hostname or "").removesuffix(".")
        except ValueError:
            return "is not a complete web address"
        objections = {
            "holds a user name or password": "@" in parts.netloc,
            "mixes letters of different alphabets, so that it looks like another website": _mixes_alphabets(host),
            "is shortened, so that the buyer cannot see where it leads": belongs(host, SHORTENERS),
            "leads to a social network": belongs(host, SOCIAL_NETWORKS),
            "does not start with https://": parts.scheme != "https",
            "names a number instead of a website": _NUMERIC_HOST.fullmatch(host),
            "is not a complete web address": "." not in host,
        }
        return next((objection for objection, applies in objections.items() if applies), None)


def _mixes_alphabets(host: str) -> bool:
    return any(len(_alphabets(label)) > 1 for label in host.split("."))


def _alphabets(label: str) -> set[str]:
    """Those of the `_ALIKE` that a label is written in, also where it is encoded (``xn--``, RFC 3492)."""
    if label.startswith("xn--") and len(label) <= _MAX_LABEL:
        try:
            label = label.removeprefix("xn--").encode().decode("punycode")
        except UnicodeError:
            return set()
    return {unicodedata.name(character, "").partition(" ")[0] for character in label} & _ALIKE


def find_links(text: str) -> list[Link]:
    """Every link in `text`, which has been folded.

    A bare domain name counts when it cannot be anything else: ``www.`` in front, an ending that is no word, or a
    path behind it. Amazon's own names (``Amazon.de``) without a path are a brand, not a link.
    """
    if not _SIGN.search(text):
        return []
    links = [_trimmed(match.start(), match[0]) for match in _WITH_SCHEME.finditer(text)]
    for match in _BARE.finditer(mask(text, [(link.start, link.end) for link in links])):
        host, rest = match["host"], (match["rest"] or "").rstrip(_TRAILING)
        length = _domain_length(host, has_path=len(rest) > 1)
        if length:
            url = host + rest if length == len(host) else host[:length]
            links.append(Link(match.start(), match.start() + len(url), url))
    return sorted(links, key=lambda link: link.start)


def _trimmed(start: int, url: str) -> Link:
    url = url.rstrip(_TRAILING)
    return Link(start, start + len(url), url)


def _domain_length(host: str, *, has_path: bool) -> int:
    """How much of `host` is a domain name: all, none (0), or what stands before a forgotten space."""
    labels = host.split(".")
    if labels[-1].lower() in FILE_EXTENSIONS:
        return 0
    for count in range(len(labels), 1, -1):
        name = ".".join(labels[:count])
        path_follows = has_path and count == len(labels)
        if name.lower().removeprefix("www.") in _BRANDS and not path_follows:
            return 0
        if _is_domain(labels[:count], has_path=path_follows):
            return len(name)
    return 0


def _is_domain(labels: list[str], *, has_path: bool) -> bool:
    *names, ending = labels
    name = ".".join(labels)
    if names[0].lower() == "www" and len(names) > 1:
        return True
    if has_path and belongs(name.lower(), SHORTENERS | SOCIAL_NETWORKS):
        return True
    if len(names[-1]) < _MIN_LABEL or not any(character.isalpha() for character in names[-1]):
        return False
    if not ending.islower():  # ASP.NET, "It broke.No idea why"; MYSHOP.COM is meant
        return name.isupper() and ending.lower() in PLAIN_ENDINGS - {"net"}
    if ending in PLAIN_ENDINGS or (len(names) > 1 and names[-1] in SECOND_LEVEL):
        return True
    several = len(names) > 1 and name.islower() and all(len(label) >= _MIN_LABEL for label in names)
    return ending in OFTEN_WORDS and (has_path or several)
