"""``python -m bench``: measure, print the pages, and write them with their figures to docs/."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import (
    app,
    app_view,
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

DOCS = Path("docs")

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
    "app-pages": ("app_pages", app.measure),
    "app-views": ("app_views", app_view.measure),
}


PAGES = {
    "benchmarks": [part for part in PARTS if not part.startswith(("outbox", "app"))],
    "benchmarks-outbox": [part for part in PARTS if part.startswith("outbox")],
    "benchmarks-app": [part for part in PARTS if part.startswith("app")],
}
"""The pages in docs/ and their parts. Each is measured at one go and says when."""


def main() -> int:
    """Measure what was asked for. A goal that is missed is a result, not a failure."""
    asked = _arguments()
    started = time.monotonic()
    shield()

    def tell(words: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {words}", file=sys.stderr, flush=True)

    try:
        for name, parts in PAGES.items():
            wanted = [part for part in parts if part in asked.only]
            if wanted:
                figures = {PARTS[part][0]: PARTS[part][1](tell, quick=asked.quick) for part in wanted}
                whole = wanted == parts and not asked.quick
                _publish(name, Results(machine.describe(), **figures), asked.output or (DOCS if whole else None))
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    return 0


def _publish(name: str, results: Results, folder: Path | None) -> None:
    """Print a page, and write it and its figures where there is a folder for them."""
    page = report.render(results, name)
    print(page)
    if folder is not None:
        (folder / f"{name}.json").write_text(to_json(results), "utf-8")
        (folder / f"{name}.md").write_text(page, "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure buyerline beside its peers.")
    parser.add_argument("--quick", action="store_true", help="few and short rounds, to see that everything works")
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"parts by comma: {','.join(PARTS)}")
    parser.add_argument("--output", type=Path, help="folder for the pages; docs for a whole page, none otherwise")
    return parser.parse_args()


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return [part for part in PARTS if part in parts]


if __name__ == "__main__":
    sys.exit(main())
