"""docs/migrating.md: its program runs as written through the module sp_api, and with its imports changed."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import buyerline
from buyerline.sandbox import GUIDE_ORDER
from tests.running import Amazon
from tests.sp_api.sides import CREDENTIALS, PDF

ROOT = Path(__file__).parents[2]
DISTRIBUTION = ROOT / "distributions" / "sp_api"
PAGE = (ROOT / "docs" / "migrating.md").read_text("utf-8")
PROGRAM = dict(re.findall(r"<!-- run: (\w+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))["invoice"]
THEN = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[-1]


@pytest.fixture
def environment(amazon: Amazon) -> dict[str, str]:
    return os.environ | {
        "SP_API_REFRESH_TOKEN": CREDENTIALS["refresh_token"],
        "LWA_APP_ID": CREDENTIALS["lwa_app_id"],
        "LWA_CLIENT_SECRET": CREDENTIALS["lwa_client_secret"],
        "BUYERLINE_ENDPOINT": amazon.url,
    }


def run(program: str, folder: Path, environment: dict[str, str]) -> str:
    (folder / "invoice.pdf").write_bytes(PDF)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_sent(amazon: Amazon) -> list[tuple[str, str, list[str]]]:
    return [
        (message["order_id"], message["type"], [file["file_name"] for file in message["attachments"]])
        for message in amazon.ledger()
    ]


def test_the_program_runs_as_written_where_the_second_distribution_is_installed(
    tmp_path: Path, amazon: Amazon, environment: dict[str, str]
) -> None:
    environment["PYTHONPATH"] = str(DISTRIBUTION / "src")
    assert "Amazon took the invoice." in run(PROGRAM, tmp_path, environment)
    assert files_sent(amazon) == [(GUIDE_ORDER, "invoice", ["invoice.pdf"])]


def test_the_program_runs_with_its_imports_changed(tmp_path: Path, amazon: Amazon, environment: dict[str, str]) -> None:
    program, changed = re.subn(r"^from sp_api\.", "from buyerline.sp_api.", PROGRAM, flags=re.MULTILINE)
    assert changed == 3
    assert "Amazon took the invoice." in run(program, tmp_path, environment)
    assert files_sent(amazon) == [(GUIDE_ORDER, "invoice", ["invoice.pdf"])]


def test_what_comes_after_runs_too(tmp_path: Path, amazon: Amazon, environment: dict[str, str]) -> None:
    run(THEN, tmp_path, environment)
    assert files_sent(amazon) == [(GUIDE_ORDER, "invoice", ["invoice.pdf"])]


def test_the_second_distribution_has_our_names_and_no_others() -> None:
    modules = sorted((DISTRIBUTION / "src" / "sp_api").rglob("*.py"))
    names = [".".join(path.relative_to(DISTRIBUTION / "src").with_suffix("").parts) for path in modules]
    names = [name.removesuffix(".__init__") for name in names]
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    theirs, ours = importlib.import_module(name), importlib.import_module(f'buyerline.{name}')\n"
        "    for public in getattr(ours, '__all__', ()):\n"
        "        assert getattr(theirs, public) is getattr(ours, public), (name, public)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(DISTRIBUTION / "src")}
    subprocess.run([sys.executable, "-c", program, *names], env=environment, check=True, timeout=60)


def test_over_the_original_it_says_what_to_uninstall(tmp_path: Path) -> None:
    module = tmp_path / "sp_api"
    module.mkdir()
    (module / "__init__.py").write_bytes((DISTRIBUTION / "src" / "sp_api" / "__init__.py").read_bytes())
    (module / "__version__.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", "import sp_api"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "pip uninstall python-amazon-sp-api buyerline-sp-api" in done.stderr


def test_the_second_distribution_is_of_this_version() -> None:
    project = tomllib.loads((DISTRIBUTION / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == buyerline.__version__
    assert project["dependencies"] == [f"buyerline>={buyerline.__version__}"]


def test_its_wheel_holds_the_module_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=DISTRIBUTION, check=True, timeout=120, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "sp_api/py.typed" in names
    assert not [name for name in names if not name.startswith(("sp_api/", "buyerline_sp_api-"))]
