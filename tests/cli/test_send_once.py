"""`buyerline send` goes through the outbox: recorded, once only, by whichever worker has the account."""

import json
import signal
import sqlite3
from pathlib import Path

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.files import pdf
from tests.cli.outboxes import OPERATION, TYPE, a_worker, ended, file_of, line, listed, queue, states, whole
from tests.cli.shell import Result, Shell, wait_until
from tests.running import Amazon

TEXT = "It ships today."
SEND = ["send", GUIDE_ORDER, TYPE, f"--text={TEXT}", "--yes"]
UPLOAD = "createUploadDestinationForResource"


def send(shell: Shell, *options: str) -> Result:
    """Send the message, and tell in JSON."""
    return shell.run(*SEND, "--json", *options)


def with_file(folder: Path) -> list[str]:
    """How a message with a file is sent."""
    return ["send", GUIDE_ORDER, "digitalAccessKey", "--text=Your key.", f"--attach={pdf(folder)}", "--yes", "--json"]


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def any_shell(request: pytest.FixtureRequest, shell: Shell) -> Shell:
    """A shell with an outbox in either database."""
    shell.environment["BUYERLINE_DATABASE_URL"] = request.getfixturevalue(request.param)
    return shell


class TestTwice:
    def test_the_same_content_is_sent_once_and_the_second_time_says_so(self, amazon: Amazon, any_shell: Shell) -> None:
        first, second, told = send(any_shell), send(any_shell), any_shell.run(*SEND)

        assert (first.status, second.status, told.status) == (0, 0, 0)
        assert (first.document["repeated"], second.document["repeated"]) == (False, True)
        for name in ("status", "id", "request_id", "accepted_at"):
            assert first.document[name] == second.document[name]
        assert "It was already sent at " in told.out
        assert (
            "not sent again. To send it once more on purpose, give it a key of its own: --idempotency-key." in told.out
        )
        assert len(amazon.ledger()) == 1

    def test_with_another_key_it_is_sent_once_more(self, amazon: Amazon, shell: Shell) -> None:
        results = [send(shell), send(shell, "--idempotency-key=again"), send(shell, "--idempotency-key=again")]

        assert [result.document["repeated"] for result in results] == [False, False, True]
        assert len(amazon.ledger()) == 2

    def test_a_key_that_stands_for_other_content_is_refused(self, amazon: Amazon, shell: Shell) -> None:
        send(shell, "--idempotency-key=one")

        result = shell.run(
            "send", GUIDE_ORDER, TYPE, "--text=Something else.", "--idempotency-key=one", "--yes", "--json"
        )

        assert result.status == 3
        assert "idempotency_key: 'one' already stands for message" in result.problem
        assert result.document["status"] == "refused"
        assert len(amazon.ledger()) == 1

    def test_one_of_unknown_outcome_is_not_sent_again_before_somebody_decides(
        self, amazon: Amazon, shell: Shell
    ) -> None:
        amazon.fault(OPERATION, "reset_after")
        message_id = send(shell).document["id"]

        again = send(shell)

        assert again.status == 5
        assert again.document["status"] == "unknown"
        assert again.document["id"] == message_id
        assert f"buyerline outbox resolve {message_id} --arrived" in again.problem
        assert len(amazon.ledger()) == 1

    def test_one_that_amazon_refused_is_tried_again(self, amazon: Amazon, shell: Shell) -> None:
        amazon.fault(OPERATION, "status", status=400)

        refused, again = send(shell), send(shell)

        assert (refused.status, again.status) == (4, 0)
        assert again.document["id"] == refused.document["id"]
        events = whole(shell, again.document["id"])["history"]
        assert [event["what"] for event in events] == ["queued", "sending", "refused", "queued", "sending", "sent"]

    def test_one_that_waits_in_the_outbox_goes_now(self, amazon: Amazon, shell: Shell) -> None:
        [message_id] = queue(shell, line(TEXT, not_before="2999-01-01T00:00:00Z"))

        result = send(shell)

        assert (result.status, result.document["id"], result.document["repeated"]) == (0, message_id, True)
        assert len(amazon.ledger()) == 1

    def test_nothing_else_that_is_queued_goes_with_it(self, amazon: Amazon, shell: Shell) -> None:
        [other] = queue(shell, line("Another parcel."))

        assert send(shell).status == 0

        assert states(shell)[other] == "queued"
        assert len(amazon.ledger()) == 1


