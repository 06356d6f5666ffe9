"""``buyerline doctor``: what is wrong with the way to Amazon, and how to mend it."""

from typing import TYPE_CHECKING, Any

import typer

from buyerline.cli.exits import Exit, reporting
from buyerline.cli.options import Account, AsJson, Marketplace
from buyerline.cli.output import console, one_line, print_document

if TYPE_CHECKING:
    from buyerline.cli.diagnosis import Finding

_SIGNS = {"good": ("✓", "green"), "careful": ("!", "yellow"), "wrong": ("✗", "red")}


def doctor(account: Account = "default", marketplace: Marketplace = None, as_json: AsJson = False) -> None:
    """Check everything a message needs, and say how to mend what is wrong. Sends nothing.

    ✓ is good, ! may be left as it is, ✗ has to be mended. Exit status: 0 when nothing has to be mended, else that of
    the worst finding: 2 settings or credentials, 3 this machine's clock, 4 refused by Amazon, 6 Amazon not reached.

    With `--json`: `{"ok", "checks": [{"name", "state", "code", "message"}]}`; `state` is `good`, `careful` or
    `wrong`, `code` the error's, null where there is none.
    """
    from buyerline.cli.diagnosis import diagnose

    with reporting(as_json=as_json):
        findings = []
        for finding in diagnose(account, marketplace):
            findings.append(finding)
            if not as_json:
                _show(finding)
        worst = max((finding.status for finding in findings), default=Exit.DONE)
        if as_json:
            print_document({"ok": worst is Exit.DONE, "checks": [_document(finding) for finding in findings]})
        else:
            typer.echo("\nEverything a message needs is there." if worst is Exit.DONE else "\nMend what is marked ✗.")
    raise typer.Exit(worst)


def _document(finding: "Finding") -> dict[str, Any]:
    return {"name": finding.name, "state": finding.state, "code": finding.code, "message": finding.words}


def _show(finding: "Finding") -> None:
    from rich.table import Table
    from rich.text import Text

    sign, style = _SIGNS[finding.state]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=14, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(Text(sign, style=style), Text(finding.name, style="bold"), one_line(finding.words))
    console().print(row)
