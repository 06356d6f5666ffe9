"""Ctrl-C: what is said depends on whether the message had left."""

import json
import signal
from pathlib import Path

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.files import pdf
from tests.cli.shell import Shell, wait_until
from tests.running import Amazon

TYPE = "confirmCustomizationDetails"


def send(folder: Path) -> list[str]:
    return ["send", GUIDE_ORDER, TYPE, "--text=Hello", f"--attach={pdf(folder)}", "--yes", "--json"]


def played(amazon: Amazon) -> bool:
    """Whether the fault has been met."""
    faults = amazon.control("GET", "faults")
    return any(fault["played"] for fault in faults["faults"])


@pytest.mark.parametrize(
    "operation", ["lwa", "getMessagingActionsForOrder", "createUploadDestinationForResource", "s3"]
)
def test_before_the_message_left_nothing_was_sent(operation: str, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
    amazon.fault(operation, "hang_after")

    with shell.running(*send(tmp_path)) as process:
        wait_until(lambda: played(amazon), process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err == "Stopped: nothing was sent.\n"
    assert json.loads(out)["status"] == "stopped"
    assert amazon.ledger() == []


def test_while_the_message_is_out_its_outcome_is_unknown(amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
    amazon.fault(TYPE, "hang_after")

    with shell.running(*send(tmp_path)) as process:
        wait_until(lambda: bool(amazon.ledger()), process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 5
    assert len(err.splitlines()) == 1
    assert "is not known: you stopped it while it was on its way" in err
    assert json.loads(out)["status"] == "unknown"
    assert len(amazon.ledger()) == 1


def test_waiting_for_amazons_plan_is_explained_and_can_be_stopped(amazon: Amazon, shell: Shell) -> None:
    amazon.control("PUT", "usage-plans", {"searchOrders": {"rate": 0.0056, "burst": 0}})

    with shell.running("orders") as process:
        assert process.stderr is not None
        note = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert note.startswith("note: searchOrders: Amazon's usage plan has no place now")
    assert "about 179 s" in note
    assert process.returncode == 130
