"""Images of several instruments in one talk: python -m pytest tests/assistant/test_across.py"""

import threading
from dataclasses import replace

import numpy as np
import pytest

from assistant.across import images
from assistant.analysis import Analysis, Reader
from assistant.findings import Findings
from assistant.ground import check_sentence, split_sentences
from assistant.pipeline import Pipeline
from assistant.report.build import build
from assistant.session import Session
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import THICKNESS, findings, healthy, lid, measured, scan
from vision.catalogue import LANGUAGES, Language
from vision.fov import detect
from vision.types import FundusImage

PHOTO, OEDEMA = measured(), scan("DME", eye="OD", thickness=THICKNESS)
EXPLAIN: dict[Language, str] = {
    "en": "Does the OCT explain the exudates?",
    "zh": "OCT能解释这些渗出吗？",
}


def session_of(*found: Findings) -> Session:
    """A talk about images with these findings; each has pixels of its own."""
    session = Session()
    for shade, one in enumerate(found):
        pixels = np.full((40, 60, 3), shade, np.uint8)
        image = FundusImage(pixels, one.image.eye)
        info = replace(one.image, id=image.id, width=60, height=40)
        found_here = replace(one, image=info)
        session.add(Analysis(image, detect(pixels), found_here, None, None, {}))
    return session


def asked(
    session: Session, question: str, language: Language = "en"
) -> tuple[str, tuple[int, ...]]:
    """The answer by rule, and the images that it is about."""
    pipeline = Pipeline(Reader(None, None), None, {}, [])
    *_, last = pipeline.ask(session, question, language, threading.Event())
    return last.text, last.about


@pytest.mark.parametrize(
    ("question", "active", "meant"),
    [
        ("Does the OCT explain the exudates?", 1, (1, 2)),
        ("Does the OCT explain the exudates?", 2, (1, 2)),
        ("Is the oedema confirmed on OCT?", 1, (1, 2)),
        ("Is the oedema confirmed on OCT?", 3, (1, 2)),
        ("What does the OCT show?", 1, (2,)),
        ("What does the scan show?", 2, (2,)),
        ("How many exudates are in the fundus photo?", 2, (1,)),
        ("What meiboscore is it?", 1, (3,)),
        ("Are there haemorrhages?", 1, (1,)),
        ("OCT能解释这些渗出吗？", 1, (1, 2)),
        ("OCT扫描显示了什么？", 1, (2,)),
        ("睑板腺评分是多少？", 1, (3,)),
    ],
)
def test_the_named_instrument_tells_which_image_is_meant(
    question: str, active: int, meant: tuple[int, ...]
) -> None:
    assert images(question, (active,), active, (PHOTO, OEDEMA, lid())) == meant


def test_photos_of_one_kind_are_meant_as_they_were() -> None:
    assert images("Does it explain the scan?", (1,), 1, (PHOTO, healthy())) == (1,)
    assert images("Is it confirmed?", (1,), 1, (PHOTO, OEDEMA)) == (1,)


@pytest.mark.parametrize(
    ("photo", "oct_scan", "said"),
    [
        (PHOTO, OEDEMA, "Photo 1 and scan 2 fit together"),
        (PHOTO, scan("RVO", eye="OD"), "fit together"),
        (PHOTO, scan("NO", eye="OD"), "Scan 2 does not explain the hard exudates of photo 1"),
        (PHOTO, scan("DME", 0.4, eye="OD"), "too uncertain"),
        (healthy("OD"), OEDEMA, "No hard exudates were found in photo 1"),
        (PHOTO, scan("DME", eye="OS"), "They are of different eyes"),
        (PHOTO, scan("DME"), "Whether both are of the same eye is not known"),
    ],
)
def test_whether_the_scan_explains_the_exudates_is_said_by_rule(
    photo: Findings, oct_scan: Findings, said: str
) -> None:
    answer = answer_from_findings(EXPLAIN["en"], (photo, oct_scan), "en")
    assert said in answer
    assert "Photo 1: " in answer and "Photo 2: " in answer
    assert ("Photo 2: The OCT scan most likely shows" in answer) == (said != "too uncertain")


def test_swelling_that_only_the_scan_shows_is_said_of_the_scan() -> None:
    answer = answer_from_findings("Does the OCT confirm oedema?", (healthy("OD"), OEDEMA), "en")
    assert "Scan 2 suggests swelling that photo 1 does not show" in answer


def test_a_lid_explains_nothing_of_the_retina() -> None:
    answer = answer_from_findings("Do the glands explain the exudates?", (PHOTO, lid()), "en")
    assert "neither explains the other" in answer and "Photo 2: " in answer


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "found",
    [
        (PHOTO, OEDEMA), (PHOTO, scan("NO")), (healthy("OD"), OEDEMA), (PHOTO, OEDEMA, lid()),
        (findings(lesions=None), OEDEMA), (PHOTO, lid()), (PHOTO, scan("ERM", 0.42)),
    ],
)  # fmt: skip
def test_every_sentence_across_images_is_carried(
    found: tuple[Findings, ...], language: Language
) -> None:
    for question in (EXPLAIN[language], "Does the OCT confirm oedema?", "两张图一致吗？"):
        finished, rest = split_sentences(answer_from_findings(question, found, language))
        for sentence in filter(str.strip, [*finished, rest]):
            verdict = check_sentence(sentence, found, language)
            assert verdict.status == "ok", (sentence, verdict)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_talk_is_about_a_photo_a_scan_and_a_lid(language: Language) -> None:
    session = session_of(PHOTO, OEDEMA, lid())
    answer, about = asked(session, EXPLAIN[language], language)
    assert about == (1, 2) and "81%" in answer and "12" in answer
    thick = {"en": "How thick is the retina?", "zh": "OCT上视网膜有多厚？"}[language]
    session.select(2)
    answer, about = asked(session, thick, language)
    assert about == (2,) and "62" in answer
    glands = {"en": "What is the meiboscore?", "zh": "睑板腺评分是多少？"}[language]
    answer, about = asked(session, glands, language)
    assert about == (3,) and "1" in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_report_names_the_image_that_each_sentence_is_from(language: Language) -> None:
    report = build(session_of(PHOTO, OEDEMA, lid()).analyses, language)
    titles = [part.title for part in report.photos]
    kinds = {"en": ("Photo 1", "OCT scan", "meibography"), "zh": ("照片1", "OCT扫描", "睑板腺图像")}
    assert all(kind in title for kind, title in zip(kinds[language], titles, strict=True))
    lines = report.impression.lines
    assert all(any(line.startswith(title) for title in titles) for line in lines)
    assert any("62" in line for line in lines) and any("28%" in line for line in lines)
