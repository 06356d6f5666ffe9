import pytest

from buyerline.testing import AmazonSandbox
from tests.running import Amazon

pytest_plugins = ["tests.databases"]


@pytest.fixture
def amazon(amazon_sandbox: AmazonSandbox) -> Amazon:
    """Amazon's side with a fresh world."""
    return Amazon.at(amazon_sandbox)
