import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.amazon.errors import Problem
from buyerline.messages.text import TextLimits, allows_links, check_text
from tests.messages.disguises import wide
from tests.messages.forms import LINKS_ALLOWED, NO_LINKS

LIMITS = TextLimits(min_length=1, max_length=10, links=False)
WIDE = TextLimits(min_length=1, max_length=None, links=False)


def codes(problems: list[Problem]) -> list[str]:
    return [str(problem.code) for problem in problems]


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\ufeff", "\u3000"])
def test_a_text_without_anything_to_see_is_missing(text: str) -> None:
    assert codes(check_text(text, LIMITS)) == ["text_missing"]


FAMILY = "\N{WOMAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
ACCENTED = "e\N{COMBINING ACUTE ACCENT}"


@pytest.mark.parametrize("character", ["a", "é", ACCENTED, "\N{GRINNING FACE}", FAMILY, "日", "\r\n"])
def test_length_is_counted_in_code_points_to_the_last_one(character: str) -> None:
    limit = 5 * len(character)
    assert check_text("x" * limit, TextLimits(1, limit, links=False)) == []
    text = "x" + character * 5
    assert check_text(text, TextLimits(1, limit + 1, links=False)) == []
    (problem,) = check_text(text, TextLimits(1, limit, links=False))
    assert problem.code == "text_too_long"
    assert (problem.start, problem.end) == (limit, limit + 1)
    assert f"{limit + 1} characters" in problem.message


def test_a_text_that_is_too_short_is_told_how_much_is_asked_for() -> None:
    (problem,) = check_text("Hi", TextLimits(5, 10, links=False))
    assert problem.code == "text_too_short"
    assert "at least 5" in problem.message


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\r\nb", "a\u2028b", "a\u200db"])
def test_line_breaks_tabs_and_joiners_are_fine(text: str) -> None:
    assert check_text(text, LIMITS) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 11, False),
        ("é" * 11, False),
        ("日" * 11, False),
        (ACCENTED * 6, True),
        (FAMILY * 3, True),
        ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}" * 6, True),
    ],
)
def test_only_a_text_with_characters_that_count_as_several_is_told_that_they_do(text: str, told: bool) -> None:
    (problem,) = check_text(text, LIMITS)
    assert ("count as several" in problem.message) is told


