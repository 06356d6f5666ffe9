"""A real browser for tests: Debian's Chromium, or any other that is installed here.

``python -m tests.browsers`` installs it where it may (as root on a Debian), and says what is skipped where it may not.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMED = "BUYERLINE_CHROMIUM"
"""The variable that names a browser's program."""

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
"""Programs that will do. The first, Chromium without windows of its own, takes half of the others' processor time."""

FLAGS = (
    "--no-sandbox",  # tests may run as root, for whom it has none; they open no page but ours
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

NONE = f"no Chromium here: install one (apt-get install {PROGRAMS[0]}), or name its program in {NAMED}"

_INSTALLING = 600
"""Seconds that apt may take."""


def program() -> str | None:
    """The browser's program; ``None`` where there is none."""
    named = os.environ.get(NAMED)
    return named or next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser, for the time of the block.

    Raises:
        RuntimeError: there is none on this machine.
    """
    found = program()
    if found is None:
        raise RuntimeError(NONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def install() -> str:
    """Install Chromium where that is possible; what is to be said about it, ``""`` where there is one already."""
    if program():
        return ""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"The tests in a browser will be skipped: {NONE}."
    _apt("update")
    if not any(_apt("install", "-y", "--no-install-recommends", name) for name in PROGRAMS[:2]):
        return "Chromium could not be installed; the tests in a browser will be skipped."
    return "Chromium was installed for the tests in a browser."


def _apt(*words: str) -> bool:
    """Whether apt-get did it."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            ["apt-get", *words],
            check=True,
            timeout=_INSTALLING,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except (subprocess.SubprocessError, OSError):
        return False
    return True


if __name__ == "__main__":
    told = install()
    if told:
        print(told, file=sys.stderr)  # noqa: T201 - for whoever runs the tests
