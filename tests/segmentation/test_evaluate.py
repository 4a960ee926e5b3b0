import json

import numpy as np
import pytest
from PIL import Image

from segmentation.curves import histogram
from segmentation.evaluate import SCORES, evaluate, main
from segmentation.labels import LESIONS
from segmentation.predict import NETWORKS
from segmentation.score_anatomy import means
from segmentation.score_lesions import LesionCounts, dice, iou, metrics, overlap
from tests.drawing import draw_fundus
from tests.segmentation.fakes import segmenter_folder
from vision.command import run
from vision.errors import InputError, ModelError
from vision.metrics import summarise


def _counts(seed: int, *, perfect: bool) -> LesionCounts:
    rng = np.random.default_rng(seed)
    truth = rng.random(4000) < 0.05
    score = truth.astype(np.float32) if perfect else rng.random(4000).astype(np.float32)
    areas = overlap(score >= 0.5, truth)
    curves = np.stack([histogram(score, truth)] * len(LESIONS))
    patches = np.array([[3, 4, 1, 2]] * len(LESIONS))
    return LesionCounts(curves, np.array([areas] * len(LESIONS)), patches, 0.9)


def _summary(counts):
    return summarise(metrics(counts), len(counts))


def test_a_perfect_segmentation_scores_one():
    values, _ = _summary([_counts(seed, perfect=True) for seed in range(4)])
    assert {values[f"{m}_{c}"] for m in ("auc_pr", "dice", "iou") for c in LESIONS} == {1.0}
    assert values["auc_pr_mean"] == 1
    assert values["dice_disc"] == pytest.approx(0.9)


def test_guessing_scores_the_share_of_positives():
    values, _ = _summary([_counts(seed, perfect=False) for seed in range(8)])
    assert values["auc_pr_mean"] == pytest.approx(0.05, abs=0.02)


def test_sensitivity_and_precision_count_lesions_over_all_photos():
    values, _ = _summary([_counts(seed, perfect=True) for seed in range(3)])
    assert values["sensitivity_HE"] == 0.75
    assert values["precision_HE"] == 0.5


def test_every_metric_has_an_interval_around_it():
    values, intervals = _summary([_counts(seed, perfect=False) for seed in range(6)])
    assert values.keys() == intervals.keys()
    for name, (low, high) in intervals.items():
        assert low <= values[name] <= high


def test_a_photo_without_a_value_is_left_out_of_the_mean():
    photos = [{"cdr_mae": 0.1}, {"cdr_mae": float("nan")}, {"cdr_mae": 0.3}]
    values, _ = summarise(means(photos), 3)
    assert values["cdr_mae"] == pytest.approx(0.2)


def test_the_edema_risk_agrees_perfectly_with_itself():
    photos = [{"risk": float(r), "true_risk": float(r)} for r in (0, 1, 2, 2)]
    values, _ = summarise(means(photos), 4)
    assert (values["dme_qwk"], values["dme_accuracy"]) == (1, 1)


def test_an_unknown_edema_risk_is_no_wrong_one():
    photos = [{"risk": float(r), "true_risk": float(r)} for r in (0, 1, 2)]
    photos.append({"risk": float("nan"), "true_risk": 2.0})
    values, _ = summarise(means(photos), 4)
    assert values["dme_accuracy"] == 1


@pytest.mark.parametrize(("score", "half"), [(dice, 0.5), (iou, 1 / 3)])
def test_two_squares_that_share_half_score_as_their_formula_says(score, half):
    left, right = np.zeros((4, 8), bool), np.zeros((4, 8), bool)
    left[:, :4], right[:, 2:6] = True, True
    assert score(overlap(left, right)) == pytest.approx(half)


@pytest.mark.parametrize("name", ["drive", "odir"])
def test_a_set_needs_only_the_networks_that_it_is_about(tmp_path, name):
    data, weights = tmp_path / name, tmp_path / "weights"
    data.mkdir()
    row = "p.png,test,0,OD,normal fundus"
    (data / "index.csv").write_text(f"image,split,quality_flag,laterality,keywords\n{row}\n")
    (data / "test" / "images").mkdir(parents=True)
    for photo in (data / "p.png", data / "test" / "images" / "p.png"):
        Image.fromarray(draw_fundus((240, 300))).save(photo)
    (needed, *more), _, _ = SCORES[name]
    segmenter_folder(weights, (needed, *more))
    found = evaluate(data, "test", weights)
    assert (found["n"], set(found["models"])) == (1, {needed, *more})
    assert set(found["models"]) < set(NETWORKS)
    assert found["weights_sha256"] == found["models"][needed]


def test_missing_data_is_an_input_error(tmp_path):
    weights = tmp_path / "none"
    with pytest.raises((InputError, ModelError)):
        main(["--data", str(tmp_path / "drive"), "--split", "test", "--weights", str(weights)])


@pytest.mark.parametrize("arguments", [["--split", "test"], ["--data", "cats", "--split", "test"]])
def test_wrong_usage_is_one_line_and_status_two(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_missing_model_is_one_line_and_status_two(tmp_path, capsys):
    data = tmp_path / "idrid_lesions"
    arguments = ["--data", str(data), "--split", "test", "--weights", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        run(lambda: main(arguments))
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_result_is_json_even_where_a_metric_is_undefined():
    values, intervals = summarise(means([{"cdr_mae": float("nan")}]), 1)
    assert json.loads(json.dumps({"metrics": values, "ci95": intervals}, allow_nan=False))
