"""What is said of OCT scans: python -m pytest tests/assistant/test_scan.py"""

from dataclasses import replace

import pytest

from assistant.findings import Findings
from assistant.findings_text import to_text
from assistant.ground import Verdict, check_sentence, split_sentences
from assistant.template_answer import answer_from_findings
from assistant.truths_scan import everything
from tests.assistant.factory import THICKNESS, findings, scan
from tests.assistant.test_template_answer import QUESTIONS
from vision.catalogue import LANGUAGES, Language, detect_language, say
from vision.labels import OCT_CLASSES

SCANS = {
    **{code: scan(code) for code in OCT_CLASSES},
    **{f"uncertain {code}": scan(code, 0.42, "OD") for code in OCT_CLASSES},
    "measured": scan("DME", thickness=THICKNESS),
    "scaled": scan("NO", thickness=replace(THICKNESS, um_per_px=3.87)),
    "cut off": scan("NO", thickness=replace(THICKNESS, central_px=None, cut_off=True)),
}
ABOUT_SCANS = (
    "What does the scan show?",
    "Is there diabetic macular edema?",
    "Is there an epiretinal membrane?",
    "Is there a vein occlusion?",
    "Is it macular degeneration?",
    "How sure is that?",
    "How thick is the retina?",
    "Is the retina thickened?",
    "扫描显示了什么？",
    "有糖尿病性黄斑水肿吗？",
    "有视网膜前膜吗？",
    "有多确定？",
    "视网膜有多厚？",
)


def sentences(text: str) -> list[str]:
    finished, rest = split_sentences(text)
    return [s for s in [*finished, rest] if s.strip()]


def test_a_scan_reads_as_written_here() -> None:
    assert to_text(scan("DME"), "en").splitlines() == [
        "OCT scan (B-scan), unknown side.",
        "This looks like an OCT scan, not a colour fundus photo, so how well it can be read was "
        "not judged.",
        "The scan most likely shows: diabetic macular oedema 81%.",
        "Less likely: age-related macular degeneration 3%, epiretinal membrane 3%, normal retina "
        "3%, retinal artery occlusion 3%, retinal vein occlusion 3%, vitreomacular interface "
        "disease 3%.",
        "Diabetic macular oedema is fluid from leaking vessels that swells the centre of the "
        "retina in diabetes.",
        "Lesions, the retinopathy grade and other fundus diseases cannot be told from an OCT scan.",
        "It is not known which eye this is.",
    ]


