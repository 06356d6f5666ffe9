"""What users install works: the built wheel, alone and with its extras, each in an empty environment."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.running import Amazon

ROOT = Path(__file__).parents[2]
SEND = """
import sys
from buyerline import Credentials, SellingPartner
with SellingPartner("US", credentials=Credentials(*sys.argv[2:5]), endpoint=sys.argv[1]) as amazon:
    receipt = amazon.messaging.send("902-6786204-8179805", "invoice", attachments=[("a.txt", b"Invoice 1")])
    print(receipt.status)
"""


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "COV"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (built,) = folder.glob("*.whl")
    return built


def installed(wheel: Path, extra: str, folder: Path) -> Path:
    """The Python of an empty environment in which the wheel, at our locked versions, was installed."""
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    locked = ["--constraint", str(ROOT / "requirements.txt")]
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, *locked, f"{wheel}{extra}")
    return python


def test_the_wheel_ships_types_pages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "buyerline/py.typed" in names
    assert any(name.startswith("buyerline/sandbox/templates/") for name in names)
    assert any(name.startswith("buyerline/sandbox/static/") for name in names)
    assert not [name for name in names if not name.startswith(("buyerline/", "buyerline-"))]


def test_alone_it_imports_and_sends(wheel: Path, tmp_path: Path, amazon: Amazon) -> None:
    python = installed(wheel, "", tmp_path / "env")
    credentials = amazon.credentials
    secrets = (credentials.client_id, credentials.client_secret, credentials.refresh_token)
    assert run(python, "-c", SEND, amazon.url, *secrets, cwd=tmp_path).strip() == "201"
    assert len(amazon.ledger()) == 1


def test_alone_it_brings_only_what_the_sdk_needs(wheel: Path, tmp_path: Path) -> None:
    python = installed(wheel, "", tmp_path / "env")
    listed = run(sys.executable, "-m", "uv", "pip", "list", "--quiet", "--python", python, "--format", "freeze")
    names = {line.split("==")[0] for line in listed.split()}
    assert names <= {"buyerline", "filetype", "jsonschema-rs", "msgspec", "pyreqwest", "pyyaml"}


def test_without_its_extra_the_command_says_what_to_install(wheel: Path, tmp_path: Path) -> None:
    python = installed(wheel, "", tmp_path / "env")
    done = subprocess.run([python, "-m", "buyerline"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "pip install 'buyerline[cli]'" in done.stderr


def test_with_its_extras_it_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    python = installed(wheel, "[all]", tmp_path / "env")
    shown = run(python.with_name("buyerline"), "demo", "--once", cwd=tmp_path)
    assert "902-6786204-8179805" in shown
