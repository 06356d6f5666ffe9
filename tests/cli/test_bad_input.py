"""Bad input: one clear line that names the field and the rule, the right exit status, and nothing sent."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.files import content, pdf
from tests.cli.proxy import sign_in_page
from tests.cli.shell import Shell
from tests.running import Amazon

TEXT = "It ships today."
Files: TypeAlias = Callable[[Path], list[str]]


def attaching(*make: Callable[[Path], str], naming: str | None = None) -> Files:
    """The options that attach files made in a folder."""

    def options(folder: Path) -> list[str]:
        paths = [each(folder) for each in make]
        return [f"--attach={path}{'' if naming is None else f'={naming}'}" for path in paths]

    return options


def none(folder: Path) -> list[str]:
    """No files."""
    return []


def named(name: str) -> Files:
    """A good PDF under another name."""
    return attaching(pdf, naming=name)


@dataclass(frozen=True)
class Bad:
    """One kind of bad input: what is asked for, and what is said to it."""

    says: str
    status: int = 3
    field: str = "text"
    code: str = ""
    order: str = GUIDE_ORDER
    type: str = "confirmCustomizationDetails"
    text: str | None = TEXT
    files: Files = none
    options: tuple[str, ...] = ()


ATTACHMENTS = "attachments"
FIRST = "attachments[0]"
FIRST_NAME = "attachments[0].file_name"


def warranty(says: str, field: str, code: str, *options: str) -> Bad:
    """A warranty with bad dates."""
    return Bad(says, field=field, code=code, type="warranty", text=None, files=attaching(pdf), options=options)


BAD: dict[str, Bad] = {
    "malformed order id": Bad("3, 7 and 7 digits", field="order_id", code="order_id_malformed", order="902-123"),
    "unknown order": Bad("has no order", 4, "order_id", "not_found", order="111-1111111-1111111"),
    "type not available": Bad(
        "What can be sent: confirmCustomizationDetails", field="type", code="type_not_available", type="greeting"
    ),
    "unknown marketplace": Bad(
        "Known: CA, US", 2, "marketplace", "unknown_marketplace", options=("--marketplace", "XX")
    ),
    "marketplace of another region": Bad(
        "sells in CA, US, MX, BR only", field="marketplace", code="marketplace_region", options=("--marketplace=DE",)
    ),
    "empty text": Bad("is empty", code="text_missing", text=""),
    "no text": Bad("is empty", code="text_missing", text=None),
    "text of spaces": Bad("is empty", code="text_missing", text="  \n "),
    "text one over": Bad("801 characters and this message type takes 800", code="text_too_long", text="a" * 801),
    "text one over, in emoji": Bad("801 characters", code="text_too_long", text="\N{WRAPPED PRESENT}" * 801),
    "text one over, in combining characters": Bad(
        "802 characters", code="text_too_long", text="e\N{COMBINING ACUTE ACCENT}" * 401
    ),
    "HTML": Bad("HTML is not allowed", code="text_html", text="It ships<br>today."),
    "an email address": Bad("email address is not allowed", code="text_email", text="Write to me@shop.example.com now"),
    "a phone number": Bad("phone number is not allowed", code="text_phone", text="Call +49 30 1234567 today"),
    "a disallowed link": Bad("This link", code="text_link", text="See http://shop.example.com/offers"),
    "six files": Bad(
        "There are 6 files and this message type takes at most 5",
        field=ATTACHMENTS,
        code="attachments_too_many",
        files=attaching(*(lambda folder, n=n: pdf(folder, f"{n}.pdf") for n in range(6))),
    ),
    "10 MB and one byte": Bad(
        "less than 10,000,000 (10 MB)",
        field=ATTACHMENTS,
        code="attachments_too_large",
        files=attaching(lambda folder: pdf(folder, size=10_000_001)),
    ),
    "an .exe renamed .pdf": Bad(
        "not a PDF",
        field=FIRST,
        code="file_type_mismatch",
        files=attaching(lambda folder: content(folder, "a.pdf", b"MZ\x90\x00" + bytes(200))),
    ),
    "an empty file": Bad(
        "is empty", field=FIRST, code="file_empty", files=attaching(lambda folder: content(folder, "a.pdf", b""))
    ),
    "a missing file": Bad(
        "cannot be read", field=FIRST, code="file_unreadable", files=attaching(lambda folder: str(folder / "none.pdf"))
    ),
    "a folder for a file": Bad("cannot be read", field=FIRST, code="file_unreadable", files=attaching(str)),
    "a file name with a path": Bad(
        "holds a path", field=FIRST_NAME, code="file_name_invalid", files=named("../invoice.pdf")
    ),
    "a file name with a newline": Bad(
        "line break", field=FIRST_NAME, code="file_name_invalid", files=named("in\nvoice.pdf")
    ),
    "a file name without extension": Bad(
        "no extension", field=FIRST_NAME, code="file_name_extension", files=named("invoice")
    ),
    "a file name of 300 characters": Bad(
        "at most 255", field=FIRST_NAME, code="file_name_too_long", files=named("a" * 296 + ".pdf")
    ),
    "coverage that ends before it starts": warranty(
        "before it has started",
        "coverage_end",
        "coverage_order",
        "--coverage-start=2026-05-01",
        "--coverage-end=2026-04-01",
    ),
    "a coverage date that is none": warranty(
        "not a date",
        "coverage_start",
        "coverage_malformed",
        "--coverage-start=2026-02-31",
        "--coverage-end=2027-01-01",
    ),
    "no coverage end": warranty("needs the end", "coverage_end", "coverage_missing", "--coverage-start=2026-05-01"),
    "two texts": Bad("both given", 2, "text", "usage", options=("--text-file=-",)),
    "a missing text file": Bad("cannot be read", code="text_unreadable", text=None, options=("--text-file=none.txt",)),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_in_one_line_that_names_field_and_rule(
    bad: Bad, shared_amazon: Amazon, shared_shell: Shell, tmp_path: Path
) -> None:
    before = shared_amazon.ledger()
    arguments = [bad.order, bad.type, *bad.options, *bad.files(tmp_path)]
    if bad.text is not None:
        arguments.append(f"--text={bad.text}")

    result = shared_shell.run("send", *arguments, "--yes", "--json")

    assert result.problem.startswith((f"error: {bad.field}: ", f"error: {bad.field} ("))
    assert bad.says in result.problem
    assert result.status == bad.status
    document = result.document
    assert document["status"] == {2: "error", 3: "refused", 4: "refused"}[bad.status]
    assert document["order_id"] == bad.order
    assert document["request_id"] is None or bad.status == 4
    assert document["error"]["code"] == bad.code
    assert [problem["code"] for problem in document.get("problems", [])] == [bad.code] * (bad.status == 3)
    assert shared_amazon.ledger() == before


@pytest.mark.parametrize(
    ("unset", "says"),
    [("SP_API_REFRESH_TOKEN", "SP_API_REFRESH_TOKEN not set"), ("LWA_CLIENT_SECRET", "LWA_CLIENT_SECRET not set")],
)
def test_missing_credentials_are_told_with_every_place_looked_in(
    unset: str, says: str, shared_amazon: Amazon, shared_shell: Shell
) -> None:
    del shared_shell.environment[unset]
    result = shared_shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text=x", "--yes", "--json")

    assert result.status == 2
    assert result.problem.startswith("error: credentials: ")
    assert says in result.problem
    assert "credentials.yml" in result.problem
    assert "code:" not in result.problem
    assert result.problem.endswith(result.document["error"]["hint"])
    assert "`buyerline sandbox` prints some" in result.document["error"]["hint"]
    assert result.document["error"]["code"] == "credentials_missing"
    assert shared_amazon.ledger() == []


def test_a_revoked_token_is_told_without_showing_it(shared_amazon: Amazon, shared_shell: Shell) -> None:
    token = shared_amazon.account(revoked=True).refresh_token

    result = shared_shell.run(
        "send", GUIDE_ORDER, "confirmOrderDetails", "--text=x", "--yes", "--json", SP_API_REFRESH_TOKEN=token
    )

    assert result.status == 4
    assert result.problem.startswith("error: credentials: ")
    assert "invalid_grant" in result.problem
    assert "authorise the application again" in result.problem
    assert token not in result.out + result.err
    assert result.document["by"] == "amazon"
    assert shared_amazon.ledger() == []


def test_a_clock_20_minutes_off_is_refused_with_direction_and_remedy(amazon: Amazon, shell: Shell) -> None:
    amazon.advance(1200)

    result = shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text=x", "--yes", "--json")

    assert result.status == 3
    assert result.problem.startswith("error: clock: This machine's clock is 20 minutes behind Amazon's.")
    assert "Set it by network time" in result.problem
    assert [problem["code"] for problem in result.document["problems"]] == ["clock"]
    assert amazon.ledger() == []


def test_a_clock_five_minutes_off_does_not_matter(amazon: Amazon, shell: Shell) -> None:
    amazon.advance(300)

    assert shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text=x", "--yes").status == 0


def test_a_marketplace_outside_the_region_of_the_settings_is_refused_unasked(
    shared_amazon: Amazon, shared_shell: Shell
) -> None:
    asked = shared_amazon.counts("getMessagingActionsForOrder")

    result = shared_shell.run(
        "send",
        GUIDE_ORDER,
        "confirmOrderDetails",
        "--text=x",
        "--yes",
        "--marketplace=JP",
        SP_API_DEFAULT_MARKETPLACE="US",
    )

    assert result.status == 3
    assert result.problem.startswith("error: marketplace (--marketplace): ")
    assert shared_amazon.counts("getMessagingActionsForOrder") == asked


def test_text_that_is_not_utf8_is_refused(shared_amazon: Amazon, shared_shell: Shell) -> None:
    result = shared_shell.run(
        "send", GUIDE_ORDER, "confirmOrderDetails", "--text-file=-", "--yes", stdin="Gr\xfc\xdfe".encode("latin-1")
    )

    assert result.status == 3
    assert result.problem.startswith("error: text (--text): stdin is not UTF-8 (byte 3)")


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "BUYERLINE_ENDPOINT"])
def test_a_proxy_that_answers_html_is_named_as_such(variable: str, shared_amazon: Amazon, shared_shell: Shell) -> None:
    with sign_in_page() as page:
        shared_shell.environment[variable] = page
        result = shared_shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text=x", "--yes", "--json")

    assert result.status == 6
    assert result.problem.startswith("error: lwa: ")
    assert "an HTML page instead of Amazon's JSON" in result.problem
    assert "proxy" in result.problem
    assert result.problem.endswith(" Nothing was sent; try again.")
    assert result.document["status"] == "not_now"
    assert shared_amazon.ledger() == []


def test_without_a_terminal_and_without_yes_nothing_is_sent(shared_amazon: Amazon, shared_shell: Shell) -> None:
    result = shared_shell.run("send", GUIDE_ORDER, "confirmOrderDetails", f"--text={TEXT}")

    assert result.status == 2
    assert "--yes" in result.problem
    assert shared_amazon.ledger() == []


def test_every_problem_gets_a_line_of_its_own(shared_shell: Shell, tmp_path: Path) -> None:
    result = shared_shell.run(
        "send",
        GUIDE_ORDER,
        "confirmCustomizationDetails",
        "--text=<b>Hello</b>, write to me@shop.example.com",
        f"--attach={content(tmp_path, 'a.pdf', b'')}",
        "--yes",
    )

    assert result.status == 3
    assert {line.split(": ")[1] for line in result.err.splitlines()} == {
        "text (--text)",
        "attachments[0] (--attach number 1)",
    }


def test_a_rule_broken_in_several_places_tells_them_all_in_json(shared_shell: Shell) -> None:
    text = "<b>Hello</b>"

    result = shared_shell.run("send", GUIDE_ORDER, "confirmOrderDetails", f"--text={text}", "--yes", "--json")

    [problem] = result.document["problems"]
    places = [[problem["start"], problem["end"]], *problem["also"]]
    assert [text[start:end] for start, end in places] == ["<b>", "</b>"]
