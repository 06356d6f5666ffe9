"""Processes of their own, so that CPU and memory are one client's and nobody else's."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.machine import client_cores

SAMPLE = 0.002
"""Seconds between two looks at a process's memory."""

LEAVING = 0.1
"""Seconds that `let_threads_end` waits."""

_DISTURBING = {"AWS_ENV", "SP_API_DEFAULT_MARKETPLACE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
"""What would send a client elsewhere than to the sandbox."""


class Failed(Exception):
    """A process of the benchmark did not do its work."""


def python(module: str, *arguments: str, any_core: bool = False) -> str:
    """Run a module in a fresh interpreter, and return what it printed.

    Args:
        module: the module.
        arguments: its arguments.
        any_core: on all cores instead of the clients' alone.

    Raises:
        Failed: it ended with another status than 0; its errors are in the message.
    """
    return run([sys.executable, "-m", module, *arguments], any_core=any_core)


def run(command: Sequence[str], *, any_core: bool = False, environment: Mapping[str, str] | None = None) -> str:
    """Run a command, and return what it printed.

    Args:
        command: the program and its arguments.
        any_core: on all cores instead of the clients' alone.
        environment: variables to set beside those of this process.

    Raises:
        Failed: it ended with another status than 0; its errors are in the message.
    """
    return _finish(_start(command, any_core=any_core, environment=environment))


def run_watched(command: Sequence[str]) -> tuple[str, float]:
    """Run a command as `run` does; also the most memory that it had resident, in MiB.

    The figure is the kernel's own high-water mark (VmHWM), read until the process ends. ``ru_maxrss`` would not
    do: it starts at what the process had before it became the command, a copy of this one.
    """
    process = _start(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _high_water(process.pid))
        time.sleep(SAMPLE)
    return _finish(process), peak / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used, all its threads together (proc(5): fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory() -> float:
    """The most memory that this process had resident so far, in MiB."""
    return _high_water(os.getpid()) / 1024


def shield() -> None:
    """Take out of the environment, for this process and its children, what would send a client elsewhere."""
    for name in [name for name in os.environ if name.upper() in _DISTURBING]:
        del os.environ[name]


def allow_many_connections() -> None:
    """Raise this process's limit of open files to what the system allows: workers open hundreds of connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def let_threads_end() -> None:
    """Wait a little before this interpreter ends.

    pyreqwest 0.15 lets go of its last awaited answer in a thread of its own; an interpreter that finalizes
    meanwhile aborts.
    """
    time.sleep(LEAVING)


def _start(
    command: Sequence[str], *, any_core: bool = False, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    # The mask is inherited. It is set here and not in the child: code between fork and exec forbids vfork.
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if any_core else client_cores())
    try:
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
    finally:
        os.sched_setaffinity(0, before)


def _finish(process: "subprocess.Popen[str]") -> str:
    printed, errors = process.communicate()
    if process.returncode:
        raise Failed(f"{process.args!r} ended with {process.returncode}:\n{errors.strip()}")
    return printed


def _high_water(pid: int) -> int:
    """The high-water mark of a process's resident memory in KiB, 0 when it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)
