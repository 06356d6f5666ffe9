"""`buyerline worker`: what it sends, what it tells, and how it ends."""

import json
import os
import re
import signal
import socket
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.cli.outboxes import (
    OPERATION,
    a_worker,
    ended,
    heard_of,
    line,
    lines,
    listed,
    queue,
    states,
    wait_for_arrival,
)
from tests.cli.shell import Shell, wait_until
from tests.databases import Postgres
from tests.running import Amazon

ONCE = ["worker", "--once", "--health-port=0"]


def asked(url: str) -> tuple[int, str]:
    """Status and body of an answer."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def health_url(told: str) -> str:
    """Where a worker answers probes, by the line that says so."""
    [url] = re.findall(r"health: (http://\S+)/healthz", told)
    return str(url)


@pytest.fixture
def database(shell: Shell, sqlite_url: str) -> Path:
    """The file of the shell's outbox, which has been used before."""
    shell.environment["BUYERLINE_DATABASE_URL"] = sqlite_url
    queue(shell, line())
    return Path(sqlite_url.removeprefix("sqlite:///"))


class TestSending:
    @pytest.mark.parametrize("kind", ["sqlite_url", "postgres_url"])
    def test_once_sends_what_is_due_and_says_so(
        self, kind: str, amazon: Amazon, shell: Shell, request: pytest.FixtureRequest
    ) -> None:
        url: str = request.getfixturevalue(kind)
        shell.environment["BUYERLINE_DATABASE_URL"] = url
        queue(shell, *lines(3), line(not_before="2999-01-01T00:00:00Z"))

        result = shell.run(*ONCE)

        assert (result.status, result.out) == (0, "")
        serving, _, last = result.err.splitlines()
        assert f", for {amazon.url}" in serving
        assert last.endswith(" nothing is due any more; in the outbox: 3 sent, 1 queued")
        assert len(amazon.ledger()) == 3

    def test_each_line_has_its_moment_with_the_zone(self, shell: Shell) -> None:
        result = shell.run(*ONCE, TZ="Asia/Kolkata")

        assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+05:30 ", told) for told in result.err.splitlines())

    def test_the_databases_password_is_not_shown(self, postgres_url: str, shell: Shell) -> None:
        password = postgres_url.partition("@")[0].rpartition(":")[2]

        result = shell.run(*ONCE, BUYERLINE_DATABASE_URL=postgres_url)

        assert " serving postgresql://tester@127.0.0.1:" in result.err
        assert password not in result.err

    def test_what_was_queued_for_another_endpoint_is_left_alone(self, amazon: Amazon, shell: Shell) -> None:
        [message_id] = queue(shell, line())

        result = shell.run(*ONCE, BUYERLINE_ENDPOINT="http://127.0.0.1:9")

        assert result.status == 0
        assert states(shell) == {message_id: "queued"}
        assert amazon.ledger() == []

    def test_an_account_that_is_stopped_is_told_with_the_reason(self, amazon: Amazon, shell: Shell) -> None:
        token = amazon.account(revoked=True).refresh_token
        queue(shell, line())

        result = shell.run(*ONCE, SP_API_REFRESH_TOKEN=token)

        assert result.status == 0
        [told] = [words for words in result.err.splitlines() if "account default" in words]
        assert "invalid_grant" in told
        assert token not in result.err

    @pytest.mark.parametrize(("choice", "sent"), [("ask", 1), ("resend", 2)])
    def test_an_unknown_outcome_is_a_persons_affair_unless_told_otherwise(
        self, choice: str, sent: int, amazon: Amazon, shell: Shell
    ) -> None:
        amazon.fault(OPERATION, "reset_after")
        [message_id] = queue(shell, line())

        with a_worker(shell, f"--on-unknown={choice}") as worker:
            wait_for_arrival(amazon, worker, sent)
            wait_until(lambda: states(shell)[message_id] not in {"queued", "sending"}, worker)
            worker.send_signal(signal.SIGTERM)
            ended(worker)

        assert len(amazon.ledger()) == sent
        assert states(shell) == {message_id: "sent" if choice == "resend" else "unknown"}


class TestEnding:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_asked_to_end_it_waits_for_the_answer_to_what_has_left(
        self, number: signal.Signals, amazon: Amazon, shell: Shell
    ) -> None:
        amazon.fault(OPERATION, "delay", seconds=3)
        first, *_ = queue(shell, line())

        with a_worker(shell) as worker:
            wait_until(lambda: states(shell)[first] == "sending", worker)
            worker.send_signal(number)
            status, err = ended(worker)

        assert status == 0
        assert "ending: waiting for the answers" in err
        assert err.splitlines()[-1].endswith(" stopped")
        assert states(shell) == {first: "sent"}

    def test_asked_twice_it_ends_at_once_and_what_had_left_is_unknown(self, amazon: Amazon, shell: Shell) -> None:
        amazon.fault(OPERATION, "hang_after")
        [message_id] = queue(shell, line())

        with a_worker(shell) as worker:
            wait_for_arrival(amazon, worker)
            worker.send_signal(signal.SIGTERM)
            heard_of(worker, "ending: ")
            worker.send_signal(signal.SIGTERM)
            status, err = ended(worker)

        assert status == 130
        told, last = err.splitlines()
        assert told.endswith(f" message {message_id} for order {amazon.guide_order} is unknown")
        assert last == (
            "Ended at once: what had left without an answer is unknown now. See: buyerline outbox list --state unknown"
        )
        assert states(shell) == {message_id: "unknown"}

    def test_on_sqlite_a_second_one_waits_for_the_first_to_end(self, amazon: Amazon, shell: Shell) -> None:
        with a_worker(shell) as first, a_worker(shell) as second:
            assert "another worker serves" in heard_of(second, "waiting for it to end")
            first.send_signal(signal.SIGTERM)
            ended(first)
            queue(shell, line())
            wait_for_arrival(amazon, second)
            second.send_signal(signal.SIGTERM)
            status, _ = ended(second)

        assert status == 0

    def test_one_that_only_waits_can_be_ended_too(self, shared_shell: Shell) -> None:
        with a_worker(shared_shell) as first, a_worker(shared_shell) as second:
            heard_of(second, "waiting for it to end")
            second.send_signal(signal.SIGTERM)
            assert ended(second)[0] == 0
            first.send_signal(signal.SIGTERM)
            assert ended(first)[0] == 0


