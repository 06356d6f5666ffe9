import os
import shutil
import tempfile
from pathlib import Path

import pytest

from buyerline.testing import AmazonSandbox
from tests.running import Amazon

pytest_plugins = ["tests.databases"]

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""

ROOM = 4 * 2**30
"""Bytes that have to be free there: far more than the tests need."""


def pytest_configure() -> None:
    """Keep what tests write in memory where that can be: they make two thousand databases, a disk's slowest work."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)


@pytest.fixture
def amazon(amazon_sandbox: AmazonSandbox) -> Amazon:
    """Amazon's side with a fresh world."""
    return Amazon.at(amazon_sandbox)
