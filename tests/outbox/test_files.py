"""Files of messages: what is read out of them, which lines say the same, and reading them twice."""

import csv
import io
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from buyerline.amazon.errors import BuyerlineError
from buyerline.messages.drafts import Attachment
from buyerline.outbox.files import LineCode, check_file, read_file
from buyerline.outbox.files.attached import Attached
from buyerline.outbox.messages import Outgoing
from tests.messages import samples
from tests.outbox.message_files import ORDER, OTHER, TYPE, found, json_lines, rows, words_of, written


def read(path: Path) -> list[tuple[int, Outgoing]]:
    checked = check_file(path)
    assert [str(problem) for problem in checked.problems] == []
    messages = list(read_file(checked))
    assert len(messages) == checked.lines == sum(checked.accounts.values())
    return messages


def one(path: Path) -> Outgoing:
    ((_, outgoing),) = read(path)
    return outgoing


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_is_read_with_any_delimiter_and_line_end_and_a_byte_order_mark(
    tmp_path: Path, delimiter: str, ending: str, encoding: str
) -> None:
    lines = (delimiter.join(("order_id", "type", "text")), delimiter.join((ORDER, TYPE, "Grüße")), "")
    path = written(tmp_path, ending.join(lines).encode(encoding))
    assert read(path) == [(2, Outgoing(ORDER, TYPE, "Grüße"))]


