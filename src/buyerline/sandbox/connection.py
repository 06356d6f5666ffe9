"""Breaking a TCP connection off under the server, as a network would.

The server gives no way to end a connection without an answer. Its socket is found among this process's open files by
the two addresses of the connection; the socket's options are shared by all its descriptors, so what is set here holds
when the server closes it.
"""

import os
import socket
import stat
import struct
from pathlib import Path

from buyerline.sandbox.wire import Answer, Call


def reset(call: Call) -> None:
    """End the connection with a TCP reset, without an HTTP answer."""
    with _socket_of(call) as connection:
        # With no time to linger, the close that follows the end of reading becomes a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)


def send_half(call: Call, answer: Answer) -> None:
    """Send the head of the answer and half of its body, or half of the head where there is no body, then close."""
    lines = [f"HTTP/1.1 {answer.status} \r\n".encode("ascii")]
    lines += [name + b": " + value + b"\r\n" for name, value in answer.lines()]
    head = b"".join(lines) + b"\r\n"
    half = head + answer.body[: len(answer.body) // 2] if answer.body else head[: len(head) // 2]
    with _socket_of(call) as connection:
        connection.sendall(half)
        connection.shutdown(socket.SHUT_RDWR)


def _socket_of(call: Call) -> socket.socket:
    ends = (_address(call.server), _address(call.client))
    for entry in Path("/dev/fd").iterdir():
        candidate = _socket(int(entry.name))
        if candidate is None:
            continue
        if _ends(candidate) == ends:
            return candidate
        candidate.close()
    raise ConnectionError("The connection is already gone.")


def _socket(descriptor: int) -> socket.socket | None:
    """A socket of its own for an open file of this process, ``None`` when that is no socket, or gone by now."""
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        duplicate = os.dup(descriptor)
    except OSError:
        return None
    try:
        return socket.socket(fileno=duplicate)
    except OSError:
        os.close(duplicate)
        return None


def _ends(connection: socket.socket) -> tuple[tuple[str, int], tuple[str, int]] | None:
    try:
        return _address(connection.getsockname()), _address(connection.getpeername())
    except OSError:
        return None


def _address(address: object) -> tuple[str, int]:
    if not isinstance(address, tuple) or len(address) < 2:
        return "", 0
    return str(address[0]), int(address[1])
