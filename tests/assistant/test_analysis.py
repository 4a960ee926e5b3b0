"""How images are read, over fake models: python -m pytest tests/assistant/test_analysis.py"""

import io
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from assistant.analysis import Analysis, Reader, Step, with_scale
from assistant.findings import GRADE_TOO_LOW, RISKS_DIFFER
from assistant.findings_text import to_text
from assistant.visual import Sees, tokens_of_file, visual_tokens
from segmentation.labels import LESIONS
from segmentation.types import RetinaMap
from tests.drawing import draw_fundus, draw_scan
from tests.fakes import FUNDUS, SCAN, FailingClassifier, FakeClassifier, SquareSegmenter, scores
from tests.segmentation.scans import bowl, draw_layers
from vision.catalogue import LANGUAGES, say
from vision.fov import FieldOfView, detect
from vision.ocular_surface import draw_lid
from vision.regions import region_tokens
from vision.types import FundusImage, Modality, Quality


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


PHOTO, B_SCAN = png(draw_fundus()), png(draw_scan())
REASONS = {"osa": "quality.osa", "other": "quality.not_fundus"}


class BrokenSegmenter(SquareSegmenter):
    def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
        raise RuntimeError("boom")


def read(
    classifier: Sees | None, data: bytes = PHOTO, segmenter: SquareSegmenter | None = None
) -> tuple[Analysis, dict[str, str]]:
    """The analysis, and how each step ended."""
    *steps, last = Reader(classifier, segmenter or SquareSegmenter()).read(data)
    assert isinstance(last, Analysis)
    return last, {step.name: step.status for step in steps if isinstance(step, Step)}


def test_steps_come_in_order_and_the_findings_last() -> None:
    items = list(Reader(FakeClassifier(), SquareSegmenter()).read(PHOTO))
    done = [i.name for i in items if isinstance(i, Step) and i.status == "done"]
    assert done == ["intake", "quality", "diseases", "lesions"]
    assert isinstance(items[-1], Analysis)


def test_the_quality_is_the_one_that_the_classifier_gives() -> None:
    hazy = Quality("cfp", "limited", 0.41, ("quality.blurred",))
    found, steps = read(FakeClassifier(hazy))
    assert found.findings.quality == hazy
    assert steps["diseases"] == steps["lesions"] == "done"


@pytest.mark.parametrize("modality", sorted(set(get_args(Modality)) - {"cfp", "oct"}))
def test_what_is_neither_photo_nor_scan_is_refused_with_a_sentence(modality: Modality) -> None:
    quality = Quality(modality, "no", 0.0, (REASONS[modality],))
    found, steps = read(FakeClassifier(quality))
    assert steps["diseases"] == steps["lesions"] == "skipped"
    findings = found.findings
    assert findings.diseases is findings.lesions is findings.oct is found.tokens is None
    refused = "note.glands_not_found" if modality == "osa" else "note.not_fundus"
    assert refused in findings.notes and findings.glands is None
    for language in LANGUAGES:
        assert say(REASONS[modality], language) in to_text(findings, language)


def test_the_glands_of_a_lid_are_outlined_and_measured() -> None:
    surface = Quality("osa", "no", 0.0, ("quality.osa",))
    picture = draw_lid(np.random.default_rng(5), 400).pixels
    found, _ = read(FakeClassifier(surface), png(picture))
    assert found.findings.glands is not None and found.findings.glands.meiboscore in (0, 1)
    assert set(found.structures) == {"TA", "MG"}
    assert "not validated" in to_text(found.findings, "en")


def test_a_diagnosed_photo_alone_has_a_map_of_each_disease() -> None:
    found, _ = read(FakeClassifier())
    assert found.findings.diseases is not None
    assert list(found.heat) == [score.code for score in found.findings.diseases]
    unreadable = Quality("cfp", "no", 0.1, ("quality.dark",))
    for classifier in (None, FailingClassifier(), FakeClassifier(SCAN), FakeClassifier(unreadable)):
        assert read(classifier)[0].heat == {}


def test_a_photo_that_cannot_be_read_is_not_diagnosed() -> None:
    found, steps = read(FakeClassifier(Quality("cfp", "no", 0.1, ("quality.dark",))))
    assert steps["diseases"] == steps["lesions"] == "skipped"
    assert found.findings.diseases is found.findings.dme_grade.risk is found.tokens is None
    assert found.findings.notes[0] == "note.ungradable"


def test_a_scan_gets_its_class_and_nothing_of_a_photo() -> None:
    found, steps = read(FakeClassifier(SCAN))
    assert steps == {"intake": "done", "quality": "done", "diseases": "done", "lesions": "skipped"}
    findings = found.findings
    assert findings.oct is not None and findings.oct.code == "DME" and not findings.oct.uncertain
    assert findings.diseases is findings.lesions is findings.dr.grade is findings.dme is None
    assert found.retina is found.tokens is None
    assert findings.image.modality == "oct" and findings.models == {"vision": "c" * 64}
    assert findings.notes == ("note.band_not_found", "note.eye_unknown")
    assert findings.thickness is None and not found.structures


def test_the_retina_of_a_scan_is_outlined_and_measured() -> None:
    outer = bowl(400, 80, 20)
    found, _ = read(FakeClassifier(SCAN), png(draw_layers(outer - 40, outer, 180)))
    thickness = found.findings.thickness
    assert thickness is not None and thickness.central_px == pytest.approx(40, abs=1.5)
    assert found.structures["RB"].shape == (180, 400)
    assert found.structures["RB"].sum() == pytest.approx(400 * 40, rel=0.05)
    assert found.findings.notes == ("note.eye_unknown",)


