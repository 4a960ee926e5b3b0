"""The grade by lesions, and two opinions as one: pytest tests/segmentation/test_grade.py"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from segmentation.fit_grade import fit, largest_share, learn
from segmentation.grade import LEVELS, Grader, burden, pooled
from segmentation.labels import LESIONS
from segmentation.predict import Segmenter
from tests.drawing import draw_fundus
from tests.segmentation.fakes import Constant, grader_folder, segmenter, segmenter_folder
from vision.data import Record
from vision.errors import ModelError
from vision.fov import detect
from vision.types import FundusImage

FEATURES = len(LESIONS) * (len(LEVELS) + 2)


def planes(**values: float) -> dict[str, np.ndarray]:
    """Empty planes but for a square of 4 px in the classes named."""
    found = {code: np.zeros((8, 8), np.float32) for code in LESIONS}
    for code, value in values.items():
        found[code][:2, :2] = value
    return found


def test_the_burden_counts_pixels_expected_and_at_each_level_and_the_peak() -> None:
    seen = np.expm1(burden(planes(MA=0.6)))
    assert_allclose(seen[:7], [2.4, 4, 4, 4, 0, 0, 0.6], rtol=1e-6)
    assert seen.shape == (FEATURES,) and not seen[7:].any()


def test_surer_lesions_never_lessen_the_burden() -> None:
    weak, strong = burden(planes(HE=0.4, EX=0.2)), burden(planes(HE=0.8, EX=0.95))
    assert (strong >= weak).all() and (strong > weak).any()


def test_a_grader_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    found = Grader.load(grader_folder(tmp_path / "grade", {"a": "1"}), {"a": "1"})
    grades = found.grades(planes())
    assert np.argmax(grades.dr) == 2 and np.argmax(grades.dme) == 1 and grades.share == 0.5
    assert sum(grades.dr) == pytest.approx(1, abs=1e-3)


def test_a_grader_of_other_lesion_networks_is_refused(tmp_path: Path) -> None:
    folder = grader_folder(tmp_path / "grade", {"a": "1"})
    with pytest.raises(ModelError):
        Grader.load(folder, {"a": "2"})


def test_a_segmenter_with_a_grader_tells_what_the_lesions_suggest(tmp_path: Path) -> None:
    grader = Grader.load(grader_folder(tmp_path / "grade", {}), {})
    graded = replace(segmenter(Constant(-5.0)), grader=grader)
    pixels = draw_fundus((240, 300))
    found = graded.segment(FundusImage(pixels), detect(pixels))
    assert found.grades is not None and np.argmax(found.grades.dr) == 2
    assert found.weights["grade"] == grader.sha256
    assert segmenter(Constant(-5.0)).segment(FundusImage(pixels), detect(pixels)).grades is None


@pytest.mark.parametrize(("share", "expected"), [(0.0, (0.9, 0.1)), (1.0, (0.2, 0.8))])
def test_a_share_of_nothing_or_all_is_one_opinion_alone(
    share: float, expected: tuple[float, ...]
) -> None:
    assert_allclose(pooled((0.9, 0.1), (0.2, 0.8), share), expected, atol=1e-4)


def test_two_equal_opinions_are_that_opinion_at_any_share() -> None:
    assert_allclose(pooled((0.7, 0.2, 0.1), (0.7, 0.2, 0.1), 0.3), (0.7, 0.2, 0.1), atol=1e-4)


def test_a_fit_calls_what_it_was_shown() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    burdens = rng.normal(size=(60, 4)) * 0.1 + labels[:, None]
    rows = fit(burdens, labels)
    called = (np.c_[burdens, np.ones(60)] @ rows.T).argmax(1)
    assert rows.shape == (3, 5) and (called == labels).mean() > 0.95


def test_grades_and_risks_are_learned_apart() -> None:
    records = [Record(Path("p"), dr_grade=n % 5, dme_risk=n % 3) for n in range(60)]
    burdens = np.random.default_rng(0).normal(size=(60, 4))
    state = learn(burdens, records)
    assert state["dr"].shape == (5, 5) and state["dme"].shape == (3, 5)


def test_lesions_that_say_the_truth_get_the_whole_share_and_those_that_do_not_none() -> None:
    truth = [0, 1, 2] * 4
    sure = [tuple(0.9 if g == t else 0.05 for g in range(3)) for t in truth]
    wrong = [tuple(0.9 if g == (t + 1) % 3 else 0.05 for g in range(3)) for t in truth]
    vague = [(1 / 3, 1 / 3, 1 / 3)] * len(truth)
    assert largest_share(vague, sure, truth) == 1.0
    assert largest_share(vague, wrong, truth) == largest_share(sure, vague, truth) == 0.0


def test_an_unknown_label_is_not_learned_from() -> None:
    records = [Record(Path("p"), dr_grade=n % 5, dme_risk=n % 3) for n in range(60)]
    strangers = [Record(Path("q"), dr_grade=n % 5) for n in range(20)]
    burdens = np.random.default_rng(0).normal(size=(80, 4))
    alone = learn(burdens[:60], records)["dme"]
    assert torch.equal(learn(burdens, [*records, *strangers])["dme"], alone)


def test_loading_asks_for_a_grader_only_with_all_networks(tmp_path: Path) -> None:
    names = ("anatomy", "cup")
    assert Segmenter.load(segmenter_folder(tmp_path, names), names).grader is None
