"""What the two drivers say of a failure: nothing transmitted, or nobody knows."""

import asyncio
import io
import socket
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from buyerline.amazon import errors
from buyerline.amazon.flow import Flow, HttpRequest, HttpResponse, Join, Pause, Read
from buyerline.amazon.transport import AsyncDriver, Driver
from tests.amazon import scripted as script
from tests.amazon.scripted import Script, scripted

HOST = "sp.example"
Run = Callable[[Flow[Any]], Any]


def run_blocking(flow: Flow[Any], timeout: float = 5) -> Any:
    driver = Driver(timeout=timeout)
    try:
        return driver.run(flow)
    finally:
        driver.close()


def run_awaited(flow: Flow[Any], timeout: float = 5) -> Any:
    async def main() -> Any:
        driver = AsyncDriver(timeout=timeout)
        try:
            return await driver.run(flow)
        finally:
            await driver.close()

    return asyncio.run(main())


@pytest.fixture(params=[run_blocking, run_awaited], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Any:
    return request.param


def post(url: str, times: int = 1) -> Flow[HttpResponse]:
    for _ in range(times):
        response: HttpResponse = yield HttpRequest("op", "POST", HOST, f"{url}/x?a=%2F", {"x-a": "b"}, b'{"text":"hi"}')
    return response


def test_a_refused_connection_transmitted_nothing(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    with pytest.raises(errors.NotConnected):
        run(post(f"http://127.0.0.1:{free}"))


def test_a_host_that_does_not_exist_transmitted_nothing(run: Run) -> None:
    with pytest.raises(errors.NotConnected):
        run(post("http://nowhere.invalid"))


@pytest.mark.parametrize(
    "cut",
    [
        script.cut_after_reading,
        script.close_after_reading,
        script.half_a_head,
        script.half_a_body,
        script.no_http,
    ],
)
def test_a_connection_cut_at_any_later_stage_leaves_the_outcome_open(run: Run, cut: Script) -> None:
    with scripted(cut) as server, pytest.raises(errors.ConnectionLost):
        run(post(server.url))


def test_a_connection_cut_at_once_is_never_taken_for_an_answer(run: Run) -> None:
    """The reset may come while the connection is still being made, or just after: either is told as it was."""
    with scripted(script.cut_before_reading) as server, pytest.raises((errors.ConnectionLost, errors.NotConnected)):
        run(post(server.url))


def test_a_cut_on_a_used_connection_leaves_the_outcome_open_and_is_not_repeated(run: Run) -> None:
    """The HTTP library must not send the request again on a fresh connection by itself."""
    with scripted(script.cut_on_a_used_connection) as server:
        with pytest.raises(errors.ConnectionLost):
            run(post(server.url, times=2))
        assert len(server.requests) == 2


def test_a_server_that_never_answers_leaves_the_outcome_open(run: Any) -> None:
    def hang(peer: script.Peer) -> None:
        peer.read_request()
        peer.socket.recv(1)

    with scripted(hang) as server:
        with pytest.raises(errors.TimedOut):
            run(post(server.url), timeout=0.3)
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(run: Run, status: int) -> None:
    with scripted(script.answering(status, b"", "location: /elsewhere\r\n")) as server:
        assert run(post(server.url)).status == status
        assert len(server.requests) == 1


def test_url_and_headers_go_out_byte_for_byte(run: Run) -> None:
    def put(url: str) -> Flow[HttpResponse]:
        response: HttpResponse = yield HttpRequest("s3", "PUT", HOST, url, {"Content-MD5": "a+/="}, b"bytes")
        return response

    with scripted(script.answering(200, b"")) as server:
        run(put(f"{server.url}/bucket//%2F12/a%20b?X-Amz-SignedHeaders=a%3Bb&x=%2f"))
    request_line, *lines = server.requests[0].split(b"\r\n")
    assert request_line == b"PUT /bucket//%2F12/a%20b?X-Amz-SignedHeaders=a%3Bb&x=%2f HTTP/1.1"
    assert b"content-md5: a+/=" in [line.lower() for line in lines]


def test_progress_is_told_and_the_length_is_known_to_the_server(run: Run) -> None:
    told: list[tuple[int, int]] = []
    body = bytes(200_000)

    def put(url: str) -> Flow[HttpResponse]:
        response: HttpResponse = yield HttpRequest(
            "s3", "PUT", HOST, url, {}, body, lambda sent, total: told.append((sent, total))
        )
        return response

    with scripted(script.answering(200, b"")) as server:
        run(put(server.url))
    head = server.requests[0].partition(b"\r\n\r\n")[0].lower()
    assert b"content-length: 200000" in head
    assert b"transfer-encoding" not in head
    assert told[-1] == (200_000, 200_000)
    assert told == sorted(told)


def test_headers_of_an_answer_are_found_in_any_case(run: Run) -> None:
    with scripted(script.answering(200, b"{}", "X-AMZN-REQUESTID: abc\r\n")) as server:
        assert run(post(server.url)).header("x-amzn-RequestId") == "abc"


def test_no_error_quotes_the_url() -> None:
    """A presigned URL is a secret for as long as it lives."""
    for failing in (script.cut_after_reading, script.half_a_body):
        with scripted(failing) as server, pytest.raises(errors.TransportError) as caught:
            run_blocking(post(f"{server.url}/b?X-Amz-Signature=5ec2e7&c="))
        assert "5ec2e7" not in str(caught.value)


def reading(source: Any, limit: int = 1_000_000) -> Flow[bytes]:
    content: bytes = yield Read(source, limit)
    return content


def test_a_file_that_gives_little_at_a_time_is_read_whole(run: Run) -> None:
    class Trickle(io.RawIOBase):
        left = 300_015

        def read(self, size: int = -1) -> bytes:
            given = min(size, self.left, 4096)
            self.left -= given
            return b"x" * given

    assert len(run(reading(Trickle()))) == 300_015


@pytest.mark.parametrize(
    "source",
    [lambda: io.StringIO("text"), lambda: Path("a\0b"), lambda: Path("/nonexistent")],
    ids=["text", "nul", "gone"],
)
def test_what_cannot_be_read_as_bytes_is_an_error_of_the_file(run: Run, source: Callable[[], Any]) -> None:
    with pytest.raises(OSError, match=r"binary mode|No such file"):
        run(reading(source()))


def test_a_header_that_http_does_not_take_is_said_and_not_quoted(run: Run) -> None:
    def call(url: str) -> Flow[HttpResponse]:
        response: HttpResponse = yield HttpRequest("op", "GET", HOST, url, {"x-amz-access-token": "Atza|hush\n"})
        return response

    with scripted(script.answering(200, b"{}")) as server, pytest.raises(errors.ConfigurationError) as caught:
        run(call(server.url))
    assert "hush" not in f"{caught.value}{caught.value.__cause__}"
    assert server.requests == []


def test_a_closed_client_says_so_at_once() -> None:
    driver = Driver(timeout=5)
    driver.close()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        driver.run(post("http://127.0.0.1:9"))


def test_a_renewal_that_never_ends_is_waited_for_in_vain_but_not_for_ever(run: Any) -> None:
    def waiting() -> Flow[None]:
        yield Join(Future(), "a token renewal")

    with pytest.raises(errors.TimedOut):
        run(waiting(), timeout=0.02)


def test_no_repr_of_a_request_shows_what_is_secret() -> None:
    request = HttpRequest("s3", "PUT", HOST, "https://x/?X-Amz-Signature=hush", {"token": "hush"}, b"hush")
    assert "hush" not in f"{request!r}{request.__rich_repr__()}"


def test_a_flow_is_closed_when_its_task_is_cancelled() -> None:
    """What a flow holds (a place in a bucket, a renewal that others wait for) is let go."""
    closed: list[bool] = []

    def waiting() -> Flow[None]:
        try:
            yield Pause(60)
        finally:
            closed.append(True)

    async def main() -> None:
        driver = AsyncDriver(timeout=5)
        task = asyncio.create_task(driver.run(waiting()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await driver.close()

    asyncio.run(main())
    assert closed == [True]
