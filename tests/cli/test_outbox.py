"""`buyerline outbox`: look at messages, and decide about them."""

import re
import signal
from pathlib import Path

import pytest

from buyerline.cli.outbox import StateName
from buyerline.outbox import State
from buyerline.sandbox import GUIDE_ORDER
from tests.cli.files import pdf
from tests.cli.outboxes import (
    OPERATION,
    TYPE,
    a_worker,
    ended,
    heard_of,
    line,
    lines,
    listed,
    queue,
    states,
    wait_for_arrival,
    whole,
)
from tests.cli.shell import Shell
from tests.running import Amazon

NOBODY = "0123456789abcdef"


@pytest.fixture
def unknown(amazon: Amazon, shell: Shell) -> str:
    """The id of a message of which nobody knows whether Amazon took it; it did."""
    amazon.fault(OPERATION, "reset_after")
    result = shell.run("send", GUIDE_ORDER, TYPE, "--text=It ships today.", "--yes", "--json")
    assert result.status == 5
    message_id: str = result.document["id"]
    return message_id


class TestList:
    def test_an_empty_outbox_says_how_to_fill_it(self, shared_shell: Shell) -> None:
        result = shared_shell.run("outbox", "list")

        assert (result.status, result.err) == (0, "")
        assert result.out.startswith("The outbox is empty. `buyerline send` ")
        assert listed(shared_shell) == []

    def test_newest_come_first_with_id_state_order_and_type(self, shared_shell: Shell) -> None:
        first, second = queue(shared_shell, *lines(2))

        header, *rows = shared_shell.run("outbox", "list").out.splitlines()

        assert header.split() == ["Id", "State", "Order", "Type", "Queued", "Reason"]
        assert [row.split()[:4] for row in rows] == [[each, "queued", GUIDE_ORDER, TYPE] for each in (second, first)]

    def test_json_tells_each_message_with_times_in_utc(self, shared_amazon: Amazon, shared_shell: Shell) -> None:
        [message_id] = queue(shared_shell, line(priority=7, not_before="2999-01-01T12:00:00+02:00"))

        [message] = listed(shared_shell)

        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00", message.pop("queued_at"))
        assert message == {
            "id": message_id,
            "state": "queued",
            "account": "default",
            "marketplace_id": "ATVPDKIKX0DER",
            "order_id": GUIDE_ORDER,
            "type": TYPE,
            "request_id": None,
            "sent_at": None,
            "reason": None,
            "not_before": "2999-01-01T10:00:00+00:00",
            "expires_at": None,
            "priority": 7,
            "attempts": 0,
            "idempotency_key": None,
            "endpoint": shared_amazon.url,
        }

    def test_it_can_be_narrowed(self, shared_shell: Shell) -> None:
        ids = queue(
            shared_shell,
            line(),
            line(account="other"),
            line(order_id="902-0000000-0000001"),
            line(marketplace="CA"),
        )
        shared_shell.run("outbox", "cancel", ids[0])

        def found(*options: str) -> list[str]:
            return sorted(message["id"] for message in listed(shared_shell, *options))

        assert found("--state=cancelled") == ids[:1]
        assert found("--account=other") == [ids[1]]
        assert found("--order=902-0000000-0000001") == [ids[2]]
        assert found("--marketplace=CA") == [ids[3]]
        assert found("--account=other", "--state=queued", f"--order={GUIDE_ORDER}") == [ids[1]]
        assert found("--state=sent") == []

    def test_nothing_found_is_said_otherwise_than_an_empty_outbox(self, shared_shell: Shell) -> None:
        queue(shared_shell, line())

        assert "No message is like that." in shared_shell.run("outbox", "list", "--state=unknown").out

    def test_pages_follow_each_other(self, shared_shell: Shell) -> None:
        ids = queue(shared_shell, *lines(5))[::-1]

        page = shared_shell.run("outbox", "list", "--limit=2").out
        [before] = re.findall(r"--before (\w+)$", page, re.MULTILINE)

        assert before == ids[1]
        assert [message["id"] for message in listed(shared_shell, f"--before={before}", "--limit=2")] == ids[2:4]

    def test_every_state_can_be_asked_for(self) -> None:
        assert [str(name) for name in StateName] == [str(state) for state in State]

    def test_a_state_that_is_none_is_wrong_usage(self, plain_shell: Shell) -> None:
        result = plain_shell.run("outbox", "list", "--state=lost")

        assert result.status == 2
        assert "'lost' is not one of 'queued'" in result.problem


