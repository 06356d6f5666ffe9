"""A connection cut at every stage: sent once, or not at all, or said to be unknown. Never twice."""

from itertools import product
from pathlib import Path

import pytest

from buyerline.sandbox import GUIDE_ORDER
from buyerline.testing import FaultKind
from tests.cli.files import pdf
from tests.cli.shell import Shell
from tests.running import Amazon

TYPE = "confirmCustomizationDetails"
BEFORE_THE_MESSAGE = ["lwa", "getMessagingActionsForOrder", "createUploadDestinationForResource", "s3"]
CUTS = ["reset_before", "reset_after", "half_answer", "hang_after"]


def send(shell: Shell, folder: Path) -> list[str]:
    return ["send", GUIDE_ORDER, TYPE, "--text=It ships today.", f"--attach={pdf(folder)}", "--yes", "--json"]


@pytest.mark.parametrize(("operation", "cut"), list(product(BEFORE_THE_MESSAGE, CUTS)))
def test_a_cut_before_the_message_is_repeated_and_it_is_sent_once(
    operation: str, cut: FaultKind, amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    amazon.fault(operation, cut)

    result = shell.run(*send(shell, tmp_path), BUYERLINE_TIMEOUT="2")

    assert result.status == 0, result.err
    assert result.document["status"] == "sent"
    assert [message["request_id"] for message in amazon.ledger()] == [result.document["request_id"]]


@pytest.mark.parametrize("operation", BEFORE_THE_MESSAGE)
def test_cuts_without_end_before_the_message_mean_not_now_and_nothing_sent(
    operation: str, amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    amazon.fault(operation, "reset_after", count=None)

    result = shell.run(*send(shell, tmp_path))

    assert result.status == 6
    assert result.problem.startswith(f"error: {operation}: ")
    assert result.document["status"] == "not_now"
    assert result.document["request_id"] is None
    assert amazon.ledger() == []


@pytest.mark.parametrize(
    ("cut", "taken"), [("reset_before", 0), ("reset_after", 1), ("half_answer", 1), ("hang_after", 1)]
)
def test_a_cut_while_the_message_is_out_is_unknown_and_never_sent_again(
    cut: FaultKind, taken: int, amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    amazon.fault(TYPE, cut)

    result = shell.run(*send(shell, tmp_path), BUYERLINE_TIMEOUT="2")

    assert result.status == 5
    assert f"order {GUIDE_ORDER} is not known" in result.problem
    assert "Seller Central" in result.problem
    assert result.document["status"] == "unknown"
    assert result.document["error"]["code"] == "outcome_unknown"
    assert len(amazon.ledger()) == taken
    assert sum(amazon.counts(TYPE).values()) == 1


def test_no_connection_at_all_means_not_now(shell: Shell, tmp_path: Path) -> None:
    result = shell.run(*send(shell, tmp_path), BUYERLINE_ENDPOINT="http://127.0.0.1:9")

    assert result.status == 6
    assert "no connection to 127.0.0.1:9" in result.problem


@pytest.mark.parametrize(("status", "exit_status"), [(500, 5), (503, 5), (400, 4), (403, 6)])
def test_what_amazon_answers_to_the_message_decides_the_exit_status(
    status: int, exit_status: int, amazon: Amazon, shell: Shell, tmp_path: Path
) -> None:
    amazon.fault(TYPE, "status", status=status)

    result = shell.run(*send(shell, tmp_path))

    assert result.status == exit_status
    assert result.problem
    assert result.document["status"] == {4: "refused", 5: "unknown", 6: "not_now"}[exit_status]
    assert result.document["request_id"]
    assert amazon.ledger() == []


def test_a_throttled_message_waits_its_turn_and_is_sent_once(amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
    amazon.fault(TYPE, "status", status=429)

    result = shell.run(*send(shell, tmp_path))

    assert result.status == 0
    assert result.problem.startswith(f"note: {TYPE}: Amazon's usage plan has no place now")
    assert len(amazon.ledger()) == 1
