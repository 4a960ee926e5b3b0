"""Questions to ask next: python -m pytest tests/demo/test_suggest.py"""

import dataclasses
import itertools

import pytest

from assistant.across import is_of_images
from assistant.findings import Findings
from assistant.intents import Intents
from assistant.lookup import passages_for
from assistant.template_answer import answer_from_findings
from demo.suggest import suggestions
from demo.views import CHIPS
from tests.assistant.factory import (
    THICKNESS,
    diseases,
    findings,
    healthy,
    lid,
    measured,
    scan,
    ungradable,
)
from tests.demo.pages import Page, PhotoMaker
from vision.catalogue import LANGUAGES, Language, say, table

WIDE_CUP = measured(
    anatomy=dataclasses.replace(measured().anatomy, vertical_cdr=0.78), diseases=diseases(G=0.8)
)
ALL = (
    measured(),
    WIDE_CUP,
    healthy(),
    findings(),
    ungradable(),
    scan(),
    lid(),
    findings(lesions=None),
)


def offered(
    one: Findings | None, asked: tuple[str, ...] = (), photos: int = 1, most: int = 30
) -> list[str]:
    return suggestions(one, asked, photos, "en", most)


def test_exudates_make_one_ask_how_near_they_are() -> None:
    question = "How close are the hard exudates to the fovea?"
    assert question in offered(measured())[:CHIPS]
    assert question not in offered(healthy())
    assert question not in offered(findings())  # no fovea was located to measure from


def test_a_grade_makes_one_ask_why() -> None:
    assert "Why is it this grade?" in offered(measured())[:CHIPS]
    assert "Why is it this grade?" not in offered(healthy())


def test_a_large_cup_makes_one_ask_about_glaucoma() -> None:
    question = "Is the optic disc suspicious for glaucoma?"
    assert question in offered(WIDE_CUP)[:CHIPS] and question not in offered(measured())


def test_two_photos_can_be_compared_and_one_cannot() -> None:
    assert "Compare the photos." in offered(measured(), photos=2)[:CHIPS]
    assert "Compare the photos." not in offered(measured())


@pytest.mark.parametrize("doubt", ["note.dme_against_exudates", "note.grade_against_lesions"])
def test_methods_that_disagree_make_one_ask_how_sure_it_is(doubt: str) -> None:
    assert "How sure is the grade?" in offered(measured(notes=(doubt,)))
    assert "How sure is the grade?" not in offered(measured())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", [*ALL, None])
def test_what_was_asked_is_not_offered_again(one: Findings | None, language: Language) -> None:
    first = suggestions(one, (), 2, language, CHIPS)
    later = suggestions(one, [first[0].upper() + " "], 2, language, CHIPS)
    assert first[0] not in later


def test_a_question_is_the_same_one_in_the_other_language() -> None:
    assert "What does this photo show?" not in offered(
        measured(), ("这张照片显示了什么？",), most=CHIPS
    )


@pytest.mark.parametrize("photos", [1, 3])
@pytest.mark.parametrize("one", [*ALL, None])
def test_there_are_always_enough_questions_and_none_twice(
    one: Findings | None, photos: int
) -> None:
    everything = tuple(offered(one, photos=photos))
    for asked in ((), everything):
        chips = offered(one, asked, photos, CHIPS)
        assert len(set(chips)) == CHIPS


def test_the_same_findings_give_the_same_questions() -> None:
    assert offered(measured()) == offered(measured())


# ---- each is answered well ----

