"""Brings the catalogues up to date with the app's sources: ``python -m tests.app.catalogues`` (``make catalogues``).

Sentences are found in templates (``_``, ``gettext``, ``ngettext``, ``{% trans %}``) and in Python: first arguments of
`Words`, of `Word` (after its context), of `marked`, and of a catalogue's ``gettext``.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import extract_from_ast

import buyerline.app
from buyerline.app.languages import LANGUAGES
from buyerline.app.web.rendering import environment

APP = Path(buyerline.app.__file__).parent
TEMPLATES = APP / "web" / "templates"
TEMPLATE_CATALOGUE = APP / "locale" / "buyerline.pot"

_KEYWORDS = {**DEFAULT_KEYWORDS, "Words": None, "marked": None, "Word": ((1, "c"), 2)}
_HEADER = """\
# Every sentence of the app, as its sources have it. `make catalogues` writes this: edit nothing here."""
_WIDTH = 110
_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Of the template, always the same: a file whose sentences have not changed does not change."""


def catalogue_of(language: str) -> Path:
    """Where the catalogue of a language is."""
    return APP / "locale" / language / "LC_MESSAGES" / "buyerline.po"


def read(path: Path) -> Catalog:
    """A catalogue as it is kept."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def extracted() -> Catalog:
    """Every sentence in the sources, and where it is used."""
    found = Catalog(
        project="buyerline",
        version="app",
        msgid_bugs_address="the issues of the project",
        header_comment=_HEADER,
        creation_date=_DATE,
        charset="utf-8",
        fuzzy=False,
    )
    for source in sorted(APP.rglob("*.py")):
        for line, msgid, comments, context in extract("python", io.BytesIO(source.read_bytes()), _KEYWORDS):
            found.add(msgid, locations=[(_shown(source), line)], auto_comments=comments, context=context)
    for template in sorted(TEMPLATES.rglob("*.html")):
        for line, msgid, context in _of_template(template):
            found.add(msgid, locations=[(_shown(template), line)], context=context)
    return found


def _of_template(template: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    """The sentences of a template with their lines and contexts, read with the very options it is rendered with."""
    tree = environment(LANGUAGES[0]).parse(template.read_text("utf-8"), name=template.name)
    for line, function, message in extract_from_ast(tree, babel_style=False):
        texts = [text for text in message or () if text]
        context = texts.pop(0) if function in {"pgettext", "npgettext"} else None
        if texts:
            yield line, tuple(texts[:2]) if function in {"ngettext", "npgettext"} else texts[0], context


def _shown(path: Path) -> str:
    return path.relative_to(APP).as_posix()


def update() -> None:
    """Write the template catalogue, and give each language what is new in it, untranslated, without what is gone."""
    template = extracted()
    _write(template, TEMPLATE_CATALOGUE)
    for language in LANGUAGES[1:]:
        catalogue = read(catalogue_of(language))
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        _write(catalogue, catalogue_of(language))
        missing = [str(message.id) for message in catalogue if message.id and not message.string]
        lines = (f"{language}: {len(missing)} of {len(catalogue)} without translation", *missing)
        sys.stdout.write("\n  ".join(lines) + "\n")


def _write(catalogue: Catalog, path: Path) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=_WIDTH, sort_by_file=True, include_lineno=False)


if __name__ == "__main__":
    update()
