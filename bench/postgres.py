"""A PostgreSQL server of one's own on this machine, for measurements and tests."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, LiteralString, Self

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

_USER = "tester"
_REACHED = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_START_TIMEOUT = 30.0
_STOP_TIMEOUT = 30.0

Mode = Literal["fast", "immediate"]
"""How a server ends: `fast` cuts its connections and writes everything down, `immediate` is a crash."""


class Postgres:
    """A PostgreSQL server on 127.0.0.1 whose data is removed in the end. A context manager.

    Attributes:
        port: its port, the same after a restart.
        password: of its one user.
    """

    def __init__(self, binaries: Path, settings: Mapping[str, str] | None = None) -> None:
        """Make the cluster; `start` makes it serve.

        Args:
            binaries: the folder of `initdb` and `postgres`, see `find_binaries`.
            settings: what is not as PostgreSQL has it by default.
        """
        self._binaries = binaries
        self._settings = {**_REACHED, **(settings or {})}
        self._folder = Path(tempfile.mkdtemp(prefix="buyerline-postgres-"))
        self._server: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.password = secrets.token_hex(8)
        if os.getuid() == 0:
            os.chown(self._folder, *_unprivileged())
        self._initialise()

    def start(self) -> None:
        """Serve; returns when connections are taken."""
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-p", str(self.port), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_its_owner(),
            )
        deadline = time.monotonic() + _START_TIMEOUT
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text()}")
            time.sleep(0.02)

    def stop(self, mode: Mode = "fast") -> None:
        """End the server; its databases stay."""
        if self._server is not None:
            self._server.send_signal(_SIGNALS[mode])
            self._server.wait(_STOP_TIMEOUT)
            self._server = None

    def restart(self, mode: Mode = "fast") -> None:
        """End the server and start it again on the same port."""
        self.stop(mode)
        self.start()

    def remove(self) -> None:
        """End the server and remove its databases."""
        self.stop("immediate")
        shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def url(self, database: str, *, password: str | None = None) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{_USER}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str | None = None) -> str:
        """A new database, empty or a copy of the one of the URL `template`, to which nobody is connected: its URL."""
        url = self.url(f"outbox_{secrets.token_hex(6)}")
        if template is None:
            self.administer("CREATE DATABASE {}", url)
        else:
            self.administer("CREATE DATABASE {} TEMPLATE {}", url, template)
        return url

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.administer("DROP DATABASE {} WITH (FORCE)", url)

    def terminate_connections(self, url: str) -> int:
        """Cut every connection to a database, as an administrator or a failing network would: how many there were."""
        with self._administrator() as connection:
            cut = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [_name(url)]
            )
            return len(cut.fetchall())

    def administer(self, statement: LiteralString, *of: str) -> None:
        """Run a statement as superuser, each ``{}`` in it a name of what it is of, or that of a URL's database."""
        with self._administrator() as connection:
            connection.execute(sql.SQL(statement).format(*[sql.Identifier(_name(each)) for each in of]))

    @contextmanager
    def _administrator(self) -> Iterator[psycopg.Connection[TupleRow]]:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            yield connection

    def _initialise(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self.password)
        done = subprocess.run(
            [
                self._binaries / "initdb",
                *("-D", self._data, "-U", _USER, "-E", "UTF8", "--locale=C", "--no-sync"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            ],
            check=False,
            capture_output=True,
            text=True,
            **self._as_its_owner(),
        )
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_its_owner(self) -> dict[str, Any]:
        """How its programs are run: PostgreSQL refuses to be root."""
        common: dict[str, Any] = {"cwd": self._folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
        if os.getuid() != 0:
            return common
        user, group = _unprivileged()
        return common | {"user": user, "group": group, "extra_groups": []}

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"


def find_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`: that of the PATH, else the newest version's; ``None``: not here."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(versions, key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _unprivileged() -> tuple[int, int]:
    """User and group for a server that is started by root."""
    import pwd  # Windows has none

    try:
        owner = pwd.getpwnam("postgres")
    except KeyError:
        owner = pwd.getpwnam("nobody")
    return owner.pw_uid, owner.pw_gid


def free_port() -> int:
    """A free port below those that systems give to outgoing connections, so that it is still free at a restart."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _name(url: str) -> str:
    return url.rpartition("/")[2]
