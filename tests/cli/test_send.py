"""`buyerline send`: what is shown, what is asked, what leaves, and what is said afterwards."""

import re
from pathlib import Path

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.files import content, pdf
from tests.cli.shell import CTRL_C, Shell
from tests.running import Amazon

PROMPT = "Send it? [y/N]: "
TYPES = {
    "confirmCustomizationDetails": ("text", "files"),
    "confirmDeliveryDetails": ("text",),
    "legalDisclosure": ("files",),
    "confirmOrderDetails": ("text",),
    "confirmServiceDetails": ("text",),
    "warranty": ("files", "coverage"),
    "digitalAccessKey": ("text", "files"),
    "unexpectedProblem": ("text",),
    "invoice": ("files",),
    "negativeFeedbackRemoval": (),
    "amazonMotors": ("files",),
}


@pytest.mark.parametrize(("message_type", "parts"), TYPES.items())
def test_every_type_is_sent_from_the_shell(
    message_type: str, parts: tuple[str, ...], amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    options = {
        "text": ["--text", "It ships today."],
        "files": ["--attach", f"{pdf(tmp_path)}=for you.pdf"],
        "coverage": ["--coverage-start", "2026-01-01", "--coverage-end", "2027-01-01"],
    }

    result = shell.run(
        "send", GUIDE_ORDER, message_type, *(option for part in parts for option in options[part]), "--yes", "--json"
    )

    assert result.status == 0, result.err
    [message] = amazon.ledger()
    assert message["type"] == message_type
    assert message["text"] == ("It ships today." if "text" in parts else None)
    assert [file["file_name"] for file in message["attachments"]] == ["for you.pdf"] * ("files" in parts)
    document = result.document
    assert document["status"] == "sent"
    assert (document["order_id"], document["type"]) == (GUIDE_ORDER, message_type)
    assert document["request_id"] == message["request_id"]
    assert document["marketplace_id"] == "ATVPDKIKX0DER"
    assert document["accepted_at"]
    assert [file["content_md5"] for file in document["attachments"]] == [
        file["content_md5"] for file in message["attachments"]
    ]


def test_a_type_goes_by_the_name_under_which_amazon_offers_it_too(amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
    result = shell.run("send", GUIDE_ORDER, "sendInvoice", "--attach", pdf(tmp_path), "--yes", "--json")

    assert result.document["type"] == "invoice"
    assert [message["type"] for message in amazon.ledger()] == ["invoice"]


def test_what_will_be_sent_is_shown_before_and_amazons_answer_after(
    amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    arguments = ["send", GUIDE_ORDER, "confirmCustomizationDetails", "--text=Your name is engraved.", "--yes"]

    result = shell.run(*arguments, "--attach", pdf(tmp_path, size=12_345))

    assert result.status == 0
    assert result.err == ""
    for shown in (
        GUIDE_ORDER,
        "confirmCustomizationDetails",
        "Your name is engraved.",
        "22 of 800 characters",
        "a.pdf (12.3 kB)",
        "the buyer reads en-US",
    ):
        assert shown in result.out
    [message] = amazon.ledger()
    last = result.out.splitlines()[-1]
    assert re.match(r"Amazon accepted it at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \(request ", last)
    assert last.endswith(f"(request {message['request_id']}). Amazon emails the buyer and does not tell us more.")


@pytest.mark.parametrize("status", [403, 503, 200], ids=["refused", "unavailable", "unreadable"])
def test_a_language_that_cannot_be_asked_for_blocks_no_message(status: int, amazon: Amazon, shell: Shell) -> None:
    amazon.fault("GetAttributes", "html" if status == 200 else "status", status=status, count=None)

    result = shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text=It ships today.", "--dry-run")

    assert result.status == 0, result.err
    assert "Language" not in result.out


def test_a_dry_run_checks_and_sends_nothing(amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
    arguments = ["send", GUIDE_ORDER, "invoice", "--attach", pdf(tmp_path), "--dry-run"]

    told, as_json = shell.run(*arguments), shell.run(*arguments, "--json")

    assert told.status == as_json.status == 0
    assert "would be sent" in told.out
    assert as_json.document["status"] == "would_send"
    assert amazon.ledger() == []
    assert amazon.counts("createUploadDestinationForResource") == {}


def test_a_dry_run_of_a_bad_draft_is_refused(amazon: Amazon, shell: Shell) -> None:
    assert shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text=", "--dry-run").status == 3


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_text_comes_from_a_file_or_stdin_without_its_last_line_break(
    end: str, amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    text = "Grüße aus Köln,\nIhr Händler \N{WRAPPED PRESENT}"
    path = content(tmp_path, "text.txt", f"{text}{end}".encode())

    assert shell.run("send", GUIDE_ORDER, "confirmOrderDetails", "--text-file", path, "--yes").status == 0
    again = ["--text-file=-", "--yes", "--idempotency-key=again"]
    piped = shell.run("send", GUIDE_ORDER, "confirmOrderDetails", *again, stdin=f"{text}{end}")
    assert piped.status == 0

    assert [message["text"] for message in amazon.ledger()] == [text, text]


def test_a_path_with_an_equals_sign_is_a_path_and_may_be_given_a_name(
    amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    path = pdf(tmp_path, "size=A5.pdf")

    result = shell.run("send", GUIDE_ORDER, "invoice", f"--attach={path}", f"--attach={path}=invoice.pdf", "--yes")

    assert result.status == 0, result.err
    assert [file["file_name"] for file in amazon.ledger()[0]["attachments"]] == ["size=A5.pdf", "invoice.pdf"]


def test_verbose_tells_the_steps_of_amazons_guide_on_stderr(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("send", GUIDE_ORDER, "invoice", "--attach", pdf(tmp_path), "--yes", "--json", "-v")

    assert result.document["status"] == "sent"
    assert [line.split(":")[0] for line in result.err.splitlines()] == [f"step {n} of 9" for n in range(2, 10)]


def test_at_a_terminal_yes_sends_with_a_progress_bar(amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
    path = pdf(tmp_path, size=3_000_000)

    result = shell.at_a_terminal("send", GUIDE_ORDER, "invoice", "--attach", path, answering="y\n", when=PROMPT)

    assert result.status == 0
    assert "3.0/3.0 MB" in result.out
    assert len(amazon.ledger()) == 1


@pytest.mark.parametrize("answer", ["n\n", "\n", CTRL_C, "\x04"], ids=["no", "Enter", "Ctrl-C", "Ctrl-D"])
def test_at_a_terminal_anything_else_sends_nothing(answer: str, amazon: Amazon, shell: Shell) -> None:
    result = shell.at_a_terminal(
        "send", GUIDE_ORDER, "confirmOrderDetails", "--text=Hello", answering=answer, when=PROMPT
    )

    assert result.status == 130
    assert result.out.splitlines()[-1] == "Stopped: nothing was sent."
    assert amazon.ledger() == []


def test_what_is_typed_is_shown_without_being_obeyed_by_the_terminal(amazon: Amazon, shell: Shell) -> None:
    order = amazon.order(items=[{"title": "Cup \x1b[2J"}], types=["confirmOrderDetails"])

    shown = shell.run("orders", "--days=1")
    sent = shell.run("send", order, "confirmOrderDetails", "--text=[bold]Hello[/bold] :smile:", "--yes")

    assert "\x1b" not in shown.out
    assert "[bold]Hello[/bold] :smile:" in sent.out
