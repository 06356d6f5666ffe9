"""Which machine this is, and which of its cores do what."""

import os
import platform
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.results import Machine

DISTRIBUTIONS = (
    "buyerline",
    "pyreqwest",
    "msgspec",
    "python-amazon-sp-api",
    "httpx",
    "amzn-sp-api",
    "urllib3",
    "granian",
    "litestar",
    "SQLAlchemy",
    "psycopg",
)


def describe() -> Machine:
    """This machine, now."""
    return Machine(
        measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        cpu=_field("/proc/cpuinfo", "model name"),
        cores=len(os.sched_getaffinity(0)),
        memory=round(int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024**2, 1),
        kernel=platform.release(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        curl=_first_line("curl", "--version").split()[1],
        versions={**{name: version(name) for name in DISTRIBUTIONS}, **_databases()},
    )


def server_core() -> int:
    """The core that the sandbox has to itself."""
    return min(os.sched_getaffinity(0))


def client_cores() -> set[int]:
    """The cores of everything else; the server's where the machine has but one."""
    cores = os.sched_getaffinity(0)
    return cores - {server_core()} or cores


def _databases() -> dict[str, str]:
    from bench.postgres import find_binaries  # late: what is measured imports this module, and needs no driver

    versions = {"SQLite": sqlite3.sqlite_version}
    binaries = find_binaries()
    if binaries is not None:
        versions["PostgreSQL"] = _first_line(str(binaries / "postgres"), "--version").split()[2]
    return versions


def _field(path: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.+)$", Path(path).read_text("utf-8"), re.MULTILINE)
    return found[1].strip() if found else "unknown"


def _first_line(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]
