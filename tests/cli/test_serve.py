"""`buyerline serve`: a link for the owner, an app that answers, and a clean end."""

import re
import signal
import urllib.parse
import urllib.request
from subprocess import Popen

import pytest

from buyerline.app import settings
from buyerline.cli import serve
from tests.cli.outboxes import OPERATION, heard_of, line, queue, states, wait_for_arrival
from tests.cli.shell import Shell, wait_until
from tests.running import Amazon


def test_it_listens_on_the_port_that_the_app_is_set_up_for() -> None:
    """The command is there without the packages that the app needs, and so has the number itself."""
    assert serve.PORT == settings.PORT


def shown_until(process: Popen[str], words: str) -> str:
    """What a process shows on stdout until it has said `words`."""
    assert process.stdout is not None
    shown = ""
    while words not in shown:
        line = process.stdout.readline()
        assert line, process.communicate()
        shown += line
    return shown


def test_the_first_start_prints_a_link_that_makes_the_owner_and_the_next_does_not(plain_shell: Shell) -> None:
    with plain_shell.running("serve", "--port=0") as process:
        shown = shown_until(process, "Stop it with Ctrl-C.")
        [link] = re.findall(r"^  (http://127\.0\.0\.1:\d+/welcome/\S+)$", shown, re.MULTILINE)
        with urllib.request.urlopen(link) as page:
            assert "password" in page.read().decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert err == ""
    assert "Stopped." in out
    key = plain_shell.folder / "data" / "secret.key"
    assert not key.exists() or key.stat().st_mode & 0o077 == 0


def test_other_machines_are_let_in_only_with_a_secret_key_and_advice(plain_shell: Shell) -> None:
    refused = plain_shell.run("serve", "--host=0.0.0.0", "--port=0")

    assert refused.status == 2
    assert "BUYERLINE_SECRET_KEY" in refused.problem
    assert "TLS" in refused.err

    with plain_shell.running("serve", "--host=0.0.0.0", "--port=0", BUYERLINE_SECRET_KEY="k" * 40) as process:
        shown = shown_until(process, "BUYERLINE_TRUSTED_PROXIES")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert "web server that speaks TLS" in shown


def test_a_taken_port_is_wrong_usage(plain_shell: Shell) -> None:
    with plain_shell.running("serve", "--port=0", "--no-worker") as process:
        shown = shown_until(process, "Stop it with Ctrl-C.")
        [port] = re.findall(r"answers at http://127\.0\.0\.1:(\d+)", shown)
        result = plain_shell.run("serve", f"--port={port}")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert result.status == 2
    assert "--port 0" in result.err


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid"])
def test_a_host_that_is_not_this_machine_is_told_so(host: str, plain_shell: Shell) -> None:
    result = plain_shell.run("serve", f"--host={host}", BUYERLINE_SECRET_KEY="k" * 40)

    assert result.status == 2
    assert "Give --host an address of this machine." in result.problem
    assert "Another program" not in result.problem


def test_where_it_listens_is_said_beside_the_address_that_people_type(plain_shell: Shell) -> None:
    with plain_shell.running("serve", "--port=0", BUYERLINE_URL="https://messages.example.com") as process:
        shown = shown_until(process, "Stop it with Ctrl-C.")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert re.search(r"answers at https://messages\.example\.com\. It listens at http://127\.0\.0\.1:\d+\.", shown)


class TestEnding:
    """The sandbox answers late, or not at all, once it has the message."""

    def test_it_says_what_it_waits_for_and_sees_what_has_left_to_its_answer(self, amazon: Amazon, shell: Shell) -> None:
        amazon.fault(OPERATION, "delay", seconds=3)
        [message_id] = queue(shell, line())
        with shell.running("serve", "--port=0") as process:
            shown_until(process, "Stop it with Ctrl-C.")
            wait_until(lambda: states(shell)[message_id] == "sending", process)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=30)

        assert process.returncode == 0
        assert out.index("Ending: waiting for the answers to what has left") < out.index("Stopped.")
        assert states(shell) == {message_id: "sent"}

    def test_asked_twice_it_ends_at_once_and_does_not_say_that_nothing_was_sent(
        self, amazon: Amazon, shell: Shell
    ) -> None:
        amazon.fault(OPERATION, "hang_after")
        [message_id] = queue(shell, line())
        with shell.running("serve", "--port=0") as process:
            shown_until(process, "Stop it with Ctrl-C.")
            wait_for_arrival(amazon, process)
            process.send_signal(signal.SIGINT)
            shown_until(process, "Ending: ")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)

        assert process.returncode == 130
        assert "nothing was sent" not in out + err
        assert "what had left without an answer is unknown now" in err
        assert states(shell) == {message_id: "unknown"}


class TestHealth:
    def test_what_the_worker_inside_counts_is_told_where_one_asks_for_it(self, shell: Shell) -> None:
        queue(shell, line(not_before="2999-01-01T00:00:00Z"))
        with shell.running("serve", "--port=0", "--health=0") as process:
            [url] = re.findall(r"health: (http://\S+)/healthz", heard_of(process, "health: "))
            wait_until(lambda: 'buyerline_messages{state="queued"} 1.0' in _read(f"{url}/metrics"), process)
            with urllib.request.urlopen(f"{url}/healthz") as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)

    def test_without_a_worker_inside_there_is_nothing_to_tell(self, plain_shell: Shell) -> None:
        result = plain_shell.run("serve", "--no-worker", "--health=0")
        assert result.status == 2
        assert "`buyerline worker` has a --health of its own" in result.problem


@pytest.mark.parametrize("email", ["", "nobody@shop.example"])
def test_a_password_link_is_only_for_somebody_who_is_here(email: str, plain_shell: Shell) -> None:
    """An empty email is what an empty variable of a script leaves."""
    result = plain_shell.run("serve", "--port=0", f"--password-link={email}")

    assert result.status == 2
    assert "nobody here has the email" in result.problem


def test_a_password_link_is_printed_while_the_app_runs(plain_shell: Shell) -> None:
    with plain_shell.running("serve", "--port=0", "--no-worker") as process:
        shown = shown_until(process, "Stop it with Ctrl-C.")
        assert "start `buyerline worker` beside" in shown
        [welcome] = re.findall(r"^  (http://\S+/welcome/\S+)$", shown, re.MULTILINE)
        _become_the_owner(welcome)
        result = plain_shell.run("serve", "--password-link=olga@shop.example", "--port=8700")
        [link] = re.findall(r"^  http://127\.0\.0\.1:8700(/password/\S+)$", result.out, re.MULTILINE)
        with urllib.request.urlopen(welcome.partition("/welcome/")[0] + link) as page:
            assert "password" in page.read().decode()
        everywhere = plain_shell.run(
            "serve", "--password-link=olga@shop.example", "--host=0.0.0.0", BUYERLINE_SECRET_KEY="k" * 40
        )
        nowhere = plain_shell.run("serve", "--password-link=olga@shop.example", "--port=0")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert result.status == 0
    assert "ends their sessions and API keys" in result.out
    assert "  http://127.0.0.1:8700/password/" in everywhere.out
    assert nowhere.status == 2
    assert "Name the --port" in nowhere.problem


def _read(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def _become_the_owner(welcome: str) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = browser.open(welcome).read().decode()
    [token] = set(re.findall(r'name="_csrf_token" value="([^"]+)"', page))
    password = "correct horse battery"
    form = {"_csrf_token": token, "email": "olga@shop.example", "name": "Olga"}
    form |= {"password": password, "password_again": password}
    assert browser.open(welcome, urllib.parse.urlencode(form).encode()).url.endswith("/orders")
