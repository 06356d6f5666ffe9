"""Passwords: which ones are taken, and how they are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.app.errors import Invalid
from buyerline.app.passwords import LONGEST, SHORTEST, Passwords, check_new
from tests.app.folk import PASSWORD, costing

EMAIL = "olga.ek@example.com"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(costing(1))


class TestANewPassword:
    @pytest.mark.parametrize(
        "password",
        [
            "seven green boats",
            "aBcdefgh1234",
            "é漢字かな交じり文の合言葉です",
            "x" * 100 + "yzabcd",
            "    spaces count",
            "abcde" * 40,
        ],
    )
    def test_of_twelve_characters_or_more_is_taken_whatever_they_are(self, password: str) -> None:
        check_new(password, EMAIL)

    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("elevenchars", "at least 12"),
            ("", "at least 12"),
            ("ﬁﬁﬁﬁ", "at least 12"),
            ("abcde" * 40 + "f", "at most 200"),
            (EMAIL.upper(), "among the first"),
            ("Password1234", "among the first"),
            ("CorrectHorseBatteryStaple", "among the first"),
            ("correct horse battery staple", "among the first"),
            ("aaaaaaaaaaaaaaaa", "among the first"),
            ("abcabcabcabcabc", "among the first"),
        ],
    )
    def test_that_is_too_short_too_long_or_easily_guessed_is_refused(self, password: str, why: str) -> None:
        with pytest.raises(Invalid, match=why) as refusal:
            check_new(password, EMAIL, "new")
        assert refusal.value.field == "new"
        assert not password or password not in str(refusal.value)


class TestAKeptPassword:
    def test_fits_itself_alone(self, passwords: Passwords) -> None:
        kept = passwords.hashed(PASSWORD)
        assert passwords.fits(kept, PASSWORD)
        assert not passwords.fits(kept, PASSWORD + " ")

    def test_fits_however_a_keyboard_composes_its_characters(self, passwords: Passwords) -> None:
        assert passwords.fits(passwords.hashed("caf\u00e9 am Markt"), "cafe\u0301 am Markt")

    def test_is_argon2id_with_the_parameters_of_rfc_9106_unless_told_otherwise(self) -> None:
        kept = Passwords().hashed(PASSWORD)
        assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")

    def test_is_never_the_same_twice(self, passwords: Passwords) -> None:
        assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)

    def test_is_outdated_when_the_parameters_have_changed(self, passwords: Passwords) -> None:
        dearer = Passwords(costing(2))
        kept = passwords.hashed(PASSWORD)
        assert not passwords.outdated(kept)
        assert dearer.outdated(kept)
        assert dearer.fits(kept, PASSWORD)

    def test_that_is_none_fits_nothing(self, passwords: Passwords) -> None:
        assert not passwords.fits(None, "")
        assert not passwords.fits("", "")
        assert not passwords.fits("no hash at all", "no hash at all")

    @settings(max_examples=50, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST, max_size=LONGEST))
    def test_fits_again_whatever_its_characters(self, password: str) -> None:
        cheap = Passwords(costing(1))
        assert cheap.fits(cheap.hashed(password), password)
