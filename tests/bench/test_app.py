"""The app's part of the benchmark: what is measured, and how it is held against the goals."""

from bench import report
from bench.app_stock import BRAND, SELLERS, Catalogue
from bench.report_app import GROUPS, percentile
from bench.results import AppPages, PageFigures, Results, ViewFigures, from_json, to_json
from tests.bench.pages import MACHINE, line_of


def pages_with(**slowest: float) -> Results:
    """A run in which every kind took 10 ms, but for the slowest request of a group."""
    figures = [
        PageFigures(group, f"a kind of {group}", [*[10.0] * 9, *[slowest.get(group, 10.0)] * 2]) for group in GROUPS
    ]
    return Results(MACHINE, app_pages=[AppPages("sqlite", 1_000_000, 3, 11, 99.0, figures)])


def test_a_percentile_is_what_so_many_do_not_exceed() -> None:
    assert percentile([float(value) for value in range(101)], 95) == 95.0
    assert percentile([7.0], 95) == 7.0


def test_each_kind_has_a_line_with_its_median_and_what_95_of_100_do_not_exceed() -> None:
    page = report.render(pages_with(search=40.0), "benchmarks-app")
    assert line_of(page, "a kind of search") == "| Search: a kind of search | 10.0 | 40.0 | 40.0 |"
    assert "on SQLite" in page
    assert "1,000,000 orders of 3 accounts" in page


def test_a_goal_is_missed_by_the_slowest_kind_of_its_group() -> None:
    page = report.render(pages_with(search=60.0, order=49.0), "benchmarks-app")
    assert "**not reached**" in line_of(page, "Search: of each kind")
    assert line_of(page, "Order page: of each kind").endswith("| 49.0 ms | reached |")


def test_a_first_view_is_all_that_comes_with_a_page() -> None:
    views = [
        ViewFigures("A light page", {"the page": 9_000, "/static/app.js": 50_000}),
        ViewFigures("A heavy one", {"the page": 9_000, "/static/app.js": 51_000}),
    ]
    page = report.render(Results(MACHINE, app_views=views), "benchmarks-app")
    assert line_of(page, "A light page: /static/app.js") == "| A light page: /static/app.js | 50.0 |"
    assert line_of(page, "A light page: below").endswith("| 59.0 kB | reached |")
    assert "**not reached**" in line_of(page, "A heavy one: below")


def test_figures_are_read_as_they_were_written() -> None:
    results = pages_with()
    assert from_json(to_json(results)) == results


def test_the_catalogue_is_the_same_every_time_and_has_what_the_report_says() -> None:
    one, other = Catalogue(), Catalogue()
    assert one.wares == other.wares
    assert one.sell(50) == other.sell(50)
    titles = [ware.title.split() for ware in one.wares]
    assert sum(BRAND in title for title in titles) * 2 == len(titles)
    assert {len([word for word in title if word != BRAND]) for title in titles} == set(range(6, 15))
    assert len({seller.region for seller in SELLERS}) == 2
