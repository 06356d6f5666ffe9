"""The app's page: docs/benchmarks-app.md."""

from collections.abc import Iterator, Sequence
from statistics import quantiles

from bench.results import AppPages, PageFigures, Results, ViewFigures
from bench.tables import goal, goals, number, table

MOST = 50.0
"""Milliseconds that 95 of 100 requests may take."""

LIGHTEST = 60_000
"""Bytes that a first view stays below."""

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
GROUPS = {"list": "List", "filters": "Filters", "search": "Search", "order": "Order page"}


def sections(results: Results) -> Iterator[str]:
    """The sections of what was measured."""
    if results.app_pages is not None:
        for pages in results.app_pages:
            yield _pages(pages)
    if results.app_views is not None:
        yield _views(results.app_views)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of 100 do not exceed."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[percent - 1]


def _pages(pages: AppPages) -> str:
    rows = [_row(each) for each in pages.figures]
    found = [_goal(group, [each for each in pages.figures if each.group == group]) for group in GROUPS]
    return (
        f"## The seller's app on {DATABASES[pages.database]}\n\n"
        f"{pages.orders:,} orders of {pages.accounts} accounts, two years of them, one in twenty with a "
        "message; titles of 6 to 14 words, one of which every second title has. "
        f"{pages.times} requests of each kind, after one that does not count, drawn at random: other words, filters "
        "and places each time. Milliseconds are those from a request that was read to an answer that can be written, "
        "in the app's own process: session, rights, database, template and compression. Keeping the orders took "
        f"{number(pages.filled)} s.\n\n"
        + table(["", "median, ms", "95 of 100 within, ms", "longest, ms"], rows)
        + "\n"
        + goals(found)
    )


def _views(views: Sequence[ViewFigures]) -> str:
    rows = [(f"{each.page}: {name}", number(size / 1000)) for each in views for name, size in each.parts.items()]
    found = [
        goal(
            f"{each.page}: below {LIGHTEST // 1000} kB",
            f"{number(each.total / 1000)} kB",
            reached=each.total < LIGHTEST,
        )
        for each in views
    ]
    return (
        "## A first view\n\n"
        "What a browser that has kept nothing yet is sent for a page and everything that the page loads, compressed, "
        "with the headers of the answers. All of it comes from the app itself.\n\n"
        + table(["", "kB"], rows)
        + "\n"
        + goals(found)
    )


def _row(figures: PageFigures) -> tuple[str, ...]:
    taken = figures.taken
    shown = (percentile(taken, 50), percentile(taken, 95), max(taken))
    return (f"{GROUPS[figures.group]}: {figures.name}", *map(number, shown))


def _goal(group: str, kinds: Sequence[PageFigures]) -> tuple[str, str, str]:
    """Every kind has to reach the goal, so that none hides behind the quick ones."""
    slowest = max(percentile(each.taken, 95) for each in kinds)
    words = f"{GROUPS[group]}: of each kind, 95 of 100 within {number(MOST)} ms"
    return goal(words, f"{number(slowest)} ms", reached=slowest <= MOST)