def test_a_quoted_field_holds_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = written(tmp_path, f'"order_id",type,text\n{ORDER},{TYPE},"A ""good"", day\r\nto you"\n{OTHER},{TYPE},B\n')
    assert read(path) == [
        (2, Outgoing(ORDER, TYPE, 'A "good", day\nto you')),
        (4, Outgoing(OTHER, TYPE, "B")),
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.NDJSON", "a.json", "a.txt", "messages"])
def test_json_lines_are_known_by_extension_or_by_how_they_begin(tmp_path: Path, name: str) -> None:
    line = json.dumps({"order_id": ORDER, "type": TYPE, "text": "Hello"})
    assert read(written(tmp_path, f"\ufeff\n{line}\n\n", name)) == [(2, Outgoing(ORDER, TYPE, "Hello"))]


def test_every_column_of_csv_reaches_the_message(tmp_path: Path) -> None:
    written(tmp_path, samples.pdf(), "w.pdf")
    path = rows(
        tmp_path,
        "order_id,type,text,text_file,attachments,coverage_start,coverage_end,account,marketplace,idempotency_key,"
        "not_before,expires_at,priority",
        f" {ORDER} ,warranty,,,w.pdf,2026-01-31,2027-01-31,shop-2,de,key-1,2026-01-31T10:00+01:00,2026-02-01,-5",
    )
    assert one(path) == Outgoing(
        ORDER,
        "warranty",
        attachments=(Attachment("w.pdf", samples.pdf()),),
        coverage_start="2026-01-31",
        coverage_end="2027-01-31",
        account="shop-2",
        marketplace="A1PA6795UKMFR9",
        idempotency_key="key-1",
        not_before=datetime(2026, 1, 31, 9, tzinfo=UTC),
        expires_at=datetime(2026, 2, 1, 23, 59, 59, tzinfo=UTC),
        priority=-5,
    )


def test_json_says_the_same_with_lists_and_numbers(tmp_path: Path) -> None:
    written(tmp_path, samples.pdf(), "w;1.pdf")
    record = {"order_id": ORDER, "type": "invoice", "text": None, "attachments": ["w;1.pdf"], "priority": 7, "size": 38}
    assert one(json_lines(tmp_path, record)) == Outgoing(
        ORDER, "invoice", attachments=(Attachment("w;1.pdf", samples.pdf()),), priority=7
    )


def test_a_line_that_names_none_goes_to_the_given_account_and_marketplace(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text,account", f"{ORDER},{TYPE},Hi from {{account}} in {{marketplace}},")
    ((_, outgoing),) = read_file(check_file(path, account="shop-3", marketplace="UK"))
    assert (outgoing.account, outgoing.marketplace) == ("shop-3", "A1F83G8C2ARO7P")
    assert outgoing.text == "Hi from shop-3 in UK"


def test_blank_lines_and_rows_of_empty_fields_are_no_messages(tmp_path: Path) -> None:
    path = written(tmp_path, f"\norder_id,type,text,\n\n{ORDER},{TYPE},Hello,\n,,,\n\n{OTHER},{TYPE},Hello,")
    assert [line for line, _ in read(path)] == [4, 7]


def test_a_file_without_messages_has_nothing_wrong_with_it(tmp_path: Path) -> None:
    assert read(written(tmp_path, "order_id,type,text\n")) == []
    assert read(written(tmp_path, "", "none.jsonl")) == []


def test_a_message_that_expires_on_the_day_from_which_it_may_go_has_that_day(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text,not_before,expires_at", f"{ORDER},{TYPE},Hi,2026-01-31,2026-01-31")
    assert one(path).expires_at == datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)


def test_a_name_like_a_columns_is_a_field_where_that_column_is_there_too(tmp_path: Path) -> None:
    path = rows(tmp_path, "order_id,type,text,text2", f"{ORDER},{TYPE},Hello {{text2}},you")
    assert one(path).text == "Hello you"


def test_texts_are_templates_wherever_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    written(tmp_path / "texts", "\ufeffDear {name},\r\nyour {type} of {order_id}\r\n", "hello.txt")
    path = rows(
        tmp_path,
        "order_id,type,text,text_file,name",
        f"{ORDER},{TYPE},,texts/hello.txt,Ann {{x}}",
        f"{OTHER},{TYPE},Dear {{name}},,Bob",
    )
    assert [outgoing.text for _, outgoing in read(path)] == [
        f"Dear Ann {{x}},\nyour {TYPE} of {ORDER}",
        "Dear Bob",
    ]


def test_attachments_are_found_in_the_files_folder_and_may_get_another_name(tmp_path: Path) -> None:
    (tmp_path / "a=b").mkdir()
    written(tmp_path / "a=b", samples.pdf(), "1.pdf")
    written(tmp_path, b"Hello", "n.txt")
    sources = f"a=b/1.pdf=Invoice.pdf; n.txt ;{tmp_path}/n.txt=m.txt;a=b/1.pdf"
    path = rows(tmp_path, "order_id\ttype\tattachments", f"{ORDER}\tinvoice\t{sources}")
    assert one(path).attachments == (
        Attachment("Invoice.pdf", samples.pdf()),
        Attachment("n.txt", b"Hello"),
        Attachment("m.txt", b"Hello"),
        Attachment("1.pdf", samples.pdf()),
    )


def test_lines_that_say_the_same_are_no_problem_and_told_with_the_line_they_repeat(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        "order_id,type,text,account,marketplace",
        f"{ORDER},{TYPE},Hello,,US",
        f"{OTHER},{TYPE},Hello,,US",
        f"{ORDER},{TYPE},Hello,default,us",
        f"{ORDER},{TYPE},Hello,another,US",
        f"{ORDER},{TYPE},Hello,,CA",
        f"{ORDER},{TYPE},Hello!,,US",
        f"{ORDER},{TYPE},Hello,,US",
    )
    checked = check_file(path)
    assert checked.problems == ()
    assert (checked.repeated, checked.repeated_count) == (((4, 2), (8, 2)), 2)
    assert checked.accounts == {"default": 6, "another": 1}


def test_the_same_type_under_its_other_name_with_the_same_bytes_says_the_same(tmp_path: Path) -> None:
    written(tmp_path, samples.pdf(), "a.pdf")
    written(tmp_path, samples.pdf(), "b.pdf")
    path = rows(
        tmp_path,
        "order_id,type,attachments",
        f"{ORDER},invoice,a.pdf",
        f"{ORDER},sendInvoice,b.pdf=a.pdf",
        f"{ORDER},invoice,b.pdf",
    )
    assert check_file(path).repeated == ((3, 2),)


def test_a_key_of_its_own_makes_the_same_content_another_message(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        "order_id,type,text,idempotency_key",
        f"{ORDER},{TYPE},Hello,",
        f"{ORDER},{TYPE},Hello,1",
        f"{ORDER},{TYPE},Hello,2",
        f"{ORDER},{TYPE},Hello,2",
    )
    assert check_file(path).repeated == ((5, 4),)


def test_one_key_for_two_messages_is_a_problem_but_not_across_accounts(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        "order_id,type,text,idempotency_key,account",
        f"{ORDER},{TYPE},Hello,1,a",
        f"{ORDER},{TYPE},Bye,1,a",
        f"{ORDER},{TYPE},Bye,1,b",
    )
    assert found(path) == [(3, LineCode.IDEMPOTENCY_KEY_TAKEN, "idempotency_key")]
    assert "Line 2 has the same key" in words_of(path)


def test_a_file_with_problems_is_not_read_to_be_queued(tmp_path: Path) -> None:
    checked = check_file(rows(tmp_path, "order_id,type,text", f"{ORDER},{TYPE},"))
    with pytest.raises(ValueError, match="has 1 problem"):
        read_file(checked)


HEADER = "order_id,type,text_file,attachments,priority\n"
ROW = f"{ORDER},digitalAccessKey,t.txt,a.txt,\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("messages.csv", HEADER),
        ("messages.csv", HEADER + ROW),
        ("messages.csv", HEADER + ROW * 3),
        ("messages.csv", HEADER + ROW + '"\n'),
        ("messages.csv", HEADER + ROW + ROW.replace("digitalAccessKey", "no")),
        ("messages.csv", HEADER + ROW + ROW.replace(",\n", ",1\n")),
        ("messages.csv", ""),
        ("t.txt", "Good-bye"),
        ("a.txt", "something else"),
        ("a.txt", ""),
    ],
)
def test_whatever_changed_since_the_check_is_an_error_and_not_queued(tmp_path: Path, name: str, content: str) -> None:
    written(tmp_path, "Hello", "t.txt")
    written(tmp_path, "attached", "a.txt")
    checked = check_file(written(tmp_path, HEADER + ROW * 2))
    assert checked.problem_count == 0
    written(tmp_path, content, name)
    with pytest.raises(BuyerlineError, match="changed after it was checked") as caught:
        list(read_file(checked))
    assert caught.value.code == "file_changed"


