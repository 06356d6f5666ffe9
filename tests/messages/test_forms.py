"""The form that Amazon sends with an action decides, as long as it can be understood."""

import json
import threading
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.amazon.messaging import parse_actions
from buyerline.messages.checks import check
from buyerline.messages.drafts import Attachment
from buyerline.messages.forms import check_form
from tests.amazon.models import MODELS
from tests.messages import samples
from tests.messages.forms import (
    BOTH_FORM,
    CUSTOMIZATION,
    DRAFT_04,
    FILES_FIELD,
    FILES_FORM,
    TEXT_FIELD,
    TEXT_FORM,
    action_of,
    draft,
    schema_of,
)

PDF = Attachment("invoice.pdf", samples.pdf())


def codes(text: str | None, form: dict[str, Any], *files: Attachment, name: str = "confirmOrderDetails") -> list[str]:
    return [str(problem.code) for problem in check(draft(text, *files), action_of(name, form))]


def text_form(**rules: Any) -> dict[str, Any]:
    return schema_of({"rawMessageBody": {**TEXT_FIELD, **rules}})


@pytest.mark.parametrize("form", [TEXT_FORM, BOTH_FORM])
def test_amazons_own_forms_with_their_empty_required_lists_and_nulls_are_understood(form: dict[str, Any]) -> None:
    strict = {**form, "properties": {**form["properties"], "rawMessageBody": {**TEXT_FIELD, "pattern": "^Dear"}}}
    action = action_of("confirmOrderDetails", strict)
    assert check(draft("Dear buyer, which colour?"), action) == []
    (problem,) = check(draft("Hello, which colour?"), action)
    assert (problem.code, problem.field) == ("schema", "text")
    assert "^Dear" in problem.message
    assert "Hello" not in problem.message


def test_the_forms_of_a_recorded_answer_of_amazon_are_in_force() -> None:
    recorded = MODELS / "examples" / "messaging-getMessagingActionsForOrder.json"
    if not recorded.is_file():
        pytest.skip(f"Amazon's example {recorded.name} is not in {recorded.parent} (BUYERLINE_MODELS names the folder)")
    feedback, problem, invoice = parse_actions(json.loads(recorded.read_text("utf-8")))
    assert check(draft("Your parcel is late: https://example.com/status"), problem) == []
    assert [str(found.code) for found in check_form(draft("x" * 2001), problem)] == ["text_too_long"]
    assert check(draft(None, PDF), invoice) == []
    assert [str(found.code) for found in check_form(draft(), invoice)] == ["attachments_missing"]
    assert check(draft(), feedback) == []


def test_the_forms_limit_holds_and_not_the_tables() -> None:
    assert codes("x" * 2500, text_form(maxLength=3000)) == []
    assert codes("x" * 51, text_form(maxLength=50)) == ["text_too_long"]
    assert codes("x" * 9, text_form(minLength=10)) == ["text_too_short"]


def test_a_limit_that_form_and_table_share_is_reported_once() -> None:
    assert codes("x" * 2001, TEXT_FORM) == ["text_too_long"]
    assert codes("", TEXT_FORM) == ["text_missing"]
    assert codes(None, FILES_FORM, name="invoice") == ["attachments_missing"]
    six = [Attachment(f"{number}.pdf", samples.pdf()) for number in range(6)]
    assert codes(None, FILES_FORM, *six, name="invoice") == ["attachments_too_many"]


def test_a_limit_deep_in_the_form_is_found_and_said_in_the_same_words() -> None:
    form = text_form(allOf=[{"maxLength": 10}, {"minLength": 5}])
    assert codes("x" * 11, form) == ["text_too_long"]
    assert codes("x" * 4, form) == ["text_too_short"]
    form = schema_of({"rawMessageBody": {"$ref": "#/definitions/text"}}, definitions={"text": {"maxLength": 10}})
    assert codes("x" * 11, form) == ["text_too_long"]
    form = {**FILES_FORM, "allOf": [{"properties": {"attachments": {"maxItems": 1, "minItems": 1}}}]}
    assert codes(None, form, PDF, Attachment("b.pdf", samples.pdf()), name="invoice") == ["attachments_too_many"]


def test_the_table_holds_where_the_form_says_nothing() -> None:
    assert codes("x" * 2001, {}) == ["text_too_long"]
    assert codes("x" * 2000, {}) == []
    assert codes("x" * 2001, schema_of({"rawMessageBody": {"type": "string"}})) == ["text_too_long"]
    assert codes(None, {}, name="invoice") == ["attachments_missing"]


def test_a_list_of_attachments_is_always_given_where_the_form_has_one() -> None:
    assert check(draft("Which colour?"), CUSTOMIZATION) == []


def test_a_field_that_cannot_be_filled_in_is_a_problem_that_says_so() -> None:
    form = schema_of({"rawMessageBody": TEXT_FIELD, "deliveryWindow": {"type": "string"}})
    (problem,) = check(draft("When?"), action_of("confirmOrderDetails", form))
    assert (problem.code, problem.field) == ("schema", "type")
    assert "deliveryWindow" in problem.message
    assert "Seller Central" in problem.message


def test_a_field_that_may_stay_empty_is_none() -> None:
    form = schema_of({"rawMessageBody": TEXT_FIELD, "deliveryWindow": {"type": "string"}}, ["rawMessageBody"])
    assert codes("When?", form) == []


