"""The tab's events, one after another as a student causes them: test_events.py"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.loader import Loader
from demo.practice.cases import MOST_OWN, Shelf
from demo.practice.glossary import GROUPS, terms
from demo.practice.handlers import PracticeHandlers
from demo.practice.reveal import Revealer
from demo.practice.state import Case
from demo.samples import Sample
from demo.views import View
from demo.visit import Visit
from tests.assistant import factory
from tests.demo.fakes import FakePipeline, photo_bytes
from vision.catalogue import LANGUAGES, Language
from vision.errors import ModelError

ON_HE = [0.51, 3 / 7 + 0.02]  # where the fake pipeline outlines a haemorrhage


class Student:
    """A visit with two example photos, and what the tab shows of it."""

    def __init__(self, folder: Path, pipeline: FakePipeline) -> None:
        samples = []
        for seed in range(2):
            file = folder / f"{seed}.png"
            file.write_bytes(photo_bytes(seed))
            samples.append(Sample(file, "samples.caption.hrf_dr", "drawn"))
        self.pipeline = pipeline
        self.loader = Loader(lambda: pipeline)  # type: ignore[arg-type, return-value]
        self.loader.start()
        self.visit = Visit("en")
        self.handlers = PracticeHandlers(Shelf(samples))
        self.revealer = Revealer(self.loader, self.handlers.cases)
        self.view: View = {}
        self.see(self.handlers.everything(self.visit))

    def see(self, view: View) -> None:
        for name, props in view.items():
            self.view[name] = self.view.get(name, {}) | props

    def open(self, key: str = "sample:0") -> None:
        self.see(self.handlers.choose({"chosen": key}, self.visit))

    def mark(self, code: str, *points: Any) -> None:
        self.handlers.set_lesion(code, self.visit)
        self.see(self.handlers.mark({"points": list(points)}, self.visit))

    def reveal(self) -> list[View]:
        self.see(self.handlers.reveal(self.visit))
        views = list(self.revealer.work(self.visit))
        for view in views:
            self.see(view)
        return views

    @property
    def case(self) -> Case:
        case = self.visit.practice.case
        assert case is not None
        return case

    def said(self, name: str) -> str:
        return str(self.view[f"practice_{name}"]["value"])


@pytest.fixture
def student(tmp_path: Path) -> Iterator[Student]:
    one = Student(tmp_path, FakePipeline())
    yield one
    one.visit.close()


def test_a_photo_is_shown_without_outlines_until_it_is_revealed(student: Student) -> None:
    student.open()
    assert "without outlines" in student.said("photo")
    assert student.pipeline.analysed == 0
    student.reveal()
    assert "the system outlined" in student.said("photo")


def test_the_diagnosis_of_an_example_is_not_told_before(student: Student) -> None:
    assert "diabetic" not in student.said("cases").lower()


def test_a_mark_is_drawn_and_told(student: Student) -> None:
    student.open()
    student.mark("HE", ON_HE)
    assert "<circle" in student.view["practice_marks"]["value"]["svg"]
    assert "haemorrhages 1" in student.said("list")
    assert "begun" in student.said("cases")


@pytest.mark.parametrize(
    "points", [None, [], "no", [[2, 0]], [["a", 0]], [[0.1]], [[float("nan"), 0]], [None], 7]
)
def test_what_is_no_place_on_the_photo_is_no_mark(student: Student, points: Any) -> None:
    student.open()
    student.see(student.handlers.mark({"points": points}, student.visit))
    assert student.case.marks == []


def test_the_last_mark_and_all_marks_can_be_taken_back(student: Student) -> None:
    student.open()
    for x in (0.1, 0.2, 0.3):
        student.mark("MA", [x, 0.5])
    student.handlers.undo(student.visit)
    assert [mark.points[0][0] for mark in student.case.marks] == [0.1, 0.2]
    student.handlers.clear(student.visit)
    assert student.case.marks == []
    student.handlers.undo(student.visit)


def test_a_stroke_is_one_mark_and_taken_back_as_one(student: Student) -> None:
    student.open()
    student.handlers.set_brush("large", student.visit)
    student.mark("EX", [0.4, 0.4], [0.5, 0.4], [0.6, 0.4])
    assert len(student.case.marks) == 1 and student.case.marks[0].radius > 0
    assert "painted" in student.said("list")


def test_found_and_missed_are_counted_against_the_masks(student: Student) -> None:
    student.open()
    student.mark("HE", ON_HE)
    student.mark("HE", [0.05, 0.05])
    student.handlers.set_grade(2, student.visit)
    student.reveal()
    assert "found 1 of 3 outlined lesions" in student.said("result")
    assert "suggests the same" in student.said("result")
    assert "1 of 2 done" in student.said("progress")


def test_the_result_says_that_the_outlines_are_a_models(student: Student) -> None:
    student.open()
    student.reveal()
    assert "not with a doctor" in student.said("result")


def test_after_the_reveal_marks_and_grade_stay_as_they_were(student: Student) -> None:
    student.open()
    student.mark("HE", ON_HE)
    student.handlers.set_grade(1, student.visit)
    student.reveal()
    student.mark("HE", [0.1, 0.1])
    student.handlers.clear(student.visit)
    student.handlers.set_grade(3, student.visit)
    assert len(student.case.marks) == 1 and student.case.grade == 1


def test_a_photo_that_the_conversation_has_read_is_not_read_again(student: Student) -> None:
    *_, analysis = student.pipeline.analyze(photo_bytes(0))
    student.visit.session.add(analysis)
    student.open()
    student.reveal()
    assert student.pipeline.analysed == 1
    assert student.case.outcome is not None


def test_photos_of_the_conversation_can_be_practised_on(student: Student) -> None:
    *_, analysis = student.pipeline.analyze(photo_bytes(7))
    student.visit.session.add(analysis)
    student.see(student.handlers.cases(student.visit))
    assert "Photo 1 of the conversation" in student.said("cases")
    student.open(f"photo:{analysis.image.id}")
    student.reveal()
    assert student.case.outcome is not None and student.pipeline.analysed == 1


def test_an_own_photo_is_taken_and_its_file_is_not_kept(student: Student, tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    file.write_bytes(photo_bytes(5))
    student.see(student.handlers.take(str(file), student.visit))
    assert not file.exists()
    assert "My photo 1" in student.said("cases")
    student.reveal()
    assert student.case.outcome is not None


def test_a_file_that_is_no_photo_gets_a_sentence_and_loses_nothing(
    student: Student, tmp_path: Path
) -> None:
    student.open()
    student.mark("MA", [0.5, 0.5])
    file = tmp_path / "mine.png"
    file.write_bytes(b"no photo")
    student.see(student.handlers.take(str(file), student.visit))
    assert "told" in student.said("told")
    assert len(student.case.marks) == 1
    student.see(student.handlers.take(str(file), student.visit))
    assert "no longer there" in student.said("told")


def test_own_photos_have_a_limit(student: Student, tmp_path: Path) -> None:
    for n in range(MOST_OWN + 1):
        file = tmp_path / f"mine{n}.png"
        file.write_bytes(photo_bytes(0, (240, 320)))
        student.see(student.handlers.take(str(file), student.visit))
    assert f"At most {MOST_OWN}" in student.said("told")


def test_a_case_that_is_unknown_gets_a_sentence(student: Student) -> None:
    student.open("sample:9")
    assert "no longer there" in student.said("told")
    assert student.visit.practice.case is None


def test_a_photo_that_cannot_be_read_says_so_and_keeps_the_marks(tmp_path: Path) -> None:
    student = Student(tmp_path, FakePipeline(findings=factory.ungradable()))
    student.open()
    student.mark("HE", ON_HE)
    student.reveal()
    assert "cannot read this photo" in student.said("result")
    assert "too dark" in student.said("result")
    assert len(student.case.marks) == 1
    assert "haemorrhages 1" in student.said("list")


def test_a_failure_is_a_sentence_and_the_photo_can_be_revealed_again(student: Student) -> None:
    student.open()
    student.mark("HE", ON_HE)
    student.pipeline.fail_analysis = RuntimeError("broken")
    student.reveal()
    assert "report the number" in student.said("result")
    assert len(student.case.marks) == 1
    student.pipeline.fail_analysis = None
    student.reveal()
    assert student.case.outcome is not None


def test_models_that_do_not_load_are_a_sentence(student: Student) -> None:
    def load() -> Any:
        raise ModelError("error.weights_missing", path="w")

    student.revealer = Revealer(Loader(load), student.handlers.cases)
    student.open()
    views = student.reveal()
    assert "still loading" in str(views[0])
    assert "told" in student.said("result")
    assert student.view["practice_reveal"]["interactive"]


def test_the_reveal_stands_in_the_line_of_all_others(student: Student) -> None:
    student.loader.wait(threading.Event())
    student.open()
    with student.loader.line.standing():
        student.see(student.handlers.reveal(student.visit))
        work = student.revealer.work(student.visit)
        student.see(next(work))
        assert student.pipeline.analysed == 0
        assert "status" in student.said("result")
    for view in work:
        student.see(view)
    assert student.case.outcome is not None


def test_a_visit_that_ends_stops_waiting(student: Student) -> None:
    student.open()
    with student.loader.line.standing():
        student.see(student.handlers.reveal(student.visit))
        work = student.revealer.work(student.visit)
        next(work)
        student.visit.clear()
        list(work)
    assert student.pipeline.analysed == 0
    assert student.visit.practice.cases == {}


@pytest.mark.parametrize(("look", "outlined", "marked"), [
    ("both", True, True), ("own", False, True), ("system", True, False), ("plain", False, False),
])  # fmt: skip
def test_marks_and_outlines_are_shown_as_chosen(
    student: Student, look: str, outlined: bool, marked: bool
) -> None:
    student.open()
    student.mark("HE", ON_HE)
    student.reveal()
    student.see(student.handlers.look(look, student.visit))
    assert ("the system outlined" in student.said("photo")) == outlined
    assert ("circle" in student.view["practice_marks"]["value"]["svg"]) == marked


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_tab_speaks_each_language(student: Student, language: Language) -> None:
    student.open()
    student.mark("HE", ON_HE)
    student.reveal()
    student.visit.language = language
    view = student.handlers.everything(student.visit)
    for name in ("intro", "progress", "cases", "list", "result", "steps", "glossary"):
        said = str(view[f"practice_{name}"]["value"])
        assert ("的" in said or "例" in said or "已" in said or "：" in said) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_word_of_the_glossary_has_its_source(group: str, language: Language) -> None:
    for term in terms(group, language):
        assert term.name and term.text and term.source
