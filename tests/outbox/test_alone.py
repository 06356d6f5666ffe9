"""One worker at a time serves a SQLite database, and the system knows when it has ended."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox.alone import FileLock

HOLDER = """
import sys, time
from pathlib import Path
from buyerline.outbox.alone import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def test_the_lock_is_one_workers_until_it_gives_it_back(database: Path) -> None:
    first, second = FileLock(database), FileLock(database)
    assert first.acquire()
    assert first.acquire(), "who has it has it"
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_it_is_free_when_its_process_was_killed(database: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        lock = FileLock(database)
        assert not lock.acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert lock.acquire()
        lock.release()


def test_its_file_is_nobody_elses_and_stays(database: Path) -> None:
    lock = FileLock(database)
    lock.acquire()
    lock.release()
    assert lock.path == database.with_name("outbox.db.worker")
    if sys.platform != "win32":
        assert lock.path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox.db.worker").mkdir()
    with pytest.raises(ConfigurationError, match=r"outbox\.db\.worker: Is a directory"):
        FileLock(tmp_path / "outbox.db").acquire()
