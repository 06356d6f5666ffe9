import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import TYPES, Action, Actions, MessageType
from buyerline.messages.checks import check, check_available, check_order_id
from buyerline.messages.drafts import Attachment
from tests.messages import samples
from tests.messages.forms import (
    CONFIRM_ORDER,
    CUSTOMIZATION,
    FILES_FIELD,
    FILES_FORM,
    INVOICE,
    NO_LINKS,
    ORDER,
    TEXT_FIELD,
    TEXT_FORM,
    WARRANTY,
    action_of,
    draft,
    offer,
    schema_of,
)

PDF = Attachment("invoice.pdf", samples.pdf())


def codes(problems: list[Problem]) -> list[str]:
    return [str(problem.code) for problem in problems]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_plain_draft_of_every_type_passes_without_a_form(kind: MessageType) -> None:
    more = {"coverage_start": "2026-01-31", "coverage_end": "2028-01-31"} if kind.coverage else {}
    written = draft("Which colour?" if kind.text else None, *([PDF] if kind.files else []), **more)
    assert check(written, action_of(kind.name, {})) == []


@pytest.mark.parametrize(
    "order_id",
    [
        "", "902", "902-6786204-817980", "902-6786204-81798055", "9026786204-8179805", "902-6786204-8179805 ",
        "902-6786204-8179805\n", "abc-6786204-8179805", "\u0669\u0660\u0662-6786204-8179805",
        "902\u20136786204\u20138179805", "../902-6786204-8179805",
    ],
)  # fmt: skip
def test_a_malformed_order_id_is_refused(order_id: str) -> None:
    (problem,) = check_order_id(order_id)
    assert (problem.code, problem.field) == ("order_id_malformed", "order_id")
    assert codes(check(draft("Which colour?", order_id=order_id), CONFIRM_ORDER)) == ["order_id_malformed"]


@given(order_id=st.from_regex(r"\A[0-9]{3}-[0-9]{7}-[0-9]{7}\Z"))
def test_any_three_seven_seven_is_an_order_id(order_id: str) -> None:
    assert check_order_id(order_id) == []


def test_the_orders_own_id_and_exempt_numbers_are_no_phone_numbers() -> None:
    text = "Order 902-6786204-8179805, parcel 0171 1234567."
    assert codes(check(draft(text.replace("parcel", "number")), CONFIRM_ORDER)) == ["text_phone"]
    assert check(draft(text.replace("parcel", "number")), CONFIRM_ORDER, exempt=["0171 1234567"]) == []


def test_links_follow_the_words_of_the_form() -> None:
    text = "Your manual: https://example.com/manual"
    assert check(draft(text), CONFIRM_ORDER) == []
    silent = action_of("confirmOrderDetails", schema_of({"rawMessageBody": {**TEXT_FIELD, "description": NO_LINKS}}))
    assert codes(check(draft(text), silent)) == ["text_link"]
    assert check(draft(text), action_of("confirmOrderDetails", {})) == []


def test_text_for_a_type_without_text_and_files_for_one_without_files_are_refused() -> None:
    assert codes(check(draft("Here you are.", PDF), INVOICE)) == ["text_not_taken"]
    assert codes(check(draft("Which colour?", PDF), CONFIRM_ORDER)) == ["attachments_not_taken"]
    assert codes(check(draft(" ", PDF), INVOICE)) == ["text_not_taken"]
    assert check(draft("", PDF), INVOICE) == []
    assert check(draft("Which colour?", PDF), CUSTOMIZATION) == []


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-31", "2028-01-31", []),
        ("2026-01-31T23:00:00-05:00", "2026-02-01T05:00:00Z", []),
        (None, None, [("coverage_missing", "coverage_start"), ("coverage_missing", "coverage_end")]),
        ("2026-01-31", None, [("coverage_missing", "coverage_end")]),
        ("2026-01-31", "2026-01-31", []),
        ("2026-01-31T10:00:00", "2026-01-31", []),
        ("2026-01-31", "2026-01-31T00:00:00", [("coverage_order", "coverage_end")]),
        ("2026-01-31", "2025-01-31", [("coverage_order", "coverage_end")]),
        ("2026-01-31T23:00:00-05:00", "2026-02-01T03:00:00Z", [("coverage_order", "coverage_end")]),
        (
            "31.01.2026",
            "2026-02-30",
            [("coverage_malformed", "coverage_start"), ("coverage_malformed", "coverage_end")],
        ),
        ("", "2026-01-31", [("coverage_malformed", "coverage_start")]),
    ],
)
def test_a_warranty_needs_two_dates_in_order(
    start: str | None, end: str | None, expected: list[tuple[str, str]]
) -> None:
    found = check(draft(None, PDF, coverage_start=start, coverage_end=end), WARRANTY)
    assert [(problem.code, problem.field) for problem in found] == expected


