"""`buyerline demo`: nine steps, one email, an inbox, and a clean end."""

import re
import signal
import socket
import urllib.request

from tests.cli.shell import Shell


def test_once_shows_nine_steps_and_the_email_and_ends(plain_shell: Shell) -> None:
    result = plain_shell.run("demo", "--once", "--port=0")

    assert result.status == 0, result.err
    assert result.err == ""
    assert re.findall(r"^(\d)  ", result.out, re.MULTILINE) == list("123456789")
    assert "The email that arrived" in result.out
    assert "engraving-preview.pdf" in result.out
    assert "The buyer reads en-US" in result.out
    assert max(map(len, result.out.splitlines())) <= 80
    assert "\x1b" not in result.out


def test_settings_for_a_real_account_do_not_matter(plain_shell: Shell) -> None:
    result = plain_shell.run(
        "demo",
        "--once",
        "--port=0",
        SP_API_REFRESH_TOKEN="Atzr|real",
        SP_API_DEFAULT_MARKETPLACE="DE",
        BUYERLINE_ENDPOINT="https://name.invalid",
        BUYERLINE_LWA_ENDPOINT="https://name.invalid",
        AWS_ENV="SANDBOX",
        HTTP_PROXY="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
    )

    assert result.status == 0, result.err


def test_it_stays_up_with_the_inbox_until_ctrl_c(plain_shell: Shell) -> None:
    with plain_shell.running("demo", "--port=0") as process:
        assert process.stdout is not None
        shown = ""
        while "Ctrl-C ends the demo." not in shown:
            line = process.stdout.readline()
            assert line, process.communicate()
            shown += line
        [url] = re.findall(r"^The inbox: (http://127\.0\.0\.1:\d+/inbox)$", shown, re.MULTILINE)
        with urllib.request.urlopen(url) as page:
            assert "engraving-preview.pdf" in page.read().decode()
        [link] = re.findall(r"^  (http://127\.0\.0\.1:\d+/enter/\S+)$", shown, re.MULTILINE)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(link) as page:
            assert page.url.endswith("/orders")
            assert "Demo owner" in page.read().decode()
        exports = dict(re.findall(r"^  export (\w+)='(.*)'$", shown, re.MULTILINE))
        [order] = re.findall(r"buyerline actions (\S+)", shown)
        sent = Shell(plain_shell.folder, exports).run("send", order, "confirmOrderDetails", "--text=Hi", "--yes")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert sent.status == 0, sent.err
    assert process.returncode == 0
    assert err == ""


def test_a_taken_port_of_ones_own_choice_is_wrong_usage(plain_shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = plain_shell.run("demo", "--once", f"--port={port}")

    assert result.status == 2
    assert result.problem.startswith(f"error: --port: cannot listen on port {port}")


def test_another_port_is_used_when_the_default_one_is_taken(plain_shell: Shell) -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", 8710))
            holder.listen()
        except OSError:
            pass  # somebody else holds it, which serves as well
        result = plain_shell.run("demo", "--once")

    assert result.status == 0, result.err
    assert result.out.startswith("Port 8710 is taken, so another free one is used.")
