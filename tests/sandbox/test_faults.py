"""Faults on demand, seen from a raw socket: what arrives, and whether the message was accepted."""

import json
import socket
import struct
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import US, Amazon, md5_of

SEND = f"/messaging/v1/orders/{GUIDE_ORDER}/messages/confirmOrderDetails?marketplaceIds={US}"
BODY = json.dumps({"text": "Which size?"}).encode()


def arm(amazon: Amazon, *faults: dict[str, Any]) -> None:
    amazon.control("POST", "/faults", list(faults))


def exchange(amazon: Amazon, timeout: float = 10) -> tuple[bytes, type[Exception] | None]:
    """Send a message over a raw socket: the bytes that came back, and the error that ended the connection."""
    headers = amazon.headers(**{"Content-Type": "application/json", "Content-Length": str(len(BODY))})
    lines = [f"POST {SEND} HTTP/1.1", f"Host: {amazon.host}:{amazon.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    received = b""
    with socket.create_connection((amazon.host, amazon.port), timeout=timeout) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\nConnection: close\r\n\r\n" + BODY)
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except OSError as error:
            return received, type(error)
    return received, None


def test_reset_before_ends_the_connection_and_nothing_was_accepted(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "reset_before", "count": 1})
    assert exchange(amazon) == (b"", ConnectionResetError)
    assert amazon.ledger() == []
    assert exchange(amazon)[0].startswith(b"HTTP/1.1 201 ")


def test_reset_after_ends_the_connection_and_the_message_was_accepted(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "reset_after", "count": 1})
    assert exchange(amazon) == (b"", ConnectionResetError)
    assert len(amazon.ledger()) == 1


def test_hang_after_accepts_and_says_nothing(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "hang_after", "count": 1})
    assert exchange(amazon, timeout=0.5) == (b"", TimeoutError)
    assert len(amazon.ledger()) == 1


def test_hang_after_breaks_the_connection_when_its_time_is_over(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "hang_after", "seconds": 0.05, "count": 1})
    assert exchange(amazon) == (b"", ConnectionResetError)
    assert len(amazon.ledger()) == 1


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="this system does not show a process its open files")
def test_breaking_connections_leaves_no_file_open(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "reset_before", "count": 20})
    exchange(amazon)
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(19):
        exchange(amazon)
    assert len(list(Path("/dev/fd").iterdir())) <= before + 5


def test_half_answer_breaks_off_inside_the_body(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "half_answer", "count": 1})
    received, error = exchange(amazon)
    assert error is None
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 ")
    assert b"content-length: 2" in head
    assert body == b"{"
    assert len(amazon.ledger()) == 1


def test_delay_answers_late_and_as_ever(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "delay", "seconds": 0.2, "count": 1})
    started = time.monotonic()
    assert exchange(amazon)[0].startswith(b"HTTP/1.1 201 ")
    assert time.monotonic() - started >= 0.2


def test_other_requests_are_answered_while_one_is_delayed(amazon: Amazon) -> None:
    assert amazon.token
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "hang_after", "count": 1})
    waiting = threading.Thread(target=exchange, args=(amazon, 0.5))
    waiting.start()
    assert amazon.actions().status == 200
    waiting.join()


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "InvalidInput"), (429, "QuotaExceeded"), (500, "InternalFailure"), (503, None)],
)
def test_status_answers_with_the_error_of_that_status(amazon: Amazon, status: int, code: str | None) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "status", "status": status})
    reply = amazon.message("confirmOrderDetails", {"text": "Which size?"})
    assert reply.status == status
    assert code is None or reply.error["code"] == code
    assert amazon.ledger() == []


@pytest.mark.parametrize(
    ("status", "message"),
    [(403, "The security token included in the request is expired"), (504, "Endpoint request timed out")],
)
def test_faults_of_the_gateway_itself_have_no_list_of_errors(amazon: Amazon, status: int, message: str) -> None:
    arm(amazon, {"operation": "*", "kind": "status", "status": status})
    reply = amazon.send("GET", "/sellers/v1/account")
    assert (reply.status, reply.json) == (status, {"message": message})


@pytest.mark.parametrize(("fault", "status"), [({}, 502), ({"status": 200}, 200), ({"status": 503}, 503)])
def test_html_answers_with_a_web_page(amazon: Amazon, fault: dict[str, int], status: int) -> None:
    arm(amazon, {"operation": "getMessagingActionsForOrder", "kind": "html"} | fault)
    reply = amazon.actions()
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html")
    assert b"<html>" in reply.body