def test_text_that_the_form_does_not_ask_for_may_be_left_out() -> None:
    form = schema_of({"rawMessageBody": {**TEXT_FIELD, "minLength": 0}}, [])
    assert codes(None, form) == []
    assert codes("   ", form) == ["text_missing"]
    required = schema_of({"rawMessageBody": {**TEXT_FIELD, "minLength": 0}})
    assert codes(None, required) == ["text_missing"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (text_form(enum=["Your order is late."]), "text"),
        (text_form(**{"not": {}}), "text"),
        (schema_of({"rawMessageBody": TEXT_FIELD}, maxProperties=0), "type"),
        (schema_of({"rawMessageBody": TEXT_FIELD}, oneOf=[{"required": ["x"]}, {"required": ["y"]}]), "type"),
        (schema_of({"rawMessageBody": {"type": ["integer", "null"]}}), "text"),
    ],
)
def test_any_other_rule_is_a_problem_in_words(form: dict[str, Any], field: str) -> None:
    (problem,) = check(draft("Hello there"), action_of("confirmOrderDetails", form))
    assert (problem.code, problem.field) == ("schema", field)
    assert "Hello" not in problem.message


def test_a_rule_for_file_names_names_the_file() -> None:
    items = {"properties": {"fileName": {"pattern": "^[a-z]+[.]pdf$"}, "id": {"pattern": "^never$"}}, "required": ["x"]}
    form = schema_of({"attachments": {**FILES_FIELD, "items": items, "uniqueItems": True}})
    found = check(draft(None, PDF, Attachment("B.pdf", samples.pdf())), action_of("invoice", form))
    assert [problem.field for problem in found if problem.code == "schema"] == [
        "attachments",
        "attachments[1].file_name",
    ]


UNUSABLE: list[dict[str, Any]] = [
    text_form(pattern="("),
    text_form(pattern="a{1000}{1000}{1000}"),
    text_form(maxLength="many"),
    text_form(type="prose"),
    text_form(**{"$ref": "#/nowhere"}),
    text_form(**{"$ref": "http://127.0.0.1:9/schema.json"}),
    text_form(**{"$ref": "file:///etc/hostname"}),
    text_form(allOf="all"),
    text_form(enum=[object()]),
    {**TEXT_FORM, "$schema": "http://json-schema.org/draft-07/schema#", "maxProperties": 0},
    {**TEXT_FORM, "$schema": 4, "maxProperties": 0},
    {**TEXT_FORM, "type": ["prose"]},
]


@pytest.mark.parametrize("form", UNUSABLE)
def test_a_form_that_cannot_be_understood_leaves_the_known_limits_in_force(form: dict[str, Any]) -> None:
    assert codes("Which colour?", form) == []
    assert codes("", form) == ["text_missing"]
    assert "text_email" in codes("a@example.com", form)


@pytest.mark.parametrize("required", [True, [], None, "rawMessageBody", [1]])
def test_an_odd_list_of_required_fields_is_survived(required: Any) -> None:
    assert codes("Which colour?", {**TEXT_FORM, "required": required}) == []


def test_a_form_of_any_depth_is_survived() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(3000):
        deep = {"allOf": [deep]}
    assert codes("Which colour?", schema_of({"rawMessageBody": deep})) == []


@pytest.mark.parametrize("pattern", ["^(a+)+$", r"^(?=(a+)+$)(a|aa)+\1b", r"(?<=a)(a+)+\1$"])
def test_a_pattern_that_explodes_is_given_up_or_answered(pattern: str) -> None:
    assert set(codes("a" * 1990 + "!", text_form(pattern=pattern))) <= {"schema"}


def test_broken_characters_are_reported_by_the_text_alone() -> None:
    assert codes("abc\ud800", TEXT_FORM) == ["text_control"]
    assert codes("\ud800" * 2001, TEXT_FORM) == ["text_control", "text_too_long"]


def test_one_compiled_form_serves_many_threads() -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(codes("x" * 2001, TEXT_FORM))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["text_too_long"]] * 8


KEYWORDS = (
    "type properties required rawMessageBody attachments minLength maxLength minItems maxItems pattern enum items "
    "allOf anyOf oneOf not $ref $schema definitions description format additionalProperties dependencies id "
    "coverageStartDate"
)
keywords = st.sampled_from(KEYWORDS.split())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3000) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keywords, children, max_size=4),
    max_leaves=12,
)


@given(form=st.dictionaries(keywords, json_values, max_size=5), text=st.text(max_size=20))
@settings(max_examples=400)
def test_no_form_whatsoever_breaks_the_checks(form: dict[str, Any], text: str) -> None:
    for name in ("confirmOrderDetails", "warranty", "somethingNew"):
        assert all(problem.message for problem in check(draft(text, PDF), action_of(name, form)))


def test_the_same_form_is_compiled_once() -> None:
    from buyerline.messages import forms

    action = action_of("confirmOrderDetails", text_form(maxLength=1234, **{"$schema": DRAFT_04}))
    check_form(draft("x"), action)
    before = forms._compiled.cache_info()
    check_form(draft("y"), action)
    after = forms._compiled.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)
    assert after.maxsize is not None


def test_the_same_form_of_another_answer_is_not_compiled_again() -> None:
    from buyerline.messages import forms

    for limit in (1233, 1232):
        before = forms._compiled.cache_info().misses
        for _ in range(3):
            assert codes("x" * limit, json.loads(json.dumps(text_form(maxLength=limit)))) == []
            assert codes("x" * (limit + 1), json.loads(json.dumps(text_form(maxLength=limit)))) == ["text_too_long"]
        assert forms._compiled.cache_info().misses == before + 1


def test_a_form_may_be_a_mapping_of_any_kind() -> None:
    form = schema_of({"rawMessageBody": {**TEXT_FIELD, "not": MappingProxyType({"pattern": "^Hello"})}})
    action = replace(action_of("confirmOrderDetails", {}), schema=MappingProxyType(form))
    assert [problem.code for problem in check(draft("Hello there"), action)] == ["schema"]
