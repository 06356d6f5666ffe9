"""The app has its own words for each message type that is known beforehand."""

from buyerline.amazon.messaging import TYPES
from buyerline.app import preview, type_titles


def test_each_message_type_has_a_title_and_the_words_of_a_preview_and_nothing_else_has() -> None:
    """One without these could be sent, and its order's page would fail; CONTRIBUTING.md says where they belong."""
    known = {kind.name for kind in TYPES}
    assert set(type_titles.types()) == known
    assert set(preview._TYPES) == known


def test_a_type_goes_by_amazons_title_where_english_is_read_and_else_by_ours() -> None:
    name, ours = "confirmOrderDetails", type_titles.types()["confirmOrderDetails"]
    assert type_titles.title_in("en", name, "Ask the buyer") == "Ask the buyer"
    assert type_titles.title_in("en", name, "") == ours
    assert type_titles.title_in("de", name, "Ask the buyer") == ours


def test_a_type_that_is_new_goes_by_amazons_title_everywhere() -> None:
    assert type_titles.title_in("de", "sendGift", "Send a gift") == "Send a gift"
    assert str(type_titles.title_in("de", "sendGift", "")) == "Send gift"
