import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from buyerline.amazon.errors import Problem
from buyerline.messages.attachments import TOTAL_LIMIT, check_attachments
from buyerline.messages.drafts import Attachment
from buyerline.messages.filetypes import FileKind, recognise
from tests.messages import samples

JAPANESE = "保証書です。\n"


def problems_of(*attachments: Attachment, least: int = 0, most: int | None = 5) -> list[Problem]:
    return check_attachments(attachments, least=least, most=most)


def codes_of(*attachments: Attachment, least: int = 0, most: int | None = 5) -> list[str]:
    return [str(problem.code) for problem in problems_of(*attachments, least=least, most=most)]


ALLOWED = {
    "a.pdf": samples.pdf(),
    "b.PDF": b"\xef\xbb\xbf" + samples.pdf(),
    "c.pdf": b"\x00junk\n" + samples.pdf(),
    "d.png": samples.png(),
    "e.PnG": samples.png(animated=True),
    "f.jpg": samples.jpeg(),
    "g.jpeg": samples.jpeg(),
    "h.gif": samples.gif(),
    "i.docx": samples.docx(),
    "j.docx": samples.docx(first="customXml/item1.xml"),
    "k.docx": samples.docx(first="word/document.xml"),
    "l.doc": samples.compound_file("WordDocument"),
    "m.txt": b"Warranty\r\n\tof two years\x0c",
    "n.txt": JAPANESE.encode(),
    "o.txt": JAPANESE.encode("utf-8-sig"),
    "p.txt": JAPANESE.encode("utf-16"),
    "q.txt": b"\xfe\xff" + JAPANESE.encode("utf-16-be"),
    "r.txt": "Größe: 38, naïve café".encode("latin-1"),
    "s.txt": JAPANESE.encode("shift_jis"),
    "t.txt": JAPANESE.encode("iso2022_jp"),
    "u.txt": b"GIFT message: MZ, BM, PK and CWS are my initials",
    "v.txt": b"MZ-12 is the model",
    "w.txt": b"PK\x20is my name",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_real_file_of_an_allowed_kind_passes(name: str) -> None:
    assert problems_of(Attachment(name, ALLOWED[name])) == []


@pytest.mark.parametrize(
    ("name", "content", "really"),
    [
        ("invoice.pdf", samples.exe(), "a Windows program (.exe)"),
        ("invoice.pdf", b"\x7fELF" + bytes(60), "a Linux program"),
        ("invoice.pdf", b"MZ\x90\0" + bytes(200) + b"%PDF-1.4", "a Windows program (.exe)"),
        ("invoice.pdf", b"\x7fELF" + bytes(60) + samples.pdf(), "a Linux program"),
        ("invoice.pdf", b"\xcf\xfa\xed\xfe" + bytes(60) + samples.pdf(), "a macOS program"),
        ("invoice.pdf", b"\xca\xfe\xba\xbe" + bytes(60) + samples.pdf(), "a Java or macOS program"),
        ("invoice.pdf", samples.package(invoice_pdf=samples.pdf(), compressed=False), "a ZIP archive (.zip)"),
        ("invoice.pdf", samples.compound_file("Workbook").replace(bytes(8), b"%PDF-1.4", 1), "an Excel sheet (.xls)"),
        ("invoice.pdf", samples.png(), "a PNG image"),
        ("invoice.pdf", b"not a PDF at all", "a text file"),
        ("photo.jpg", samples.png(), "a PNG image"),
        ("photo.png", samples.jpeg(), "a JPEG image"),
        ("photo.gif", samples.pdf(), "a PDF"),
        ("letter.txt", samples.pdf(), "a PDF"),
        ("letter.doc", samples.docx(), "a Word document"),
        ("letter.docx", samples.compound_file("WordDocument"), "a Word 97-2003 document"),
        ("letter.doc", b"{\\rtf1\\ansi hello}", "a rich text file (.rtf)"),
        ("letter.txt", b"{\\rtf1\\ansi hello}", "a rich text file (.rtf)"),
        ("letter.docx", samples.package(readme_txt=b"hello"), "a ZIP archive (.zip)"),
        ("letter.docx", samples.package(xl__workbook_xml=b"<workbook/>"), "an Excel sheet (.xlsx)"),
        ("letter.docx", samples.docx(macros=True), "a Word document with macros (.docm)"),
        ("letter.docx", samples.compound_file("EncryptedPackage"), "with a password"),
        ("letter.doc", samples.compound_file("Workbook"), "an Excel sheet (.xls)"),
        ("letter.doc", samples.compound_file("PowerPoint Document"), "a PowerPoint file (.ppt)"),
        ("letter.doc", samples.compound_file("Other", data="WordDocument".encode("utf-16-le")), "an Office"),
        ("letter.doc", samples.compound_file("Other"), "an Office file other than a Word document"),
        ("letter.docx", b"PK\x03\x04word/document.xml" + bytes(40), "a damaged ZIP archive"),
        ("letter.docx", samples.docx()[:-30], "a damaged ZIP archive"),
        ("letter.txt", bytes(range(256)), "could not be recognised"),
        ("letter.txt", b"\xff\xfe\x00", "could not be recognised"),
        ("letter.txt", b"\xff\xfe\x00\xd8\x00\x00", "could not be recognised"),
        ("photo.png", b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(20), "a .webp file"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says_is_refused_saying_what_it_is(
    name: str, content: bytes, really: str
) -> None:
    (problem,) = problems_of(Attachment(name, content))
    assert (problem.code, problem.field) == ("file_type_mismatch", "attachments[0]")
    assert really in problem.message


def test_a_misnamed_file_of_an_allowed_kind_is_told_its_right_extension() -> None:
    (problem,) = problems_of(Attachment("photo.jpg", samples.png()))
    assert "extension .png" in problem.message


@pytest.mark.parametrize(
    "name", ["setup.exe", "page.html", "sheet.xlsx", "letter.rtf", "archive.zip", "photo.webp", "a.pdf.exe"]
)
def test_another_kind_of_file_is_refused_saying_what_is_allowed(name: str) -> None:
    (problem,) = problems_of(Attachment(name, b"anything"))
    assert problem.code == "file_type_not_allowed"
    assert ".txt, .pdf, .doc, .docx, .jpg, .jpeg, .gif, .png" in problem.message


def test_an_empty_file_is_refused_whatever_it_is_called() -> None:
    assert codes_of(Attachment("a.pdf", b"")) == ["file_empty"]
    assert codes_of(Attachment("a.exe", b"")) == ["file_empty"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "file_name_missing"),
        ("  ", "file_name_missing"),
        ("invoice", "file_name_extension"),
        ("invoice.", "file_name_extension"),
        (".txt", "file_name_invalid"),
        ("../invoice.txt", "file_name_invalid"),
        ("..\\invoice.txt", "file_name_invalid"),
        ("/etc/invoice.txt", "file_name_invalid"),
        ("C:invoice.txt", "file_name_invalid"),
        ("..", "file_name_invalid"),
        (".", "file_name_invalid"),
        ("a..txt", "file_name_invalid"),
        ("in\nvoice.txt", "file_name_invalid"),
        ("in\rvoice.txt", "file_name_invalid"),
        ("in\0voice.txt", "file_name_invalid"),
        ("in\u2028voice.txt", "file_name_invalid"),
        ("in\ud800voice.txt", "file_name_invalid"),
        ("invoice\u202etxt.txt", "file_name_invalid"),
        (" invoice.txt", "file_name_invalid"),
        ("invoice.txt ", "file_name_invalid"),
        ('in"voice.txt', "file_name_invalid"),
        ("in<voice>.txt", "file_name_invalid"),
        ("what?.txt", "file_name_invalid"),
        ("a" * 252 + ".txt", "file_name_too_long"),
        ("é" * 126 + ".txt", "file_name_too_long"),
    ],
)
def test_a_bad_file_name_is_refused_naming_its_field(name: str, code: str) -> None:
    (problem,) = problems_of(Attachment(name, b"text"))
    assert (problem.code, problem.field) == (code, "attachments[0].file_name")
    assert "\n" not in problem.message


def test_three_hundred_characters_are_too_many() -> None:
    assert codes_of(Attachment("a" * 296 + ".txt", b"text")) == ["file_name_too_long"]


@pytest.mark.parametrize(
    "name",
    [
        "a" * 251 + ".txt",
        "é" * 125 + ".txt",
        "a.b.c.txt",
        "Rechnung Nr. 12 (März) - Kopie_2.txt",
        "請求書.txt",
        "it's & more, [1]; #2 +3 =4 ~5.txt",
    ],
)
def test_a_good_file_name_passes(name: str) -> None:
    assert problems_of(Attachment(name, b"text")) == []


def test_two_files_of_one_name_are_refused_in_any_case_and_composition() -> None:
    names = ["Invoice.txt", "invoice.TXT", "e\u0301.txt", "é.txt"]
    found = problems_of(*(Attachment(name, b"text") for name in names))
    assert [(problem.code, problem.field) for problem in found] == [
        ("file_name_duplicate", "attachments[1].file_name"),
        ("file_name_duplicate", "attachments[3].file_name"),
    ]


def test_copies_of_one_file_are_one_problem_that_names_them() -> None:
    too_many, duplicate = problems_of(*[Attachment("a.txt", b"text")] * 6)
    assert too_many.code == "attachments_too_many"
    assert (duplicate.code, duplicate.field) == ("file_name_duplicate", "attachments[1].file_name")
    assert duplicate.message == (
        "Files 1, 2, 3, 4, 5 and 6 have the same name, 'a.txt'. Give each file a name of its own."
    )


@pytest.mark.parametrize(
    ("count", "least", "most", "codes"),
    [
        (0, 0, 5, []),
        (0, 1, 5, ["attachments_missing"]),
        (1, 1, 5, []),
        (1, 2, 5, ["attachments_missing"]),
        (5, 1, 5, []),
        (6, 1, 5, ["attachments_too_many"]),
        (6, 0, None, []),
    ],
)
def test_files_are_counted(count: int, least: int, most: int | None, codes: list[str]) -> None:
    files = (Attachment(f"{number}.txt", b"text") for number in range(count))
    assert codes_of(*files, least=least, most=most) == codes


def test_the_total_stays_below_ten_million_bytes() -> None:
    half = Attachment("a.txt", b"a" * (TOTAL_LIMIT // 2))
    below = Attachment("b.txt", b"b" * (TOTAL_LIMIT // 2 - 1))
    at_limit = Attachment("b.txt", b"b" * (TOTAL_LIMIT // 2))
    assert codes_of(half, below) == []
    assert codes_of(half, at_limit) == ["attachments_too_large"]


def test_a_total_above_the_limit_is_told_without_a_figure_that_nobody_counted() -> None:
    """A file is read no further than a byte past the limit, however large it is."""
    (at_limit,) = problems_of(Attachment("a.txt", b"a" * TOTAL_LIMIT))
    assert "have 10,000,000 bytes together" in at_limit.message
    (above,) = problems_of(Attachment("a.txt", b"a" * (TOTAL_LIMIT + 1)))
    assert "have more than 10,000,000 bytes together" in above.message


@pytest.mark.parametrize("size", [10_000_001, 10 * 1024 * 1024 + 1])
def test_ten_megabytes_and_one_byte_are_too_many_in_either_reading(size: int) -> None:
    assert codes_of(Attachment("a.txt", b"a" * size)) == ["attachments_too_large"]


MAGIC = [
    b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"PK\x03\x04", b"PK\x05\x06", b"MZ", b"BM",
    b"II*\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xfe\xff", b"{\\rtf", b"RIFF", b"ID3", b"\x7fELF",
    b"\0\0\0\x18ftypheic", samples.docx()[:60], samples.png()[:40],
]  # fmt: skip


@given(start=st.sampled_from(MAGIC), rest=st.binary(max_size=300), padding=st.sampled_from([0, 600, 3000]))
@example(start=samples.docx(), rest=b"more", padding=0)
@settings(max_examples=400)
def test_any_bytes_are_recognised_as_something(start: bytes, rest: bytes, padding: int) -> None:
    kind = recognise(start + bytes(padding) + rest)
    assert isinstance(kind, FileKind) or kind


@given(content=st.binary(max_size=200), where=st.integers(0, 1000), sample=st.sampled_from(sorted(ALLOWED)))
@settings(max_examples=200)
def test_no_damage_to_a_file_breaks_the_checks(content: bytes, where: int, sample: str) -> None:
    whole = ALLOWED[sample]
    damaged = whole[:where] + content + whole[where + len(content) :]
    assert all(problem.message for problem in problems_of(Attachment(sample, damaged)))


@given(name=st.text(st.characters(), max_size=300))
def test_any_file_name_passes_or_is_refused_in_one_printable_line(name: str) -> None:
    for problem in problems_of(Attachment(name, b"text")):
        assert problem.message.isprintable()
        assert len(problem.message) < 400