def test_an_uncertain_scan_is_called_so_and_a_rare_class_of_low_confidence() -> None:
    assert "Uncertain what the scan shows" in to_text(scan("ERM", 0.59), "en")
    assert "Uncertain" not in to_text(scan("ERM", 0.6), "en")
    assert "only 22 scans" in to_text(scan("RAO", 0.9), "en")
    assert "总共只有22张" in to_text(scan("RAO", 0.9), "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCANS)
def test_what_the_system_says_of_a_scan_is_never_touched(name: str, language: Language) -> None:
    one = SCANS[name]
    for line in [*everything(one, language), *to_text(one, language).splitlines()]:
        for sentence in sentences(line):
            assert check_sentence(sentence, (one,), language) == Verdict("ok", sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCANS)
def test_every_sentence_of_an_answer_is_carried_by_the_scan(name: str, language: Language) -> None:
    one = SCANS[name]
    for question in (*QUESTIONS, *ABOUT_SCANS):
        said = sentences(answer_from_findings(question, (one,), language))
        assert 1 <= len(said) <= 4, question
        for sentence in said:
            verdict = check_sentence(sentence, (one,), language)
            assert verdict.status == "ok", (question, sentence)


@pytest.mark.parametrize(
    ("question", "code", "phrases"),
    [
        ("What does the scan show?", "DME", ["diabetic macular oedema (probability 81%)", "fluid"]),
        ("What does the scan show?", "RAO", ["retinal artery occlusion", "only 22 scans"]),
        ("Is it normal?", "NO", ["most likely shows a normal retina (probability 81%)"]),
        ("Is it normal?", "AMD", ["macular degeneration", "probability of a normal retina is 3%"]),
        ("Is there diabetic macular edema?", "DME", ["most likely shows diabetic macular oedema"]),
        ("Is there diabetic macular edema?", "VID", ["vitreomacular", "oedema is 3%"]),
        ("Is the macula swollen?", "DME", ["most likely shows diabetic macular oedema"]),
        ("Is there a vein occlusion?", "RVO", ["a retinal vein occlusion (probability 81%)"]),
        ("How sure are you?", "ERM", ["epiretinal membrane (probability 81%)", "not a diagnosis"]),
        ("What should I do next?", "RAO", ["emergency"]),
        ("What should I do next?", "ERM", ["An eye doctor should look at the scan"]),
        ("Are there haemorrhages?", "DME", ["cannot be told from an OCT scan"]),
        ("How many microaneurysms?", "DME", ["cannot be told from an OCT scan"]),
        ("What grade of retinopathy is it?", "DME", ["cannot be told from an OCT scan"]),
        ("What is the cup-to-disc ratio?", "NO", ["cannot be told from an OCT scan"]),
        ("Is there glaucoma?", "NO", ["cannot be told from an OCT scan"]),
        ("Is there a retinal detachment?", "NO", ["does not look for a retinal detachment"]),
        ("Which eye is this?", "NO", ["not known which eye"]),
        ("Is the quality good enough?", "NO", ["was not judged"]),
        ("扫描显示了什么？", "DME", ["最可能显示糖尿病性黄斑水肿（概率81%）"]),
        ("正常吗？", "NO", ["最可能显示正常视网膜（概率81%）"]),
        ("正常吗？", "AMD", ["年龄相关性黄斑变性", "正常视网膜的概率为3%"]),
        ("有糖尿病性黄斑水肿吗？", "ERM", ["视网膜前膜", "糖尿病性黄斑水肿的概率为3%"]),
        ("有出血吗？", "DME", ["无法从OCT扫描得知"]),
        ("糖网是几级？", "DME", ["无法从OCT扫描得知"]),
    ],
)
def test_a_question_about_a_scan_gets_its_answer(
    question: str, code: str, phrases: list[str]
) -> None:
    language: Language = "zh" if "？" in question else "en"
    answer = answer_from_findings(question, (scan(code),), language)
    assert all(phrase in answer for phrase in phrases), answer


def test_an_uncertain_scan_is_answered_as_uncertain() -> None:
    answer = answer_from_findings("What does the scan show?", (scan("ERM", 0.42),), "en")
    assert "is uncertain: most likely an epiretinal membrane (42%)" in answer


def test_a_photo_and_a_scan_side_by_side_keep_their_own_findings() -> None:
    pair = (findings(), scan("DME"))
    answer = answer_from_findings("Compare the two.", pair, "en")
    assert "Photo 1: The photo suggests ICDR grade 2" in answer
    assert "Photo 2: The OCT scan most likely shows diabetic macular oedema" in answer


OK, NOT = "ok", "not ok"


@pytest.mark.parametrize(
    ("sentence", "code", "status"),
    [
        ("The scan shows diabetic macular oedema.", "DME", OK),
        ("There is macular edema in this scan.", "DME", OK),
        ("The OCT scan reveals macular edema.", "NO", NOT),
        ("The scan shows an epiretinal membrane.", "DME", NOT),
        ("The scan shows an epiretinal membrane.", "ERM", OK),
        ("This scan shows a retinal vein occlusion.", "RVO", OK),
        ("This scan shows a retinal artery occlusion.", "RVO", NOT),
        ("This is a vascular occlusion in your eye.", "RVO", OK),
        ("The scan suggests age-related macular degeneration.", "AMD", OK),
        ("You have age-related macular degeneration.", "DME", NOT),
        ("There is vitreomacular traction in this scan.", "VID", OK),
        ("There is vitreomacular traction in this scan.", "NO", NOT),
        ("The scan shows a macular hole.", "VID", NOT),
        ("The scan looks normal.", "NO", OK),
        ("The scan looks normal.", "DME", NOT),
        ("The scan is not normal.", "DME", OK),
        ("The scan is not normal.", "NO", NOT),
        ("No disease is visible in this scan.", "NO", OK),
        ("No disease is visible in this scan.", "ERM", NOT),
        ("There is no macular oedema in this scan.", "NO", OK),
        ("There is no macular oedema in this scan.", "RVO", NOT),
        ("Macular oedema is not suspected in this scan.", "ERM", OK),
        ("There is no macular hole in this scan.", "NO", NOT),
        ("The probability of diabetic macular oedema is 81%.", "DME", OK),
        ("The probability of diabetic macular oedema is 81%.", "ERM", NOT),
        ("The probability of diabetic macular oedema is 64%.", "DME", NOT),
        ("There are 5 haemorrhages in this scan.", "DME", NOT),
        ("The scan shows microaneurysms.", "DME", NOT),
        ("The grade is 2.", "DME", NOT),
        ("Glaucoma is not suspected in this scan.", "NO", NOT),
        ("The cup-to-disc ratio is 0.4.", "NO", NOT),
        ("The quality of the scan is good.", "NO", NOT),
        ("The scan is not blurred.", "NO", NOT),
        ("This image is a colour fundus photo.", "NO", NOT),
        ("No follow-up is needed.", "NO", NOT),
        ("The risk of macular oedema is 2 of 2.", "DME", NOT),
        ("An epiretinal membrane is a thin film on the retina.", "DME", OK),
        ("OCT is an imaging test that shows the layers of the retina.", "DME", OK),
        ("扫描提示糖尿病性黄斑水肿。", "DME", OK),
        ("扫描提示糖尿病性黄斑水肿。", "ERM", NOT),
        ("扫描显示视网膜静脉阻塞。", "RVO", OK),
        ("扫描显示视网膜静脉阻塞。", "RAO", NOT),
        ("这张扫描是正常的。", "NO", OK),
        ("这张扫描显示黄斑裂孔。", "VID", NOT),
        ("扫描中有5处出血。", "DME", NOT),
        ("糖尿病性黄斑水肿的概率为81%。", "DME", OK),
        ("糖尿病性黄斑水肿的概率为64%。", "DME", NOT),
    ],
)
def test_a_sentence_about_a_scan_is_held_against_its_class(
    sentence: str, code: str, status: str
) -> None:
    language: Language = "zh" if "。" in sentence else "en"
    verdict = check_sentence(sentence, (scan(code),), language)
    assert (verdict.status == "ok") == (status == OK), verdict
    for said in sentences(verdict.text) if status == NOT else ():
        spoken = detect_language(said) or language
        assert check_sentence(said, (scan(code),), spoken).status == "ok", said


def test_a_plain_claim_is_too_much_for_an_uncertain_scan() -> None:
    one = (scan("ERM", 0.42),)
    assert check_sentence("The scan shows an epiretinal membrane.", one, "en").status != "ok"
    assert check_sentence("There may be an epiretinal membrane in it.", one, "en").status == "ok"
    assert check_sentence("An epiretinal membrane is uncertain here.", one, "en").status == "ok"


def test_a_wrong_class_is_replaced_by_the_likeliest_one() -> None:
    verdict = check_sentence("The scan shows an epiretinal membrane.", (scan("DME"),), "en")
    assert verdict.text == (
        "The OCT scan most likely shows diabetic macular oedema (probability 81%). "
        "By the OCT scan, the probability of an epiretinal membrane is 3%."
    )


def test_a_scan_that_could_not_be_read_says_why() -> None:
    unread: Findings = scan("DME")
    object.__setattr__(unread, "oct", None)
    object.__setattr__(unread, "notes", ("note.oct_not_read",))
    for language in LANGUAGES:
        for text in (
            to_text(unread, language),
            answer_from_findings("What does it show?", (unread,), language),
        ):
            assert say("note.oct_not_read", language) in text


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("How thick is the retina?", ["62 px thick in the middle", "58 px on average", "not told"]),
        ("Where is it thickest?", ["51, 53, 57, 60, 63, 60, not measured, 56, 52"]),
        ("Is the retina thickened?", ["probability 81%", "62 px"]),
        ("What does the scan show?", ["probability 81%", "62 px", "not validated"]),
        ("视网膜有多厚？", ["扫描中央为62像素", "平均为58像素", "无法判断"]),
        ("黄斑中心厚度是多少？", ["62像素"]),
    ],
)
def test_thickness_is_told_in_pixels_with_how_far_to_trust_it(
    question: str, phrases: list[str]
) -> None:
    language: Language = "zh" if "？" in question else "en"
    one = scan("DME", thickness=THICKNESS)
    answer = answer_from_findings(question, (one,), language)
    assert all(phrase in answer for phrase in phrases), answer


