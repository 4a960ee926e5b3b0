"""What a question wants: python -m pytest tests/assistant/test_focus.py"""

import pytest

from assistant.focus import answer_language, images_asked_about, wants_report, without_other

CASES = [  # question, photos, active, expected
    ("What do you see?", 0, 0, ()),
    ("What do you see?", 1, 1, (1,)),
    ("What do you see?", 3, 2, (2,)),
    ("Any exudates in photo 1?", 2, 2, (1,)),
    ("Any exudates in image 7?", 2, 2, (2,)),
    ("And the first one?", 2, 2, (1,)),
    ("Compare both eyes", 2, 2, (1, 2)),
    ("What is the difference between photo 1 and photo 3?", 3, 2, (1, 3)),
    ("Compare it with the previous photo", 1, 1, (1,)),
    ("And the other one?", 2, 2, (1,)),
    ("第一张照片有出血吗？", 2, 2, (1,)),
    ("图2呢？", 2, 1, (2,)),
    ("比较两张照片", 2, 1, (1, 2)),
    ("另一只眼呢？", 2, 2, (1,)),
    ("Is grade 2 referable?", 2, 1, (1,)),
    ("How many of the 3 lesions are large?", 3, 1, (1,)),
]


@pytest.mark.parametrize(("question", "count", "active", "expected"), CASES)
def test_the_words_of_a_question_pick_its_photos(
    question: str, count: int, active: int, expected: tuple[int, ...]
) -> None:
    assert images_asked_about(question, count, active) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("pic 2: any bleeding?", (2,)),
        ("imgs 1 and 3, same grade?", (1, 3)),
        ("Look at snapshot no. 1", (1,)),
        ("#3 please", (3,)),
        ("Are microaneurysms visible in number one?", (1,)),
        ("the grade of no. 3?", (3,)),
        ("图1和图3的出血", (1, 3)),
        ("第三张也照样说说", (3,)),
        ("照片一共有几处出血", (2,)),
    ],
)
def test_a_photo_is_called_by_its_number(question: str, expected: tuple[int, ...]) -> None:
    assert images_asked_about(question, 3, 2) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("the earliest uploaded photo", (1,)),
        ("The picture that I sent first", (1,)),
        ("how about the second?", (2,)),
        ("And my newest pic?", (3,)),
        ("What about the third eye photo", (3,)),
        ("最早上传的那张有渗出吗", (1,)),
        ("一开始那张呢", (1,)),
        ("最后发的那张几级", (3,)),
        ("My doctor saw spots last time", (2,)),
        ("What should I do first?", (2,)),
    ],
)
def test_a_photo_is_called_by_when_it_came(question: str, expected: tuple[int, ...]) -> None:
    assert images_asked_about(question, 3, 2) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Which one is worse off?",
        "which of them needs a doctor sooner",
        "In which eye are there more haemorrhages?",
        "Which picture has bleeding?",
        "What is the healthier eye of the two?",
        "How do they compare?",
        "left eye vs right eye",
        "Is the other one any better?",
        "哪一只更需要治疗",
        "哪张出血最多",
        "先处理哪只眼比较好",
        "双侧都有渗出吗",
        "左眼和右眼差多少",
        "另一只是不是比这只严重",
    ],
)
def test_which_of_several_is_asked_of_all_of_them(question: str) -> None:
    assert images_asked_about(question, 2, 2) == (1, 2)
    assert images_asked_about(question, 1, 1) == (1,)


@pytest.mark.parametrize(
    "question",
    [
        "Which eye is it?",
        "Which eye does this photo show?",
        "Is it the left or the right eye?",
        "OD/OS?",
        "Which quadrant has more exudates?",
        "Which lesions are the largest?",
        "Any other eye disease?",
        "这是哪只眼",
        "左眼还是右眼",
        "哪个象限出血更多",
        "中央两个视盘直径内有渗出吗",
    ],
)
def test_what_is_asked_of_one_photo_stays_with_the_one_in_focus(question: str) -> None:
    assert images_asked_about(question, 2, 2, ("OD", "OS")) == (2,)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Any bleeding in the right eye?", (1,)),
        ("And OD?", (1,)),
        ("How is the left fundus", (2,)),
        ("右眼几级", (1,)),
        ("左边那只眼有渗出吗", (2,)),
        ("Since this is my right eye, what is its grade?", (2,)),
        ("这张右眼的照片有出血吗", (2,)),
        ("And the fellow eye?", (1,)),
        ("对侧眼呢", (1,)),
    ],
)
def test_a_photo_is_called_by_its_side_where_that_is_known(
    question: str, expected: tuple[int, ...]
) -> None:
    assert images_asked_about(question, 3, 2, ("OD", "OS", "unknown")) == expected


