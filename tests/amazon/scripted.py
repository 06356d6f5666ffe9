"""A server that does exactly what a script says, down to the TCP segment."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

RST = struct.pack("ii", 1, 0)


@dataclass
class Peer:
    """One connection, seen from the server."""

    socket: socket.socket

    def read_request(self) -> bytes:
        """The whole next request, or what came before the client hung up."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more() or b"\r\n\r\n"
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length and (more := self._more()):
            body += more
        return head + b"\r\n\r\n" + body

    def _more(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except OSError:
            return b""

    def answer(self, status: int, body: bytes, headers: str = "content-type: application/json\r\n") -> None:
        """Answer and keep the connection."""
        head = f"HTTP/1.1 {status} X\r\n{headers}content-length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)

    def reset(self) -> None:
        """End the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        self.socket.close()


Script: TypeAlias = Callable[[Peer], None]


@dataclass
class Scripted:
    """Runs one script for each connection, the last one again and again."""

    scripts: list[Script]
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def scripted(*scripts: Script) -> Iterator[Scripted]:
    """A server on a free port of this machine, for the time of the block."""
    server = Scripted(list(scripts))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listener, server))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, server: Scripted) -> None:
    for number in range(1000):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.settimeout(5)
        with connection:
            script = server.scripts[min(number, len(server.scripts) - 1)]
            script(_recording(Peer(connection), server))


def _recording(peer: Peer, server: Scripted) -> Peer:
    read = peer.read_request

    def read_and_keep() -> bytes:
        request = read()
        if request.strip():
            server.requests.append(request)
        return request

    peer.read_request = read_and_keep  # type: ignore[method-assign] # a recorder around one instance
    return peer


def cut_before_reading(peer: Peer) -> None:
    """Reset as soon as the connection stands."""
    peer.reset()


def cut_after_reading(peer: Peer) -> None:
    """Read the whole request, then reset."""
    peer.read_request()
    peer.reset()


def close_after_reading(peer: Peer) -> None:
    """Read the whole request, then close in good order, saying nothing."""
    peer.read_request()


def half_a_head(peer: Peer) -> None:
    """Begin the answer's head and hang up."""
    peer.read_request()
    peer.socket.sendall(b"HTTP/1.1 201 Created\r\ncontent-ty")


def half_a_body(peer: Peer) -> None:
    """Promise more of a body than comes."""
    peer.read_request()
    peer.socket.sendall(b'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a')


def no_http(peer: Peer) -> None:
    """Answer in another protocol."""
    peer.read_request()
    peer.socket.sendall(b"220 mail.example ESMTP\r\n\r\n")


def cut_on_a_used_connection(peer: Peer) -> None:
    """Answer the first request well, and reset after reading the second on the same connection."""
    peer.read_request()
    peer.answer(200, b"{}")
    peer.read_request()
    peer.reset()


def answering(
    status: int, body: bytes, headers: str = "content-type: application/json\r\n", times: int = 1000
) -> Script:
    """A script that answers every request of a connection alike."""

    def answer(peer: Peer) -> None:
        for _ in range(times):
            if not peer.read_request().strip():
                return
            peer.answer(status, body, headers)

    return answer
