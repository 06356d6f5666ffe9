import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyerline.outbox.files.problems import LineCode
from buyerline.outbox.files.templates import fill

FIELDS = {"order_id": "902-6786204-8179805", "first_name": "Ann", "größe": "38", "ship date": "May 3", "note": " "}


def codes_of(text: str) -> list[str]:
    return [problem.code for problem in fill(text, FIELDS)[1]]


def words_of(text: str) -> str:
    (problem,) = fill(text, FIELDS)[1]
    assert problem.field == "text"
    return problem.message


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear {first_name}, thank you.", "Dear Ann, thank you."),
        ("{first_name}{first_name}", "AnnAnn"),
        ("{ first_name }", "Ann"),
        ("Size {größe}, sent {ship date}", "Size 38, sent May 3"),
        ("No fields at all", "No fields at all"),
    ],
)
def test_a_field_is_replaced_by_the_lines_value(text: str, filled: str) -> None:
    assert fill(text, FIELDS) == (filled, [])


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{first_name}}", "{first_name}"),
        ("{{{first_name}}}", "{Ann}"),
        ("}} and {{", "} and {"),
        ("{{nobody}}", "{nobody}"),
    ],
)
def test_doubled_braces_are_braces(text: str, filled: str) -> None:
    assert fill(text, FIELDS) == (filled, [])


@pytest.mark.parametrize(
    "text", ["{", "}", "a { b", "{}", "{ }", "{1}", "{3F2504E0-4F89}", "{a,b}", "{a.b}", '{"a": 1}', "{-a}", "{a\nb}"]
)
def test_braces_around_no_name_stay_as_they_are(text: str) -> None:
    assert fill(text, FIELDS) == (text, [])


def test_a_value_is_put_in_as_it_is_and_never_expanded_again() -> None:
    fields = {"first_name": "{order_id} {{x}} \\1 }}", "order_id": "902"}
    assert fill("Dear {first_name}!", fields) == ("Dear {order_id} {{x}} \\1 }}!", [])


def test_an_unknown_field_is_told_with_the_fields_there_are() -> None:
    words = words_of("Dear {frist_name}, {first_name}")
    assert "{frist_name} (did you mean {first_name}?)" in words
    assert "There are: order_id, first_name, größe, ship date, note." in words


def test_every_unknown_field_is_told_once() -> None:
    words = words_of("{xyz} {qqq} {xyz}")
    assert words.startswith("No field of this line: {xyz}, {qqq}.")


def test_a_field_without_a_value_in_its_line_is_told() -> None:
    assert codes_of("{note}") == [LineCode.FIELD_EMPTY]
    assert "note" in words_of("{note}")


def test_empty_and_unknown_fields_are_told_together_and_stay_as_they_are_written() -> None:
    assert codes_of("{note} {other}") == [LineCode.FIELD_UNKNOWN, LineCode.FIELD_EMPTY]
    assert fill("{note} {other} {first_name}", FIELDS)[0] == "{note} {other} Ann"


def test_of_a_thousand_unknown_fields_some_are_named_and_the_rest_counted() -> None:
    words = words_of(" ".join(f"{{unheard-of-{number}}}" for number in range(1000)))
    assert "and 980 more" in words


NAMES = st.text(string.ascii_letters + "_", min_size=1, max_size=8)


@given(st.dictionaries(NAMES, st.text(min_size=1).filter(str.strip), min_size=1), st.data())
def test_what_is_written_with_braces_doubled_comes_out_as_it_was_meant(
    fields: dict[str, str], data: st.DataObject
) -> None:
    """Any text around any fields: the text stays, the fields become their values."""
    pieces = data.draw(st.lists(st.tuples(st.text(), st.sampled_from(sorted(fields)))))
    written = "".join(f"{text.replace('{', '{{').replace('}', '}}')}{{{name}}}" for text, name in pieces)
    assert fill(written, fields) == ("".join(f"{text}{fields[name]}" for text, name in pieces), [])


@given(st.text(st.sampled_from("{} ab-_1\n")))
def test_any_text_is_filled_or_has_a_problem(text: str) -> None:
    filled, problems = fill(text, {})
    assert problems or filled == text.replace("{{", "{").replace("}}", "}")
