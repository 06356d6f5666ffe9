"""A command in a process that was there before it, as `tests.warm` has them."""

import atexit
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from buyerline.__main__ import main

STREAMS = ("stdin", "stdout", "stderr")
"""The names of files for what a command reads and writes, in the order of the streams' numbers."""


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Path) -> None:
    """Be ``buyerline`` with these arguments, as a shell would begin it; the process ends with its exit status.

    Args:
        arguments: the command's.
        folder: where it is run.
        environment: all of its variables.
        streams: the folder of the files that stand for its streams.
    """
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number, name in enumerate(STREAMS):
        with (streams / name).open("r+b") as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115 - it ends with the process
    sys.argv = ["buyerline", *arguments]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # which copies leave out, and with them the report of what was covered
