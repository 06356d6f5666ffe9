"""The PUT of a file, which these clients leave to their users: the URL and headers go out as the client gave them."""

import http.client
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit


class Refused(Exception):
    """The file store did not take the file."""


def put(url: str, headers: Mapping[str, str], content: bytes) -> int:
    """Store a file; the status, 200.

    Raises:
        Refused: it was answered otherwise.
    """
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        connection.request("PUT", url[url.index("/", len("http://")) :], content, dict(headers))
        response = connection.getresponse()
        answer = response.read().decode()
    if response.status != 200:
        raise Refused(f"{response.status} {answer}")
    return response.status
