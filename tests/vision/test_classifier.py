"""The encoder at work: python -m pytest tests/vision/test_classifier.py"""

import numpy as np
import pytest
import torch

from tests.drawing import draw_fundus
from tests.vision.factory import CALIBRATION, encoder, eye_folder, spoil, tiny
from vision.classifier import Classifier
from vision.errors import ModelError
from vision.fov import detect
from vision.labels import DISEASES, OCT_CLASSES, SPOILERS
from vision.outputs import of_squares
from vision.preprocess import normalise, to_tensor
from vision.types import FundusImage, Sight
from vision.weights import save_folder

PIXELS = draw_fundus((420, 560))


def look(classifier: Classifier, pixels: np.ndarray = PIXELS) -> Sight:
    return classifier.look(FundusImage(pixels), detect(pixels))


def classifier(sees: str) -> Classifier:
    return Classifier(encoder(sees=sees), CALIBRATION, "0" * 64)


def test_a_fundus_photo_gets_its_diseases_its_grade_and_its_edema_risk() -> None:
    sight = look(classifier("cfp"))
    assert sight.diagnosis is not None
    assert tuple(score.code for score in sight.diagnosis.diseases) == DISEASES
    assert sum(sight.diagnosis.dr_probabilities) == pytest.approx(1, abs=1e-3)
    assert len(sight.diagnosis.dme_probabilities) == 3
    assert sight.oct_probabilities is None


def test_a_diagnosis_comes_with_a_map_of_each_disease_and_nothing_else_does() -> None:
    sight = look(classifier("cfp"))
    assert tuple(sight.heat) == DISEASES
    assert {plane.shape for plane in sight.heat.values()} == {sight.features.shape[1:]}
    assert tuple(look(classifier("oct")).heat) == OCT_CLASSES
    assert look(classifier("other")).heat == {}


def test_a_scan_gets_its_class_and_no_disease_of_a_fundus() -> None:
    sight = look(classifier("oct"))
    assert sight.diagnosis is None
    assert sight.oct_probabilities is not None
    assert len(sight.oct_probabilities) == len(OCT_CLASSES)


@pytest.mark.parametrize("modality", ["osa", "other"])
def test_what_is_neither_fundus_nor_scan_is_never_diagnosed(modality: str) -> None:
    sight = look(classifier(modality))
    assert (sight.quality.modality, sight.quality.gradable) == (modality, "no")
    assert sight.diagnosis is None
    assert sight.oct_probabilities is None


@pytest.mark.parametrize("reason", SPOILERS)
def test_a_photo_that_cannot_be_read_is_not_diagnosed_and_the_reason_is_told(reason: str) -> None:
    sight = look(Classifier(spoil(encoder(sees="cfp"), reason), CALIBRATION, ""))
    assert (sight.quality.gradable, sight.quality.reasons) == ("no", (f"quality.{reason}",))
    assert sight.diagnosis is None


def test_the_same_photo_gives_the_same_bits() -> None:
    first, second = look(classifier("cfp")), look(classifier("cfp"))
    assert first.diagnosis is not None
    assert second.diagnosis is not None
    assert first.diagnosis.diseases == second.diagnosis.diseases
    assert first.quality == second.quality
    assert (first.tokens == second.tokens).all()
    assert (first.features == second.features).all()


def test_the_tokens_are_pooled_from_the_map_that_is_kept() -> None:
    sight = look(classifier("cfp"))
    depth = sight.features.shape[0]
    assert sight.tokens.shape == (tiny().token_grid_side ** 2, depth)
    assert sight.tokens.mean(0) == pytest.approx(sight.features.mean((1, 2)), abs=1e-5)


def test_many_squares_at_once_give_what_each_gives_alone() -> None:
    model = encoder()
    squares = np.stack([draw_fundus((64, 64), seed) for seed in range(3)] * 6)  # over one batch
    together = of_squares(model, squares)
    for i in (0, 2, 17):
        with torch.inference_mode():
            alone = model(normalise(torch.from_numpy(squares[i : i + 1]), model.config.preprocess))
        for name, logits in together.logits.items():
            assert logits[i] == pytest.approx(alone.logits[name][0].numpy(), abs=1e-5)


def test_evaluation_sees_what_the_classifier_sees() -> None:
    model = encoder()
    fov = detect(PIXELS)
    with torch.inference_mode():
        seen = model(to_tensor(PIXELS, fov, model.config.preprocess)).logits["disease"]
    sight = look(classifier("cfp"))
    assert sight.diagnosis is not None
    told = [score.probability for score in sight.diagnosis.diseases]
    assert told == pytest.approx(CALIBRATION.disease(seen.numpy())[0], abs=1e-4)


def test_a_model_folder_gives_its_own_hash(tmp_path) -> None:
    loaded = Classifier.load(eye_folder(tmp_path / "eye", sees="cfp"))
    assert len(loaded.sha256) == 64
    assert look(loaded).weights_sha256 == loaded.sha256


def test_weights_of_another_shape_are_refused(tmp_path) -> None:
    config = {**tiny().to_dict(), "calibration": CALIBRATION.to_dict()}
    save_folder(tmp_path / "eye", config, encoder("test_convnext").state_dict())
    with pytest.raises(ModelError):
        Classifier.load(tmp_path / "eye")


def test_a_missing_folder_is_refused(tmp_path) -> None:
    with pytest.raises(ModelError):
        Classifier.load(tmp_path / "none")
