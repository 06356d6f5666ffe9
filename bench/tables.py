"""Tables and figures in Markdown, alike in all of docs/benchmarks.md."""

from collections.abc import Iterable, Sequence

from bench.results import Spread


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def number(value: float) -> str:
    """A figure with three significant digits, whole from 100 on, thousands apart."""
    if abs(value) >= 99.95:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 9.995 else 2 if abs(value) >= 0.9995 else 3
    return f"{value:.{digits}f}"


def spread(values: Spread) -> str:
    """The median with the lowest and the highest, or the one value that there is."""
    if values.low == values.high:
        return number(values.median)
    return f"{number(values.median)} [{number(values.low)} to {number(values.high)}]"


def goal(words: str, measured: str, *, reached: bool) -> tuple[str, str, str]:
    """A row of a table of goals."""
    return words, measured, "reached" if reached else "**not reached**"


def goals(rows: Iterable[Sequence[str]]) -> str:
    """A table of goals."""
    return table(["goal", "measured", ""], rows)
