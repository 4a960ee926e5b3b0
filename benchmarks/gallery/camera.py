"""Takes the pictures: one view at several widths, light or dark, and what axe-core says of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.axe import Finding, findings

WIDTHS_PX = (1440, 1024, 390)
HEIGHT_PX = 900
_SETTLING_MS = 500  # after a change of width, until nothing moves


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; `wider_px` is how far the page is wider than the screen."""

    file: str
    view: str
    language: str
    width_px: int
    dark: bool
    wider_px: int
    findings: tuple[Finding, ...]  # of axe-core

    @property
    def grave(self) -> list[Finding]:
        """What keeps the gallery from passing."""
        return [finding for finding in self.findings if finding.is_grave]


@dataclass(eq=False)
class Camera:
    """Pictures into a folder; `pictures` are those taken so far, of all languages."""

    out: Path
    widths: Sequence[int] = WIDTHS_PX
    pictures: list[Picture] = field(default_factory=list)

    def take(
        self, page: Any, view: str, language: str, *, dark: bool = False, brief: bool = False
    ) -> None:
        """The view at every width; with `dark` in dark colours too.

        What is `brief` is gone soon: it is taken at one width, and axe-core has no time to look.
        """
        for width in self.widths[:1] if brief else self.widths:
            page.set_viewport_size({"width": width, "height": HEIGHT_PX})
            page.wait_for_timeout(0 if brief else _SETTLING_MS)
            self._one(page, view, language, width, dark=False, brief=brief)
            if dark:
                page.evaluate("document.body.classList.add('dark')")
                page.wait_for_timeout(_SETTLING_MS)
                self._one(page, view, language, width, dark=True, brief=brief)
                page.evaluate("document.body.classList.remove('dark')")
        page.set_viewport_size({"width": self.widths[0], "height": HEIGHT_PX})

    def _one(
        self, page: Any, view: str, language: str, width: int, *, dark: bool, brief: bool
    ) -> None:
        name = f"{language}-{width}-{view}{'-dark' if dark else ''}.png"
        page.evaluate("scrollTo(0, 0)")
        page.mouse.move(0, 0)  # nothing looks as if it were pointed at
        page.screenshot(path=self.out / name, full_page=True)
        wider = page.evaluate("document.documentElement.scrollWidth") - width
        found = () if brief else findings(page)
        self.pictures.append(Picture(name, view, language, width, dark, max(0, int(wider)), found))
