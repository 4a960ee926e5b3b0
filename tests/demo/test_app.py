"""The page as Gradio builds it: python -m pytest tests/demo/test_app.py"""

import re
import threading
import time
from typing import Any

import gradio as gr
import pytest

from assistant.findings_table import sections
from demo.app import Page, build_app
from demo.loader import Loader
from demo.panels import findings_html
from demo.settings import MOST_WAITING, Settings
from demo.transcript import Turn, render
from demo.views import everything
from demo.visit import Visit
from segmentation.types import Quadrants
from tests.assistant import factory
from tests.demo.fakes import FakePipeline
from vision.catalogue import LANGUAGES, Language
from vision.errors import ModelError


@pytest.fixture(scope="module")
def app() -> gr.Blocks:
    return build_app(FakePipeline(), Settings())  # type: ignore[arg-type]


def events(app: gr.Blocks) -> list[dict[str, Any]]:
    return app.get_config_file()["dependencies"]


def test_all_slow_events_may_start_and_wait_in_the_models_own_line(app: gr.Blocks) -> None:
    slow = [fn for fn in app.fns.values() if (fn.api_name or "").startswith("work")]
    assert len(slow) >= 7
    assert {(fn.concurrency_id, fn.concurrency_limit) for fn in slow} == {("models", MOST_WAITING)}


def test_the_conversation_is_never_read_from_the_browser(app: gr.Blocks) -> None:
    chats = {i for i, block in app.blocks.items() if isinstance(block, gr.Chatbot)}
    pictures = {i for i, block in app.blocks.items() if isinstance(block, gr.Image)}
    assert chats and pictures
    for event in events(app):
        assert not set(event["inputs"]) & (chats | pictures), event["api_name"]


def test_no_component_offers_to_share(app: gr.Blocks) -> None:
    for block in app.blocks.values():
        assert "share" not in (getattr(block, "buttons", None) or [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_page_speaks_each_language(language: Language) -> None:
    loader = Loader(lambda: FakePipeline())  # type: ignore[arg-type, return-value]
    view = everything(Visit(language), loader, [])
    text = re.sub(r"OpenOphGLM|English|中文|OD|OS|make demo|<[^>]+>|[^\w]", "", str(view))
    assert ("的" in text) == (language == "zh")


def test_each_number_of_the_findings_table_has_its_unit() -> None:
    lesions = factory.lesions(
        HE=factory.lesion(5, 9876, by_quadrant=Quadrants(1, 2, 2, 0), nearest_to_fovea_dd=0.83)
    )
    html = findings_html(1, factory.findings(lesions=lesions), "en")
    assert "9,876 px, 0.12% of the field of view" in html
    assert "nearest to the fovea: 0.8 disc diameters" in html
    assert "superior nasal 2" in html
    assert "520 px" in html


def test_quality_comes_first_and_what_is_not_measured_says_so() -> None:
    parts = sections(factory.findings(), "en")
    assert parts[0].title == "Quality"
    assert parts[-1].rows[1].value == "not measured"


def test_findings_without_any_model_still_make_a_table() -> None:
    html = findings_html(1, factory.ungradable(), "en")
    assert "Ungradable." in html
    assert html.count("not known") == 3


def test_the_grade_comes_with_its_rule_and_all_probabilities() -> None:
    html = findings_html(1, factory.findings(grade=2), "en")
    assert "Rule: more than just microaneurysms" in html
    assert "0: 3%, 1: 14%, 2: 71%, 3: 9%, 4: 3%" in html


def test_models_that_do_not_load_leave_the_page_up_and_load_again_on_request() -> None:
    attempts = []

    def load() -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise ModelError("error.weights_missing", path="w")
        return FakePipeline()

    loader = Loader(load)
    loader.start()
    with pytest.raises(ModelError):
        loader.wait(threading.Event())
    assert loader.state == "failed"
    loader.start()
    assert loader.wait(threading.Event()) is not None
    assert loader.state == "ready"


def test_an_unforeseen_failure_to_load_is_a_sentence() -> None:
    loader = Loader(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    loader.start()
    with pytest.raises(ModelError, match="report the number"):
        loader.wait(threading.Event())


def test_waiting_for_the_models_ends_with_stop() -> None:
    stop = threading.Event()
    stop.set()
    assert Loader(lambda: FakePipeline()).wait(stop) is None  # type: ignore[arg-type, return-value]


class Asking:
    """As much of gr.Request as the page looks at."""

    def __init__(self, session_hash: str, language: str) -> None:
        self.session_hash = session_hash
        self.headers = {"accept-language": language}


def visit_of(updates: dict[Any, Any]) -> Visit:
    return next(value for value in updates.values() if isinstance(value, Visit))


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB", "en"), ("de,zh;q=0.5", "zh"), ("de", "en")],
)
def test_the_page_opens_in_the_browsers_language(header: str, language: str) -> None:
    page = Page(Loader(lambda: FakePipeline()), Settings())  # type: ignore[arg-type, return-value]
    assert visit_of(page._open(Asking("a", header))).language == language  # type: ignore[arg-type]


def test_a_page_that_was_closed_is_forgotten() -> None:
    settings = Settings(forget_closed_after_s=0.05)
    page = Page(Loader(lambda: FakePipeline()), settings)  # type: ignore[arg-type, return-value]
    left, stays = (visit_of(page._open(Asking(name, "en"))) for name in "ab")  # type: ignore[arg-type]
    left.append(Turn("Hello?"))
    stays.append(Turn("Hello?"))
    page._leave(Asking("a", "en"))  # type: ignore[arg-type]
    time.sleep(0.3)
    assert left.closed and left.turns == []
    assert not stays.closed and len(stays.turns) == 1


def test_a_page_that_comes_back_in_time_keeps_its_conversation() -> None:
    settings = Settings(forget_closed_after_s=0.1)
    page = Page(Loader(lambda: FakePipeline()), settings)  # type: ignore[arg-type, return-value]
    visit = visit_of(page._open(Asking("a", "en")))  # type: ignore[arg-type]
    page._leave(Asking("a", "en"))  # type: ignore[arg-type]
    visit.use()
    time.sleep(0.3)
    assert not visit.closed


def test_a_forgotten_conversation_is_said_to_be_so() -> None:
    page = Page(Loader(lambda: FakePipeline()), Settings())  # type: ignore[arg-type, return-value]
    assert "was cleared" in str(render(page._present(None, "en").turns, "en"))