@pytest.mark.parametrize("character", ["\0", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\x9f"])
def test_control_characters_are_refused_with_their_place(character: str) -> None:
    (problem,) = check_text(f"abc{character}", LIMITS)
    assert problem.code == "text_control"
    assert (problem.start, problem.end) == (3, 4)
    assert "At character 4" in problem.message
    assert f"U+{ord(character):04X}" in problem.message


def test_bytes_of_another_encoding_are_told_as_such_and_not_as_control_characters() -> None:
    text = b"Gr\xf6\xdfe 38".decode(errors="surrogateescape")
    (problem,) = check_text(text, LIMITS)
    assert (problem.code, problem.start, problem.end) == ("text_control", 2, 4)
    assert "is not valid Unicode" in problem.message
    assert "UTF-8?" in problem.message
    assert "control character" not in problem.message


def test_every_rule_that_is_broken_is_reported_once_in_the_order_of_the_text() -> None:
    text = "<b>Hi</b> www.example.com, +49 170 1234567 or a@example.com \x07"
    problems = check_text(text, WIDE)
    places = [(str(problem.code), text[problem.start : problem.end]) for problem in problems]
    assert places == [
        ("text_html", "<b>"),
        ("text_link", "www.example.com"),
        ("text_phone", "+49 170 1234567"),
        ("text_email", "a@example.com"),
        ("text_control", "\x07"),
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Hello a@example.com", "At character 7: "),
        ("Hello a@example.com b@example.com", "At character 7 and 1 more place: "),
        ("Hello a@example.com b@example.com c@example.com", "At character 7 and 2 more places: "),
    ],
)
def test_a_rule_broken_several_times_is_one_problem_that_has_every_place(text: str, where: str) -> None:
    (problem,) = check_text(text, WIDE)
    assert problem.message.startswith(where)
    assert (problem.start, problem.end) == (6, 19)
    assert [text[start:end] for start, end in problem.also] == text.split()[2:]


def test_control_and_broken_characters_are_one_problem_that_tells_both_apart() -> None:
    (problem,) = check_text("a\x07b\x08c\ud800", LIMITS)
    assert problem.message.startswith("At character 2 and 1 more place: A control character (U+0007)")
    assert "At character 6: The text has a character that is not valid Unicode" in problem.message
    assert (problem.start, problem.end, problem.also) == (1, 2, ((3, 4), (5, 6)))


def test_places_are_those_of_the_text_as_written_also_in_disguise() -> None:
    email, phone = wide("jo\u200bhn@example.com"), wide("090-1234-5678")
    text = f"\N{GRINNING FACE}\u200b {email} と {phone}"
    assert [text[problem.start : problem.end] for problem in check_text(text, WIDE)] == [email, phone]


def test_what_was_written_is_never_repeated_in_a_problem() -> None:
    text = "secretword@secretdomain.com https://secretlink.com +49 170 9876543 <secretword> <b secret> \x00"
    messages = " ".join(problem.message for problem in check_text(text, WIDE))
    assert "secret" not in messages
    assert "9876543" not in messages


def test_a_text_a_little_too_long_gets_all_its_problems_at_once() -> None:
    assert codes(check_text("mail a@example.com", LIMITS)) == ["text_email", "text_too_long"]


def test_a_megabyte_is_refused_by_its_length_alone() -> None:
    assert codes(check_text("a@example.com " * 75_000, LIMITS)) == ["text_too_long"]


def test_a_text_full_of_addresses_is_one_problem() -> None:
    (problem,) = check_text("a@example.com " * 500, WIDE)
    assert len(problem.also) == 499


@pytest.mark.parametrize(
    ("description", "allowed"),
    [
        (LINKS_ALLOWED, True),
        ("Only links related to customization details are allowed. Do not include HTML or email addresses.", True),
        ("", True),
        ("  ", True),
        (NO_LINKS, False),
        ("Links are not allowed.", False),
        ("Links and email addresses are not allowed.", False),
        ("Do not include any links or HTML.", False),
        ("400 character limit.", False),
        ("Nur Links zur Bestellung sind erlaubt.", True),
        ("Seuls les liens relatifs à la commande sont autorisés.", True),
        ("注文に関するリンクのみ使用できます。", True),
    ],
)
def test_links_are_allowed_where_amazons_words_say_so(description: str, allowed: bool) -> None:
    assert allows_links(description) is allowed


@given(text=st.text(st.characters(), max_size=300), links=st.booleans())
@settings(max_examples=300)
def test_no_text_breaks_the_checks_and_places_lie_within_it(text: str, links: bool) -> None:
    for problem in check_text(text, TextLimits(1, 100, links=links)):
        if problem.start is not None and problem.end is not None:
            assert 0 <= problem.start < problem.end <= len(text)


PIECES = [
    "+49 170",
    " (0)",
    "a@b",
    ".com",
    "https://",
    "www.",
    " at ",
    " dot ",
    "<b",
    ">",
    "&",
    ";",
    "01",
    "-",
    " ",
    "(",
    wide("1"),
    "tel",
]


@given(text=st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@settings(max_examples=300)
def test_no_mixture_of_half_patterns_breaks_the_checks(text: str) -> None:
    for problem in check_text(text, WIDE):
        if problem.start is not None and problem.end is not None:
            assert 0 <= problem.start < problem.end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a", "a.", "a@", "a@a.", ".", "-", "1", "1 ", "1-", "(1", "1) ", "+1", "0 ", " ", "<", "<a ", "<a b", "&", "&a",
        "http", "http://", "http://a", "www.", "a-", "a at ", "a (at) ", "a dot ", "tel ", "tel.:", "call me at ", "1Z",
        "日", "日@", wide("1"), "ー1", "01.01.", "order ", "a.a/", "xn--", "=", "\u200b", "call a l ",
        "javascript:", "data:a/", "https://xn--", "é", "п",
    ],
)  # fmt: skip
def test_time_grows_with_the_length_and_not_with_its_square(unit: str) -> None:
    """100,000 characters of the worst kinds: were the time quadratic, this would not end."""
    text = unit * (100_000 // len(unit))
    assert all(problem.start is None or problem.start < len(text) for problem in check_text(text, WIDE))