class TestHealth:
    def test_it_answers_probes_and_scrapes_on_this_machine(self, shell: Shell) -> None:
        with shell.running("worker", "--health=127.0.0.1:0") as worker:
            url = health_url(heard_of(worker, "health: "))
            wait_until(lambda: asked(f"{url}/readyz")[0] == 200, worker)
            alive, metrics = asked(f"{url}/healthz"), asked(f"{url}/metrics")

        assert url.startswith("http://127.0.0.1:")
        assert alive == (200, "ok")
        assert metrics[0] == 200
        assert "buyerline_messages_ended_total" in metrics[1]

    def test_one_that_waits_for_another_is_well_but_not_ready(self, shared_shell: Shell) -> None:
        with a_worker(shared_shell), shared_shell.running("worker", "--health-port=0") as second:
            url = health_url(heard_of(second, "health: "))
            heard_of(second, "waiting for it to end")
            alive, ready = asked(f"{url}/healthz"), asked(f"{url}/readyz")

        assert alive[0] == 200
        assert ready == (503, "It does not serve: another worker has the database, or it is ending.")

    def test_where_the_default_port_is_taken_another_is(self, shared_shell: Shell) -> None:
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind(("127.0.0.1", 8720))
                holder.listen()
            except OSError:
                pass  # somebody else holds it, which serves as well
            result = shared_shell.run("worker", "--once")

        assert result.status == 0
        assert "port 8720 is taken, so another free one is used" in result.err

    def test_a_taken_port_of_ones_own_choice_is_wrong_usage(self, shared_shell: Shell) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            result = shared_shell.run("worker", "--once", f"--health-port={port}")

        assert result.status == 2
        assert f"cannot listen on 127.0.0.1:{port}" in result.problem

    @pytest.mark.parametrize("place", ["here", "localhost:", "localhost:http", "99999"])
    def test_a_place_that_is_none_is_wrong_usage(self, place: str, shared_shell: Shell) -> None:
        assert shared_shell.run("worker", "--once", f"--health={place}").status == 2


class TestDatabases:
    def test_a_database_of_a_newer_version_is_left_alone(self, database: Path, amazon: Amazon, shell: Shell) -> None:
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE outbox_version SET version_num = '9999_from_the_future'")
        connection.close()

        for command in (ONCE, ["outbox", "list"], ["send-many", str(database.parent / "queued.jsonl"), "--yes"]):
            result = shell.run(*command)
            assert result.status == 2
            assert "schema '9999_from_the_future'" in result.err
            assert "pip install -U buyerline" in result.err
        assert amazon.ledger() == []

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any file")
    def test_a_file_that_may_only_be_read_is_told_with_what_to_do(self, database: Path, shell: Shell) -> None:
        database.chmod(0o400)

        result = shell.run(*ONCE)

        assert result.status == 2
        assert "it may only be read" in result.err.splitlines()[-1]

    def test_a_server_that_may_only_be_read_is_told_with_what_to_do(
        self, postgres: Postgres, postgres_url: str, shell: Shell
    ) -> None:
        shell.environment["BUYERLINE_DATABASE_URL"] = postgres_url
        [message_id] = queue(shell, line())
        postgres.administer("ALTER DATABASE {} SET default_transaction_read_only TO on", postgres_url)

        for command in (ONCE, ["outbox", "cancel", message_id], ["send-many", "queued.jsonl", "--yes"]):
            result = shell.run(*command)
            assert result.status == 2
            assert "it may only be read" in result.err.splitlines()[-1]
        assert states(shell) == {message_id: "queued"}

    def test_a_database_that_another_process_keeps_locked_means_not_now(self, database: Path, shell: Shell) -> None:
        [message] = listed(shell)
        with sqlite3.connect(database, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            result = shell.run("outbox", "cancel", message["id"], "--json")
            other.execute("ROLLBACK")
        other.close()

        assert result.status == 6
        assert "another process keeps it locked" in result.problem
        assert result.document["error"]["code"] == "outbox_unavailable"
        assert states(shell) == {message["id"]: "queued"}

    def test_what_is_no_database_is_told_as_such(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "outbox.db").write_text(json.dumps({"not": "a database"}) * 100)

        result = shell.run("outbox", "list", BUYERLINE_DATABASE_URL=f"sqlite:///{tmp_path / 'outbox.db'}")

        assert result.status == 2
        assert "no SQLite database, or is damaged" in result.problem
