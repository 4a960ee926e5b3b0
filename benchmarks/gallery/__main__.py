"""`python -m benchmarks.gallery OUT`: every view of the page as pictures, seen by axe-core too.

Starts `python -m demo` with an empty database of its own (or takes a running page with --url),
walks it in Chromium in both languages, and saves each view at 1440, 1024 and 390 px, in OUT with
index.html and axe.json; also the README's pictures, of drawn fundi alone. Ends with status 1 where
axe-core finds something serious or critical, or a view is wider than the screen.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.gallery import album, conversation, readme, tabs
from benchmarks.gallery.camera import Camera
from benchmarks.gallery.photos import Photos, drawn
from tests.e2e.browser import Tab, chromium, real_demo
from vision.catalogue import LANGUAGES, Language
from vision.command import Parser, run

_LOCALES: dict[Language, str] = {"en": "en-US", "zh": "zh-CN"}
_PATIENCE_MS = 600_000  # for an answer on a busy machine


def main() -> int:
    """Take all pictures; 1 where one of them is not good enough."""
    parser = Parser(prog="python -m benchmarks.gallery", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for pictures, index.html and axe.json")
    parser.add_argument("--url", help="a page that runs already, with no cases in its database")
    parser.add_argument("--lang", choices=LANGUAGES, action="append", help="default: both")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    camera = Camera(options.out)
    with TemporaryDirectory() as folder:
        photos = drawn(Path(folder))
        with _page(options.url, Path(folder)) as address, chromium() as browser:
            try:
                for language in options.lang or LANGUAGES:
                    _walk(_opened(browser, address, language), camera, language, photos)
                readme.take(_opened(browser, address, "en"), options.out, photos)
            finally:  # also of a walk that came to grief there is something to see
                album.write(options.out, camera.pictures)
    problems = album.problems(camera.pictures)
    for line in (*problems, album.summary(camera.pictures)):
        print(line)
    return 1 if problems else 0


@contextlib.contextmanager
def _page(url: str | None, folder: Path) -> Iterator[str]:
    if url is not None:
        yield url
        return
    with real_demo("--db", f"sqlite:///{folder / 'cases.db'}") as address:
        yield address


def _opened(browser: Any, address: str, language: Language) -> Tab:
    tab = Tab(browser, address, locale=_LOCALES[language])
    tab.page.set_default_timeout(_PATIENCE_MS)
    return tab


def _walk(tab: Tab, camera: Camera, language: Language, photos: Photos) -> None:
    """Every view in one visit, each seen at all widths: the page is not opened anew for them."""
    if tab.page.query_selector("#status .status"):
        camera.take(tab.page, "00-models-loading", language, brief=True)
    conversation.first_page(tab, camera, language)
    tabs.no_cases(tab, camera, language)
    conversation.refusals(tab, camera, language, photos)
    conversation.answers(tab, camera, language, photos)
    conversation.looking(tab, camera, language)
    conversation.two_photos(tab, camera, language, photos)
    tabs.practice(tab, camera, language, photos)
    tabs.cases(tab, camera, language, photos.right.parent)
    tabs.many_photos(tab, camera, language, photos)
    for fault in (*tab.faults, *tab.outside):
        print(fault, file=sys.stderr)
    tab.page.context.close()


if __name__ == "__main__":
    run(main)