class TestShow:
    def test_facts_text_and_files_and_what_happened(self, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
        arguments = [GUIDE_ORDER, "digitalAccessKey", "--text=Your key: [bold]ABC[/bold]", f"--attach={pdf(tmp_path)}"]
        sent = shell.run("send", *arguments, "--yes", "--json", "--idempotency-key=key-1").document

        shown = shell.run("outbox", "show", sent["id"])

        assert shown.status == 0
        for words in (
            sent["id"],
            "sent",
            GUIDE_ORDER,
            "digitalAccessKey",
            "Your key: [bold]ABC[/bold]",
            "a.pdf",
            "key-1",
        ):
            assert words in shown.out
        message = whole(shell, sent["id"])
        assert message["text"] == "Your key: [bold]ABC[/bold]"
        assert message["attachments"][0]["content_md5"] == sent["attachments"][0]["content_md5"]
        assert [event["what"] for event in message["history"]] == ["queued", "sending", "sent"]
        assert message["history"][-1]["request_id"] == sent["request_id"] == amazon.ledger()[0]["request_id"]

    def test_an_unknown_id_is_wrong_usage(self, shared_shell: Shell) -> None:
        result = shared_shell.run("outbox", "show", NOBODY, "--json")

        assert result.status == 2
        assert f"there is no message '{NOBODY}'" in result.problem
        assert result.document["error"]["code"] == "message_unknown"


class TestCancelAndRetry:
    def test_what_is_queued_can_be_taken_back_and_queued_again(self, amazon: Amazon, shell: Shell) -> None:
        first, second = queue(shell, *lines(2))

        cancelled = shell.run("outbox", "cancel", first, second, "--json")
        again = shell.run("outbox", "retry", second)
        shell.run("worker", "--once", "--health-port=0")

        assert [message["state"] for message in cancelled.document["messages"]] == ["cancelled", "cancelled"]
        assert again.out.splitlines()[0] == f"{second}: queued again."
        assert states(shell) == {first: "cancelled", second: "sent"}
        assert len(amazon.ledger()) == 1

    def test_one_that_cannot_be_cancelled_keeps_no_other_from_it(self, shared_shell: Shell) -> None:
        first, second = queue(shared_shell, *lines(2))
        shared_shell.run("outbox", "cancel", first)

        result = shared_shell.run("outbox", "cancel", first, second, "--json")

        assert result.status == 3
        assert result.problem == f"error: message {first}: it is cancelled already."
        assert [message["id"] for message in result.document["messages"]] == [second]
        assert [(error["id"], error["code"]) for error in result.document["errors"]] == [(first, "wrong_state")]

    @pytest.mark.parametrize("command", [["cancel"], ["retry"], ["resolve", "--arrived"]])
    def test_an_unknown_id_is_wrong_usage(self, command: list[str], shared_shell: Shell) -> None:
        result = shared_shell.run("outbox", *command, NOBODY)

        assert result.status == 2
        assert "there is no message" in result.problem

    def test_an_account_that_is_stopped_is_told_with_its_messages(self, amazon: Amazon, shell: Shell) -> None:
        queued, cancelled = queue(shell, *lines(2))
        shell.run("outbox", "cancel", cancelled)
        revoked = amazon.account(revoked=True).refresh_token
        token, shell.environment["SP_API_REFRESH_TOKEN"] = shell.environment["SP_API_REFRESH_TOKEN"], revoked
        shell.run("worker", "--once", "--health-port=0")
        shell.environment["SP_API_REFRESH_TOKEN"] = token
        told = [shell.run("outbox", *what) for what in (["list"], ["show", queued])]
        as_json = shell.run("outbox", "list", "--json").document
        one_that_went = shell.run("outbox", "show", cancelled, "--json").document

        assert all("Account default is stopped, nothing is sent for it: " in each.out for each in told)
        assert list(as_json["stopped"]) == ["default"]
        assert "invalid_grant" in as_json["stopped"]["default"]
        assert one_that_went["stopped"] == {}
        assert "stopped" not in shell.run("outbox", "retry", queued).out

    def test_what_is_being_sent_cannot_be_cancelled(self, amazon: Amazon, shell: Shell) -> None:
        [message_id] = queue(shell, line())
        amazon.fault(OPERATION, "hang_after")

        with a_worker(shell) as worker:
            wait_for_arrival(amazon, worker)
            result = shell.run("outbox", "cancel", message_id)
            worker.send_signal(signal.SIGTERM)
            heard_of(worker, "ending: ")
            worker.send_signal(signal.SIGTERM)
            ended(worker)

        assert result.status == 3
        assert result.problem == (
            f"error: message {message_id}: it is being sent at this moment. A message cannot be called back."
        )

    def test_what_was_sent_is_never_sent_again(self, amazon: Amazon, shell: Shell) -> None:
        sent = shell.run("send", GUIDE_ORDER, TYPE, "--text=It ships today.", "--yes", "--json").document

        result = shell.run("outbox", "retry", sent["id"])

        assert result.status == 3
        assert "it was sent; it is never sent twice" in result.problem
        assert len(amazon.ledger()) == 1


class TestResolve:
    def test_what_arrived_is_taken_for_sent(self, unknown: str, amazon: Amazon, shell: Shell) -> None:
        result = shell.run("outbox", "resolve", unknown, "--arrived")

        assert (result.status, result.out) == (0, f"{unknown}: taken for sent.\n")
        assert states(shell) == {unknown: "sent"}
        assert len(amazon.ledger()) == 1

    def test_what_did_not_arrive_is_sent_again(self, unknown: str, amazon: Amazon, shell: Shell) -> None:
        result = shell.run("outbox", "resolve", unknown, "--not-arrived", "--yes")
        shell.run("worker", "--once", "--health-port=0")

        assert result.status == 0
        assert "A worker sends it" in result.out
        assert states(shell) == {unknown: "sent"}
        assert len(amazon.ledger()) == 2

    @pytest.mark.parametrize(("answer", "state", "status"), [("y\n", "queued", 0), ("n\n", "unknown", 130)])
    def test_before_it_is_sent_again_one_is_asked_once_more(
        self, answer: str, state: str, status: int, unknown: str, shell: Shell
    ) -> None:
        arguments = ["outbox", "resolve", unknown, "--not-arrived"]

        result = shell.at_a_terminal(*arguments, answering=answer, when="has not got it? [y/N]: ")

        assert result.status == status
        assert states(shell) == {unknown: state}

    def test_with_nobody_to_ask_nothing_is_changed(self, unknown: str, shell: Shell) -> None:
        result = shell.run("outbox", "resolve", unknown, "--not-arrived")

        assert result.status == 2
        assert "--yes: nobody can be asked here, so nothing was changed." in result.problem
        assert states(shell) == {unknown: "unknown"}

    def test_what_was_found_has_to_be_said(self, shared_shell: Shell) -> None:
        result = shared_shell.run("outbox", "resolve", NOBODY)

        assert result.status == 2
        assert "--arrived, or --not-arrived" in result.problem

    def test_of_what_is_queued_there_is_nothing_to_resolve(self, shared_shell: Shell) -> None:
        [message_id] = queue(shared_shell, line())

        result = shared_shell.run("outbox", "resolve", message_id, "--arrived")

        assert result.status == 3
        assert "it is queued; there is nothing to resolve" in result.problem