@pytest.mark.parametrize(
    "question",
    ["I had both done: is this the left or the right one?", "两只眼都照了，这张是左眼还是右眼"],
)
def test_which_eye_this_is_is_asked_of_the_photo_in_focus_though_both_are_named(
    question: str,
) -> None:
    assert images_asked_about(question, 2, 1, ("OD", "OS"), {"which_eye": 0.8}) == (1,)


def test_the_first_of_the_two_is_one_photo() -> None:
    assert images_asked_about("In the first of the two photos, any bleeding?", 2, 2) == (1,)
    assert images_asked_about("The earlier of the two images: any bleeding?", 2, 2) == (1,)
    assert images_asked_about("And in the latter of both?", 2, 1) == (2,)


@pytest.mark.parametrize(
    "question", ["ok and on the other side", "what of its partner?", "另一眼呢"]
)
def test_another_photo_than_the_one_in_focus_is_meant_and_no_side_is_asked(question: str) -> None:
    assert images_asked_about(question, 2, 1) == (2,)
    assert without_other(question) != question


def test_words_for_another_photo_weigh_more_than_a_learned_comparison() -> None:
    assert images_asked_about("那另外一张是几级", 2, 1, (), {"pair_grade": 0.9}) == (2,)


def test_a_side_that_no_photo_shows_names_none() -> None:
    assert images_asked_about("Any bleeding in the right eye?", 2, 2, ("OS", "OS")) == (2,)
    assert images_asked_about("Any bleeding in the right eye?", 2, 2) == (2,)


@pytest.mark.parametrize(
    ("question", "page", "expected"),
    [
        ("What do you see?", "zh", "en"),
        ("这张照片有出血吗？", "en", "zh"),
        ("OCT 是什么检查", "en", "zh"),
        ("CDR?", "zh", "zh"),
        ("DR?", "en", "en"),
        ("3?", "zh", "zh"),
        ("drusen", "zh", "en"),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(
    question: str, page: str, expected: str
) -> None:
    assert answer_language(question, page) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question", ["Write the report.", "出一份报告", "一步一步地讲", "Go step by step"]
)
def test_a_report_may_be_longer_than_an_answer(question: str) -> None:
    assert wants_report(question)


@pytest.mark.parametrize("question", ["What do you see?", "有出血吗", "Is it reportable?"])
def test_other_answers_are_short(question: str) -> None:
    assert not wants_report(question)


def test_a_learned_comparison_is_about_all_photos() -> None:
    assert images_asked_about("hm?", 3, 2, shares={"pair_which": 0.3, "pair_compare": 0.3}) == (
        1,
        2,
        3,
    )


def test_a_learned_first_or_other_photo_is_that_one() -> None:
    assert images_asked_about("hm?", 2, 2, shares={"pair_first": 0.6}) == (1,)
    assert images_asked_about("hm?", 2, 2, shares={"pair_other": 0.6}) == (1,)


def test_a_photo_called_by_its_number_is_meant_whatever_is_learned() -> None:
    assert images_asked_about("photo 2: exudates?", 3, 1, shares={"pair_first": 0.9}) == (2,)


@pytest.mark.parametrize(
    ("question", "shares", "expected"),
    [
        ("If only one can be treated, left or right?", {"pair_which": 0.3}, (1, 2)),
        ("先治左还是治右", {"pair_which": 0.3}, (1, 2)),
        ("is it the left or the right", {"pair_which": 0.1, "which_eye": 0.8}, (1,)),
        ("to treat left or right, hm", {"pair_which": 0.1}, (1,)),
    ],
)
def test_one_side_or_the_other_is_asked_of_both_where_a_comparison_is_likely(
    question: str, shares: dict[str, float], expected: tuple[int, ...]
) -> None:
    assert images_asked_about(question, 2, 1, ("OD", "OS"), shares) == expected


@pytest.mark.parametrize(
    ("question", "active", "expected"),
    [
        ("Leave the second photo aside for now. How many haemorrhages in number one?", 2, (1,)),
        ("Ignore the first one: how many are there?", 1, (2,)),
        ("先别管第二张，第一张上棉绒斑一共多少", 2, (1,)),
        ("除了第一张，还有出血吗", 1, (2,)),
        ("The photo I sent you first: a handful or more than that?", 2, (1,)),
        ("more haemorrhages: first or second pic?", 2, (1, 2)),
        ("还有一张，也是这个级吗", 2, (1,)),
    ],
)
def test_a_photo_that_is_set_aside_is_not_meant(
    question: str, active: int, expected: tuple[int, ...]
) -> None:
    assert images_asked_about(question, 2, active) == expected


@pytest.mark.parametrize("question", ["Is this from the patient's left eye?", "这张到底是哪边的眼"])
def test_which_eye_it_is_is_asked_of_the_photo_in_focus(question: str) -> None:
    shares = {"which_eye": 0.9}
    assert images_asked_about(question, 2, 2, ("OS", "OD"), shares) == (2,)
