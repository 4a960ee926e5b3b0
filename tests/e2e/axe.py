"""What axe-core says of an open page."""

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe

GRAVE = frozenset({"serious", "critical"})  # impacts, as axe-core names them
_AXE = Axe()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule of axe-core that elements of a page break."""

    rule: str
    impact: str
    about: str
    elements: tuple[str, ...]  # where each is, and what is wrong there

    @property
    def is_grave(self) -> bool:
        """Whether somebody may be unable to use the page for it."""
        return self.impact in GRAVE


def findings(page: Any) -> tuple[Finding, ...]:
    """All that is in sight, by all of axe-core's rules."""
    return tuple(
        Finding(rule["id"], rule["impact"] or "minor", rule["help"],
                tuple(_element(node) for node in rule["nodes"]))
        for rule in _AXE.run(page).response["violations"]
    )  # fmt: skip


def _element(node: dict[str, Any]) -> str:
    where = " ".join(map(str, node["target"]))
    return f"{where}: {' '.join(str(node.get('failureSummary', '')).split())}"
