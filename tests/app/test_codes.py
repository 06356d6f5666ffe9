import pytest

from buyerline.amazon.marketplaces import Region
from buyerline.app import codes
from buyerline.app.codes import in_words
from buyerline.app.formats import NOTHING
from buyerline.app.languages import LANGUAGES
from buyerline.app.viewer import Role
from buyerline.outbox.messages import State

TABLES = [codes.STATES, codes.ORDER_STATUSES, codes.FULFILLED_BY, codes.REGIONS, codes.ROLES]


def test_every_code_of_ours_has_a_word() -> None:
    assert set(State) <= set(codes.STATES)
    assert set(Role) == set(codes.ROLES)
    assert {region.value for region in Region} == set(codes.REGIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_no_two_codes_have_the_same_word(table: dict[str, codes.Word], language: str) -> None:
    assert len({in_words(table, code, language) for code in table}) == len(table)


def test_an_order_is_cancelled_in_another_word_than_a_message() -> None:
    assert in_words(codes.ORDER_STATUSES, "CANCELLED", "en") == in_words(codes.STATES, "cancelled", "en") == "Cancelled"
    assert in_words(codes.ORDER_STATUSES, "CANCELLED", "de") == "Storniert"
    assert in_words(codes.STATES, "cancelled", "de") == "Zurückgezogen"


@pytest.mark.parametrize(
    ("code", "shown"),
    [("ON_ITS_WAY", "On its way"), ("Delivered2", "Delivered2"), ("<b>", "<b>"), ("", NOTHING), (None, NOTHING)],
)
def test_a_code_that_amazon_has_added_is_shown_as_it_can_be_read(code: str | None, shown: str) -> None:
    assert in_words(codes.ORDER_STATUSES, code, "de") == shown
