"""The trained encoder at work: one pass tells what an image is, how good, and what is in it."""

from pathlib import Path

import numpy as np
import torch
from scipy.special import expit

from vision.backbone import EyeEncoder
from vision.calibration import Calibration, told
from vision.config import SHIPPED
from vision.fov import FieldOfView
from vision.heatmap import heat
from vision.labels import DISEASES, OCT_CLASSES
from vision.outputs import calibration_of, load_encoder
from vision.preprocess import to_tensor
from vision.types import Diagnosis, DiseaseScore, FundusImage, Quality, Sight
from vision.verdict import verdict


class Classifier:
    """One loaded encoder with its calibration; the same photo always gives the same bits on CPU."""

    def __init__(self, model: EyeEncoder, calibration: Calibration, sha256: str) -> None:
        self.model = model.eval()
        self.calibration = calibration
        self.sha256 = sha256

    @staticmethod
    def load(folder: Path = SHIPPED) -> "Classifier":
        """Read a model folder; raises ModelError where it is missing, altered or uncalibrated."""
        model, config, digest = load_encoder(folder)
        return Classifier(model, calibration_of(config, folder), digest)

    @torch.inference_mode()
    def look(self, image: FundusImage, fov: FieldOfView) -> Sight:
        """Modality and quality of an image, and what its kind can show."""
        encoded = self.model(to_tensor(image.pixels, fov, self.model.config.preprocess))
        logits = {name: values[0].numpy() for name, values in encoded.logits.items()}
        modality = self.calibration.classes("modality", logits["modality"])
        quality = verdict(expit(logits["quality"]), modality, fov.diameter_px)
        readable = quality.modality == "cfp" and quality.gradable != "no"
        features = np.ascontiguousarray(encoded.features[0].numpy())
        return Sight(
            quality,
            self._diagnosis(logits) if readable else None,
            self._classes("oct", logits) if quality.modality == "oct" else None,
            np.ascontiguousarray(self.model.tokens(encoded.features)[0].numpy()),
            features,
            self._heat(features, quality, readable=readable),
            self.sha256,
        )

    def _heat(
        self, features: np.ndarray, quality: Quality, *, readable: bool
    ) -> dict[str, np.ndarray]:
        """Where it looked for each label of the image's kind; empty for other images."""
        if quality.modality == "oct":
            return {code: heat(self.model, features, "oct", code) for code in OCT_CLASSES}
        return {c: heat(self.model, features, "disease", c) for c in DISEASES} if readable else {}

    def _diagnosis(self, logits: dict[str, np.ndarray]) -> Diagnosis:
        probabilities = self.calibration.disease(logits["disease"])
        scores = tuple(
            DiseaseScore(code, probability, point.threshold, point.low, point.high)
            for (code, point), probability in zip(
                self.calibration.diseases.items(), told(probabilities), strict=True
            )
        )
        return Diagnosis(scores, self._classes("dr", logits), self._classes("dme", logits))

    def _classes(self, head: str, logits: dict[str, np.ndarray]) -> tuple[float, ...]:
        return told(self.calibration.classes(head, logits[head]))
