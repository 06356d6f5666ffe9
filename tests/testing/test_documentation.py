"""What docs/testing.md shows runs as it stands there."""

import re
from pathlib import Path

import pytest

from tests.testing.session import run_pytest

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))
EXAMPLES = {"sdk": 2, "sp_api": 3, "running": 1}


@pytest.mark.parametrize(("example", "tests"), EXAMPLES.items())
def test_the_examples_pass(example: str, tests: int, tmp_path: Path) -> None:
    for name, content in FILES.items():
        if name.startswith(f"{example}/"):
            (tmp_path / Path(name).name).write_text(content, "utf-8")
    assert f"{tests} passed" in run_pytest(tmp_path)


def test_every_example_is_among_them() -> None:
    assert {name.partition("/")[0] for name in FILES} == EXAMPLES.keys()
