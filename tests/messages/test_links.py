"""Which links are refused where links are allowed, beyond those whose form alone is wrong."""

import pytest

from buyerline.messages.links import ALLOWED
from buyerline.messages.text import TextLimits, check_text

LINKS_ALLOWED = TextLimits(1, None, links=True)
STRICT = TextLimits(1, None, links=False)

CYRILLIC_A = "\N{CYRILLIC SMALL LETTER A}"
GREEK_O = "\N{GREEK SMALL LETTER OMICRON}"


@pytest.mark.parametrize(
    "host",
    [
        f"p{CYRILLIC_A}ypal.com",
        f"payp{CYRILLIC_A}l.com",
        f"shop.p{CYRILLIC_A}ypal.com",
        f"example.co{CYRILLIC_A}",
        f"g{GREEK_O}{GREEK_O}gle.com",
        f"PAYP{CYRILLIC_A.upper()}L.com",
        "xn--pypal-4ve.com",
    ],
)
@pytest.mark.parametrize("path", ["", "/login"])
def test_a_name_that_mixes_alphabets_to_look_like_another_is_refused(host: str, path: str) -> None:
    (problem,) = check_text(f"See https://{host}{path} please", LINKS_ALLOWED)
    assert (problem.code, problem.start, problem.end) == ("text_link", 4, 12 + len(host + path))
    assert "different alphabets" in problem.message


@pytest.mark.parametrize(
    "link",
    [
        "https://пример.рф/",
        "https://shop.пример.com",
        "https://παράδειγμα.gr",
        "https://müller.example.com",
        "https://日本shop.jp/a",
        "https://example.com/путь",
        "https://xn--mller-kva.de",
        "https://xn--e1afmkfd.xn--p1ai",
        "https://xn--99999999.com",
    ],
)
def test_a_name_in_one_alphabet_passes(link: str) -> None:
    assert check_text(f"See {link}", LINKS_ALLOWED) == []


NO_WEBSITES = [
    "javascript:alert(1)",
    "JavaScript:void(0)",
    "javascript:document.location=1",
    "data:text/html,<b",
    "data:text/html;base64,PGI+",
    "data:;base64,PGI+",
    "file:///etc/passwd",
    "file:/C:/invoice",
    "javascript:location='https://example.com'",
]


@pytest.mark.parametrize("link", NO_WEBSITES)
@pytest.mark.parametrize("limits", [LINKS_ALLOWED, STRICT])
def test_code_documents_and_files_are_no_links_to_send(link: str, limits: TextLimits) -> None:
    (problem,) = check_text(f"See {link} please", limits)
    assert (problem.code, problem.start) == ("text_link", 4)
    assert not problem.also
    if limits.links:
        assert "instead of a website" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "JavaScript: an introduction (2nd edition)",
        "JavaScript:The Good Parts (2008)",
        "The data: a table, see the manual",
        "data:none",
        "Your file:invoice and/or receipt",
        "profile:/",
        "metadata:text/plain,",
    ],
)
def test_words_before_a_colon_are_no_links(text: str) -> None:
    assert check_text(text, STRICT) == []


def test_links_refused_for_different_reasons_are_one_problem_with_each_reason_and_the_rule() -> None:
    text = "http://example.com https://bit.ly/a http://example.org https://example.net"
    (problem,) = check_text(text, LINKS_ALLOWED)
    assert problem.message == (
        "At character 1 and 1 more place: This link does not start with https://. "
        f"At character 20: This link is shortened, so that the buyer cannot see where it leads. {ALLOWED}"
    )
    assert [text[start:end] for start, end in problem.also] == ["https://bit.ly/a", "http://example.org"]


def test_the_rule_names_what_makes_a_link_allowed() -> None:
    for word in ("https://", "order", "shortened", "social network", "password", "number"):
        assert word in ALLOWED
