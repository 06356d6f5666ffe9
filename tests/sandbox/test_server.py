"""Running a sandbox: in the background of a process, and as a command."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from buyerline.cli.sandbox import sandbox
from buyerline.sandbox import GUIDE_ORDER, Options, background
from tests.sandbox.client import Amazon, running


def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(sandbox)
    return app


def test_a_background_sandbox_answers_on_entry_and_is_gone_on_exit() -> None:
    threads_before = set(threading.enumerate())
    with background(Options(port=0, orders=3, accounts=2)) as made:
        assert made.url == f"http://127.0.0.1:{made.port}"
        assert (made.orders, made.accounts) == (7, 2)
        assert Amazon(made.url).control("GET", "/health")["status"] == "ok"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", made.port), timeout=5)
    assert set(threading.enumerate()) <= threads_before


def test_several_run_side_by_side() -> None:
    with running() as first, running() as second:
        first.message("confirmOrderDetails", {"text": "Which size?"})
        assert (len(first.ledger()), len(second.ledger())) == (1, 0)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_at_the_root_is_sent_to_the_inbox(amazon: Amazon, method: str) -> None:
    reply = amazon.send(method, "/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (reply.status // 100, reply.headers["location"]) == (3, "/inbox")


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/", "application/json"),
        ("GET", "/", "*/*"),
        ("POST", "/", "text/html"),
        ("GET", "/elsewhere", "text/html"),
    ],
)
def test_whatever_else_is_at_no_address_gets_amazons_answer(
    amazon: Amazon, method: str, path: str, accept: str
) -> None:
    reply = amazon.send(method, path, headers={"Accept": accept})
    assert (reply.status, reply.error["code"]) == (403, "MissingAuthenticationToken")


def test_it_stops_while_a_request_is_waiting() -> None:
    with running() as amazon:
        amazon.control("POST", "/faults", [{"operation": "*", "kind": "hang_after"}])
        connection = socket.create_connection((amazon.host, amazon.port), timeout=10)
        connection.sendall(b"GET /sellers/v1/account HTTP/1.1\r\nHost: x\r\n\r\n")
        while not amazon.control("GET", "/requests")["requests"]:
            pass
    connection.close()


def test_it_stops_while_a_request_is_being_sent() -> None:
    with running() as amazon:
        connections = [socket.create_connection((amazon.host, amazon.port), timeout=10) for _ in range(2)]
        for connection, path in zip(connections, ("/auth/o2/token", "/_sandbox/orders"), strict=True):
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{".encode())
        assert amazon.log_in().status == 200
    for connection in connections:
        connection.close()


def test_a_taken_port_is_an_error() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), background(Options(port=port)):
            pass


def test_a_data_file_keeps_the_world(tmp_path: Path) -> None:
    data = tmp_path / "world.db"
    with running(data=data) as amazon:
        order_id = amazon.new_order()
        assert amazon.message("confirmOrderDetails", {"text": "Which size?"}, order_id).status == 201
        amazon.control("POST", "/clock", {"advance": 60})
        token = amazon.token
        orders = amazon.control("GET", "/accounts")
    with running(data=data) as amazon:
        assert [message["order_id"] for message in amazon.ledger()] == [order_id]
        assert amazon.control("GET", "/accounts") == orders
        assert amazon.send("GET", "/sellers/v1/account", None, {"x-amz-access-token": token}).status == 200


def test_the_command_prints_how_to_use_it_and_stops_on_a_signal() -> None:
    code = "import typer; from buyerline.cli.sandbox import sandbox; typer.run(sandbox)"
    arguments = [sys.executable, "-c", code, "--port", "0", "--orders", "5"]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or "BUYERLINE_LWA_ENDPOINT" not in lines[-1]:
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            lines.append(line)
        text = "".join(lines)
        found = re.search(r"export BUYERLINE_ENDPOINT='(http://127\.0\.0\.1:\d+)'", text)
        assert found is not None
        assert Amazon(found[1]).actions(GUIDE_ORDER).status == 200
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (rest, errors) == ("", "")
    assert f"{found[1]}/inbox" in text
    assert "1 account and 6 orders" in text
    assert "export SP_API_REFRESH_TOKEN='Atzr|sandbox'" in text


@pytest.mark.parametrize("smtp", ["localhost", ":25", "localhost:", "localhost:mail", "localhost:0", "localhost:70000"])
def test_the_command_refuses_a_wrong_mail_server(smtp: str) -> None:
    result = CliRunner().invoke(command(), ["--smtp", smtp, "--port", "0"])
    assert result.exit_code == 2
    assert result.stderr == f"error: --smtp must be HOST:PORT, such as localhost:1025, not {smtp!r}.\n"


def test_the_command_refuses_a_taken_port() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(command(), ["--port", str(port)])
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"error: Cannot listen on 127.0.0.1:{port} (Address already in use). Choose another port"
    )
    assert result.stderr.count("\n") == 1


def test_the_command_refuses_a_file_that_is_no_database(tmp_path: Path) -> None:
    data = tmp_path / "notes.txt"
    data.write_text("no database, but long enough to be looked at by SQLite" * 20)
    result = CliRunner().invoke(command(), ["--port", "0", "--data", str(data)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: Cannot use {data} as the sandbox's data")
