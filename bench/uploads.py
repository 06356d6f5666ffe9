"""Part three: a file of nearly 10 MB put to a destination, by buyerline and by curl."""

import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.one_upload import Timed, destination
from bench.process import run_watched
from bench.results import Spread, UploadFigures, Uploads
from bench.server import Sandbox

SIZE = 9_900_000
SMALL = 1_000
CURL = "curl"
BUYERLINE = "buyerline"

_CURL_TIMES = '{"put": %{time_total}, "total": null}'


def measure(tell: Callable[[str], None], *, quick: bool) -> Uploads:
    """Rounds of both uploaders in turn, each in a fresh process, with the file and with a small one."""
    rounds = 2 if quick else 7
    uploads = {BUYERLINE: _by_buyerline, CURL: _by_curl}
    timed: dict[str, list[Timed]] = defaultdict(list)
    memory: dict[str, list[float]] = defaultdict(list)
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        large, small = _pdf(Path(folder, "large.pdf"), SIZE), _pdf(Path(folder, "small.pdf"), SMALL)
        for number in range(1, rounds + 1):
            for uploader, upload in uploads.items():
                tell(f"uploads: round {number} of {rounds}, {uploader}")
                sandbox.reset()
                _, floor = upload(sandbox.url, small)
                once, peak = upload(sandbox.url, large)
                timed[uploader].append(once)
                memory[uploader].append(peak - floor)
    return Uploads(rounds, SIZE, {name: _figures(timed[name], memory[name]) for name in uploads})


def _by_buyerline(url: str, file: Path) -> tuple[Timed, float]:
    printed, peak = run_watched([sys.executable, "-m", "bench.one_upload", url, str(file)])
    return msgspec.json.decode(printed, type=Timed), peak


def _by_curl(url: str, file: Path) -> tuple[Timed, float]:
    there = destination(url, file)
    headers = [part for name, value in (there.headers or {}).items() for part in ("--header", f"{name}: {value}")]
    command = ["curl", "--silent", "--show-error", "--fail", "--write-out", _CURL_TIMES, *headers]
    printed, peak = run_watched([*command, "--upload-file", str(file), there.url])
    return msgspec.json.decode(printed, type=Timed), peak


def _figures(timed: list[Timed], memory: list[float]) -> UploadFigures:
    totals = [each.total * 1000 for each in timed if each.total is not None]
    return UploadFigures(
        put=Spread.of(each.put * 1000 for each in timed),
        total=Spread.of(totals) if totals else None,
        memory=Spread.of(memory),
    )


def _pdf(path: Path, size: int) -> Path:
    """A file that begins and ends like a PDF; what is between does not compress, as a scan does not."""
    head, tail = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"\n%%EOF\n"
    path.write_bytes(head + random.Random(8710).randbytes(size - len(head) - len(tail)) + tail)
    return path
