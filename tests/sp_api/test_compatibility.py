"""The drop-in against the library it stands in for: same calls, same outcomes, and every difference on purpose."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sp_api.base import ApiResponse as OriginalResponse
from sp_api.base import Marketplaces as OriginalMarketplaces
from sp_api.base import exceptions as original_exceptions

from buyerline.sp_api import api
from buyerline.sp_api.asyncio import api as async_api
from buyerline.sp_api.base import ApiResponse, Marketplaces, exceptions
from tests.running import running
from tests.sp_api import compatibility
from tests.sp_api.compatibility import NAMESPACES, ORIGINAL, OURS, Row


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, list[Row]]]:
    """The whole table, every case carried out in both libraries."""
    with running() as sandbox:
        yield compatibility.measure(sandbox)


def names(rows: list[Row]) -> list[str]:
    return [row.case.name for row in rows]


def test_what_is_not_explained_is_the_same(table: dict[str, list[Row]]) -> None:
    rows = [row for section in table.values() for row in section if not row.case.differs]
    apart = [
        (row.case.name, namespace, row.outcome(ORIGINAL, namespace), row.outcome(OURS, namespace))
        for row in rows
        for namespace in NAMESPACES
        if row.outcome(ORIGINAL, namespace) != row.outcome(OURS, namespace)
    ]
    assert apart == []


def test_what_is_explained_does_differ(table: dict[str, list[Row]]) -> None:
    rows = [row for section in table.values() for row in section if row.case.differs]
    assert names([row for row in rows if row.outcome(ORIGINAL) == row.outcome(OURS)]) == []


def test_awaited_and_blocking_calls_have_the_same_outcome(table: dict[str, list[Row]]) -> None:
    rows = [row for section in table.values() for row in section]
    assert names([row for row in rows if row.outcome(OURS) != row.outcome(OURS, "asyncio.")]) == []
    assert names([row for row in rows if row.outcome(ORIGINAL) != row.outcome(ORIGINAL, "asyncio.")]) == []


def test_no_case_sends_a_message_twice_here(table: dict[str, list[Row]]) -> None:
    rows = [row for section in table.values() for row in section]
    assert names([row for row in rows if len(row.outcome(OURS).sent) > 1]) == []


def test_nothing_that_we_send_is_unknown_to_amazons_model(table: dict[str, list[Row]]) -> None:
    outcomes = [row.outcome(OURS, namespace) for rows in table.values() for row in rows for namespace in NAMESPACES]
    assert {note for outcome in outcomes for note in outcome.odd} == set()


def test_the_page_is_what_the_table_gives(table: dict[str, list[Row]]) -> None:
    """`python -m tests.sp_api.compatibility` writes it again."""
    assert compatibility.PAGE.read_text("utf-8") == compatibility.page(table)


def public_methods(namespace: Any) -> dict[str, set[str]]:
    kinds = {
        name: getattr(namespace, name) for name in namespace.__all__ if hasattr(getattr(namespace, name), "region")
    }
    base = set(dir(kinds["Messaging"].__mro__[1]))
    return {name: {method for method in dir(kind) if not method.startswith("_")} - base for name, kind in kinds.items()}


def test_every_public_method_is_in_the_table(table: dict[str, list[Row]]) -> None:
    called = " ".join(name for rows in table.values() for name in names(rows))
    methods = {method for found in public_methods(api).values() for method in found}
    assert len(methods) > 20
    assert {method for method in methods if method not in called} == set()


def test_both_namespaces_have_the_same_methods() -> None:
    assert public_methods(api) == public_methods(async_api)


def test_the_marketplaces_are_the_same() -> None:
    assert {name: place.value for name, place in Marketplaces.__members__.items()} == {
        name: place.value for name, place in OriginalMarketplaces.__members__.items()
    }
    assert Marketplaces["UK"].name == OriginalMarketplaces["UK"].name
    assert (Marketplaces.US.endpoint, Marketplaces.US.region) == (
        "https://sellingpartnerapi-na.amazon.com",
        "us-east-1",
    )


def test_every_status_has_the_same_exception() -> None:
    for status in range(200, 600):
        ours = exceptions.get_exception_for_code(status)
        original = original_exceptions.get_exception_for_code(status)
        assert (ours.__name__, ours.code) == (original.__name__, original.code), status


words = st.sampled_from(["payload", "errors", "pagination", "nextToken", "NextToken", "nextPageToken", "Orders", "a"])
values = st.recursive(
    st.none() | st.text(max_size=3) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
pages = st.dictionaries(words, values, max_size=3)
answers = st.fixed_dictionaries(
    {},
    optional={
        "payload": pages | st.lists(values),
        "errors": values,
        "pagination": st.none() | pages,
        "nextToken": st.text(max_size=2),
        "Orders": values,
    },
)


@given(answers, st.sampled_from([None, {"x-amzn-RateLimit-Limit": "0.5"}]))
@settings(max_examples=200)
def test_an_answer_is_read_alike(answer: dict[str, Any], headers: dict[str, str] | None) -> None:
    ours = ApiResponse(**answer, headers=headers)
    try:
        original = OriginalResponse(**answer, headers=headers)
    except TypeError:
        return
    # The original gives up looking for the token at the first place that is not as it expects.
    assert original.next_token in (None, ours.next_token)
    assert {**vars(ours), "next_token": None} == {**vars(original), "next_token": None}
    assert ours() == original()
