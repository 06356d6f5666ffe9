"""The examples of docs/api.md run, one after the other, against an app that sends."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.app.office import Office
from tests.app.programs import synchronise

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
EXAMPLES = "".join(re.findall(r"<!-- run: api -->\n```sh\n(.*?)```", GUIDE, re.DOTALL))
MISSING = [name for name in ("bash", "curl", "python3") if shutil.which(name) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"the examples need {', '.join(MISSING)}, not found here")
def test_the_examples_of_the_guide_run(office: Office, tmp_path: Path) -> None:
    synchronise(office)
    script = EXAMPLES.replace("http://127.0.0.1:8700", office.url).replace("curl -sS", "curl -sS --fail-with-body")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"BUYERLINE_KEY": office.services.api_keys.make(office.owner, "guide"), "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"code":"text_email"' in done.stdout
    assert '"state":"sent"' in done.stdout
    sent = [message["type"] for message in office.amazon.ledger() if message["order_id"] == GUIDE_ORDER]
    assert sent.count("confirmOrderDetails") == 1
