"""``python -m bench``: measure, print the page, and write it with its figures to docs/."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import (
    calls,
    imports,
    machine,
    outbox_adding,
    outbox_load,
    outbox_loop,
    outbox_pace,
    outbox_queue,
    outbox_takeover,
    report,
    throughput,
    uploads,
)
from bench.process import Failed, shield
from bench.results import Results, to_json

PARTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "calls": ("calls", calls.measure),
    "import": ("imports", imports.measure),
    "upload": ("uploads", uploads.measure),
    "sandbox": ("throughput", throughput.measure),
    "outbox-pace": ("outbox_pace", outbox_pace.measure),
    "outbox-load": ("outbox_load", outbox_load.measure),
    "outbox-takeover": ("outbox_takeover", outbox_takeover.measure),
    "outbox-adding": ("outbox_adding", outbox_adding.measure),
    "outbox-queue": ("outbox_queue", outbox_queue.measure),
    "outbox-loop": ("outbox_loop", outbox_loop.measure),
}


def main() -> int:
    """Measure what was asked for. A goal that is missed is a result, not a failure."""
    asked = _arguments()
    started = time.monotonic()
    shield()

    def tell(words: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {words}", file=sys.stderr, flush=True)

    try:
        figures = {PARTS[part][0]: PARTS[part][1](tell, quick=asked.quick) for part in asked.only}
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    results = Results(machine.describe(), **figures)
    page = report.render(results)
    print(page)
    if asked.output is not None:
        (asked.output / "benchmarks.json").write_text(to_json(results), "utf-8")
        (asked.output / "benchmarks.md").write_text(page, "utf-8")
        tell(f"written to {asked.output}/benchmarks.md and benchmarks.json")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure buyerline beside its peers.")
    parser.add_argument("--quick", action="store_true", help="few and short rounds, to see that everything works")
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"parts by comma: {','.join(PARTS)}")
    parser.add_argument("--output", type=Path, help="folder for the page; docs for a whole run, none otherwise")
    asked = parser.parse_args()
    if asked.output is None and not asked.quick and asked.only == list(PARTS):
        asked.output = Path("docs")
    return asked


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return [part for part in PARTS if part in parts]


if __name__ == "__main__":
    sys.exit(main())