class TestNotNow:
    def test_what_cannot_be_sent_now_is_not_sent_later_either(
        self, amazon: Amazon, any_shell: Shell, tmp_path: Path
    ) -> None:
        amazon.fault(UPLOAD, "status", status=503, count=None)

        result = any_shell.run(*with_file(tmp_path))
        amazon.clear_faults()
        any_shell.run("worker", "--once", "--health-port=0")

        assert result.status == 6
        assert result.problem.endswith(" Nothing was sent; try again.")
        assert states(any_shell) == {result.document["id"]: "cancelled"}
        assert amazon.ledger() == []

    def test_with_a_wrong_setting_nothing_stays_queued(self, amazon: Amazon, shell: Shell) -> None:
        shell.environment["BUYERLINE_RETENTION_DAYS"] = "for ever"

        result = send(shell)

        assert result.status == 2
        assert result.problem.startswith("error: BUYERLINE_RETENTION_DAYS: ")
        assert states(shell) == {result.document["id"]: "cancelled"}
        assert amazon.ledger() == []

    def test_a_dry_run_leaves_nothing_in_the_outbox(self, shell: Shell) -> None:
        shell.run("send", GUIDE_ORDER, TYPE, f"--text={TEXT}", "--dry-run")

        assert listed(shell) == []

    def test_stopped_by_ctrl_c_it_is_not_sent_later_either(
        self, amazon: Amazon, any_shell: Shell, tmp_path: Path
    ) -> None:
        amazon.fault("s3", "hang_after")

        with any_shell.running(*with_file(tmp_path)) as process:
            wait_until(lambda: amazon.counts("s3") != {}, process)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)

        assert (process.returncode, err) == (130, "Stopped: nothing was sent.\n")
        assert states(any_shell) == {json.loads(out)["id"]: "cancelled"}

    def test_a_database_that_another_process_keeps_locked_means_not_now(
        self, sqlite_url: str, amazon: Amazon, shell: Shell
    ) -> None:
        shell.environment["BUYERLINE_DATABASE_URL"] = sqlite_url
        assert listed(shell) == []

        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            result = send(shell)
            other.execute("ROLLBACK")
        other.close()

        assert result.status == 6
        assert "another process keeps it locked" in result.problem
        assert result.document["status"] == "not_now"
        assert amazon.ledger() == []


class TestBesideAWorker:
    def test_the_worker_that_has_the_account_sends_it(self, amazon: Amazon, any_shell: Shell) -> None:
        queue(any_shell, line("The first parcel."))
        with a_worker(any_shell) as worker:
            wait_until(lambda: len(amazon.ledger()) == 1, worker)
            result = send(any_shell)
            worker.send_signal(signal.SIGTERM)
            ended(worker)

        assert result.status == 0
        senders = {
            event["who"] for event in whole(any_shell, result.document["id"])["history"] if event["what"] == "sent"
        }
        assert len(senders) == 1
        assert f":{worker.pid}:" in senders.pop()
        assert [message["text"] for message in amazon.ledger()] == ["The first parcel.", TEXT]

    def test_it_goes_before_a_long_queue(self, amazon: Amazon, shell: Shell) -> None:
        amazon.set_usage_plan("createConfirmOrderDetails", rate=1.0, burst=5)
        path = file_of(shell.folder, [line(f"Parcel {mark}.") for mark in "abcdefghijklmnopqrstuvwxyz"])
        with shell.running("send-many", path, "--yes") as many:
            wait_until(lambda: len(amazon.ledger()) > 0, many)
            result = send(shell)
            before = len(amazon.ledger())
            many.send_signal(signal.SIGINT)
            many.communicate(timeout=60)

        assert result.status == 0
        assert before < 26

    def test_what_a_worker_cannot_send_now_is_taken_back(self, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
        amazon.fault(UPLOAD, "status", status=503, count=None)

        with a_worker(shell):
            result = shell.run(*with_file(tmp_path))

        assert result.status == 6
        assert result.document["error"]["code"] == "put_back"
        assert states(shell) == {result.document["id"]: "cancelled"}
        assert amazon.ledger() == []

    def test_where_the_workers_authorisation_is_wrong_it_is_taken_back(self, amazon: Amazon, shell: Shell) -> None:
        with a_worker(shell, SP_API_REFRESH_TOKEN=amazon.account(revoked=True).refresh_token):
            result = send(shell)

        assert result.status == 6
        assert "invalid_grant" in result.err
        assert states(shell) == {result.document["id"]: "cancelled"}

    def test_what_became_unknown_in_a_workers_hands_is_told_as_such(self, amazon: Amazon, shell: Shell) -> None:
        with a_worker(shell):
            amazon.fault(OPERATION, "reset_after")
            result = send(shell)

        assert result.status == 5
        assert f"order {GUIDE_ORDER} is not known" in result.err
        assert len(amazon.ledger()) == 1

    def test_what_amazon_refused_a_worker_is_told_with_its_reason(self, amazon: Amazon, shell: Shell) -> None:
        with a_worker(shell):
            amazon.fault(OPERATION, "status", status=400)
            result = send(shell)

        assert result.status == 4
        assert "Amazon answered 400" in result.err
        assert result.document["status"] == "refused"
