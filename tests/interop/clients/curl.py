"""curl and openssl: the flow of Amazon's guide as a shell script, run as a whole for each of its operations."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from buyerline.testing import AmazonSandbox
from tests.interop.operations import FILE, FILE_NAME, LOGIN, STORAGE, US, Operation, Question

SENDS = Operation("Messaging v1", "confirmCustomizationDetails")
SCRIPT = Path(__file__).parents[1] / "tutorial.sh"

STEPS = (
    Operation(LOGIN, "lwa"),
    Operation("Orders 2026-01-01", "searchOrders"),
    Operation("Messaging v1", "getMessagingActionsForOrder"),
    Operation("Messaging v1", "GetAttributes"),
    Operation("Uploads 2020-11-01", "createUploadDestinationForResource"),
    Operation(STORAGE, "s3"),
    SENDS,
)
"""What the script asks, in this order."""


class Curl:
    """It takes the oldest order, whatever is asked, and sends one message with one file."""

    name = "curl and openssl"
    asks_as_told = False
    quirks: Mapping[Operation, str] = MappingProxyType({})

    def why_missing(self) -> str | None:
        missing = [command for command in ("sh", "curl", "openssl", "sed") if shutil.which(command) is None]
        return f"{', '.join(missing)} not on this machine" if missing else None

    def offers(self, operation: Operation) -> bool:
        return operation in STEPS

    def call(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> object:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / FILE_NAME
            file.write_bytes(FILE)
            return run(amazon, file)


def run(amazon: AmazonSandbox, file: Path) -> str:
    """Follow the guide for the oldest order, which is made here; what the script printed."""
    placed = datetime.now(UTC) - timedelta(days=20)
    amazon.order(types=["confirmCustomizationDetails"], locale="es-US", purchased_at=placed)
    environment = _environment(amazon, file, placed - timedelta(seconds=1))
    command = ["sh", str(SCRIPT)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _environment(amazon: AmazonSandbox, file: Path, since: datetime) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "AMAZON": amazon.url,
        "LWA": amazon.url,
        "REFRESH_TOKEN": amazon.credentials.refresh_token,
        "CLIENT_ID": amazon.credentials.client_id,
        "CLIENT_SECRET": amazon.credentials.client_secret,
        "MARKETPLACE": US,
        "CREATED_AFTER": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "FILE": str(file),
    }


CLIENT = Curl()
