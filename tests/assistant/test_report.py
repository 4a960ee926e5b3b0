"""The report of one visit: python -m pytest tests/assistant/test_report.py"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
import typst

from assistant.analysis import Analysis
from assistant.conversation import Message
from assistant.findings import Findings
from assistant.report.build import build
from assistant.report.html import to_html
from assistant.report.pdf import to_pdf
from assistant.report.value import MAX_CHARACTERS, Report
from segmentation.types import RetinaMap
from tests.assistant import factory
from tests.drawing import draw_fundus, draw_scan
from vision.catalogue import LANGUAGES, Language, say
from vision.errors import InputError, ResourceError
from vision.fov import detect
from vision.types import FundusImage

HOSTILE = '<script>alert(1)</script> & "#let x = 1" $a$ *b* @c \\'


def analysis(findings: Findings, *, outlined: bool = True) -> Analysis:
    """A drawn photo with these findings and one outlined haemorrhage."""
    pixels = draw_fundus((240, 320))
    masks = {code: np.zeros(pixels.shape[:2], bool) for code in ("MA", "HE", "EX", "SE")}
    masks["HE"][100:120, 100:120] = True
    retina = RetinaMap(masks, None, None, None, None, {}) if outlined else None
    return Analysis(FundusImage(pixels), detect(pixels), findings, retina, None, {})


def report(*found: Findings, language: Language = "en", **others: object) -> Report:
    return build([analysis(f) for f in found or (factory.measured(),)], language, **others)  # type: ignore[arg-type]


def pages(made: Report) -> Sequence[str]:
    """The text of each page of the PDF, blanks and line ends left out."""
    document = pypdfium2.PdfDocument(to_pdf(made))
    texts = [page.get_textpage().get_text_range() for page in document]
    return [re.sub(r"\s", "", text) for text in texts]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_pdf_says_that_this_is_no_medical_device(language: Language) -> None:
    read = pages(report(factory.measured(), factory.healthy(), language=language))
    assert len(read) > 2
    assert all(bare(say("notice.long", language)) in page for page in read)


def test_the_pdf_in_chinese_can_be_read_back_as_chinese() -> None:
    first = pages(report(language="zh"))[0]
    assert (
        "眼底照片报告" in first and "中度非增殖期糖尿病视网膜病变" in first and "3至6个月" in first
    )


def test_the_pdf_carries_its_font() -> None:
    assert b"/FontFile3" in to_pdf(report(language="zh"))


def test_the_page_in_a_browser_loads_nothing_and_carries_the_notice() -> None:
    page = to_html(report())
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert page.count(say("notice.long", "en")) == 2  # on top, and on each printed page


def test_what_is_severe_comes_with_how_likely_it_is_in_words_and_percent() -> None:
    severity = report().glance[0].severity[0]
    assert "ICDR grade 2" in severity and "likely (71%)" in severity


def test_another_suspected_disease_is_told_beside_the_grade() -> None:
    found = factory.measured(diseases=factory.diseases(G=0.8))
    assert any("laucoma" in line for line in report(found).glance[0].severity)


def test_the_more_urgent_eye_comes_first_in_the_advice() -> None:
    worse = factory.measured(dr=factory.measured().dr.__class__(4, factory.GRADED[4]))
    advice = report(factory.healthy(), worse).advice.lines
    assert advice[0].startswith("Photo 2") and "urgent referral" in advice[0]


def test_an_eye_with_a_suspected_disease_comes_before_one_that_could_not_be_read() -> None:
    glaucoma = replace(factory.healthy(), diseases=factory.diseases(G=0.8))
    advice = report(factory.ungradable(), glaucoma).advice.lines
    assert advice[0].startswith("Photo 2") and advice[1].startswith("Photo 1")


def test_the_advice_names_its_guideline_and_what_is_an_emergency() -> None:
    advice = report().advice.text
    assert "ICO Guidelines" in advice and "see a doctor now" in advice


def test_where_two_methods_disagree_both_judgements_are_told() -> None:
    found = factory.measured(dme_grade=factory.RISKS[1], notes=("note.dme_against_exudates",))
    (said,) = report(found).disagreements
    assert "By the networks the risk is 1, by the exudates 2" in said


def test_methods_that_agree_are_said_to_agree() -> None:
    assert report().disagreements == (say("visit.agree", "en"),)


def test_the_weights_that_made_it_are_named_in_full() -> None:
    found = factory.measured(models={"vision": "a" * 64})
    made = report(found, models={"adapter": "b" * 64})
    assert {("vision", "a" * 64), ("adapter", "b" * 64)} <= set(made.versions)


def test_a_photo_read_with_other_weights_has_them_beside_the_first_s() -> None:
    found = [factory.measured(models={"vision": letter * 64}) for letter in "ab"]
    assert [sha[0] for part, sha in report(*found).versions if part == "vision"] == ["a", "b"]


def test_questions_stand_with_their_answers_and_the_photo_they_are_about() -> None:
    messages = (
        Message("user", "How many?"),
        Message("assistant", "Five.", (1,)),
        Message("user", "never answered"),
    )
    (one,) = report(messages=messages).conversation
    assert (one.question, one.answer, one.about) == ("How many?", "Five.", "About photo 1")


def test_a_reader_s_own_words_replace_ours_and_are_marked_as_edited() -> None:
    made = report().with_text(impression="Seen again.", remarks="")
    assert made.impression.text == "Seen again." and made.impression.edited
    assert not made.advice.edited and not made.remarks.edited
    assert to_html(made).count(say("visit.label.edited", "en")) == 1
    assert bare(say("visit.label.edited", "en")) in pages(made)[0]


def test_words_that_were_sent_back_unchanged_are_not_edited() -> None:
    made = report()
    same = made.with_text(impression=made.impression.text.replace("\n", "\r\n") + "\n")
    assert not same.impression.edited


def test_a_passage_that_is_too_long_is_refused_with_a_sentence() -> None:
    with pytest.raises(InputError) as caught:
        report().with_text(advice="x" * (MAX_CHARACTERS + 1))
    assert str(MAX_CHARACTERS) in caught.value.text("zh")


def test_nothing_that_people_wrote_becomes_markup() -> None:
    messages = (Message("user", HOSTILE), Message("assistant", HOSTILE, (1,)))
    made = report(messages=messages, subject="P1").with_text(remarks=HOSTILE + "\x00\x1b")
    assert "<script>" not in to_html(made)
    assert sum(page.count(bare(HOSTILE)) for page in pages(made)) == 3


@pytest.mark.parametrize("text", ["字" * 9000, "word " * 3000, "x" * 4000])
def test_long_texts_go_on_over_lines_and_pages_and_nothing_is_lost(text: str) -> None:
    made = report().with_text(remarks=text)
    assert "".join(pages(made)).count(text[0]) >= text.count(text[0])
    for page in pypdfium2.PdfDocument(to_pdf(made)):
        found = page.get_textpage()
        right = [found.get_rect(n)[2] for n in range(found.count_rects())]
        assert max(right) < page.get_width() - 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_photo_that_cannot_be_read_says_so_and_claims_nothing(language: Language) -> None:
    made = build([analysis(factory.ungradable(), outlined=False)], language)
    (photo,) = made.photos
    assert photo.verdict and not photo.sections and photo.outlined is None
    assert say("visit.sure.nothing", language) in made.uncertainty
    assert bare(say("visit.severity.unread", language)) in pages(made)[0]


def test_a_picture_of_no_retina_is_reported_as_not_read() -> None:
    found = factory.ungradable()
    image = replace(found.image, modality="other")
    other = replace(
        found,
        image=image,
        quality=replace(found.quality, modality="other", reasons=()),
        notes=("note.not_fundus",),
    )
    made = build([analysis(other, outlined=False)], "en")
    assert "neither a colour fundus photo nor an OCT scan" in made.photos[0].verdict
    assert "upload a colour fundus photo" in made.advice.text
    assert "neither" in to_html(made)


def test_a_scan_is_reported_by_its_likeliest_class() -> None:
    pixels = draw_scan()
    one = Analysis(FundusImage(pixels), detect(pixels), factory.scan("DME"), None, None, {})
    made = build([one], "en")
    assert "%" in made.glance[0].severity[0] and "eye doctor" in made.glance[0].next_step
    assert len(pages(made)) >= 2


def test_a_part_that_failed_is_named_and_the_rest_still_stands() -> None:
    found = factory.measured(lesions=None, notes=("note.segmentation_failed",))
    made = build([analysis(found, outlined=False)], "en")
    assert say("note.segmentation_failed", "en") in made.photos[0].notes
    assert "ICDR grade 2" in made.glance[0].severity[0]


def test_a_report_of_no_photo_is_refused_with_a_sentence() -> None:
    with pytest.raises(InputError, match="no photo"):
        build([], "en")


def test_a_pdf_that_cannot_be_set_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise typst.TypstError("no room", "no room")

    monkeypatch.setattr(typst, "compile", fail)
    with pytest.raises(ResourceError, match="no room"):
        to_pdf(report())


def test_the_same_report_gives_the_same_bytes() -> None:
    made = report()
    assert to_pdf(made) == to_pdf(made)
