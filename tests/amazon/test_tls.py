"""Which servers are believed: the setting `verify`, against a server whose authority only the tests know."""

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from buyerline import NotConnected, SellingPartner
from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.login import TokenStore
from tests.amazon.by_hand import SECRETS

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the certificates, it is not here"
)

ANSWER = b'{"access_token": "Atza|tls", "expires_in": 3600, "payload": []}'


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers token requests and participations alike."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Server:
    url: str
    bundle: Path


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A TLS server on localhost, and a bundle with its authority and another one."""
    folder = tmp_path_factory.mktemp("tls")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for name in ("other", "authority"):
        openssl(
            folder,
            "req",
            "-x509",
            *key,
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-subj",
            f"/CN={name}",
            "-days",
            "2",
        )
    openssl(folder, "req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
    authority = ("-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial")
    openssl(
        folder,
        "x509",
        "-req",
        "-in",
        "server.csr",
        *authority,
        "-out",
        "server.pem",
        "-days",
        "2",
        "-extfile",
        "server.ext",
    )
    bundle = folder / "bundle.pem"
    bundle.write_bytes((folder / "other.pem").read_bytes() + (folder / "authority.pem").read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.handle_error = lambda *_: None  # type: ignore[method-assign] # handshakes are refused here on purpose
        running.socket = context.wrap_socket(running.socket, server_side=True)
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Server(f"https://localhost:{running.server_port}", bundle)
        running.shutdown()
        thread.join()


def ask(server: Server, **settings: Any) -> list[Any]:
    with SellingPartner(
        "US", credentials=SECRETS, endpoint=server.url, tokens=TokenStore(), repeats=0, **settings
    ) as us:
        return us.sellers.get_participations()


def test_a_server_that_no_known_authority_vouches_for_is_not_believed(server: Server) -> None:
    with pytest.raises(NotConnected, match="certificate"):
        ask(server)


def test_the_authorities_of_a_bundle_are_believed_each(server: Server) -> None:
    assert ask(server, verify=server.bundle) == []


def test_any_server_is_believed_where_nothing_is_verified(server: Server) -> None:
    assert ask(server, verify=False) == []


def test_a_bundle_without_certificates_is_told_at_once(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no certificate"):
        ask(server, verify=Path(__file__).with_name("__init__.py"))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        ask(server, verify=tmp_path / "missing.pem")
