"""Every code is documented, and every one is met."""

from pathlib import Path

import pytest

from buyerline.amazon.errors import DraftRefused, Problem
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import Action
from buyerline.amazon.session import _other_region
from buyerline.messages.checks import check, check_available
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Attachment, Draft
from buyerline.messages.sending import read_files
from tests.messages import samples
from tests.messages.forms import (
    CONFIRM_ORDER,
    CUSTOMIZATION,
    FILES_FORM,
    INVOICE,
    TEXT_FIELD,
    TEXT_FORM,
    WARRANTY,
    action_of,
    draft,
    offer,
    schema_of,
)

PDF = Attachment("invoice.pdf", samples.pdf())
SHORT = action_of("confirmOrderDetails", schema_of({"rawMessageBody": {**TEXT_FIELD, "minLength": 9}}))
STRICT = action_of("confirmOrderDetails", schema_of({"rawMessageBody": {**TEXT_FIELD, "pattern": "^Dear"}}))


def files(*attachments: Attachment) -> tuple[Draft, Action]:
    return draft(None, *attachments), INVOICE


def named(name: str, content: bytes = b"text") -> tuple[Draft, Action]:
    return files(Attachment(name, content))


def text(words: str) -> tuple[Draft, Action]:
    return draft(words), CONFIRM_ORDER


def coverage(start: str | None, end: str | None) -> tuple[Draft, Action]:
    return draft(None, PDF, coverage_start=start, coverage_end=end), WARRANTY


BAD_DRAFTS = {
    Code.ORDER_ID_MALFORMED: (draft("Which colour?", order_id="902"), CONFIRM_ORDER),
    Code.TEXT_MISSING: text(" "),
    Code.TEXT_TOO_SHORT: (draft("Hi"), SHORT),
    Code.TEXT_TOO_LONG: text("x" * 2001),
    Code.TEXT_NOT_TAKEN: (draft("Hello", PDF), INVOICE),
    Code.TEXT_CONTROL: text("Hello\x07"),
    Code.TEXT_HTML: text("<b>Hello</b>"),
    Code.TEXT_EMAIL: text("a@example.com"),
    Code.TEXT_PHONE: text("+49 170 1234567"),
    Code.TEXT_LINK: text("http://example.com"),
    Code.ATTACHMENTS_MISSING: files(),
    Code.ATTACHMENTS_TOO_MANY: files(*(Attachment(f"{number}.txt", b"text") for number in range(6))),
    Code.ATTACHMENTS_NOT_TAKEN: (draft("Hello", PDF), CONFIRM_ORDER),
    Code.ATTACHMENTS_TOO_LARGE: named("a.txt", b"a" * 10_000_000),
    Code.FILE_EMPTY: named("a.txt", b""),
    Code.FILE_TYPE_NOT_ALLOWED: named("a.exe"),
    Code.FILE_TYPE_MISMATCH: named("a.pdf", samples.exe()),
    Code.FILE_NAME_MISSING: named(""),
    Code.FILE_NAME_EXTENSION: named("invoice"),
    Code.FILE_NAME_INVALID: named("../a.txt"),
    Code.FILE_NAME_TOO_LONG: named("a" * 300 + ".txt"),
    Code.FILE_NAME_DUPLICATE: files(Attachment("a.txt", b"1"), Attachment("A.txt", b"2")),
    Code.COVERAGE_MISSING: coverage("2026-01-31", None),
    Code.COVERAGE_MALFORMED: coverage("soon", "2026-01-31"),
    Code.COVERAGE_ORDER: coverage("2026-01-31", "2025-01-31"),
    Code.COVERAGE_NOT_TAKEN: (draft("Hello", coverage_end="2026-01-31"), CUSTOMIZATION),
    Code.SCHEMA: (draft("Hello"), STRICT),
}


def _unreadable() -> Problem:
    flow = read_files([Path("missing.pdf")])
    next(flow)
    with pytest.raises(StopIteration) as ended:
        flow.throw(FileNotFoundError(2, "No such file or directory"))
    (problem,) = ended.value.value[1]
    assert isinstance(problem, Problem)
    return problem


DISABLED = offer(("invoice", {**FILES_FORM, "disabled": True}))
UNLISTED = offer(("updateFeedback", TEXT_FORM))
ELSEWHERE = {
    Code.TYPE_NOT_AVAILABLE: lambda: check_available(offer(), "invoice"),
    Code.TYPE_DISABLED: lambda: check_available(DISABLED, "invoice"),
    Code.TYPE_NOT_SENDABLE: lambda: check_available(UNLISTED, "updateFeedback"),
    Code.MARKETPLACE_REGION: lambda: _other_region(Marketplace.DE, Marketplace.US),
    Code.FILE_UNREADABLE: _unreadable,
}


@pytest.mark.parametrize("code", BAD_DRAFTS)
def test_a_draft_that_breaks_one_rule_gets_that_one_code(code: Code) -> None:
    written, action = BAD_DRAFTS[code]
    found = check(written, action)
    assert {problem.code for problem in found} == {code}
    assert DraftRefused(found).code == code


@pytest.mark.parametrize("code", ELSEWHERE)
def test_what_is_refused_before_the_draft_is_looked_at_has_its_code(code: Code) -> None:
    problem = ELSEWHERE[code]()
    assert isinstance(problem, Problem)
    assert problem.code == code


def test_every_code_is_met_and_documented() -> None:
    assert {*BAD_DRAFTS, *ELSEWHERE} == set(Code)
    assert all(f"``{code}``" in (Code.__doc__ or "") for code in Code)