def test_a_form_with_coverage_fields_gets_them_and_asks_for_them() -> None:
    date = {"type": "string", "format": "date-time"}
    form = schema_of({"attachments": FILES_FIELD, "coverageStartDate": date, "coverageEndDate": date})
    for name in ("warranty", "somethingNew"):
        action = action_of(name, form)
        assert check(draft(None, PDF, coverage_start="2026-01-31", coverage_end="2027-01-31"), action) == []
        assert codes(check(draft(None, PDF), action)) == ["coverage_missing", "coverage_missing"]
        malformed = draft(None, PDF, coverage_start="soon", coverage_end="2027-01-31")
        assert codes(check(malformed, action)) == ["coverage_malformed"]


def test_other_types_take_no_coverage_dates() -> None:
    found = check(draft(None, PDF, coverage_start="2026-01-31"), INVOICE)
    assert [(problem.code, problem.field) for problem in found] == [("coverage_not_taken", "coverage_start")]


def test_every_problem_of_a_draft_is_reported_at_once() -> None:
    found = check(draft("a@example.com " + "x" * 800, Attachment("a.exe", b"MZ"), order_id="1"), CUSTOMIZATION)
    assert codes(found) == ["order_id_malformed", "text_email", "text_too_long", "file_type_not_allowed"]
    assert all(problem.message.endswith(".") and "\n" not in problem.message for problem in found)


OFFERED = offer(("sendInvoice", FILES_FORM), ("confirmOrderDetails", TEXT_FORM), ("updateFeedback", schema_of({})))


@pytest.mark.parametrize("name", ["invoice", "sendInvoice"])
def test_a_type_is_found_by_any_of_its_names(name: str) -> None:
    found = check_available(OFFERED, name)
    assert isinstance(found, Action)
    assert found.name == "sendInvoice"


def refusal(actions: Actions, name: str) -> Problem:
    found = check_available(actions, name)
    assert isinstance(found, Problem)
    assert found.field == "type"
    return found


def test_a_type_that_is_not_offered_is_refused_saying_which_are() -> None:
    problem = refusal(OFFERED, "warranty")
    assert problem.code == "type_not_available"
    assert "invoice, confirmOrderDetails" in problem.message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("warrenty", "warranty"),
        ("INVOICE", "invoice"),
        ("send-invoice", "sendInvoice"),
        ("updatefeedback", "updateFeedback"),
        ("confirmOrderDetail", "confirmOrderDetails"),
    ],
)
def test_a_type_that_does_not_exist_is_told_the_one_that_was_meant(name: str, meant: str) -> None:
    problem = refusal(OFFERED, name)
    assert problem.code == "type_not_available"
    assert problem.message == (
        f"There is no message type '{name}'. Did you mean {meant}? What can be sent: invoice, confirmOrderDetails."
    )


@pytest.mark.parametrize("name", ["nope", "", "x" * 1000])
def test_a_type_that_is_like_no_other_is_only_told_what_can_be_sent(name: str) -> None:
    message = refusal(OFFERED, name).message
    assert message.startswith("There is no message type")
    assert "mean" not in message
    assert message.endswith("What can be sent: invoice, confirmOrderDetails.")
    assert len(message) < 200


def test_a_type_that_does_not_exist_is_told_so_for_a_closed_order_too() -> None:
    message = refusal(offer(closed_reason="Amazon takes no messages for this order now."), "warrenty").message
    assert message.startswith("There is no message type 'warrenty'. Did you mean warranty?")
    assert message.endswith("Amazon takes no messages for this order now.")


def test_a_closed_order_gives_its_own_reason() -> None:
    problem = refusal(offer(closed_reason="Amazon takes no messages for this order now."), "warranty")
    assert (problem.code, problem.message) == ("type_not_available", "Amazon takes no messages for this order now.")


def test_an_order_without_any_type_says_so() -> None:
    assert "no message type" in refusal(Actions(ORDER), "warranty").message


def test_a_disabled_type_is_refused_with_amazons_reason() -> None:
    form = {**TEXT_FORM, "disabled": True, "disabledReason": "Limit reached."}
    problem = refusal(offer(("confirmOrderDetails", form)), "confirmOrderDetails")
    assert problem.code == "type_disabled"
    assert "Limit reached." in problem.message
    nameless = refusal(offer(("confirmOrderDetails", {**TEXT_FORM, "disabled": True})), "confirmOrderDetails")
    assert "no reason" in nameless.message


def test_a_type_without_an_operation_is_refused_unless_unlisted_ones_are_wanted() -> None:
    problem = refusal(OFFERED, "updateFeedback")
    assert problem.code == "type_not_sendable"
    assert "Seller Central" in problem.message
    assert isinstance(check_available(OFFERED, "updateFeedback", allow_unlisted=True), Action)


def test_an_unlisted_type_is_checked_by_its_form_alone() -> None:
    action = check_available(OFFERED, "updateFeedback", allow_unlisted=True)
    assert isinstance(action, Action)
    assert check(draft(), action) == []
    assert codes(check(draft("Please.", PDF), action)) == ["text_not_taken", "attachments_not_taken"]
