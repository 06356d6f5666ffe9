"""`buyerline send-many`: every problem before anything is queued, all or nothing, and going on without repeating."""

import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.files import content, pdf
from tests.cli.outboxes import (
    OPERATION,
    TYPE,
    a_worker,
    ended,
    file_of,
    heard_of,
    line,
    lines,
    listed,
    states,
    wait_for_arrival,
)
from tests.cli.shell import Result, Shell
from tests.running import Amazon

if TYPE_CHECKING:
    import subprocess

PROMPT = "Send them? [y/N]: "


def send_many(shell: Shell, path: str, *options: str) -> Result:
    """Send a file, and tell in JSON."""
    return shell.run("send-many", path, "--yes", "--json", *options)


def stopped(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Press Ctrl-C; the exit status and what was said on stdout."""
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def any_shell(request: pytest.FixtureRequest, shell: Shell) -> Shell:
    """A shell with an outbox in either database."""
    shell.environment["BUYERLINE_DATABASE_URL"] = request.getfixturevalue(request.param)
    return shell


class TestChecks:
    def test_every_problem_is_told_with_its_line_and_nothing_is_queued(
        self, shared_amazon: Amazon, shared_shell: Shell, tmp_path: Path
    ) -> None:
        path = content(
            tmp_path,
            "many.csv",
            b"order_id,type,text,attachments\n"
            + f"{GUIDE_ORDER},{TYPE},It ships today.,\n".encode()
            + b"902-123,confirmOrderDetails,Hello,\n"
            + f"{GUIDE_ORDER},{TYPE},Call +49 30 1234567,\n".encode()
            + f"{GUIDE_ORDER},{TYPE},Gr\xfc\xdfe,\n".encode("latin-1")
            + f"{GUIDE_ORDER},invoice,,missing.pdf\n".encode()
            + f"{GUIDE_ORDER},{TYPE},one,two,three,four\n".encode(),
        )

        result = send_many(shared_shell, path)

        assert result.status == 3
        *problems, last = result.err.splitlines()
        assert [re.match(r"error: (line \d): (\w+)", problem)[0] for problem in problems] == [  # type: ignore[index]
            "error: line 3: order_id",
            "error: line 4: text",
            "error: line 5: encoding",
            "error: line 6: attachments",
            "error: line 7: columns",
        ]
        assert last == f"error: {path} has 5 problems, so nothing was queued. Mend the file and run it again."
        document = result.document
        assert document["status"] == "refused"
        assert [problem["line"] for problem in document["problems"]] == [3, 4, 5, 6, 7]
        assert document["error"]["code"] == "file_refused"
        assert listed(shared_shell) == []
        assert shared_amazon.ledger() == []

    def test_a_broken_line_of_json_is_named(self, shared_shell: Shell, tmp_path: Path) -> None:
        path = file_of(tmp_path, lines(2))
        Path(path).write_text(Path(path).read_text() + '{"order_id": \n')

        result = send_many(shared_shell, path)

        assert result.status == 3
        assert result.err.startswith("error: line 3: json: It is not JSON")
        assert listed(shared_shell) == []

    def test_a_key_that_stands_for_another_message_is_refused_with_its_line(
        self, shared_shell: Shell, tmp_path: Path
    ) -> None:
        [first] = lines(1, idempotency_key="one")
        send_many(shared_shell, file_of(tmp_path, [first]), "--no-wait")
        other = file_of(tmp_path, [*lines(2), line("Something else.", idempotency_key="one")], "other.jsonl")

        result = send_many(shared_shell, other, "--no-wait")

        assert result.status == 3
        [message] = listed(shared_shell)
        assert result.err.startswith(
            f"error: line 3: idempotency_key: The key stands for message {message['id']} already"
        )
        assert result.document["problems"][0]["code"] == "idempotency_key_taken"

    @pytest.mark.parametrize("name", ["nowhere.csv", "."])
    def test_a_file_that_cannot_be_read_is_wrong_usage(self, name: str, shared_shell: Shell) -> None:
        result = send_many(shared_shell, name)

        assert result.status == 2
        assert "cannot be read" in result.problem
        assert result.document["status"] == "error"

    def test_a_file_without_messages_is_no_error(self, shared_shell: Shell, tmp_path: Path) -> None:
        result = send_many(shared_shell, content(tmp_path, "many.csv", b"order_id,type,text\n"))

        assert (result.status, result.document["status"], result.document["queued"]) == (0, "sent", 0)

    def test_lines_that_say_the_same_are_queued_once(self, shared_shell: Shell, tmp_path: Path) -> None:
        path = file_of(tmp_path, [line(), *lines(2), line()])

        result = shared_shell.run("send-many", path, "--yes", "--no-wait")

        assert "3 messages for 1 account" in result.out
        assert "Left out, because they say the same as an earlier line: 4 (as 1)." in result.out
        assert "Queued 3 messages." in result.out
        assert len(listed(shared_shell)) == 3

    def test_wrong_usage_has_a_status_too(self, plain_shell: Shell) -> None:
        document = plain_shell.run("send-many", "--json").document

        assert document["status"] == "error"
        assert document["error"]["code"] == "usage"


class TestAsking:
    def test_it_says_how_many_and_how_long_and_asks(self, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
        path = file_of(tmp_path, [*lines(65), *lines(3, account="other")])

        result = shell.at_a_terminal("send-many", path, "--no-wait", answering="y\n", when=PROMPT)

        assert result.status == 0
        assert "68 messages for 2 accounts, all checks passed. They take about 60 s at Amazon's pace." in result.out
        assert len(listed(shell, "--limit=100")) == 68

    @pytest.mark.parametrize("answer", ["n\n", "\x03"], ids=["no", "Ctrl-C"])
    def test_anything_but_yes_queues_nothing(self, answer: str, shared_shell: Shell, tmp_path: Path) -> None:
        path = file_of(tmp_path, lines(2))

        result = shared_shell.at_a_terminal("send-many", path, answering=answer, when=PROMPT)

        assert result.status == 130
        assert listed(shared_shell) == []

    def test_with_nobody_to_ask_nothing_is_queued(self, shared_shell: Shell, tmp_path: Path) -> None:
        result = shared_shell.run("send-many", file_of(tmp_path, lines(2)))

        assert result.status == 2
        assert "--yes: nobody can be asked here, so nothing was queued." in result.problem
        assert listed(shared_shell) == []


class TestSending:
    def test_all_messages_are_sent_with_their_texts_and_files(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        pdf(tmp_path)
        path = content(
            tmp_path,
            "many.csv",
            "order_id;type;text;attachments;first name\n"
            f"{GUIDE_ORDER};digitalAccessKey;Hello {{first name}};a.pdf;Ada\n"
            f"{GUIDE_ORDER};{TYPE};About {{order_id}};;\n".encode(),
        )

        result = send_many(shell, path)

        assert result.status == 0, result.err
        document = result.document
        assert re.fullmatch(r"many\.csv-[0-9a-f]{16}", document.pop("batch"))
        assert document == {
            "status": "sent",
            "queued": 2,
            "repeated": 0,
            "counts": {"sent": 2},
            "problems": [],
            "messages": [],
        }
        assert [(message["text"], len(message["attachments"])) for message in amazon.ledger()] == [
            ("Hello Ada", 1),
            (f"About {GUIDE_ORDER}", 0),
        ]

    def test_the_end_lists_what_needs_a_person_and_says_what_to_do(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        amazon.fault(OPERATION, "status", status=400)
        amazon.fault(OPERATION, "reset_after")

        result = shell.run("send-many", file_of(tmp_path, lines(3)), "--yes")

        assert result.status == 5
        by_state = {message["state"]: message for message in listed(shell)}
        assert sorted(by_state) == ["refused", "sent", "unknown"]
        assert "3 messages: 1 sent, 1 unknown, 1 refused." in result.out
        for state in ("refused", "unknown"):
            assert f"  {by_state[state]['id']}  {state}  {GUIDE_ORDER}  " in result.out
        assert "buyerline outbox resolve ID" in result.out
        assert "buyerline outbox retry ID" in result.out

    def test_refused_ones_alone_are_status_4_and_in_the_document(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        amazon.fault(OPERATION, "status", status=400)

        result = send_many(shell, file_of(tmp_path, lines(2)))

        assert result.status == 4
        assert (result.document["status"], result.document["counts"]) == ("refused", {"refused": 1, "sent": 1})
        [message] = result.document["messages"]
        assert message["state"] == "refused"
        assert "Amazon answered 400" in message["reason"]

    def test_what_is_scheduled_stays_queued_and_nobody_waits_for_it(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        path = file_of(tmp_path, [*lines(1), line(not_before="2999-01-01T12:00:00Z")])

        result = shell.run("send-many", path, "--yes")

        assert result.status == 0
        assert "2 messages: 1 sent, 1 queued." in result.out
        assert "The first of those queued is due at 2999-01-01" in result.out

    def test_where_the_authorisation_is_wrong_the_rest_stays_queued(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        path = file_of(tmp_path, lines(2))
        token = shell.environment["SP_API_REFRESH_TOKEN"]
        shell.environment["SP_API_REFRESH_TOKEN"] = amazon.account(revoked=True).refresh_token
        wrong, told = send_many(shell, path), shell.run("send-many", path, "--yes")
        shell.environment["SP_API_REFRESH_TOKEN"] = token
        mended = send_many(shell, path)

        assert (wrong.status, wrong.document["status"], wrong.document["counts"]) == (6, "not_now", {"queued": 2})
        assert "Account default is stopped: " in told.out
        assert "invalid_grant" in told.out
        assert (mended.status, mended.document["counts"]) == (0, {"sent": 2})

    def test_a_message_that_amazon_has_no_time_for_is_tried_again(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        amazon.fault(OPERATION, "status", status=429)

        result = send_many(shell, file_of(tmp_path, lines(2)))

        assert (result.status, result.document["counts"]) == (0, {"sent": 2})

    def test_on_unknown_resend_does(self, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
        amazon.fault(OPERATION, "reset_after")

        result = send_many(shell, file_of(tmp_path, lines(1)), "--on-unknown=resend")

        assert (result.status, result.document["counts"]) == (0, {"sent": 1})
        assert len(amazon.ledger()) == 2

    def test_at_a_terminal_the_progress_is_a_bar(self, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
        amazon.set_usage_plan("*", rate=5.0, burst=1)
        path = file_of(tmp_path, lines(12))

        result = shell.at_a_terminal("send-many", path, answering="y\n", when=PROMPT)

        assert result.status == 0
        assert re.search(r"━.*\d sent, .*queued; \d+\.\d a second, about \d+ s left", result.out)
        assert "12 messages: 12 sent." in result.out

    def test_an_output_that_nobody_takes_does_not_change_the_status(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        full = Path("/dev/full")
        if not full.exists():
            pytest.skip(f"needs {full}, which only Linux has")

        with full.open("wb", buffering=0) as nowhere:
            path = file_of(tmp_path, lines(2))
            result = shell.run("send-many", path, "--yes", "--json", stdout=nowhere.fileno())

        assert result.status == 0
        assert result.problem.endswith("Of the messages, 2 sent.")
        assert len(amazon.ledger()) == 2


class TestGoingOn:
    def test_no_wait_leaves_it_to_a_worker(self, amazon: Amazon, any_shell: Shell, tmp_path: Path) -> None:
        path = file_of(tmp_path, lines(3))

        queued = send_many(any_shell, path, "--no-wait")
        worker = any_shell.run("worker", "--once", "--health-port=0")

        assert (queued.status, queued.document["status"], queued.document["counts"]) == (0, "queued", {"queued": 3})
        assert worker.status == 0
        assert len(amazon.ledger()) == 3

    def test_the_same_file_again_repeats_nothing_and_says_so(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        path = file_of(tmp_path, lines(3))

        first, again, told = send_many(shell, path), send_many(shell, path), shell.run("send-many", path, "--yes")

        assert first.document["batch"] == again.document["batch"]
        assert (again.document["queued"], again.document["repeated"]) == (0, 3)
        assert "3 had been queued before. By now: 3 sent." in told.out
        assert len(amazon.ledger()) == 3

    def test_lines_that_were_added_are_sent_and_the_others_are_not_again(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        send_many(shell, file_of(tmp_path, lines(2)))

        result = send_many(shell, file_of(tmp_path, lines(5)))

        assert (result.document["queued"], result.document["repeated"]) == (3, 2)
        assert result.document["counts"] == {"sent": 5}
        assert len(amazon.ledger()) == 5

    def test_ctrl_c_leaves_the_rest_queued_and_the_same_command_goes_on(
        self, amazon: Amazon, shell: Shell, tmp_path: Path
    ) -> None:
        amazon.set_usage_plan("*", rate=2.0, burst=1)
        path = file_of(tmp_path, lines(20))

        with shell.running("send-many", path, "--yes") as process:
            wait_for_arrival(amazon, process, 2)
            status, out = stopped(process)
        left = sum(state == "queued" for state in states(shell).values())
        amazon.lift_plans()
        again = send_many(shell, path)

        assert status == 130
        assert 0 < left < 20
        assert f"20 messages: {20 - left} sent, {left} queued." in out
        assert f"To go on: buyerline send-many {path} (nothing is sent twice)" in out
        assert (again.status, again.document["repeated"], again.document["counts"]) == (0, 20, {"sent": 20})
        assert len(amazon.ledger()) == 20

    def test_ctrl_c_twice_does_not_wait_for_what_has_left(self, amazon: Amazon, shell: Shell, tmp_path: Path) -> None:
        amazon.fault(OPERATION, "hang_after")

        with shell.running("send-many", file_of(tmp_path, lines(1)), "--yes", "--json") as process:
            wait_for_arrival(amazon, process)
            process.send_signal(signal.SIGINT)
            heard_of(process, "once more")
            status, out = stopped(process)

        assert status == 130
        assert json.loads(out)["counts"] == {"unknown": 1}

    def test_the_same_file_queued_twice_at_once_is_sent_once(
        self, amazon: Amazon, any_shell: Shell, tmp_path: Path
    ) -> None:
        arguments = ["send-many", file_of(tmp_path, lines(10)), "--yes", "--no-wait", "--json"]

        with any_shell.running(*arguments) as one, any_shell.running(*arguments) as other:
            documents = [json.loads(process.communicate(timeout=60)[0]) for process in (one, other)]
        any_shell.run("worker", "--once", "--health-port=0")

        assert sum(document["queued"] for document in documents) == 10
        assert len(amazon.ledger()) == 10


class TestBesideWorkers:
    def test_a_running_worker_sends_and_the_command_shows_it(
        self, amazon: Amazon, any_shell: Shell, tmp_path: Path
    ) -> None:
        with a_worker(any_shell) as worker:
            result = send_many(any_shell, file_of(tmp_path, lines(3)))
            worker.send_signal(signal.SIGTERM)
            ended(worker)

        assert (result.status, result.document["counts"]) == (0, {"sent": 3})
        assert len(amazon.ledger()) == 3

    def test_on_postgresql_without_a_worker_it_says_how_to_start_one(
        self, amazon: Amazon, postgres_url: str, shell: Shell, tmp_path: Path
    ) -> None:
        shell.environment["BUYERLINE_DATABASE_URL"] = postgres_url

        with shell.running("send-many", file_of(tmp_path, lines(2)), "--yes", "--json") as process:
            note = heard_of(process, "note: ")
            assert amazon.ledger() == []
            with a_worker(shell):
                out, _ = process.communicate(timeout=60)

        assert note == "note: No worker is running: start one with `buyerline worker`.\n"
        assert (process.returncode, json.loads(out)["counts"]) == (0, {"sent": 2})
