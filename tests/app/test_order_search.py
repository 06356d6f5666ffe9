"""The search for orders: what is found by which words, and that nothing that is typed does any harm."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyerline.app import order_finding, order_search
from buyerline.app.order_words import words_asked, words_in
from tests.app.stock import JP, Stock, told, viewer

HOSTILE = [
    *('"', "'", "*", '"*', "mug*", '"mug', "mug'", "^mug", "mug -blue", "NEAR", "NEAR(mug blue, 2)", "AND", "OR"),
    *("NOT", "mug AND", "mug OR blue", "NOT mug", "(mug", "mug)", "words:mug", "order_id:902", "facets : a_1"),
    *("{words} : mug", "a_1", "s_UNSHIPPED", '") OR ("a_1', "'); DROP TABLE orders; --", "%", "_", "\\", ":*"),
    *("mug:*", "'mug' & !blue", "\0", "mug\0blue", "\ud800", "\u202e", "🎁", "x" * 5000, "mug " * 500),
    *("-", "--", "902--", "902-", ".", "٣٤٥"),
]


@pytest.fixture
def shelf(stock: Stock) -> Stock:
    """Some orders to look for."""
    stock.keep(
        told(1, "Blue mug, 350 ml", minutes=1, sku="MUG-BLUE-01", asin="B00BLUEMUG"),
        told(2, "Red mug, 350 ml", "Blue saucer", minutes=2, sku="MUG-RED-07", asin="B00REDMUG1"),
        told(3, "T-Shirt Größe L", minutes=3, sku="ACME000123", asin="B0SHIRT001"),
        told(4, "CAFÉ crème", minutes=4, order_id="111-2223334-0000004"),
        told(5, "ステンレス マグカップ 350ml", minutes=5, marketplace=JP, sku="4006381333931"),
    )
    return stock


FOUND = {
    "mug": [2, 1],
    "MUG": [2, 1],
    "mugs": [],
    "blue": [2, 1],
    "blue mug": [2, 1],
    "mug blue": [2, 1],
    "red saucer": [2],
    "red crème": [],
    "sau": [2],
    "sa": [],
    "mug sa": [2],
    "350 ml": [2, 1],
    "shirt": [3],
    "t-shirt": [3],
    "T Shirt": [3],
    "grösse": [3],
    "GROSSE": [3],
    "cafe": [4],
    "creme café": [4],
    "MUG-BLUE-01": [1],
    "mug-blue": [1, 2],
    "mug-r": [2],
    "acme000123": [3],
    "ACME0": [3],
    "4006381333931": [5],
    "400638": [5],
    "B00REDMUG1": [2],
    "b00red": [2],
    "902-0000000-0000002": [2],
    "90200000000000002": [2],
    "902-0000000-000000": [5, 3, 2, 1],
    "902": [5, 3, 2, 1],
    "902-": [5, 3, 2, 1],
    "111-2": [4],
    "111-2223334-0000009": [],
    "0000002": [],
    "ステンレス": [5],
    "マグ": [5],
    "カップ": [5],
    "ス": [5],
    "カス": [],
    "nothing of the kind": [],
    "  mug  ": [2, 1],
    "   ": [5, 4, 3, 2, 1],
    "!?": [],
}


def test_orders_are_found_by_what_they_are_called(shelf: Stock) -> None:
    assert {q: sorted(shelf.numbers(q=q)) for q in FOUND} == {q: sorted(found) for q, found in FOUND.items()}


def test_many_words_that_begin_alike_change_nothing(shelf: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are two ways to ask the index, by how many words begin so."""
    some = ("mug", "mug b", "bl", "blu", "acme0", "902", "mug-blue-0", "b0")
    one_by_one = {q: shelf.numbers(q=q) for q in some}
    monkeypatch.setattr(order_search, "MANY", 0)
    assert {q: shelf.numbers(q=q) for q in some} == one_by_one


def test_a_beginning_beside_many_words_is_found_as_beside_few(shelf: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    some = ("mug b", "mug blu", "blue mug re", "blue m", "mug zzz", "mug 902", "the b")
    by_the_index = {q: shelf.numbers(q=q) for q in some}
    assert any(by_the_index.values())
    monkeypatch.setattr(order_search, "ENOUGH", 1)
    assert {q: shelf.numbers(q=q) for q in some} == by_the_index


@pytest.mark.parametrize("messaged", [True, False])
def test_few_or_many_messages_change_nothing(stock: Stock, messaged: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are two ways to search among those that were messaged, by how many were."""
    stock.keep(told(1, "Blue mug"), told(2, "Red mug"), told(3, "Blue saucer"), told(4, "Blue mug"))
    for number in (1, 3):
        stock.message(number)
    some = ("mug", "mug b", "bl", "902-0000000-0000001", "red", "zzz")
    among_few = {q: stock.numbers(q=q, messaged=messaged) for q in some}
    monkeypatch.setattr(order_finding, "FEW", 0)
    assert {q: stock.numbers(q=q, messaged=messaged) for q in some} == among_few


def test_what_means_something_to_an_index_means_nothing_here(shelf: Stock) -> None:
    for q in HOSTILE:
        assert set(shelf.numbers(q=q)) <= {1, 2, 3, 4, 5}
        assert shelf.numbers(viewer(shelf.shop + 1000), q=q) == []
    assert len(shelf.numbers()) == 5


def test_operators_are_words_like_others(shelf: Stock) -> None:
    for q in ("blue OR café", "NOT mug", "mug AND café", "a_1", "words:mug"):
        assert shelf.numbers(q=q) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60) | st.text("mugblue \"'*():-&|!<>^~\\{}_%902", max_size=40))
def test_any_text_can_be_searched_for(shelf: Stock, q: str) -> None:
    assert len(shelf.numbers(q=q)) <= 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(min_size=1, max_size=40))
def test_every_order_is_found_by_its_own_title(stock: Stock, title: str) -> None:
    stock.keep(told(1, title, updated=0), told(2, "Something else", updated=0))
    stock.keep(told(1, title, updated=1))
    if words_asked(title):
        assert 1 in stock.numbers(q=title[: order_search.LONGEST_QUERY])
    stock.clear()


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_text_has_all_words_that_a_search_for_it_asks_for(text: str) -> None:
    assert set(words_asked(text)) <= words_in([text])


@settings(deadline=None)
@given(st.text(max_size=80))
def test_words_have_nothing_that_means_something_to_an_index(text: str) -> None:
    for word in words_in([text]):
        assert not set(word) & {*string.punctuation, *string.whitespace, *string.ascii_uppercase, "\0"}
