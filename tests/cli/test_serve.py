"""`buyerline serve`: a link for the owner, an app that answers, and a clean end."""

import re
import signal
import urllib.parse
import urllib.request
from subprocess import Popen

from tests.cli.shell import Shell


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


def test_a_password_link_is_only_for_somebody_who_is_here(plain_shell: Shell) -> None:
    result = plain_shell.run("serve", "--port=0", "--password-link=nobody@shop.example")

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
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert result.status == 0


def _become_the_owner(welcome: str) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = browser.open(welcome).read().decode()
    [token] = set(re.findall(r'name="_csrf_token" value="([^"]+)"', page))
    password = "correct horse battery"
    form = {"_csrf_token": token, "email": "olga@shop.example", "name": "Olga"}
    form |= {"password": password, "password_again": password}
    assert browser.open(welcome, urllib.parse.urlencode(form).encode()).url.endswith("/orders")
