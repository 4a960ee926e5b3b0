"""The walk through the conversation: first page, errors, reading, answers, looking, two photos."""

from pathlib import Path

from benchmarks.gallery.camera import Camera
from benchmarks.gallery.photos import Photos
from tests.e2e.browser import Tab
from vision.catalogue import Language

QUESTIONS: dict[Language, tuple[str, str]] = {
    "en": ("Is there diabetic retinopathy, and how severe?", "What is a cotton-wool spot?"),
    "zh": ("有糖尿病视网膜病变吗？有多严重？", "什么是棉绒斑？"),
}
_LINE = ((0.3, 0.45), (0.68, 0.5))  # ends of the measured line, as shares of the photo


def first_page(tab: Tab, camera: Camera, language: Language) -> None:
    """As it opens, and what is said of files that are no photos."""
    tab.page.wait_for_selector("#samples img, #samples-text p")
    tab.page.wait_for_timeout(1500)
    camera.take(tab.page, "01-first", language, dark=True)


def refusals(tab: Tab, camera: Camera, language: Language, photos: Photos) -> None:
    """A file that is none, one that is too large, and nothing at all."""
    page = tab.page
    page.set_input_files("#composer input[type=file]", str(photos.large))
    page.wait_for_selector("#too-large:not([hidden])")
    camera.take(page, "02-too-large", language)
    tab.attach(photos.broken)
    tab.send()
    page.wait_for_selector("#chat blockquote")
    page.wait_for_selector("#composer .submit-button")
    camera.take(page, "03-refused", language, dark=True)
    page.click("#new")
    page.wait_for_selector("#chat .welcome")


def answers(tab: Tab, camera: Camera, language: Language, photos: Photos) -> None:
    """A photo while it is read, its answer with outlines, and an answer of eyes in general."""
    page = tab.page
    first, second = QUESTIONS[language]
    tab.attach(photos.right)
    tab.send(first)
    page.wait_for_selector("#chat .thought-group .thought-group >> nth=1")
    camera.take(page, "04-reading", language, brief=True)
    page.wait_for_selector("#findings table")
    page.wait_for_selector("#composer .submit-button")
    page.wait_for_timeout(1500)
    camera.take(page, "05-outlined", language, dark=True)
    tab.send(second)
    tab.wait_for_answer()
    page.wait_for_timeout(500)
    camera.take(page, "06-general-answer", language)


def looking(tab: Tab, camera: Camera, language: Language) -> None:
    """The photo alone, heat, a measured distance, a scale bar, enlarged."""
    page = tab.page
    for view, place in (("07-plain", 1), ("08-heat", 2)):
        before = tab.picture()
        page.click(f"#look label >> nth={place}")
        tab.wait_for_other_picture(before)
        camera.take(page, view, language, dark=place == 2)
    before = tab.picture()
    page.click("#look label >> nth=0")
    tab.wait_for_other_picture(before)
    page.click("#tools [data-tool=measure]")
    box = page.locator("#photo img").bounding_box()
    for x, y in _LINE:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.click("#tools [data-tool=bar]")
    camera.take(page, "09-ruler", language)
    for tool in ("clear", "measure", "bar"):
        page.click(f"#tools [data-tool={tool}]")
    page.click("#tools [data-tool=enlarge]")
    page.wait_for_timeout(1500)
    camera.take(page, "10-enlarged", language)
    page.click("#tools [data-tool=enlarge]")


def side_by_side(tab: Tab, photo: Path) -> None:
    """Ask about one more photo, and put it beside the one before."""
    tab.attach(photo)
    tab.send()
    tab.wait_for_answer()
    tab.page.click("#pair label >> nth=1")
    tab.page.wait_for_selector("#beside img")
    tab.page.wait_for_timeout(1500)


def two_photos(tab: Tab, camera: Camera, language: Language, photos: Photos) -> None:
    """Both eyes side by side, and one photo said to be of an earlier visit."""
    page = tab.page
    side_by_side(tab, photos.left)
    camera.take(page, "11-side-by-side", language, dark=True)
    page.click("#eye label >> nth=0")  # a person says that both show the right eye
    page.wait_for_selector("#earlier label")
    page.click("#earlier label >> nth=1")
    page.wait_for_timeout(1500)
    camera.take(page, "12-earlier-visit", language)
