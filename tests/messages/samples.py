"""Real little files of every kind, made here."""

import io
import struct
import zipfile
import zlib


def pdf() -> bytes:
    """A PDF of one empty page, with a right cross-reference table."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    body, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*, animated: bool = False) -> bytes:
    """A PNG image of one pixel; an animated one is a PNG too."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    animation = _chunk(b"acTL", struct.pack(">II", 1, 0)) if animated else b""
    pixels = _chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + animation + pixels + _chunk(b"IEND", b"")


def gif() -> bytes:
    """A GIF image of one pixel."""
    return bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def jpeg() -> bytes:
    """The segments of a JFIF image: header, quantisation table, frame, scan."""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    table = b"\xff\xdb\x00\x43\x00" + bytes(range(1, 65))
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    return b"\xff\xd8" + jfif + table + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f\xff\xd9"


def package(*, compressed: bool = True, **parts: bytes) -> bytes:
    """A ZIP file; ``__`` in a part's name is a slash and ``_`` a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def docx(*, macros: bool = False, first: str = "[Content_Types].xml") -> bytes:
    """A Word document, its parts in the order that Word or another program writes."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": "<Relationships/>",
        "docProps/app.xml": "<Properties/>",
        "docProps/core.xml": "<coreProperties/>",
        "customXml/item1.xml": "<item/>",
        "word/document.xml": "<document/>",
    }
    if macros:
        parts["word/vbaProject.bin"] = "macros"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda part: part != first):
            archive.writestr(name, parts[name])
    return buffer.getvalue()


def compound_file(stream: str, data: bytes = b"") -> bytes:
    """A compound file (MS-CFB) whose directory names one stream: ``WordDocument`` makes it a .doc.

    `data` stands in the sector after the directory.
    """
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    table = struct.pack("<3I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE).ljust(512, b"\xff")
    return bytes(header) + table + _entry("Root Entry", 5) + _entry(stream, 2) + bytes(256) + data.ljust(512, b"\0")


def _entry(name: str, kind: int) -> bytes:
    encoded = name.encode("utf-16-le")
    return encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1) + bytes(60)


def exe() -> bytes:
    """The start of a Windows program: DOS header and PE signature."""
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(64)
