"""Output that nobody takes: the exit status still tells, and never wrongly, whether a message was sent."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.shell import Shell
from tests.running import Amazon

FULL_DISK = Path("/dev/full")
TYPE = "confirmCustomizationDetails"
SEND = ["send", GUIDE_ORDER, TYPE, "--text=Hello", "--yes"]


@contextmanager
def reader_gone() -> Iterator[int]:
    """A pipe whose reader went away, as that of ``| true``."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


@contextmanager
def full_disk() -> Iterator[int]:
    """A file that takes nothing any more."""
    if not FULL_DISK.exists():
        pytest.skip(f"needs {FULL_DISK}, which only Linux has")
    with FULL_DISK.open("wb", buffering=0) as file:
        yield file.fileno()


@contextmanager
def pipe_that_would_block() -> Iterator[int]:
    """A pipe that is full, read by nobody, and set not to wait, as some programs hand it on to their children."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, bytes(4096))
    except BlockingIOError:
        pass
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)


Cause: TypeAlias = Callable[[], AbstractContextManager[int]]
every_cause = pytest.mark.parametrize("cause", [reader_gone, full_disk, pipe_that_would_block])


@every_cause
@pytest.mark.parametrize("options", [["--json"], ["--json", "--verbose"]])
def test_a_sent_message_is_sent_whoever_reads_about_it(
    cause: Cause, options: list[str], amazon: Amazon, shell: Shell
) -> None:
    with cause() as nowhere:
        result = shell.run(*SEND, *options, stdout=nowhere)

    assert result.status == 0
    *steps, note = result.err.splitlines()
    [message] = amazon.ledger()
    assert note.startswith("note: stdout cannot be written (")
    assert "Amazon accepted it at " in note
    assert message["request_id"] in note
    assert all(line.startswith("step ") for line in steps)


@every_cause
def test_before_the_message_left_nothing_is_sent(cause: Cause, amazon: Amazon, shell: Shell) -> None:
    with cause() as nowhere:
        result = shell.run(*SEND, stdout=nowhere)

    assert result.status == 130
    assert result.problem.startswith("error: stdout cannot be written (")
    assert "nothing was sent" in result.problem
    assert amazon.ledger() == []


@every_cause
def test_an_unknown_outcome_stays_one(cause: Cause, amazon: Amazon, shell: Shell) -> None:
    amazon.fault(TYPE, "reset_after")

    with cause() as nowhere:
        result = shell.run(*SEND, "--json", stdout=nowhere)

    assert result.status == 5
    assert "is not known" in result.problem
    assert len(amazon.ledger()) == 1


@every_cause
def test_an_unwritable_stderr_changes_nothing(cause: Cause, amazon: Amazon, shell: Shell) -> None:
    with cause() as nowhere:
        sent = shell.run(*SEND, "--json", "--verbose", stderr=nowhere)
        refused = shell.run("send", GUIDE_ORDER, TYPE, "--text=", "--yes", "--json", stderr=nowhere)

    assert (sent.status, sent.document["status"]) == (0, "sent")
    assert (refused.status, refused.document["status"]) == (3, "refused")
    assert len(amazon.ledger()) == 1


@every_cause
def test_both_streams_together_change_nothing(cause: Cause, amazon: Amazon, shell: Shell) -> None:
    with cause() as nowhere:
        sent = shell.run(*SEND, "--json", stdout=nowhere, stderr=nowhere)
        amazon.fault(TYPE, "reset_after")
        unknown = shell.run(*SEND, "--idempotency-key=again", "--json", stdout=nowhere, stderr=nowhere)

    assert (sent.status, unknown.status) == (0, 5)


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor"],
        ["orders"],
        ["orders", "--json"],
        ["actions", GUIDE_ORDER],
        ["attributes", GUIDE_ORDER],
        ["send", GUIDE_ORDER, TYPE, "--text=Hello", "--dry-run", "--json"],
        ["outbox", "list"],
        ["outbox", "list", "--json"],
        ["demo", "--once", "--port=0"],
    ],
    ids=" ".join,
)
def test_every_command_stops_in_one_line(arguments: list[str], shared_shell: Shell) -> None:
    with reader_gone() as nowhere:
        result = shared_shell.run(*arguments, stdout=nowhere)

    assert result.status == 130
    assert result.problem.startswith("error: stdout cannot be written (Broken pipe)")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["send", "--help"], ["sandbox", "--port=0"]], ids=" ".join
)
def test_what_asks_amazon_nothing_needs_no_line_for_a_reader_who_went_away(
    arguments: list[str], plain_shell: Shell
) -> None:
    with reader_gone() as nowhere:
        result = plain_shell.run(*arguments, stdout=nowhere)
    with full_disk() as full:
        told = plain_shell.run(*arguments, stdout=full)

    assert (result.status, result.err) == (130, "")
    assert told.status == 130
    assert told.problem.startswith("error: stdout cannot be written (No space left on device)")


@pytest.mark.parametrize("variable", ["PYTHONIOENCODING=utf-8", "PYTHONIOENCODING=ascii", "PYTHONUNBUFFERED=1"])
@every_cause
def test_every_cause_stops_a_command_however_python_writes(cause: Cause, variable: str, shared_shell: Shell) -> None:
    name, _, value = variable.partition("=")
    shared_shell.environment[name] = value

    with cause() as nowhere:
        result = shared_shell.run("attributes", GUIDE_ORDER, stdout=nowhere)

    assert result.status == 130
    assert result.problem.startswith("error: stdout cannot be written (")


def test_a_reader_may_go_away_after_the_first_line(shared_amazon: Amazon, shared_shell: Shell) -> None:
    account = shared_amazon.account(orders=1000)  # more than a pipe holds
    arguments = ["orders", "--days=3650", "--json"]

    with shared_shell.running(*arguments, SP_API_REFRESH_TOKEN=account.refresh_token) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        status = process.wait()

    assert status == 130
    assert len(err.splitlines()) == 1
    assert err.startswith("error: stdout cannot be written (Broken pipe)")


@pytest.mark.parametrize("stream", [1, 2])
def test_a_closed_stream_is_one_that_is_not_wanted(stream: int, amazon: Amazon, shell: Shell) -> None:
    result = shell.run(*SEND, "--json", "--verbose", closing=stream)

    assert result.status == 0
    assert "Traceback" not in result.err
    assert len(amazon.ledger()) == 1
    assert stream == 1 or json.loads(result.out)["status"] == "sent"


def test_with_stdout_closed_and_nobody_to_ask_nothing_is_sent(amazon: Amazon, shell: Shell) -> None:
    result = shell.run("send", GUIDE_ORDER, TYPE, "--text=Hello", closing=1)

    assert result.status == 2
    assert "--yes" in result.problem
    assert amazon.ledger() == []
