"""Files to attach."""

from pathlib import Path

from buyerline.cli.demo_pdf import one_page_pdf


def pdf(folder: Path, name: str = "a.pdf", size: int | None = None) -> str:
    """A PDF in `folder`, filled up to `size` bytes with a comment; returns its path."""
    content = one_page_pdf("A page")
    if size is not None:
        content += b"%" * (size - len(content))
    (folder / name).write_bytes(content)
    return str(folder / name)


def content(folder: Path, name: str, data: bytes) -> str:
    """A file of any bytes in `folder`; returns its path."""
    (folder / name).write_bytes(data)
    return str(folder / name)
