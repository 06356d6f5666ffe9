from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell, environment_of
from tests.running import Amazon, running


@pytest.fixture
def plain_shell(tmp_path: Path) -> Shell:
    """A shell that is set up for nothing."""
    return Shell(tmp_path)


@pytest.fixture
def data_folder(empty_outbox: bytes, tmp_path: Path) -> Path:
    """A data folder with an empty outbox."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "outbox.db").write_bytes(empty_outbox)
    return folder


@pytest.fixture
def shell(amazon: Amazon, tmp_path: Path, data_folder: Path) -> Shell:
    """A shell that is set up for a sandbox of the test's own."""
    amazon.lift_plans()
    return Shell(tmp_path, environment_of(amazon.url, data_folder))


@pytest.fixture(scope="module")
def shared_amazon() -> Iterator[Amazon]:
    """A sandbox for the tests of a module that send nothing."""
    with running() as sandbox:
        sandbox.lift_plans()
        yield sandbox


@pytest.fixture
def shared_shell(shared_amazon: Amazon, tmp_path: Path, data_folder: Path) -> Shell:
    """A shell that is set up for the shared sandbox."""
    return Shell(tmp_path, environment_of(shared_amazon.url, data_folder))
