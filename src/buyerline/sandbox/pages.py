"""Pages of the sandbox: templates with escaping, static files from the package, headers that keep a page to itself."""

import functools
import mimetypes
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar.response import Response

# A page asks nobody but the sandbox for anything, and runs no script or style that stands inside it.
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_PRIVATE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def render(template: str, **values: object) -> str:
    """The text of a template of the package, every value escaped for HTML."""
    return _environment().get_template(template).render(**values)


def page(template: str, *, status: int = 200, **values: object) -> Response[bytes]:
    """A whole page of the sandbox, made from a template that extends ``page.html``."""
    body = render(template, **values).encode()
    return answer(body, "text/html", policy=PAGE_POLICY, status=status)


def answer(
    body: bytes,
    media_type: str,
    *,
    policy: str,
    status: int = 200,
    disposition: str | None = None,
) -> Response[bytes]:
    """An answer that the browser takes for exactly what `media_type` says, under a Content-Security-Policy."""
    headers = {**_PRIVATE, "Content-Security-Policy": policy}
    if disposition is not None:
        headers["Content-Disposition"] = disposition
    return Response(body, media_type=media_type, status_code=status, headers=headers)


@functools.cache
def static_files() -> dict[str, tuple[str, bytes]]:
    """Media type and content of each static file, the package's own and those of all of buyerline's sites, by name."""
    folders = [resources.files(package) / "static" for package in ("buyerline.web", "buyerline.sandbox")]
    return {
        file.name: (mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes())
        for folder in folders
        for file in folder.iterdir()
    }


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("buyerline.sandbox"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = size_in_words
    return environment


def size_in_words(size: int) -> str:
    """A file's size in bytes as a person says it: ``"312 bytes"``, ``"48 KB"``, ``"9.5 MB"``; a KB is 1,000 bytes."""
    if size < 1_000:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1_000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"