def test_an_error_about_a_changed_attachment_says_which_line_names_it(tmp_path: Path) -> None:
    written(tmp_path, b"old", "a.txt")
    written(tmp_path, b"old", "b.txt")
    checked = check_file(
        rows(tmp_path, "order_id,type,attachments", f"{ORDER},invoice,a.txt", f"{OTHER},invoice,b.txt")
    )
    (tmp_path / "b.txt").unlink()
    messages = read_file(checked)
    assert next(messages)[0] == 2
    with pytest.raises(BuyerlineError, match=r"line 3 of .*messages\.csv, or a file that it names"):
        next(messages)


def test_an_attachment_of_many_lines_is_read_once(tmp_path: Path) -> None:
    written(tmp_path, samples.pdf(), "a.pdf")
    attached = Attached(tmp_path)
    first = attached.load(["a.pdf"])
    written(tmp_path, b"changed", "a.pdf")
    again = attached.load(["a.pdf", "a.pdf=b.pdf"])
    assert again.problems == ()
    assert again.attachments[0].content is first.attachments[0].content is again.attachments[1].content
    assert [each.name for each in again.sums] == ["a.pdf", "b.pdf"]


def test_files_that_there_is_no_room_to_keep_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buyerline.outbox.files.attached.ROOM", 4000)
    attached = Attached(tmp_path)
    for name in ("a.txt", "b.txt"):
        written(tmp_path, b"1" * 2500, name)
        attached.load([name])
    written(tmp_path, b"changed", "a.txt")
    written(tmp_path, b"changed", "b.txt")
    assert [file.content[:7] for file in attached.load(["b.txt", "a.txt"]).attachments] == [b"1111111", b"changed"]


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}<>@&"), max_size=30).map(
    "Hello {}".format
)


@settings(max_examples=50)
@given(st.lists(st.tuples(WORDS, st.integers(-1000, 1000)), max_size=20), st.sampled_from([",", ";", "\t"]))
def test_what_a_program_writes_is_read_alike_from_csv_and_json(lines: list[tuple[str, int]], delimiter: str) -> None:
    records = [
        {"order_id": ORDER, "type": TYPE, "text": "{words}", "words": words, "priority": n} for words, n in lines
    ]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["order_id", "type", "text", "words", "priority"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(records)
    with tempfile.TemporaryDirectory() as folder:
        from_csv = check_file(written(Path(folder), buffer.getvalue()))
        from_json = check_file(json_lines(Path(folder), *records))
        assert [each.problem for each in from_csv.problems] == [each.problem for each in from_json.problems]
        if not from_csv.problems:
            assert [each for _, each in read_file(from_csv)] == [each for _, each in read_file(from_json)]
            assert from_csv.lines == len(records)


COLUMN = st.sampled_from(
    ["order_id", "type", "text", "text_file", "attachments", "account", "priority", "expires_at", ""]
)
CELL = st.one_of(
    st.sampled_from(
        [ORDER, TYPE, "invoice", "warranty", "a.txt", "2026-01-31", '"', '""', "{a}", "=", ";", "\r", "\0", "\ud800"]
    ),
    st.text(max_size=10),
)


def checks_or_reads(content: bytes, name: str) -> None:
    """A wild file: problems, or messages, or an error of our own, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder), b"Hello", "a.txt")
        checked = check_file(written(Path(folder), content, name))
        assert (checked.problem_count == 0) == (checked.problems == ())
        assert all(str(problem).startswith(f"line {problem.line}: ") for problem in checked.problems)
        if not checked.problems:
            assert len(list(read_file(checked))) == checked.lines


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from(["m.csv", "m.jsonl", "m"]))
@example(b"\xef\xbb\xbf", "m")
@example(b"\xef\xbb", "m.csv")
@example(b'order_id,type\n"', "m.csv")
def test_no_bytes_make_anything_but_problems_or_messages(content: bytes, name: str) -> None:
    checks_or_reads(content, name)


@settings(max_examples=200)
@given(st.lists(COLUMN, min_size=1, max_size=5), st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=5))
def test_no_csv_makes_anything_but_problems_or_messages(header: list[str], cells: list[list[str]]) -> None:
    content = "\n".join(",".join(row) for row in [["order_id", "type", *header], *cells])
    checks_or_reads(content.encode(errors="surrogatepass"), "m.csv")


VALUE = st.recursive(
    CELL | st.none() | st.booleans() | st.integers() | st.floats(), lambda inner: st.lists(inner, max_size=3)
)


@settings(max_examples=200)
@given(st.lists(VALUE | st.dictionaries(COLUMN | CELL, VALUE, max_size=5), max_size=4))
def test_no_json_makes_anything_but_problems_or_messages(records: list[object]) -> None:
    checks_or_reads("\n".join(map(json.dumps, records)).encode(), "m.jsonl")
