"""What the documentation shows is true: its examples run, its links lead somewhere, its versions agree."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import buyerline
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN, Options, background

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- run: (\w+) -->\n```\w+\n(.*?)```", README, re.DOTALL))


OUTBOX_PAGE = (ROOT / "docs" / "outbox.md").read_text("utf-8")
OUTBOX_EXAMPLE = "".join(re.findall(r"<!-- run: outbox -->\n```python\n(.*?)```", OUTBOX_PAGE, re.DOTALL))
"""The examples of docs/outbox.md go on from one another."""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who follows the README: a running sandbox and its credentials."""
    with background(Options(port=0)) as sandbox:
        yield os.environ | {
            "SP_API_REFRESH_TOKEN": DEFAULT_REFRESH_TOKEN,
            "LWA_APP_ID": DEFAULT_CLIENT_ID,
            "LWA_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
            "BUYERLINE_ENDPOINT": sandbox.url,
            "BUYERLINE_LWA_ENDPOINT": f"{sandbox.url}/auth/o2/token",
            "BUYERLINE_DATA_DIR": str(tmp_path / "data"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "shown"),
    [("sync", "Amazon took it, request "), ("async", "The buyer reads en-US"), ("outbox", "sent\n")],
)
def test_the_python_examples_run(name: str, shown: str, tmp_path: Path, reader: dict[str, str]) -> None:
    assert shown in run([sys.executable, "-c", EXAMPLES[name]], tmp_path, reader)


def test_the_examples_of_the_outbox_run(tmp_path: Path, reader: dict[str, str]) -> None:
    queued, same, *history = run([sys.executable, "-c", OUTBOX_EXAMPLE], tmp_path, reader).splitlines()
    assert queued.endswith(" queued")
    assert same == "True"
    assert [line.split()[2] for line in history] == ["queued", "sending", "sent"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to run the shell examples with")
def test_the_shell_examples_run(tmp_path: Path, reader: dict[str, str]) -> None:
    shown = run(["bash", "-euo", "pipefail", "-c", EXAMPLES["shell"]], tmp_path, reader)
    assert "Amazon accepted it" in shown


@pytest.mark.parametrize(
    "page", sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=str
)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text)
    missing = [link for link in links if not (ROOT / page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_a_page_names_exists(page: str) -> None:
    named = re.findall(
        r"`((?:src|tests|amazon|sandbox|messages|docs|bench)/[\w/.]+\.(?:py|md))`", (ROOT / page).read_text()
    )
    homes = (ROOT, ROOT / "src" / "buyerline")
    assert [name for name in named if not any((home / name).exists() for home in homes)] == []


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"\n## {buyerline.__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_make_verb_that_the_pages_name_exists() -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert set(re.findall(r"`make (\w+)", pages)) <= verbs


def test_every_exported_name_can_be_imported_and_is_documented() -> None:
    for name in buyerline.__all__:
        value = getattr(buyerline, name)
        assert name.startswith("__") or name.isupper() or name == "Attachable" or value.__doc__, name
