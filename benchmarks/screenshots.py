"""Pictures of the running page: python -m benchmarks.screenshots OUT

Starts `python -m demo`, walks it in Chromium on a drawn fundus and on an example photo, and saves
PNGs in both languages, wide and narrow.
"""

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from tests.drawing import draw_fundus, scatter_lesions
from tests.e2e.browser import Tab, chromium, real_demo
from vision.command import Parser, run

WIDE, NARROW = 1440, 390
QUESTIONS = {
    "en": ("Is there diabetic retinopathy, and how severe?", "Which lesions were found?"),
    "zh": ("有糖尿病视网膜病变吗？有多严重？", "发现了哪些病灶？"),
}
LOCALES = {"en": "en-US", "zh": "zh-CN"}


def main() -> int:
    """Make all pictures."""
    parser = Parser(prog="python -m benchmarks.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for the PNGs")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with real_demo() as address, chromium() as browser, TemporaryDirectory() as folder:
        photo = Path(folder) / "fundus.jpg"
        photo.write_bytes(drawn())
        for language in QUESTIONS:
            for width in (WIDE, NARROW):
                walk(browser, address, photo, language, width, out)
        example(browser, address, out)
    for picture in sorted(out.glob("*.png")):
        print(picture)
    return 0


def drawn() -> bytes:
    """A drawn fundus with lesions, as a JPEG of a camera's usual size."""
    size = (1424, 2144)
    pixels = draw_fundus(size, 0, scatter_lesions(size, 0))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92)
    return file.getvalue()


def walk(browser: Any, address: str, photo: Path, language: str, width: int, out: Path) -> None:
    """Empty page, steps, answer, findings, the plain photo, and where the network looked."""
    tab = Tab(browser, address, width, LOCALES[language])
    tab.page.set_default_timeout(600_000)
    name = f"{language}-{width}"
    tab.page.wait_for_selector("#samples img, #samples-text")
    tab.page.wait_for_timeout(2000)
    tab.page.screenshot(path=out / f"{name}-1-empty.png")
    tab.attach(photo)
    first, second = QUESTIONS[language]
    tab.send(first)
    tab.page.wait_for_selector("#chat .thought-group .thought-group >> nth=2")
    tab.page.screenshot(path=out / f"{name}-2-steps.png")
    tab.page.wait_for_selector("#findings table")
    tab.page.wait_for_selector("#composer .submit-button")
    tab.page.wait_for_timeout(1500)
    tab.page.screenshot(path=out / f"{name}-3-answer.png")
    tab.page.screenshot(path=out / f"{name}-4-whole.png", full_page=True)
    tab.send(second)
    tab.page.wait_for_selector("#composer .stop-button")
    tab.page.wait_for_function(
        "() => [...document.querySelectorAll('#chat .bot-row')].at(-1).querySelector('em')"
    )
    tab.page.screenshot(path=out / f"{name}-5-streaming.png")
    tab.page.wait_for_selector("#composer .submit-button")
    tab.page.click("#look label >> nth=1")
    tab.page.wait_for_timeout(1500)
    tab.page.screenshot(path=out / f"{name}-6-plain.png")
    tab.page.click("#look label >> nth=2")
    tab.page.wait_for_timeout(1500)
    tab.page.screenshot(path=out / f"{name}-7-heat.png")
    tab.page.context.close()


def example(browser: Any, address: str, out: Path) -> None:
    """The first photo of the gallery, where the gallery is there, and its enlarged view."""
    tab = Tab(browser, address, WIDE)
    tab.page.set_default_timeout(600_000)
    tab.page.wait_for_timeout(4000)
    photo = tab.page.query_selector("#samples button")
    if photo is not None:
        photo.click()
        tab.page.wait_for_selector("#findings table")
        tab.page.wait_for_selector("#composer .submit-button")
        tab.page.wait_for_timeout(1500)
        tab.page.screenshot(path=out / "en-example.png")
        tab.page.click("#photo button[aria-label=Fullscreen]")
        tab.page.wait_for_timeout(1500)
        tab.page.screenshot(path=out / "en-example-fullscreen.png")
        tab.page.click("#photo img")
        tab.page.wait_for_timeout(500)
        tab.page.screenshot(path=out / "en-example-enlarged.png")


if __name__ == "__main__":
    run(main)
