"""One upload by buyerline: ``python -m bench.one_upload URL FILE`` prints the seconds it took, as JSON."""

import sys
import time
from pathlib import Path

import msgspec

from buyerline import Credentials, SellingPartner
from buyerline.amazon.login import TokenStore
from buyerline.amazon.uploads import Destination, content_md5, resource_of
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN, GUIDE_ORDER

RESOURCE = resource_of(GUIDE_ORDER, "invoice")
CREDENTIALS = Credentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN)


class Timed(msgspec.Struct, frozen=True):
    """Seconds of the PUT alone, and from the digest to the stored file where the uploader does that too."""

    put: float
    total: float | None


def upload(url: str, file: Path) -> Timed:
    """Read, digest and upload a file: steps 6 to 8 of sending a message. The token is there beforehand."""
    with SellingPartner("US", endpoint=url, credentials=CREDENTIALS) as amazon:
        amazon.uploads.create_destination(RESOURCE, content_md5(b"other"))
        start = time.perf_counter()
        content = file.read_bytes()
        there = amazon.uploads.create_destination(RESOURCE, content_md5(content))
        put = time.perf_counter()
        amazon.uploads.put(there, content, file_name=file.name)
        end = time.perf_counter()
    return Timed(end - put, end - start)


def destination(url: str, file: Path) -> Destination:
    """A destination for `file`, for an uploader that knows nothing of Amazon."""
    # A sandbox that was reset knows no token of before.
    with SellingPartner("US", endpoint=url, credentials=CREDENTIALS, tokens=TokenStore()) as amazon:
        return amazon.uploads.create_destination(RESOURCE, content_md5(file.read_bytes()))


def main() -> None:
    url, file = sys.argv[1:]
    print(msgspec.json.encode(upload(url, Path(file))).decode())


if __name__ == "__main__":
    main()
