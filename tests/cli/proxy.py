"""What stands between a machine and Amazon in hotels and offices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _HtmlPage(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><body>Please sign in to the network.</body></html>")

    do_GET = do_POST = do_PUT = do_CONNECT = _answer  # noqa: N815 - names of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Say nothing."""


@contextmanager
def sign_in_page() -> Iterator[str]:
    """A server, or a proxy, that answers everything with a page to sign in at."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _HtmlPage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
