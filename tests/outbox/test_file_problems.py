"""Everything that can be wrong with a file of messages and its lines."""

import json
import os
from pathlib import Path

import pytest

from buyerline.amazon.errors import ConfigurationError, UnknownMarketplace
from buyerline.messages.codes import Code
from buyerline.outbox.files import LineCode, check_file
from tests.messages import samples
from tests.outbox.message_files import FINE, ORDER, OTHER, TYPE, found, json_lines, rows, words_of, written


def test_all_problems_of_all_lines_are_told_with_their_first_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "order_id,type,text,text_file,not_before,expires_at,priority,marketplace,coverage_end\n"
        f'{ORDER},{TYPE},"call me:\n+1 212 555 0199",,,,,,\n'
        ",,hello,,tomorrow,2026-13-01,high,XX,\n"
        f"123,{TYPE},hello,hello.txt,2026-02-01,2026-01-31,1001,,\n"
        f"{ORDER},Invoice,,,,,1.0,,\n"
        f"{ORDER},{TYPE},,,,,,,2026-01-31\n",
    )
    assert found(path) == [
        (2, Code.TEXT_PHONE, "text"),
        (4, LineCode.ORDER_ID_MISSING, "order_id"),
        (4, LineCode.TYPE_MISSING, "type"),
        (4, LineCode.UNKNOWN_MARKETPLACE, "marketplace"),
        (4, LineCode.MOMENT_MALFORMED, "not_before"),
        (4, LineCode.MOMENT_MALFORMED, "expires_at"),
        (4, LineCode.PRIORITY_MALFORMED, "priority"),
        (5, LineCode.TEXT_TWICE, "text"),
        (5, "priority_out_of_range", "priority"),
        (5, "expires_too_early", "expires_at"),
        (5, Code.ORDER_ID_MALFORMED, "order_id"),
        (6, LineCode.PRIORITY_MALFORMED, "priority"),
        (6, Code.TYPE_NOT_AVAILABLE, "type"),
        (7, Code.TEXT_MISSING, "text"),
        (7, Code.COVERAGE_NOT_TAKEN, "coverage_end"),
    ]


def test_a_problem_says_its_line_its_field_and_what_to_do(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text", f"{ORDER},confirmOrderDetail,Hello")
    assert words_of(path).startswith("line 2: type: There is no message type 'confirmOrderDetail'. Did you mean")


def test_names_that_the_outbox_could_not_keep_are_told(tmp_path: Path) -> None:
    message = {"order_id": ORDER, "type": TYPE, "text": "Hi"}
    path = json_lines(
        tmp_path,
        message | {"account": "a\0b", "idempotency_key": "\t\u200bx"},
        message | {"idempotency_key": "k" * 256},
    )
    assert found(path) == [
        (1, "value_unprintable", "account"),
        (1, "value_unprintable", "idempotency_key"),
        (2, "value_too_long", "idempotency_key"),
    ]


def test_problems_of_a_template_stand_with_the_other_problems_of_the_text(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text,name", f"{ORDER},{TYPE},Dear {{nmae}} {{name}}: ann@example.com,")
    assert found(path) == [
        (2, LineCode.FIELD_UNKNOWN, "text"),
        (2, LineCode.FIELD_EMPTY, "text"),
        (2, Code.TEXT_EMAIL, "text"),
    ]


def test_every_attachment_that_cannot_be_read_or_sent_is_told(tmp_path: Path) -> None:
    written(tmp_path, b"", "empty.pdf")
    written(tmp_path, b"Hello", "a.pdf")
    record = {"order_id": ORDER, "type": "invoice", "attachments": ["no.pdf", "a.pdf", ".", "empty.pdf", "x\0.pdf"]}
    path = json_lines(tmp_path, record)
    assert [each for each in found(path) if not each[2].endswith("file_name")] == [
        (1, Code.FILE_UNREADABLE, "attachments[0]"),
        (1, Code.FILE_UNREADABLE, "attachments[2]"),
        (1, Code.FILE_UNREADABLE, "attachments[4]"),
        (1, Code.FILE_TYPE_MISMATCH, "attachments[1]"),
        (1, Code.FILE_EMPTY, "attachments[3]"),
    ]
    assert "the file 'no.pdf' cannot be read: No such file" in str(check_file(path).problems[0])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_no_attachment_to_wait_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    path = rows(tmp_path, "order_id,type,attachments", f"{ORDER},invoice,a.pdf")
    assert found(path) == [(2, Code.FILE_UNREADABLE, "attachments[0]")]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, LineCode.TEXT_UNREADABLE, "cannot be read"),
        (b"Gr\xfc\xdfe", LineCode.TEXT_ENCODING, "(byte 3)"),
        (b"x" * 100_001, LineCode.TEXT_TOO_LONG, "100,000 bytes"),
    ],
)
def test_a_text_file_that_cannot_be_used_is_the_only_problem_of_the_text(
    tmp_path: Path, content: bytes | None, code: LineCode, words: str
) -> None:
    if content is not None:
        written(tmp_path, content, "t.txt")
    path = rows(tmp_path, "order_id,type,text_file", f"{ORDER},{TYPE},t.txt")
    assert found(path) == [(2, code, "text_file")]
    assert words in words_of(path)


