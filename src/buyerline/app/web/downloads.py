"""Files of messages as answers."""

from urllib.parse import quote

from litestar.response import Response

from buyerline.app.draft_rows import StoredFile

KIND = "application/octet-stream"


def as_download(file: StoredFile) -> Response[bytes]:
    """A file to be saved: never shown, and its type is not told, for it is whatever somebody attached."""
    named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=KIND, headers={"Content-Disposition": named})
