"""A command in a process that was there before it: as `tests.warm` has it, without an interpreter's start."""

import atexit
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from buyerline.__main__ import main

STREAMS = ("stdin", "stdout", "stderr")
"""Files in a folder, in the order of the streams' numbers."""

for late in (
    "buyerline.cli.many_show",
    "buyerline.cli.outbox_show",
    "buyerline.cli.send_show",
    "buyerline.outbox.outbox",
    "buyerline.outbox.worker",
    "rich.panel",
    "rich.progress",
    "rich.table",
    "typer._adapters",
    "typer.rich_utils",
):
    import_module(late)


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Path) -> None:
    """Be ``buyerline`` with these arguments; the process ends with its status.

    Args:
        arguments: the command's.
        folder: where it is run.
        environment: all of its variables.
        streams: the folder of what it reads and writes.
    """
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate(STREAMS):
        with (streams / name).open("r+b") as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding=sys.stdout.encoding, closefd=False)
    sys.argv = ["buyerline", *arguments]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main()
    finally:
        atexit._run_exitfuncs()