# what a good answer holds, for findings to which the question fits
GOOD: dict[str, tuple[tuple[Findings, ...], dict[Language, str]]] = {
    "compare": ((measured(), healthy()), {"en": "Photo 2:", "zh": "照片2："}),
    "cup": ((measured(),), {"en": "0.45", "zh": "0.45"}),
    "diseases": ((measured(),), {"en": "86%", "zh": "86%"}),
    "eye": ((measured(),), {"en": "right eye", "zh": "右眼"}),
    "glaucoma": ((WIDE_CUP,), {"en": "Glaucoma is suspected", "zh": "怀疑青光眼"}),
    "grade": ((healthy(),), {"en": "ICDR grade 0", "zh": "ICDR 0级"}),
    "lesions": ((measured(),), {"en": "12 hard exudates", "zh": "12处硬性渗出"}),
    "near_fovea": ((measured(),), {"en": "0.8 disc diameters", "zh": "0.8个视盘直径"}),
    "next_step": ((measured(),), {"en": "3 to 6 months", "zh": "3至6个月"}),
    "normal": ((healthy(),), {"en": "No disease", "zh": "未怀疑任何"}),
    "oedema": ((measured(),), {"en": "risk 2 of 2", "zh": "风险为2级"}),
    "quality": ((measured(),), {"en": "0.87", "zh": "0.87"}),
    "scan.0": ((scan(),), {"en": "diabetic macular oedema", "zh": "糖尿病性黄斑水肿"}),
    "scan.1": ((scan(),), {"en": "normal retina is 3%", "zh": "正常视网膜的概率为3%"}),
    "scan.2": ((scan(),), {"en": "81%", "zh": "81%"}),
    "scan.3": ((scan(),), {"en": "not a diagnosis", "zh": "不是诊断"}),
    "scan.4": ((scan(),), {"en": "degeneration is 3%", "zh": "变性的概率为3%"}),
    "scan.5": ((scan(thickness=THICKNESS),), {"en": "62 px thick", "zh": "62像素"}),
    "lid.0": ((lid(),), {"en": "28%", "zh": "28%"}),
    "lid.1": ((lid(),), {"en": "meiboscore 1", "zh": "评分为1"}),
    "lid.2": ((lid(),), {"en": "An eye doctor", "zh": "眼科医生"}),
    "sure": ((measured(),), {"en": "71%", "zh": "71%"}),
    "what": ((measured(),), {"en": "suspected", "zh": "怀疑"}),
    "where_haemorrhages": ((measured(),), {"en": "3 superotemporal", "zh": "颞上3处"}),
    "why_grade": ((measured(),), {"en": "The rule for grade 2", "zh": "2级的标准"}),
    "why_unread": ((ungradable(),), {"en": "too dark", "zh": "过暗"}),
}
KEYS = [key for key in table("en") if key.startswith("demo.suggest.")]


@pytest.mark.parametrize(("name", "language"), itertools.product(GOOD, LANGUAGES))
def test_every_question_on_a_photo_gets_its_answer_by_rule(name: str, language: Language) -> None:
    photos, facts = GOOD[name]
    question = say(f"demo.suggest.{name}", language)
    wanted = Intents.load().wanted(question)
    assert is_of_images(question, photos) or wanted.rule() is None  # as the pipeline asks them
    assert wanted.red_flag is None
    assert facts[language] in answer_from_findings(question, photos, language, shares=wanted.shares)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("n", "subject"),
    enumerate(
        ["dr", "glaucoma", "signs.microaneurysm", "diabetic_eye_care", "amd_dry", "dme",
         "signs.cotton_wool_spot", "cataract"]
    ),
)  # fmt: skip
def test_every_general_question_finds_its_passage(n: int, subject: str, language: Language) -> None:
    question = say(f"demo.suggest.general.{n}", language)
    assert passages_for(question, [], language)[0].startswith(f"{subject}.")


def test_no_question_is_left_out_of_these_tests() -> None:
    general = {f"demo.suggest.general.{n}" for n in range(8)}
    assert set(KEYS) == {f"demo.suggest.{name}" for name in GOOD} | general


# ---- on the page ----


def chips(page: Page) -> list[str]:
    return [page.view[f"chip_{n}"]["value"] for n in range(CHIPS)]


def test_an_offered_question_that_was_sent_makes_room_for_another(
    page: Page, photo: PhotoMaker
) -> None:
    page.send("", photo())
    first = chips(page)
    assert "What does this photo show?" not in first  # a photo alone asks that itself
    page.run(lambda: page.handlers.ask(first[0], page.visit))
    assert first[0] not in chips(page) and first[1] in chips(page)


def test_another_photo_in_focus_may_be_asked_the_same(page: Page, photo: PhotoMaker) -> None:
    page.send("Why is it this grade?", photo(1))
    page.send("", photo(2))
    assert "Why is it this grade?" in chips(page)
    page.run(lambda: page.handlers.show_photo(1, page.visit))
    assert "Why is it this grade?" not in chips(page)
