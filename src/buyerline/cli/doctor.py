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

    With `--json`: `{"ok", "missing", "checks": [{"name", "state", "code", "message"}]}`; `state` is `good`, `careful`
    or `wrong`, `code` the error's, null where there is none. `missing` names what messages need (`messages`,
    `attachments`) that is not there or was not checked.
    """
    from buyerline.cli.diagnosis import diagnose, missing_of

    with reporting(as_json=as_json):
        findings = []
        for finding in diagnose(account, marketplace):
            findings.append(finding)
            if not as_json:
                _show(finding)
        worst = max((finding.status for finding in findings), default=Exit.DONE)
        missing = missing_of(findings)
        if as_json:
            checks = [_document(finding) for finding in findings]
            print_document({"ok": worst is Exit.DONE, "missing": missing, "checks": checks})
        else:
            typer.echo(f"\n{_conclusion(missing, mend=worst is not Exit.DONE)}")
    raise typer.Exit(worst)


def _conclusion(missing: list[str], *, mend: bool) -> str:
    if mend:
        return "Mend what is marked ✗."
    if missing:
        return f"Nothing has to be mended. Not there or not checked: {', '.join(missing)}."
    return "Everything a message needs is there."


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
