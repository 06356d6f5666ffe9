"""What a file really is, by its content.

Amazon's words on every form with attachments: "text files, PDFs, Word documents, and these image file types: .jpg,
.gif, and .png".
"""

import codecs
import io
import re
import struct
import zipfile
from enum import Enum


class FileKind(Enum):
    """A kind of file that Amazon takes: what a seller calls it, and the extensions it goes under."""

    TEXT = ("a text file", "txt")
    PDF = ("a PDF", "pdf")
    WORD_97 = ("a Word 97-2003 document", "doc")
    WORD = ("a Word document", "docx")
    JPEG = ("a JPEG image", "jpg", "jpeg")
    GIF = ("a GIF image", "gif")
    PNG = ("a PNG image", "png")

    title: str
    extensions: tuple[str, ...]

    def __init__(self, title: str, *extensions: str) -> None:
        self.title = title
        self.extensions = extensions


BY_EXTENSION = {extension: kind for kind in FileKind for extension in kind.extensions}
ALLOWED = ", ".join(f".{extension}" for extension in BY_EXTENSION)

_IMAGES = {"jpg": FileKind.JPEG, "gif": FileKind.GIF, "png": FileKind.PNG, "apng": FileKind.PNG}
_WRITTEN_AS_TEXT = frozenset({"pdf", "rtf", "ps"})
"""Formats other than plain text whose files may be all text."""

_TITLES = {
    "exe": "a Windows program (.exe)",
    "elf": "a Linux program",
    "zip": "a ZIP archive (.zip)",
    "rtf": "a rich text file (.rtf)",
    "xls": "an Excel sheet (.xls)",
    "xlsx": "an Excel sheet (.xlsx)",
    "ppt": "a PowerPoint file (.ppt)",
    "pptx": "a PowerPoint file (.pptx)",
}

_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that no text has, in UTF-8 or any national code page. Escape (1B) stays: ISO-2022-JP is written with it."""

_PDF_WITHIN = 1024
"""Readers look for ``%PDF-`` in the first 1,024 bytes (PDF 1.7, Adobe's implementation note on file headers)."""

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = {
    b"\xcf\xfa\xed\xfe": "a macOS program",
    b"\xce\xfa\xed\xfe": "a macOS program",
    b"\xca\xfe\xba\xbe": "a Java or macOS program",
}
"""Programs that the ``filetype`` package does not know, by their first bytes (Mach-O, Java class file)."""

_STREAMS: dict[str, FileKind | str] = {
    "WordDocument": FileKind.WORD_97,
    "EncryptedPackage": "a Word, Excel or PowerPoint file with a password",
    "Workbook": _TITLES["xls"],
    "PowerPoint Document": _TITLES["ppt"],
}
"""What a compound file (MS-CFB) is, by the name of a stream in its directory; MS-DOC §2.1 for Word's."""


def recognise(content: bytes) -> FileKind | str:
    """The kind of a file that Amazon takes, or what else it is (``"a Windows program (.exe)"``)."""
    extension = _guess(content)
    if extension not in _WRITTEN_AS_TEXT and _is_text(content):
        return FileKind.TEXT
    if extension in _IMAGES:
        return _IMAGES[extension]
    if content.startswith(_COMPOUND_FILE):
        return _compound_file(content)
    if content.startswith(b"PK\x03\x04"):
        return _package(content, extension)
    if content[:4] in _PROGRAMS:
        return _PROGRAMS[content[:4]]
    # Last, and never against what the file begins with: a program may hold %PDF- too.
    if extension in {"", "pdf"} and b"%PDF-" in content[:_PDF_WITHIN]:
        return FileKind.PDF
    return _title(extension)


def _guess(content: bytes) -> str:
    """The extension that the ``filetype`` package finds, or ``""``."""
    import filetype

    found = filetype.guess(content)
    return str(found.extension) if found else ""


def _title(extension: str) -> str:
    if not extension:
        return "of a kind that could not be recognised"
    return _TITLES.get(extension, f"a .{extension} file")


def _is_text(content: bytes) -> bool:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if content.startswith(mark):
            try:
                decoded = content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                return False
            return _BINARY.search(decoded.encode()) is None
    return bool(content) and _BINARY.search(content) is None


def _compound_file(content: bytes) -> FileKind | str:
    for name, kind in _STREAMS.items():
        if _directory_entry(name).search(content):
            return kind
    return "an Office file other than a Word document"


def _directory_entry(stream: str) -> re.Pattern[bytes]:
    """The start of a stream's entry in the directory: 64 bytes of name, the name's length, 2 for a stream.

    MS-CFB §2.6.1. The name alone would also be found in the text of another document.
    """
    name = f"{stream}\0".encode("utf-16-le")
    rest = re.escape(struct.pack("<HB", len(name), 2))
    return re.compile(re.escape(name) + b".{%d}" % (64 - len(name)) + rest, re.DOTALL)


def _package(content: bytes, extension: str) -> FileKind | str:
    """A ZIP file: a Word document (ECMA-376) when it has content types and a part below ``word/``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = frozenset(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, OverflowError, EOFError):
        return "a damaged ZIP archive or Word document"
    if "[Content_Types].xml" not in names or not any(name.startswith("word/") for name in names):
        return _title("zip" if extension == "docx" else extension or "zip")
    return "a Word document with macros (.docm)" if "word/vbaProject.bin" in names else FileKind.WORD
