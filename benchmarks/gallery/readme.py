"""The README's pictures: of drawn fundi alone, and small."""

import io
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.gallery.conversation import QUESTIONS, side_by_side
from benchmarks.gallery.photos import Photos
from benchmarks.gallery.tabs import mark, open_tab
from tests.e2e.browser import Tab

_MOST_BYTES = 400_000
_WIDTHS_PX = (1440, 1200, 1000)
# the example photos are their data sets' own
_WITHOUT_EXAMPLES = "#samples-box, #practice-cases, #practice-sources { display: none !important; }"


def take(tab: Tab, out: Path, photos: Photos) -> None:
    """readme-demo.png, readme-compare.png and readme-practice.png."""
    page = tab.page
    page.add_style_tag(content=_WITHOUT_EXAMPLES)
    tab.attach(photos.right)
    tab.send(QUESTIONS["en"][0])
    tab.wait_for_answer()
    page.wait_for_timeout(1500)
    _shot(page, out / "readme-demo.png")
    side_by_side(tab, photos.left)
    _shot(page, out / "readme-compare.png", of="#photo-box")
    open_tab(page, "practice")
    mark(page, photos)
    page.click("#practice-reveal")
    page.wait_for_selector(".result .honest")
    page.wait_for_timeout(1500)
    _shot(page, out / "readme-practice.png", of="#practice-above")


def _shot(page: Any, file: Path, of: str = "") -> None:
    """What is in sight, from the element on, made smaller until the file is small enough."""
    page.evaluate(
        "of => scrollTo(0, of ? document.querySelector(of).getBoundingClientRect().top - 44 : 0)",
        of,
    )
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for width in _WIDTHS_PX:
        height = round(whole.height * width / whole.width)
        whole.resize((width, height), Image.Resampling.LANCZOS).save(file, optimize=True)
        if file.stat().st_size <= _MOST_BYTES:
            return