def test_the_token_service_can_be_down(amazon: Amazon) -> None:
    arm(amazon, {"operation": "lwa", "kind": "status", "status": 503, "count": 1})
    reply = amazon.log_in()
    assert reply.status == 503
    assert "error" in reply.json
    assert amazon.log_in().status == 200


@pytest.mark.parametrize(("status", "code"), [(503, b"SlowDown"), (500, b"InternalError"), (403, b"AccessDenied")])
def test_s3_can_fail(amazon: Amazon, status: int, code: bytes) -> None:
    payload = amazon.destination("invoice", md5_of(b"x")).json["payload"]
    arm(amazon, {"operation": "s3", "kind": "status", "status": status, "count": 1})
    reply = amazon.put(payload, b"x")
    assert (reply.status, reply.headers["content-type"]) == (status, "application/xml")
    assert code in reply.body
    assert amazon.put(payload, b"x").status == 200


def test_the_connection_can_break_during_an_upload(amazon: Amazon) -> None:
    content = b"x" * (3 * 1024 * 1024)
    payload = amazon.destination("invoice", md5_of(content)).json["payload"]
    arm(amazon, {"operation": "s3", "kind": "reset_before", "count": 1})
    with pytest.raises(OSError, match=r"reset|closed|Broken"):
        amazon.put(payload, content)
    assert amazon.put(payload, content).status == 200


def test_a_fault_is_played_as_often_as_it_says(amazon: Amazon) -> None:
    amazon.without_limits()
    arm(amazon, {"operation": "getMessagingActionsForOrder", "kind": "status", "status": 500, "count": 2})
    assert [amazon.actions().status for _ in range(4)] == [500, 500, 200, 200]
    (fault,) = amazon.control("GET", "/faults")["faults"]
    assert (fault["count"], fault["played"]) == (2, 2)


def test_the_same_seed_gives_the_same_run(amazon: Amazon) -> None:
    fault = {"operation": "GetAttributes", "kind": "status", "status": 503, "probability": 0.5, "seed": 7}
    runs = []
    for _ in range(2):
        amazon.control("POST", "/reset")
        client = Amazon(amazon.url).without_limits()
        arm(client, fault)
        path = f"/messaging/v1/orders/{GUIDE_ORDER}/attributes"
        runs.append([client.get(path, marketplaceIds=US).status for _ in range(30)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


def test_faults_are_removed(amazon: Amazon) -> None:
    arm(amazon, {"operation": "*", "kind": "status"})
    amazon.control("DELETE", "/faults")
    assert amazon.control("GET", "/faults") == {"faults": []}
    assert amazon.log_in().status == 200


def test_a_played_fault_is_in_the_request_log(amazon: Amazon) -> None:
    arm(amazon, {"operation": "createConfirmOrderDetails", "kind": "reset_after", "count": 1})
    exchange(amazon)
    log = amazon.control("GET", "/requests")
    assert log["counts"]["createConfirmOrderDetails"] == {"0": 1}
    assert "fault: reset_after" in log["requests"][-1]["notes"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status"},
        {"operation": "nothing", "kind": "status"},
        {"operation": "*", "kind": "explode"},
        {"operation": "*", "kind": "status", "status": 99},
        {"operation": "*", "kind": "status", "count": 0},
        {"operation": "*", "kind": "status", "probability": 2},
        {"operation": "*", "kind": "delay", "seconds": -1},
        {"operation": "*", "kind": "status", "unknown": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(amazon: Amazon, fault: dict[str, Any]) -> None:
    body = json.dumps([fault]).encode()
    reply = amazon.send("POST", "/_sandbox/faults", body, {"Content-Type": "application/json"})
    assert reply.status == 400
    assert reply.json["detail"]


def test_a_client_that_goes_away_while_it_sends_disturbs_nobody(amazon: Amazon) -> None:
    with closing(socket.create_connection((amazon.host, amazon.port), timeout=10)) as connection:
        connection.sendall(f"POST {SEND} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert amazon.log_in().status == 200


def test_an_unknown_kind_of_fault_is_refused_with_the_known_ones(amazon: Amazon) -> None:
    body = b'[{"operation": "*", "kind": "explode"}]'
    reply = amazon.send("POST", "/_sandbox/faults", body, {"Content-Type": "application/json"})
    assert reply.status == 400
    assert "kind must be one of status, delay, reset_before" in reply.json["detail"]
