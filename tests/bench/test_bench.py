"""The benchmark's page: how figures are summed up, shown and held against the goals. Nothing is measured here."""

from pathlib import Path

import pytest

from bench import report, tables
from bench.__main__ import PAGES, PARTS
from bench.results import (
    Calls,
    ClientFigures,
    Imports,
    Results,
    Spread,
    Throughput,
    UploadFigures,
    Uploads,
    from_json,
    to_json,
)
from tests.bench.pages import MACHINE, exactly, line_of

DOCS = Path(__file__).parents[2] / "docs"


def calls_with(**cpu: float) -> Calls:
    """A run of sync GETs in which each client took so many milliseconds."""
    get = "getMessagingActionsForOrder"
    figures = [ClientFigures(client, "sync", get, exactly(ms), exactly(100)) for client, ms in cpu.items()]
    return Calls(rounds=3, seconds=1.0, at_once=50, notes={"buyerline": "A note."}, figures=figures)


def imports_with(**ms: float) -> Imports:
    statements = {"import buyerline": exactly(ms["buyerline"]), "import sp_api.api": exactly(ms["sp_api"])}
    return Imports(rounds=3, bare=exactly(12), statements=statements)


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ([3.0, 1.0, 2.0], Spread(2.0, 1.0, 3.0)),
        ([1.0, 2.0], Spread(1.5, 1.0, 2.0)),
        ([7.0], Spread(7.0, 7.0, 7.0)),
        ([1.23456789], Spread(1.23457, 1.23457, 1.23457)),
    ],
)
def test_a_spread_is_the_median_the_lowest_and_the_highest(values: list[float], spread: Spread) -> None:
    assert Spread.of(values) == spread


def test_a_spread_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.12345, "0.123"),
        (0.9996, "1.00"),
        (1.5, "1.50"),
        (9.996, "10.0"),
        (42.04, "42.0"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (-0.25, "-0.250"),
    ],
)
def test_a_figure_is_shown_with_three_digits_or_whole(value: float, shown: str) -> None:
    assert tables.number(value) == shown


@pytest.mark.parametrize(("spread", "shown"), [(Spread(2, 1, 3), "2.00 [1.00 to 3.00]"), (Spread(2, 2, 2), "2.00")])
def test_several_measurements_are_shown_with_the_lowest_and_the_highest(spread: Spread, shown: str) -> None:
    assert tables.spread(spread) == shown


def test_a_table_has_its_first_column_to_the_left_and_the_others_to_the_right() -> None:
    table = tables.table(["name", "ms"], [("a", "1"), ("b", "2")])
    assert table == "| name | ms |\n| --- | ---: |\n| a | 1 |\n| b | 2 |\n"


@pytest.mark.parametrize(
    ("buyerline", "verdict"), [(1.5, "| 1.50 times | reached |"), (1.6, "| 1.60 times | **not reached** |")]
)
def test_the_goal_over_bare_pyreqwest_is_marked_reached_or_not(buyerline: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, calls=calls_with(buyerline=buyerline, pyreqwest=1.0)))
    assert line_of(page, "sync: CPU at most 1.5 times bare pyreqwest's").endswith(verdict)


@pytest.mark.parametrize(
    ("peer", "verdict"), [(3.0, "| 3.00 times less | reached |"), (2.9, "| 2.90 times less | **not reached** |")]
)
def test_the_goal_under_python_amazon_sp_api_is_marked_reached_or_not(peer: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, calls=calls_with(buyerline=1.0, python_amazon_sp_api=peer)))
    assert line_of(page, "times less than python-amazon-sp-api's").endswith(verdict)


@pytest.mark.parametrize(("ms", "verdict"), [(25, "| 25.0% | reached |"), (26, "| 26.0% | **not reached** |")])
def test_the_goal_of_the_import_is_marked_reached_or_not(ms: float, verdict: str) -> None:
    page = report.render(Results(MACHINE, imports=imports_with(buyerline=ms, sp_api=100)))
    assert line_of(page, "at most a quarter of").endswith(verdict)


@pytest.mark.parametrize(
    ("rate", "verdict"), [(1500, "| 1,500/s | reached |"), (1499, "| 1,499/s | **not reached** |")]
)
def test_the_goal_of_the_sandbox_is_marked_reached_or_not(rate: float, verdict: str) -> None:
    throughput = Throughput(rounds=3, seconds=4.0, at_once=50, rate=exactly(rate), cpu=exactly(0.5))
    page = report.render(Results(MACHINE, throughput=throughput))
    assert line_of(page, "at least 1,500/s").endswith(verdict)


def test_each_client_is_shown_beside_bare_pyreqwest() -> None:
    page = report.render(Results(MACHINE, calls=calls_with(buyerline=0.3, amzn_sp_api=2.0, pyreqwest=0.2)))
    assert line_of(page, "| buyerline, sync").endswith("| 0.300 | 100 | 1.50 |")
    assert line_of(page, "| amzn-sp-api, sync").endswith("| 10.0 |")


def test_an_uploader_without_a_destination_of_its_own_has_a_dash_there() -> None:
    uploaders = {"curl": UploadFigures(put=exactly(50), total=None, memory=exactly(0.1))}
    page = report.render(Results(MACHINE, uploads=Uploads(rounds=3, size=9_900_000, uploaders=uploaders)))
    assert line_of(page, "| curl |") == "| curl | 50.0 | - | 0.100 |"


def test_only_what_was_measured_has_a_section() -> None:
    page = report.render(Results(MACHINE, imports=imports_with(buyerline=5, sp_api=100)))
    assert [line for line in page.splitlines() if line.startswith("## ")] == ["## Import"]


def test_the_page_names_the_machine() -> None:
    page = report.render(Results(MACHINE))
    for fact in ("Example CPU", "2 cores", "4.0 GiB", "Linux 6.1", "CPython 3.11.7", "buyerline 1.2.3", "2026-01-02"):
        assert fact in page


def test_results_read_back_as_they_were_written() -> None:
    results = Results(MACHINE, calls=calls_with(buyerline=0.3), imports=imports_with(buyerline=5, sp_api=100))
    assert from_json(to_json(results)) == results


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_shows_the_committed_figures(name: str) -> None:
    """Made by ``make bench``: neither file is written by hand, and the page is of the present renderer."""
    results = from_json((DOCS / f"{name}.json").read_text("utf-8"))
    assert (DOCS / f"{name}.md").read_text("utf-8") == report.render(results, name)


@pytest.mark.parametrize(("name", "parts"), PAGES.items())
def test_the_committed_run_is_a_whole_one(name: str, parts: list[str]) -> None:
    results = from_json((DOCS / f"{name}.json").read_text("utf-8"))
    assert None not in [getattr(results, PARTS[part][0]) for part in parts]
