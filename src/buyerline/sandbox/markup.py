"""Finds HTML tags in a message's text, by the names of HTML's elements.

Only what a browser would take for a tag is one: ``2 < 3 and 5 > 4`` and ``<your name>`` are not. The element names are
those of the HTML living standard (WHATWG), the widely known obsolete ones, and the roots of SVG and MathML.
"""

import re

_ELEMENTS = """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
    button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed
    fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img
    input ins kbd label legend li link main map mark marquee math menu meta meter nav nobr noframes noscript
    object ol optgroup option output p param picture pre progress q rp rt ruby s samp script search
    section select slot small source span strike strong style sub summary sup svg table tbody td template textarea tfoot
    th thead time title tr track tt u ul var video wbr
"""

_ATTRIBUTE = r"""\s+[A-Za-z][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_TAG = re.compile(rf"</?(?:{'|'.join(_ELEMENTS.split())})(?:{_ATTRIBUTE})*\s*/?>|<!--", re.IGNORECASE | re.ASCII)


def has_markup(text: str) -> bool:
    """Whether there is an HTML tag, opening or closing, or the start of a comment in the text."""
    return _TAG.search(text) is not None
