"""Photo or eyes in general: python -m pytest tests/assistant/test_routing.py"""

import pytest

from assistant.routing import asks_more, asks_what_is, is_general
from tests.assistant.routing_cases import ABOUT_PHOTO, GENERAL
from vision.catalogue import LANGUAGES, Language


def lines(cases: dict[str, str]) -> list[str]:
    return [line for text in cases.values() for line in text.strip().splitlines()]


@pytest.mark.parametrize("question", lines(GENERAL))
def test_what_is_so_in_general_is_general_also_with_a_photo_in_focus(question: str) -> None:
    assert is_general(question, photo=True, after_general=False)


@pytest.mark.parametrize("question", lines(GENERAL))
def test_what_is_so_in_general_needs_no_photo(question: str) -> None:
    assert is_general(question, photo=False, after_general=False)


@pytest.mark.parametrize("question", lines(ABOUT_PHOTO))
def test_what_only_the_photo_can_tell_is_about_the_photo(question: str) -> None:
    assert not is_general(question, photo=True, after_general=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_least_sixty_questions_of_each_kind_are_tried(language: Language) -> None:
    assert min(len(lines({language: kind[language]})) for kind in (GENERAL, ABOUT_PHOTO)) >= 60


@pytest.mark.parametrize(
    "question",
    ["Are there exudates?", "How many haemorrhages?", "What grade is it?", "What do you see?",
     "Describe this photo.", "有出血吗", "这是几期", "杯盘比是多少", "看到了什么"],
)  # fmt: skip
def test_without_a_photo_a_question_about_one_is_still_about_one(question: str) -> None:
    assert not is_general(question, photo=False, after_general=False)


@pytest.mark.parametrize(
    "question",
    ["and how is that treated?", "Is it hereditary?", "why?", "tell me more", "Can it be cured?",
     "And in children?", "那怎么治疗", "会遗传吗", "再详细说说", "它会复发吗", "为什么？"],
)  # fmt: skip
def test_a_follow_up_stays_with_what_was_asked_before(question: str) -> None:
    assert is_general(question, photo=True, after_general=True)
    assert not is_general(question, photo=True, after_general=False)


@pytest.mark.parametrize(
    "question", ["How many are there in this photo?", "what about my eye?", "这张照片里有吗"]
)
def test_the_photo_can_be_asked_about_right_after_a_general_question(question: str) -> None:
    assert not is_general(question, photo=True, after_general=True)


@pytest.mark.parametrize("question", ["What about cataract?", "那白内障呢"])
def test_the_same_question_of_something_else_goes_where_the_last_one_went(question: str) -> None:
    assert is_general(question, photo=True, after_general=True)
    assert not is_general(question, photo=True, after_general=False)


@pytest.mark.parametrize("question", ["drusen", "IRMA?", "玻璃膜疣"])
def test_a_bare_name_is_looked_for_in_the_photo_and_explained_without_one(question: str) -> None:
    assert not is_general(question, photo=True, after_general=False)
    assert is_general(question, photo=False, after_general=False)


@pytest.mark.parametrize(
    "question", ["Hello, who are you?", "Thank you!", "Write me some Python code.", "你好", "谢谢"]
)
@pytest.mark.parametrize("photo", [True, False])
def test_small_talk_is_not_looked_up(question: str, photo: bool) -> None:
    assert not is_general(question, photo=photo, after_general=False)


def test_traditional_chinese_is_understood() -> None:
    assert is_general("青光眼會遺傳嗎", photo=True, after_general=False)
    assert not is_general("這張照片有出血嗎", photo=True, after_general=False)


def test_a_very_long_question_is_routed_in_time() -> None:
    assert is_general("Can glaucoma be cured? " * 170, photo=True, after_general=False)


@pytest.mark.parametrize(
    ("question", "is_one"),
    [("What is glaucoma?", True), ("什么是青光眼？", True), ("Explain drusen.", True),
     ("Is glaucoma hereditary?", False), ("What is the treatment of glaucoma?", False),
     ("What is the difference between drusen and exudates?", False), ("glaucoma", False)],
)  # fmt: skip
def test_a_question_what_one_thing_is_is_recognised(question: str, is_one: bool) -> None:
    assert asks_what_is(question) == is_one


@pytest.mark.parametrize(
    "question", ["Tell me more.", "more please", "anything else?", "继续", "还有吗"]
)
def test_asking_for_more_is_recognised(question: str) -> None:
    assert asks_more(question)


@pytest.mark.parametrize(
    "question",
    [
        "screen for glaucoma",
        "Please check for DR",
        "帮忙筛查糖网",
        "Describe the disc and the macula",
        "我是学生，请描述视盘和黄斑",
    ],
)
def test_what_is_to_be_looked_for_is_about_the_photo_however_it_is_read(question: str) -> None:
    assert not is_general(question, photo=True, after_general=False, learned=0.9)
