"""The steps by which the app's tables came to be what `schema` says, run by Alembic."""

from pathlib import Path

from buyerline.app.schema import metadata
from buyerline.outbox.steps import Steps

HEAD = "0002"
"""The version that this buyerline knows, the last of the steps."""

VERSION_TABLE = "app_version"

STEPS = Steps(Path(__file__).parent, HEAD, VERSION_TABLE, metadata)
