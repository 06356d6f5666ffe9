"""What the checks look for first, to be done with an everyday text fast, hides nothing that they would find."""

import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.messages import emails, folding, links, phones, text
from buyerline.messages.folding import fold
from buyerline.messages.text import TextLimits, check_text
from tests.messages.disguises import wide

ANY_CHARACTER = st.characters(exclude_categories=())
PIECES = (
    "a", "shop", "Müller", "例え", " ", "  ", "\n", "@", ".", "-", ":", "/", "://", "(", "[ ", "{", "<", ")", " ]", ">",
    "at", " AT ", "ät", " Arroba ", "chİocciola", "アット", "アットマーク", " dot ", " Punkt ", "point", "ドット",
    ".com", ".De", ".io/a", "www.", "wa.me/", "javascript:", "JavaScript:", "x(", "data:", "text/html,", "file:/",
    "0", "12", "345", "6789", "+49", "(0)", "ー", " / ", "1Z", "〒", "902-6786204-8179805", "31.01.26", "tel ",
    "<b>", "&amp;", "\x07", "\x85", "\ud800", "\u200b", "\u00ad", "\ufe0f", "\u3000", "\u2013", "\u017f", "\u212a", "ª",
)  # fmt: skip
mixtures = st.lists(st.sampled_from([*PIECES, *map(wide, PIECES)]) | ANY_CHARACTER, max_size=30).map("".join)
digits = st.sampled_from([*"0123456789", wide("1"), "\u0660"])
gaps = st.sampled_from(
    ["", "", "", " ", "  ", ".", "-", "ー", " - ", "/", " / ", "(", ")", ") ", ")-", ") / ", ":", ","]
)
runs = st.lists(st.tuples(digits, gaps).map("".join), min_size=5).map("".join)
numbers = st.sampled_from([shape for shape, _, _ in phones._SHAPES]).flatmap(st.from_regex) | runs
called = st.tuples(st.sampled_from(["", "+49 ", "(0", "tel ", "item "]), numbers).map("".join)

PATTERNS: list[tuple[re.Pattern[str], Callable[[str], object]]] = [
    (emails._PLAIN, emails._may_hold_one),
    *((disguise, emails._may_hold_one) for disguise in emails._DISGUISES),
    (links._WITH_SCHEME, links._SIGN.search),
    (links._BARE, links._SIGN.search),
    (text._CONTROL, text._SIGN.search),
    (text._BROKEN, text._SIGN.search),
]


@pytest.mark.parametrize(("pattern", "has_sign"), PATTERNS)
@given(data=st.data())
@settings(max_examples=80)
def test_whatever_a_pattern_matches_has_the_sign(
    pattern: re.Pattern[str], has_sign: Callable[[str], object], data: st.DataObject
) -> None:
    assert has_sign(data.draw(st.from_regex(pattern, alphabet=ANY_CHARACTER)))


@given(written=mixtures | called, links_allowed=st.booleans())
@settings(max_examples=400)
def test_the_same_is_found_without_looking_for_signs(written: str, links_allowed: bool) -> None:
    limits = TextLimits(min_length=1, max_length=None, links=links_allowed)
    found = check_text(written, limits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emails, "_may_hold_one", lambda _: True)
        for module in (links, phones, text):
            patch.setattr(module, "_SIGN", re.compile(""))
        assert check_text(written, limits) == found


@given(written=st.from_regex(re.compile(phones._OTHER_NUMBERS, re.IGNORECASE)))
@settings(max_examples=200)
def test_numbers_that_are_no_phone_numbers_are_all_told_by_how_they_start(written: str) -> None:
    searched_in_full = re.compile(phones._OTHER_NUMBERS, re.IGNORECASE)
    assert [match.span() for match in phones._NOT_PHONES.finditer(written)] == [
        match.span() for match in searched_in_full.finditer(written)
    ]


def test_a_character_that_is_not_folded_would_stay_as_it_is() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    everyday = [character for character in characters if not folding._UNUSUAL.match(character)]
    assert [character for character in everyday if folding._plain(character) != character] == []


@given(written=mixtures | st.text(ANY_CHARACTER))
@settings(max_examples=300)
def test_each_character_is_folded_by_itself_and_keeps_its_place(written: str) -> None:
    kept = [(offset, plain) for offset, character in enumerate(written) if (plain := folding._plain(character))]
    folded = fold(written)
    assert list(zip(folded.offsets, folded.text, strict=True)) == kept
