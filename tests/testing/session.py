"""A pytest session of its own, as somebody has who uses the plugin."""

import subprocess
import sys
from pathlib import Path

# Plugins that happen to be installed here and take long to load.
_WITHOUT = ("-p", "no:schemathesis", "-p", "no:faker", "-p", "no:cacheprovider")


def run_pytest(folder: Path, *arguments: str) -> str:
    """Run the tests in a folder; what was printed."""
    command = [sys.executable, "-m", "pytest", "-q", *_WITHOUT, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr
