"""The command as a person at a shell has it: a process of its own, against a sandbox over HTTP."""

import json
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN
from tests.cli.command import STREAMS, run
from tests.warm import WARM

COMMAND = [sys.executable, "-m", "buyerline"]
PATIENCE = 60
"""Seconds after which a command counts as stuck."""

CTRL_C = "\x03"


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on stdout, which must be all that is there."""
        return json.loads(self.out)

    @property
    def problem(self) -> str:
        """The one line on stderr, which must be all that is there."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


@dataclass
class Shell:
    """A shell with an environment of its own, in a folder of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        *arguments: str,
        stdin: str | bytes = b"",
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        closing: int | None = None,
        **environment: str | None,
    ) -> Result:
        """Run a command to its end; further keywords set variables, ``None`` unsets them.

        Args:
            arguments: the command's.
            stdin: what it reads.
            stdout: where its output goes, if not into the result.
            stderr: where its errors go, if not into the result.
            closing: the stream that the shell closes before (``1`` for ``>&-``).
            environment: variables.
        """
        data = stdin.encode() if isinstance(stdin, str) else stdin
        variables = self._environment(environment)
        for_its_start = any(name.startswith("PYTHON") for name in variables)
        if closing is None and stdout == stderr == subprocess.PIPE and not for_its_start:
            return self._run_warm(arguments, variables, data)
        done = subprocess.run(
            [*COMMAND, *arguments],
            input=data,
            stdout=stdout,
            stderr=stderr,
            cwd=self.folder,
            env=variables,
            timeout=PATIENCE,
            check=False,
            preexec_fn=None if closing is None else partial(os.close, closing),
        )
        return Result(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())

    def _run_warm(self, arguments: Sequence[str], variables: Mapping[str, str], stdin: bytes) -> Result:
        """Run a command in a process that had everything imported before: ten times as quick, see `tests.warm`."""
        with TemporaryDirectory() as name:
            streams = Path(name)
            for stream in STREAMS:
                (streams / stream).write_bytes(stdin if stream == "stdin" else b"")
            process = WARM.Process(target=run, args=(arguments, self.folder, variables, streams), daemon=True)
            process.start()
            process.join(PATIENCE)
            status = process.exitcode
            process.kill()
            assert status is not None, f"buyerline {shlex.join(arguments)} is stuck"
            return Result(status, (streams / "stdout").read_text("utf-8"), (streams / "stderr").read_text("utf-8"))

    @contextmanager
    def running(self, *arguments: str, **environment: str | None) -> Iterator["subprocess.Popen[str]"]:
        """A command that is under way while the block lasts, at which it must have been ended."""
        with subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self._environment(environment),
            text=True,
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - nothing else of this process runs in the child
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def at_a_terminal(self, *arguments: str, answering: str, when: str) -> Result:
        """Run a command at a terminal and type `answering` when `when` is shown last; both streams are in `out`."""
        process, terminal = pty.fork()
        if process == 0:
            _hear_ctrl_c()
            os.chdir(self.folder)
            os.execve(COMMAND[0], [*COMMAND, *arguments], self._environment({"TERM": "xterm", "COLUMNS": "80"}))
        shown, typed = b"", False
        for piece in _pieces(terminal):
            shown += piece
            # A Ctrl-C in the moment before the command begins to read waits for the next key: one presses it again.
            again = answering == CTRL_C and not piece
            if when.encode() in shown and (again or not typed):
                os.write(terminal, answering.encode())
                typed = True
        os.close(terminal)
        _, status = os.waitpid(process, 0)
        return Result(os.waitstatus_to_exitcode(status), shown.decode(), "")

    def _environment(self, more: dict[str, str | None]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
        merged = {**kept, "HOME": str(self.folder), "COLUMNS": "80", **self.environment, **more}
        return {name: value for name, value in merged.items() if value is not None}


def _hear_ctrl_c() -> None:
    """Undo what the test runner may have set: its workers ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _pieces(terminal: int) -> Iterator[bytes]:
    """What a terminal shows, as it comes, and nothing (``b""``) for each second in which nothing comes."""
    for _ in range(PATIENCE):
        while select.select([terminal], [], [], 1)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                return
            yield piece
        yield b""


def environment_of(url: str, data_folder: Path) -> dict[str, str]:
    """The variables that name a sandbox and its default account, and where the outbox is."""
    return {
        "BUYERLINE_DATA_DIR": str(data_folder),
        "BUYERLINE_ENDPOINT": url,
        "LWA_APP_ID": DEFAULT_CLIENT_ID,
        "LWA_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
        "SP_API_REFRESH_TOKEN": DEFAULT_REFRESH_TOKEN,
    }


def wait_until(happened: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait for something that a running command is bound to do; an ended command fails the test."""
    while not happened():
        assert process.poll() is None, process.communicate()
