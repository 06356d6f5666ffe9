"""The command line itself: help, version, wrong usage, and how errors map to exit statuses."""

import json

import pytest

from buyerline._version import __version__
from buyerline.amazon import errors
from buyerline.cli.exits import Exit, status_of
from buyerline.outbox import KeyTaken, MessageUnknown, OutboxNewer, OutboxUnavailable, WrongState
from tests.cli.shell import Shell

COMMANDS = ["demo", "sandbox", "doctor", "orders", "actions", "attributes", "send", "send-many", "worker", "outbox"]
OUTBOX_COMMANDS = ["outbox list", "outbox show", "outbox retry", "outbox cancel", "outbox resolve"]


def test_the_version_is_said(plain_shell: Shell) -> None:
    assert plain_shell.run("--version").out == f"buyerline {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_commands_are_listed(arguments: list[str], plain_shell: Shell) -> None:
    result = plain_shell.run(*arguments)

    assert result.status == 0
    assert all(command in result.out for command in COMMANDS)


@pytest.mark.parametrize("command", [*COMMANDS, *OUTBOX_COMMANDS])
def test_every_command_explains_itself_within_80_columns(command: str, plain_shell: Shell) -> None:
    result = plain_shell.run(*command.split(), "--help")

    assert result.status == 0
    assert max(map(len, result.out.splitlines())) <= 80


@pytest.mark.parametrize("command", ["doctor", "orders", "actions", "attributes", "send", "send-many", "outbox list"])
def test_every_command_about_an_account_takes_account_marketplace_and_json(command: str, plain_shell: Shell) -> None:
    words = plain_shell.run(*command.split(), "--help").out.split()

    assert {"--account", "--marketplace", "--json"} <= set(words)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sent"], "No such command 'sent'."),
        (["orders", "--colour"], "No such option: --colour"),
        (["orders", "--days=0"], "'--days': it must be at least 1."),
        (["orders", "--days=many"], "'--days': it is not a whole number."),
        (["orders", "--status=lost"], "'--status': 'lost' is not one of"),
        (["actions"], "Missing argument 'ORDER'."),
        (["send", "902-6786204-8179805"], "Missing argument 'TYPE'."),
        (["worker", "--on-unknown=guess"], "'--on-unknown': 'guess' is not one of"),
        (["outbox", "show"], "Missing argument 'ID'."),
        (["outbox", "forget"], "No such command 'forget'."),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], says: str, plain_shell: Shell) -> None:
    result = plain_shell.run(*arguments)

    assert result.status == 2
    assert result.out == ""
    assert says in result.problem
    assert result.problem.endswith("--help")


@pytest.mark.parametrize(("command", "status"), [("orders", None), ("send", "error")])
def test_wrong_usage_with_json_is_a_document_too(command: str, status: str | None, plain_shell: Shell) -> None:
    document = plain_shell.run(command, "--colour", "--json").document

    assert document["error"]["code"] == "usage"
    assert document.get("status") == status


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan"])
def test_a_timeout_that_is_no_number_of_seconds_is_wrong_usage(value: str, shared_shell: Shell) -> None:
    result = shared_shell.run("orders", BUYERLINE_TIMEOUT=value)

    assert result.status == 2
    assert result.problem.startswith("error: BUYERLINE_TIMEOUT: ")


def test_a_terminal_that_cannot_show_a_character_gets_a_replacement(shared_shell: Shell) -> None:
    result = shared_shell.run("doctor", PYTHONIOENCODING="ascii")

    assert result.status == 0
    assert result.out.startswith("? versions")


def test_json_is_ascii_whatever_the_order_says(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", "--days=90", "--json", PYTHONIOENCODING="ascii")

    assert result.out.isascii()
    assert json.loads(result.out)["orders"]


def _classes(error: type[errors.BuyerlineError]) -> set[type[errors.BuyerlineError]]:
    return {error}.union(*(_classes(each) for each in error.__subclasses__() if each.__module__ == error.__module__))


STATUSES = {
    Exit.WRONG_USAGE: {"BuyerlineError", "ConfigurationError", "CredentialsMissing", "UnknownMarketplace"},
    Exit.REFUSED_BY_CHECK: {"DraftRefused"},
    Exit.OUTCOME_UNKNOWN: {"OutcomeUnknown"},
    Exit.NOT_NOW: {
        "AmazonUnavailable",
        "ConnectionLost",
        "DeniedForNow",
        "NotConnected",
        "NotNow",
        "Throttled",
        "TimedOut",
        "TransportError",
        "UnreadableAnswer",
    },
}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (MessageUnknown, Exit.WRONG_USAGE),
        (OutboxNewer, Exit.WRONG_USAGE),
        (WrongState, Exit.REFUSED_BY_CHECK),
        (KeyTaken, Exit.REFUSED_BY_CHECK),
        (OutboxUnavailable, Exit.NOT_NOW),
    ],
)
def test_the_outboxs_errors_have_their_exit_status(kind: type[errors.BuyerlineError], status: Exit) -> None:
    assert status_of(kind.__new__(kind)) is status


def test_every_error_has_its_exit_status_and_what_is_left_is_amazons_refusal() -> None:
    found = {kind.__name__: status_of(kind.__new__(kind)) for kind in _classes(errors.BuyerlineError)}

    for status, names in STATUSES.items():
        assert {name for name, its in found.items() if its is status} == names
    rest = {name for name, its in found.items() if its is Exit.REFUSED_BY_AMAZON}
    assert {"AmazonError", "AccessDenied", "GrantInvalid", "NotFound", "UploadFailed"} <= rest