@pytest.mark.parametrize(
    ("header", "code", "words"),
    [
        ("order_id,text", LineCode.COLUMN_MISSING, "no column type"),
        ("order_id|type|text", LineCode.COLUMN_MISSING, "no column order_id and no column type"),
        ("", LineCode.COLUMN_MISSING, "no column order_id and no column type"),
        ("order_id,type,text,text", LineCode.COLUMN_TWICE, "several columns 'text'"),
        ("Order ID,type,text", LineCode.COLUMN_MISSPELT, "no column 'Order ID'. Call it order_id"),
        ("order_id,type,text,not-before", LineCode.COLUMN_MISSPELT, "Call it not_before"),
        ("order_id,type,text,attachment", LineCode.COLUMN_MISSPELT, "Call it attachments"),
    ],
)
def test_a_header_with_wrong_columns_is_told_once_and_not_in_each_line(
    tmp_path: Path, header: str, code: LineCode, words: str
) -> None:
    count = header.count(",") + 1
    path = rows(tmp_path, header, *[",".join([ORDER, TYPE, "Hello", "x"][:count])] * (3 if header else 0))
    assert found(path) == [(1, code, "columns")]
    assert words in words_of(path)


def test_rows_with_other_than_the_headers_fields_are_told(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text", f"{ORDER},{TYPE}", f"{ORDER},{TYPE},Hello, you", f"{OTHER},{TYPE},Hi")
    assert found(path) == [(2, LineCode.FIELD_COUNT, "columns"), (3, LineCode.FIELD_COUNT, "columns")]


def test_a_value_in_a_column_without_a_name_is_told(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text,,", f"{ORDER},{TYPE},Hello,,", f"{OTHER},{TYPE},Hello,x,")
    assert found(path) == [(3, LineCode.COLUMN_UNNAMED, "columns")]


def test_a_quotation_mark_left_open_hides_no_other_line(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        "order_id,type,text",
        f'{ORDER},{TYPE},"Hello',
        f"{ORDER},{TYPE},me@example.com",
        f'{ORDER},{TYPE},"Hi" there',
        f"{ORDER},nothing,Hello",
    )
    assert found(path) == [
        (2, LineCode.CSV_QUOTES, "quotes"),
        (3, Code.TEXT_EMAIL, "text"),
        (4, LineCode.CSV_QUOTES, "quotes"),
        (5, Code.TYPE_NOT_AVAILABLE, "type"),
    ]


def test_a_quotation_mark_left_open_at_the_end_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, f'order_id,type,text\n{ORDER},{TYPE},"Hello\n' + "more\n" * 40_000)
    assert check_file(path).problems[0].line == 2
    assert check_file(path).problems[0].problem.code == LineCode.CSV_QUOTES


def test_lines_that_are_no_json_objects_are_told_and_the_others_checked(tmp_path: Path) -> None:
    lines = [
        "{",
        "[]",
        '"text"',
        "[" * 100_000,
        '{"order_id": NaN}',
        '{"order_id": "\\ud800"}',
        f'{{"order_id": "{ORDER}", "type": 1.5, "text": true, "attachments": [1], "name": {{}}}}',
        f'{{"order_id": "{ORDER}", "type": "{TYPE}", "attachment": "a.pdf"}}',
    ]
    assert found(written(tmp_path, "\n".join(lines), "m.jsonl")) == [
        (1, LineCode.JSON_BROKEN, "json"),
        (2, LineCode.JSON_NOT_OBJECT, "json"),
        (3, LineCode.JSON_NOT_OBJECT, "json"),
        (4, LineCode.JSON_BROKEN, "json"),
        (5, LineCode.JSON_BROKEN, "json"),
        (6, LineCode.JSON_BROKEN, "json"),
        (7, LineCode.VALUE_TYPE, "attachments"),
        (7, LineCode.VALUE_TYPE, "type"),
        (7, LineCode.VALUE_TYPE, "text"),
        (7, LineCode.VALUE_TYPE, "name"),
        (8, LineCode.COLUMN_MISSPELT, "columns"),
        (8, Code.TEXT_MISSING, "text"),
    ]


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_lines_that_are_not_utf_8_are_told_by_line_and_byte_and_the_others_checked(tmp_path: Path, name: str) -> None:
    texts = ["Grüße", "fine", "Größe", "mail me@example.com"]
    if name == "m.csv":
        lines = ["order_id,type,text", *(f"{ORDER},{TYPE},{text}" for text in texts)]
    else:
        lines = [
            "",
            *(json.dumps({"order_id": ORDER, "type": TYPE, "text": text}, ensure_ascii=False) for text in texts),
        ]
    path = written(tmp_path, "\n".join(lines).encode("latin-1"), name)
    assert found(path) == [
        (2, LineCode.ENCODING, "encoding"),
        (4, LineCode.ENCODING, "encoding"),
        (5, Code.TEXT_EMAIL, "text"),
    ]
    place = lines[1].index("ü") + 1
    assert f"Byte {place} of the line (FC) is not UTF-8" in str(check_file(path).problems[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FINE.encode("utf-16"), "UTF-16 (byte 1)"),
        (b"\xfe\xff" + FINE.encode("utf-16-be"), "UTF-16 (byte 1)"),
        (FINE.encode("utf-16-le"), "UTF-16 (byte 2 is zero)"),
        (samples.docx(), "an Excel workbook or another archive"),
    ],
)
def test_a_file_that_is_no_utf_8_text_at_all_is_told_with_what_to_do(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = written(tmp_path, content)
    assert found(path) == [(1, LineCode.FILE_NOT_TEXT, "file")]
    assert words in words_of(path)
    assert "Save it as UTF-8" in words_of(path)


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    path = written(tmp_path, FINE + "x" * 3_000_000 + f"\n{OTHER},{TYPE},me@example.com\n")
    assert found(path) == [(3, LineCode.LINE_TOO_LONG, "length"), (4, Code.TEXT_EMAIL, "text")]


@pytest.mark.parametrize("name", ["missing.csv", "", "a\0b.csv", "x" * 5000])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        check_file(tmp_path / name)


def test_an_unknown_marketplace_for_the_whole_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownMarketplace):
        check_file(written(tmp_path, FINE), marketplace="XX")


def test_of_very_many_problems_the_first_thousand_are_kept_and_all_counted(tmp_path: Path) -> None:
    checked = check_file(rows(tmp_path, "order_id,type,text", *[f"{ORDER},{TYPE},"] * 1500))
    assert (len(checked.problems), checked.problem_count, checked.lines) == (1000, 1500, 1500)
    assert checked.problems[-1].line == 1001
