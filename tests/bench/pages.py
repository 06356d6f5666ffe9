"""Figures that tests make up, and lines of the pages made of them."""

from bench.results import Machine, Spread

MACHINE = Machine(
    measured_at="2026-01-02 03:04 UTC",
    cpu="Example CPU",
    cores=2,
    memory=4.0,
    kernel="6.1",
    python="CPython 3.11.7",
    curl="8.0",
    versions={"buyerline": "1.2.3"},
)


def exactly(value: float) -> Spread:
    return Spread(value, value, value)


def line_of(page: str, words: str) -> str:
    """The one line of the page that has these words."""
    (found,) = [line for line in page.splitlines() if words in line]
    return found
