"""The walk through the other tabs: practice, cases with report and feedback, many photos."""

from pathlib import Path
from typing import Any

from benchmarks.gallery.camera import Camera
from benchmarks.gallery.photos import Photos
from tests.e2e.browser import Tab
from vision.catalogue import Language


def open_tab(page: Any, name: str) -> None:
    """By its button, which a narrow screen may keep in a menu."""
    page.evaluate("name => document.querySelector(`#tab-${name}-button`).click()", name)
    page.wait_for_timeout(800)


def practice(tab: Tab, camera: Camera, language: Language, photos: Photos) -> None:
    """Before a photo was chosen, marked, revealed, and the words explained."""
    page = tab.page
    open_tab(page, "practice")
    page.wait_for_selector("#practice-cases img")
    page.wait_for_timeout(2000)
    camera.take(page, "20-practice-first", language)
    mark(page, photos)
    camera.take(page, "21-practice-marked", language, dark=True)
    page.click("#practice-reveal")
    page.wait_for_selector(".result .honest")
    page.wait_for_timeout(1000)
    camera.take(page, "22-practice-revealed", language, dark=True)
    page.click("#practice-steps-box button >> nth=0")
    page.click("#practice-glossary-box button >> nth=0")
    page.click(".term summary >> nth=0")
    page.wait_for_timeout(500)
    camera.take(page, "23-practice-words", language)


def mark(page: Any, photos: Photos) -> None:
    """Bring a photo, mark haemorrhages on it, and choose a grade."""
    with page.expect_file_chooser() as chooser:
        page.click("#practice-upload")
    chooser.value.set_files(photos.right)
    page.wait_for_selector("#practice-photo img")
    page.click("#practice-lesion label >> nth=1")
    page.wait_for_timeout(1000)
    surface = page.locator("svg.marks.on")
    box = surface.bounding_box()
    for x, y in photos.marks:
        surface.click(position={"x": x * box["width"], "y": y * box["height"]})
        page.wait_for_timeout(500)
    page.click("#practice-grade label >> nth=2")
    page.wait_for_timeout(800)


def no_cases(tab: Tab, camera: Camera, language: Language) -> None:
    """The tab of cases with nothing in it."""
    open_tab(tab.page, "cases")
    tab.page.wait_for_timeout(1000)
    camera.take(tab.page, "30-cases-none", language)
    open_tab(tab.page, "chat")


def cases(tab: Tab, camera: Camera, language: Language, folder: Path) -> None:
    """Refused, saved, judged, reported, and about to be deleted; then nothing is left."""
    page = tab.page
    open_tab(page, "cases")
    page.wait_for_selector("#cases-pdf")
    page.fill("#cases-code input, #cases-code textarea", "Zhang San")
    page.click("#cases-save")
    page.wait_for_selector("#cases-told-save .told")
    camera.take(page, "31-cases-refused", language)
    page.fill("#cases-code input, #cases-code textarea", "P-017")
    page.click("#cases-save")
    page.wait_for_selector("#cases-told-save .good")
    page.fill("#cases-who input, #cases-who textarea", "R-2")
    page.click("#cases-up")
    page.wait_for_selector("#cases-judged li")
    camera.take(page, "32-cases-saved", language, dark=True)
    with page.expect_download() as download:
        page.click("#cases-html")
    report = folder / f"report-{language}.html"
    download.value.save_as(report)
    page.click("#cases-delete")
    page.wait_for_selector("#cases-forget")
    camera.take(page, "33-cases-delete", language)
    page.click("#cases-forget")
    page.wait_for_selector("#cases-case", state="hidden")
    _report(page, camera, language, report)


def _report(page: Any, camera: Camera, language: Language, file: Path) -> None:
    """The report as a page of its own."""
    other = page.context.browser.new_page()
    other.goto(file.as_uri())
    camera.take(other, "40-report", language)
    other.close()


def many_photos(tab: Tab, camera: Camera, language: Language, photos: Photos) -> None:
    """None yet, chosen, while they are read, and the table."""
    page = tab.page
    open_tab(page, "batch")
    camera.take(page, "50-many-none", language)
    files = [photos.right, photos.left, photos.clear, photos.broken, photos.large]
    page.set_input_files("#batch-files input[type=file]", [str(file) for file in files])
    page.wait_for_selector("#batch-taken .now")
    page.click("#batch-keep label >> nth=1")
    page.wait_for_selector("#batch-prefix")
    camera.take(page, "51-many-chosen", language)
    page.click("#batch-start")
    page.wait_for_selector("#batch-progress .told, #batch-told .told")
    camera.take(page, "52-many-refused", language)
    page.click("#batch-keep label >> nth=0")
    page.wait_for_selector("#batch-prefix", state="hidden")
    page.click("#batch-start")
    page.wait_for_selector(".screened tbody tr")
    camera.take(page, "53-many-reading", language, brief=True)
    page.wait_for_selector("#batch-progress .good")
    page.wait_for_timeout(1000)
    camera.take(page, "54-many-read", language, dark=True)
