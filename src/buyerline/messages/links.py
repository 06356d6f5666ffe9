"""Finds links in a text, with a scheme or bare (``shop.example.com/path``), and judges those that are allowed."""

import re
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
_LATIN = r"[!#-;=?-~\u00c0-\u024f]"
"""What a URL in Latin script is made of; in Japanese the sentence goes on without a space."""
_ANY_SCRIPT = r"[^\x00\s<>\"\u3000-\u300f\u3010\u3011]"

_WITH_SCHEME = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+-]{{1,15}}://(?:{_LATIN}{{2,}}|{_ANY_SCRIPT}+)")
_BARE = re.compile(
    rf"(?<![{_LETTERS}@_-])(?P<host>(?:[{_LETTERS}-]{{1,63}}+\.){{1,6}}[A-Za-z]{{2,24}}+)(?![{_LETTERS}_@])"
    rf"(?P<rest>(?::\d{{1,5}})?[/?]{_LATIN}*)?"
)
_TRAILING = ".,;:!?)]}'\u00bb\u201d\u2019"
_NUMERIC_HOST = re.compile(r"[\d.]+|0x[0-9a-f]+|.*:.*")
_BRANDS = frozenset(marketplace.site for marketplace in Marketplace)
_MIN_LABEL = 2


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: where it stands, and the link itself."""

    start: int
    end: int
    url: str

    def objection(self) -> str | None:
        """Why Amazon would refuse this link even where links are allowed, or ``None``.

        Source: Amazon's Communication Guidelines: https only, no shortened links, no social media.
        """
        try:
            parts = urlsplit(self.url if "://" in self.url else f"//{self.url}")
            host = (parts.hostname or "").removesuffix(".")
        except ValueError:
            return "is not a complete web address"
        if "@" in parts.netloc:
            return "holds a user name or password"
        if belongs(host, SHORTENERS):
            return "is shortened, so that the buyer cannot see where it leads"
        if belongs(host, SOCIAL_NETWORKS):
            return "leads to a social network"
        if parts.scheme != "https":
            return "does not start with https://"
        if _NUMERIC_HOST.fullmatch(host):
            return "names a number instead of a website"
        return None if "." in host else "is not a complete web address"


def find_links(text: str) -> list[Link]:
    """Every link in `text`, which has been folded.

    A bare domain name counts when it cannot be anything else: ``www.`` in front, an ending that is no word, or a
    path behind it. Amazon's own names (``Amazon.de``) without a path are a brand, not a link.
    """
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
