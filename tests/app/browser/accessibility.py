"""What axe-core finds wrong with a page, by WCAG 2.2 AA and by what is good practice besides."""

from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_SCRIPT = Axe().axe_script
_RUN = """async (rules) => {
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  const places = (nodes) => nodes.map((node) => node.target.join(" "));
  return found.violations.map((each) => ({ rule: each.id, help: each.help, places: places(each.nodes) }));
}"""


class Violation(NamedTuple):
    """A rule that a page breaks, and the elements that do."""

    rule: str
    help: str
    places: list[str]

    def __str__(self) -> str:
        return f"{self.rule}: {self.help}: {', '.join(self.places)}"


def violations(page: Page, *rules: str) -> list[str]:
    """Each violation on the page as it stands, of these rules alone where any are given."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_SCRIPT)
    wanted: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    return [str(Violation(**each)) for each in page.evaluate(_RUN, wanted)]
