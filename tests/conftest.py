from collections.abc import Iterator

import pytest

from tests.running import Amazon, running


@pytest.fixture
def amazon() -> Iterator[Amazon]:
    """Amazon's side with a fresh world."""
    with running() as sandbox:
        yield sandbox