def test_micrometres_are_told_where_a_person_gave_the_scale() -> None:
    one = scan("NO", thickness=replace(THICKNESS, um_per_px=3.87))
    assert "241 µm in the middle and" not in to_text(scan("NO", thickness=THICKNESS), "en")
    assert "At 3.87 µm a pixel, as a person gave it, that is 241 µm in the middle, 224 µm" in (
        to_text(one, "en")
    )
    assert "中央241微米" in answer_from_findings("视网膜多厚？", (one,), "zh")


def test_a_thickness_that_was_not_measured_is_not_told() -> None:
    for language, question in (("en", "How thick is the retina?"), ("zh", "视网膜有多厚？")):
        answer = answer_from_findings(question, (scan(),), language)
        assert answer == say("note.band_not_found", language)


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("The retina is 62 px thick in the middle of this scan.", OK),
        ("The retina is 75 px thick in the middle of this scan.", NOT),
        ("The retina in this scan is 241 µm thick.", NOT),  # no scale is known
        ("The exudates in this scan cover 62 px.", NOT),
        ("这张扫描的视网膜厚度为62像素。", OK),
        ("这张扫描的视网膜厚度为90像素。", NOT),
    ],
)
def test_a_thickness_is_held_against_the_measured_one(sentence: str, status: str) -> None:
    language: Language = "zh" if "。" in sentence else "en"
    one = scan("NO", thickness=THICKNESS)
    verdict = check_sentence(sentence, (one,), language)
    assert (verdict.status == "ok") == (status == OK), verdict
