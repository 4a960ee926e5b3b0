"""Calibration: python -m pytest tests/vision/test_calibration.py"""

import json

import numpy as np
import pytest

from tests.vision.factory import CALIBRATION, encoder, eye_folder, mini_octdl, mini_odir, tiny
from vision import calibrate
from vision.calibrate import fit_disease, fit_temperature, main
from vision.calibration import Calibration
from vision.classifier import Classifier
from vision.errors import InputError, ModelError
from vision.labels import DISEASES
from vision.model_config import CONFIG_FILE, read_config
from vision.weights import WEIGHTS_FILE, save_folder


def guesses(n: int = 400, share: float = 0.2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are too sure of themselves, and labels."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < share).astype(int)
    return 3 * rng.normal(2 * truth - 1, 1.2), truth


def test_platts_probability_rises_with_the_logit() -> None:
    point = fit_disease(*guesses())
    calibration = Calibration({code: point for code in DISEASES}, {})
    found = calibration.disease(np.linspace(-8, 8, 50)[:, None] * np.ones(8))
    assert (np.diff(found, axis=0) > 0).all()


def test_platts_probability_means_what_it_says() -> None:
    logits, truth = guesses(4000)
    point = fit_disease(logits, truth)
    probability = Calibration({c: point for c in DISEASES}, {}).disease(
        logits[:, None] * np.ones(8)
    )
    for low in (0.0, 0.25, 0.5, 0.75):
        there = (probability[:, 0] >= low) & (probability[:, 0] < low + 0.25)
        assert truth[there].mean() == pytest.approx(probability[there, 0].mean(), abs=0.1)


@pytest.mark.parametrize("n", [11, 12, 37, 400])
@pytest.mark.parametrize("decimals", [1, 12])
def test_operating_points_reach_ninety_percent_on_their_data(n: int, decimals: int) -> None:
    logits, truth = guesses(n, 0.5)
    logits = logits.round(decimals)  # ties
    point = fit_disease(logits, truth)
    probability = 1 / (1 + np.exp(-(point.slope * logits + point.offset)))
    assert (probability[truth == 1] >= point.sensitive).mean() >= 0.9
    assert (probability[truth == 0] < point.specific).mean() >= 0.9


def test_the_uncertain_band_lies_around_the_threshold() -> None:
    point = fit_disease(*guesses())
    assert 0 < point.low < point.threshold < point.high < 1


def test_a_temperature_leaves_the_order_as_it_was() -> None:
    logits = np.random.default_rng(0).normal(0, 3, (50, 5))
    found = CALIBRATION.classes("dr", logits)
    assert (found.argsort(1) == logits.argsort(1)).all()
    assert found.sum(1) == pytest.approx(np.ones(50))


def test_logits_that_are_too_sure_get_a_temperature_above_one() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 3000)
    logits = rng.normal(0, 1, (3000, 4))
    logits[np.arange(3000), truth] += 1.0
    right = fit_temperature(logits, truth)
    assert fit_temperature(3 * logits, truth) == pytest.approx(3 * right, rel=0.05)


def test_the_json_form_comes_back_as_it_was_whatever_its_order() -> None:
    data = json.loads(json.dumps(CALIBRATION.to_dict()))
    data["diseases"] = dict(reversed(data["diseases"].items()))
    again = Calibration.from_dict(data)
    assert again == CALIBRATION
    assert tuple(again.diseases) == DISEASES


@pytest.mark.parametrize(
    "change",
    [
        lambda config: config.pop("calibration"),
        lambda config: config["calibration"]["diseases"].pop("H"),
        lambda config: config["calibration"]["temperatures"].pop("oct"),
        lambda config: config.pop("preprocess"),
        lambda config: config.pop("vision_cfg"),
        lambda config: config["heads"]["disease"].reverse(),
        lambda config: config["heads"].pop("oct"),
    ],
    ids=["none", "a-disease", "a-temperature", "preprocess", "tower", "other-labels", "a-head"],
)
def test_a_folder_that_lacks_what_decides_is_refused(tmp_path, change) -> None:
    folder = eye_folder(tmp_path / "eye")
    config = read_config(folder)
    change(config)
    (folder / CONFIG_FILE).write_text(json.dumps(config))
    with pytest.raises(ModelError):
        Classifier.load(folder)


@pytest.fixture
def everyday(monkeypatch) -> None:
    """Everyday pictures without fetching any."""
    squares = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 3), dtype=np.uint8)
    monkeypatch.setattr(calibrate, "natural_squares", lambda *_: squares)


@pytest.mark.usefixtures("everyday")
def test_an_uncalibrated_folder_works_once_it_is_calibrated(tmp_path) -> None:
    save_folder(tmp_path / "eye", tiny().to_dict(), encoder().state_dict())
    weights = (tmp_path / "eye" / WEIGHTS_FILE).read_bytes()
    mini_odir(tmp_path, count=24)
    mini_octdl(tmp_path)
    main(["--data", str(tmp_path), "--weights", str(tmp_path / "eye")])
    assert (tmp_path / "eye" / WEIGHTS_FILE).read_bytes() == weights
    classifier = Classifier.load(tmp_path / "eye")
    assert classifier.calibration.temperatures["dme"] == 1


@pytest.mark.usefixtures("everyday")
def test_a_disease_that_no_eye_has_cannot_be_calibrated(tmp_path) -> None:
    mini_odir(tmp_path, count=5)
    mini_octdl(tmp_path)
    folder = eye_folder(tmp_path / "eye")
    with pytest.raises(InputError, match="H needs eyes"):
        main(["--data", str(tmp_path), "--weights", str(folder)])
