"""What `buyerline send` shows: the message before it leaves, its steps, and its files as they leave."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from buyerline.cli.output import console, one_line, plain, size

if TYPE_CHECKING:
    from buyerline import Checked, Step
    from buyerline.amazon.flow import Progress


def show_draft(checked: "Checked", marketplace: str, locale: str | None) -> None:
    """Show what will be sent."""
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    draft, action = checked.draft, checked.action
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("Order", f"{draft.order_id} ({marketplace})")
    if action is not None:
        name = action.type.name if action.type else action.name
        facts.add_row("Type", f"{one_line(name)}: {one_line(action.title)}")
        if action.type and action.type.critical:
            facts.add_row("", "critical: reaches buyers who opted out of messages")
    if draft.coverage_start or draft.coverage_end:
        facts.add_row("Coverage", f"{draft.coverage_start} to {draft.coverage_end}")
    for number, file in enumerate(draft.attachments):
        facts.add_row("" if number else "Files", f"{one_line(file.name)} ({size(file.size)})")
    if locale:
        facts.add_row("Language", f"the buyer reads {one_line(locale)}")
    screen = console()
    screen.print(facts)
    if draft.text:
        limit = action.text.max_length if action and action.text else None
        count = f"{len(draft.text):,} of {limit:,} characters" if limit else f"{len(draft.text):,} characters"
        screen.print(
            Panel(Text(plain(draft.text)), title="Text", title_align="left", subtitle=count, subtitle_align="right")
        )


def show_step(step: "Step") -> None:
    """Tell a step that has just been done, on stderr, where a reader who went away does not stop a send half-way."""
    typer.echo(f"step {step.number} of 9: {one_line(step.words)}", err=True)


@contextmanager
def upload_progress() -> Iterator["Callable[[str], Progress] | None"]:
    """A progress bar for each file, while the block lasts; ``None`` where there is no terminal to draw it on."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn
    from rich.progress import Progress as Bars

    with Bars(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=screen, transient=True) as bars:

        def begin(file_name: str) -> "Progress":
            task = bars.add_task(one_line(file_name), total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield begin