def test_a_scale_given_by_a_person_makes_micrometres_of_pixels() -> None:
    outer = bowl(400, 80, 20)
    found, _ = read(FakeClassifier(SCAN), png(draw_layers(outer - 40, outer, 180)))
    scaled = with_scale(found, 7.0).findings
    assert scaled.thickness is not None and scaled.thickness.um_per_px == 7.0
    assert scaled.to_dict()["thickness"]["central_um"] == pytest.approx(280, abs=12)
    photo, _ = read(FakeClassifier())
    assert with_scale(photo, 7.0) is photo


@pytest.mark.parametrize("classifier", [None, FailingClassifier()])
def test_without_a_classifier_the_rules_stand_in_and_it_is_said(classifier: Sees | None) -> None:
    found, steps = read(classifier)
    assert steps["quality"] == steps["lesions"] == "done" and steps["diseases"] == "failed"
    findings = found.findings
    assert findings.quality.modality == "cfp" and findings.quality.gradable == "yes"
    assert findings.diseases is findings.dr.grade is findings.dme_grade.risk is found.tokens is None
    assert findings.lesions is not None and findings.lesions["HE"].present
    assert "note.classifier_failed" in findings.notes
    assert "judged by simple rules" in to_text(findings, "en")
    assert "由简单规则判断" in to_text(findings, "zh")


def test_without_a_classifier_a_scan_is_not_read_and_it_is_said() -> None:
    found, steps = read(FailingClassifier(), B_SCAN)
    assert steps["diseases"] == "failed" and steps["lesions"] == "skipped"
    assert found.findings.image.modality == "oct" and found.findings.oct is None
    assert "note.oct_not_read" in found.findings.notes


def test_without_a_classifier_a_refusal_says_that_rules_made_it() -> None:
    found, _ = read(FailingClassifier(), png(np.full((300, 300, 3), 90, np.uint8)))
    assert found.findings.image.modality == "other"
    assert {"note.not_fundus", "note.judged_by_rules"} <= set(found.findings.notes)


def test_when_the_segmenter_dies_the_diagnosis_still_stands_with_a_note() -> None:
    found, _ = read(FakeClassifier(), segmenter=BrokenSegmenter())
    assert found.findings.lesions is None and found.findings.dr.grade == 2
    assert "note.segmentation_failed" in found.findings.notes


def test_an_uncertain_disease_is_said_to_be_uncertain() -> None:
    found, _ = read(FakeClassifier(diseases=scores(G=0.49)))
    assert "Uncertain, near the threshold: glaucoma 49%." in to_text(found.findings, "en")
    assert "不确定，接近阈值：青光眼49%。" in to_text(found.findings, "zh")


@pytest.mark.parametrize(("haemorrhages", "noted"), [(0, False), (1, False), (2, True)])
def test_a_grade_below_what_the_lesions_say_is_noted(haemorrhages: int, noted: bool) -> None:
    class Spots(SquareSegmenter):
        def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
            found = super().segment(image, fov)
            mask = found.lesions["HE"]
            mask[:] = False
            for i in range(haemorrhages):
                mask[200:212, 200 + 30 * i : 212 + 30 * i] = True
            return found

    mild = FakeClassifier(dr_probabilities=(0.2, 0.6, 0.2, 0, 0))
    found, _ = read(mild, segmenter=Spots())
    assert (GRADE_TOO_LOW in found.findings.notes) == noted


@pytest.mark.parametrize(
    ("probabilities", "risk", "noted"), [((0.8, 0.1, 0.1), 0, False), ((0.1, 0.2, 0.7), 2, True)]
)
def test_an_edema_risk_against_the_exudates_is_noted(
    probabilities: tuple[float, ...], risk: int, noted: bool
) -> None:
    found, _ = read(FakeClassifier(dme_probabilities=probabilities))
    assert found.findings.dme is not None and found.findings.dme.risk == 0  # no exudates
    assert found.findings.dme_grade.risk == risk
    assert (RISKS_DIFFER in found.findings.notes) == noted


# ---- visual tokens ----


def test_a_token_for_each_lesion_class_follows_the_grid() -> None:
    found, _ = read(FakeClassifier(FUNDUS))
    colour = float(found.image.pixels.mean())
    assert found.tokens is not None and found.tokens.shape == (4 + len(LESIONS), 6)
    assert found.tokens.dtype == np.float32
    expected = [colour] * 4 + [colour if code == "HE" else 0.0 for code in LESIONS]
    assert np.allclose(found.tokens, np.array(expected)[:, None])


def test_region_tokens_are_zeros_where_the_segmenter_failed() -> None:
    found, _ = read(FakeClassifier(), segmenter=BrokenSegmenter())
    assert found.tokens is not None and found.tokens.shape == (8, 6)
    assert found.tokens[:4].all() and not found.tokens[4:].any()


def test_a_region_token_is_the_feature_under_its_mask() -> None:
    image = FundusImage(draw_fundus())
    fov = detect(image.pixels)
    sight, retina = FakeClassifier().look(image, fov), SquareSegmenter().segment(image, fov)
    sight.features[:] = np.random.default_rng(0).normal(size=sight.features.shape)
    tokens = visual_tokens(sight, retina.lesions, fov)
    assert np.array_equal(tokens[4:], region_tokens(sight.features, retina.lesions, LESIONS, fov))


def test_training_sees_the_tokens_that_an_answer_is_given_from() -> None:
    found, _ = read(FakeClassifier())
    trained = tokens_of_file(PHOTO, FakeClassifier(), SquareSegmenter())
    assert found.tokens is not None and np.array_equal(trained, found.tokens)
