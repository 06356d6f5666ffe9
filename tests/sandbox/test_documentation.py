"""The commands in the sandbox's documentation work as they stand there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import Amazon, md5_of

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "sandbox.md"
TOOLS = ("bash", "curl", "openssl", "python3")


@pytest.fixture(autouse=True)
def _tools() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the documented commands need {', '.join(missing)}, not found on this machine")


def blocks(heading: str) -> list[str]:
    """The shell blocks of one section of the documentation, down to the next heading of any level."""
    _, _, rest = DOCUMENTATION.read_text(encoding="utf-8").partition(f"# {heading}\n")
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)


def run(amazon: Amazon, block: str, folder: Path) -> str:
    """What the commands print; only the sandbox's port is another one."""
    assert ":8710" in block
    script = block.replace(":8710", f":{amazon.port}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_message_by_hand_is_accepted(amazon: Amazon, tmp_path: Path) -> None:
    (block,) = blocks("A message by hand")
    printed = run(amazon, block, tmp_path)
    assert '"name":"legalDisclosure"' in printed
    assert printed.endswith("{}")
    (message,) = amazon.ledger()
    assert (message["order_id"], message["type"]) == (GUIDE_ORDER, "legalDisclosure")
    (file,) = message["attachments"]
    assert (file["file_name"], file["content_md5"]) == ("terms.txt", md5_of((tmp_path / "terms.txt").read_bytes()))


def test_the_clock_is_set_back_as_documented(amazon: Amazon, tmp_path: Path) -> None:
    amazon.control("POST", "/clock", {"advance": 3600})
    (block,) = blocks("The clock")
    run(amazon, block, tmp_path)
    assert amazon.control("GET", "/health")["offset"] == 0


@pytest.mark.parametrize("heading", ["Control plane", "Faults on demand"])
def test_the_control_plane_takes_the_documented_requests(amazon: Amazon, tmp_path: Path, heading: str) -> None:
    (block,) = blocks(heading)
    run(amazon, block.replace("curl ", "curl --fail "), tmp_path)
