"""The worker's small HTTP server: whether it is well, and what it counts."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import msgspec
import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox import health
from buyerline.outbox.health import HealthServer
from buyerline.outbox.metrics import Metrics
from tests.databases import free_port
from tests.outbox.probing import ask, serving, well

PATHS = ("/healthz", "/readyz", "/metrics")


@pytest.fixture
def server() -> Iterator[HealthServer]:
    with serving() as running:
        yield running


@contextmanager
def connected(server: HealthServer) -> Iterator[socket.socket]:
    """A connection on which nothing was said yet."""
    port = urlsplit(server.url).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=20) as connection:
        yield connection


class TestProbes:
    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_a_worker_that_is_well_is_ok(self, server: HealthServer, path: str) -> None:
        reply = ask(server, path)
        assert (reply.status, reply.text) == (200, "ok")
        assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"

    def test_each_probe_gives_its_own_reason(self) -> None:
        with serving(alive=lambda: "Its rounds stand still.", ready=lambda: "It waits for another worker.") as server:
            alive, ready = ask(server, "/healthz"), ask(server, "/readyz")
        assert (alive.status, alive.text) == (503, "Its rounds stand still.")
        assert (ready.status, ready.text) == (503, "It waits for another worker.")

    def test_a_probe_is_asked_each_time(self) -> None:
        reasons = iter(["It has not begun.", None])
        with serving(ready=lambda: next(reasons)) as server:
            assert [ask(server, "/readyz").status, ask(server, "/readyz").status] == [503, 200]

    def test_programs_get_json(self) -> None:
        with serving(ready=lambda: "Die Datenbank fehlt.\n„Später“") as server:
            alive = ask(server, "/healthz", Accept="application/json")
            ready = ask(server, "/readyz", Accept="text/html, application/json;q=0.9")
        assert alive.status == 200
        assert msgspec.json.decode(alive.text) == {"status": "ok", "reason": None}
        assert ready.status == 503
        assert msgspec.json.decode(ready.text) == {"status": "unwell", "reason": "Die Datenbank fehlt.\n„Später“"}
        assert {alive.headers["Content-Type"], ready.headers["Content-Type"]} == {"application/json"}

    def test_a_probe_that_fails_is_no_sign_of_health_and_the_log_says_why(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken() -> str | None:
            raise LookupError("no such round")

        with serving(alive=broken) as server:
            reply = ask(server, "/healthz")
            assert ask(server, "/readyz").status == 200
        assert reply.status == 500
        assert "no such round" not in reply.text
        assert reply.headers["Server"] == "buyerline"
        assert "no such round" in caplog.text


class TestManners:
    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_head_is_get_without_the_body(self, server: HealthServer, path: str) -> None:
        get, head = ask(server, path), ask(server, path, "HEAD")
        assert (head.status, head.text) == (200, "")
        assert head.headers["Content-Length"] == get.headers["Content-Length"] == "2"

    def test_metrics_take_head_too(self, server: HealthServer) -> None:
        head = ask(server, "/metrics", "HEAD")
        assert (head.status, head.text) == (200, "")
        assert int(head.headers["Content-Length"]) > 1000

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    @pytest.mark.parametrize("path", PATHS)
    def test_nothing_else_than_reading_is_allowed(self, server: HealthServer, method: str, path: str) -> None:
        reply = ask(server, path, method)
        assert reply.status == 405
        assert reply.headers["Allow"] == "GET, HEAD"

    @pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz2", "/favicon.ico", "/../../etc/passwd", "/%00"])
    def test_elsewhere_nothing_is_found_but_where_to_look(self, server: HealthServer, path: str) -> None:
        reply = ask(server, path)
        assert reply.status == 404
        assert all(known in reply.text for known in PATHS)

    @pytest.mark.parametrize(("method", "path"), [("GET", path) for path in (*PATHS, "/")] + [("POST", "/metrics")])
    def test_no_answer_is_kept_and_none_tells_versions(self, server: HealthServer, method: str, path: str) -> None:
        reply = ask(server, path, method)
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers.get_all("Server") == ["buyerline"]

    def test_a_request_that_cannot_be_read_is_refused_in_plain_words(self, server: HealthServer) -> None:
        with connected(server) as connection:
            connection.sendall(b"GET /healthz again HTTP/1.1\r\n\r\n")
            response = http.client.HTTPResponse(connection)
            response.begin()
            assert response.status == 400
            assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert response.headers["Server"] == "buyerline"
            assert b"<" not in response.read()

    def test_a_client_that_says_nothing_is_hung_up_on(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(health._Handler, "timeout", 0.05)
        with serving() as server, connected(server) as connection:
            assert connection.recv(100) == b""
        assert capfd.readouterr() == ("", "")

    def test_silent_clients_take_no_more_than_their_places(self, server: HealthServer) -> None:
        """One more is turned away; when the others have gone, everybody is served again."""
        with ExitStack() as silent:
            for _ in range(health._AT_ONCE):
                silent.enter_context(connected(server))
            with pytest.raises(ConnectionError):
                ask(server, "/healthz")
        assert answered_in_the_end(server)


def answered_in_the_end(server: HealthServer) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            return ask(server, "/healthz").status == 200
        except ConnectionError:
            time.sleep(0.01)
    return False


class TestListening:
    @pytest.mark.parametrize("host", [None, "", "127.0.0.1"])
    def test_only_this_machine_reaches_it_unless_told_otherwise(self, host: str | None) -> None:
        with HealthServer(host, 0, metrics=Metrics, alive=well, ready=well) as server:
            assert server._server.server_address[0] == "127.0.0.1"
            assert server.url.startswith("http://127.0.0.1:")

    def test_another_address_is_listened_on_when_it_is_given(self) -> None:
        with HealthServer("0.0.0.0", 0, metrics=Metrics, alive=well, ready=well) as server:
            assert server._server.server_address[0] == "0.0.0.0"
            assert ask(server, "/healthz").status == 200

    @pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
    def test_an_ipv6_address_will_do(self) -> None:
        with HealthServer("::1", 0, metrics=Metrics, alive=well, ready=well) as server:
            assert server.url.startswith("http://[::1]:")
            assert ask(server, "/healthz").status == 200

    def test_a_port_in_use_is_said_with_the_option_to_change(self, server: HealthServer) -> None:
        port = urlsplit(server.url).port or 0
        with pytest.raises(ConfigurationError, match=rf"127\.0\.0\.1:{port} .*--health-port"):
            HealthServer(None, port, metrics=Metrics, alive=well, ready=well)

    def test_the_port_is_free_again_afterwards(self) -> None:
        port = free_port()
        for _ in range(2):
            with HealthServer(None, port, metrics=Metrics, alive=well, ready=well) as server:
                assert server.url == f"http://127.0.0.1:{port}"
                assert ask(server, "/healthz").status == 200

    @pytest.mark.parametrize(
        ("host", "port"), [(None, 70_000), (None, -1), ("192.0.2.1", 0), ("no host", 0), ("..", 0), ("a" * 64, 0)]
    )
    def test_what_cannot_be_listened_on_is_said(self, host: str | None, port: int) -> None:
        with pytest.raises(ConfigurationError, match="health: cannot listen on"):
            HealthServer(host, port, metrics=Metrics, alive=well, ready=well)
