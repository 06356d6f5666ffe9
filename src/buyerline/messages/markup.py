"""Finds HTML in a text. ``a < b and c > d``, ``a<b and c>d``, ``<3`` and ``<your name>`` are none."""

import re
from html.entities import html5

from buyerline.messages.folding import Span

_NAMES = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink "
    "blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn "
    "dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 "
    "h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark marquee math "
    "menu meta meter nav nobr noframes noscript object ol optgroup option output p param picture pre progress "
    "q rp rt ruby s samp script search section select slot small source span strike strong style sub summary "
    "sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr"
)
_ELEMENTS = frozenset(_NAMES.split())
"""The elements of the HTML living standard, obsolete ones included, and the roots of SVG and MathML."""

_SWITCHES = (
    "allowfullscreen|async|autofocus|autoplay|checked|controls|default|defer|disabled|formnovalidate|hidden|inert|"
    "ismap|itemscope|loop|multiple|muted|nomodule|noshade|novalidate|nowrap|open|playsinline|readonly|required|"
    "reversed|selected"
)
"""The attributes that stand without a value (boolean attributes of the HTML living standard, two obsolete ones)."""

_TAG = re.compile(
    r"</?([a-z][a-z0-9]*)"
    r"(?:[\s/]*>"  # <br>, <br/>, </p>, <b/ >
    r"|[\s/]+[a-z:@_][\w:.@-]{0,40}\s?=(?:[^<>]*>)?"  # <p class="x">, <svg/onload=x>; also never closed: <img src=x
    rf"|[\s/]+(?:{_SWITCHES})(?=[\s/>])[^<>]*>"  # <p hidden>
    r"|\s[^<>=]*=\s?[\"'][^<>]*>)",  # <a title href="x">
    re.IGNORECASE | re.ASCII,
)
_DECLARATION = re.compile(r"<!--|<!DOCTYPE\s+html|<!\[CDATA\[|<\?xml\s", re.IGNORECASE)
# With its semicolon only: a browser takes "&copy 2026" for one too, but likewise "Black&not white" and "sofa&sect 2".
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")


def find_markup(text: str) -> list[Span]:
    """Every tag, comment, declaration and character reference (``&nbsp;``, ``&#39;``) of HTML in `text`."""
    if "<" not in text and "&" not in text:
        return []
    tags = [match.span() for match in _TAG.finditer(text) if match[1].lower() in _ELEMENTS]
    declarations = [match.span() for match in _DECLARATION.finditer(text)]
    references = [match.span() for match in _ENTITY.finditer(text) if match[1] is None or f"{match[1]};" in html5]
    return sorted(tags + declarations + references)
