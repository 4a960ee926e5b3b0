"""The trained encoder at work: one pass tells what an image is, how good, and what is in it."""

from pathlib import Path

import numpy as np
import torch
from scipy.special import expit

from vision.backbone import EyeEncoder
from vision.calibration import Calibration
from vision.config import SHIPPED
from vision.errors import ModelError
from vision.fov import FieldOfView
from vision.labels import DISEASES
from vision.outputs import load_encoder
from vision.preprocess import to_tensor
from vision.types import Diagnosis, DiseaseScore, FundusImage, Sight
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
        try:
            calibration = Calibration.from_dict(config["calibration"])
        except (KeyError, TypeError) as error:
            raise ModelError("error.weights_altered", path=folder) from error
        return Classifier(model, calibration, digest)

    @torch.inference_mode()
    def look(self, image: FundusImage, fov: FieldOfView) -> Sight:
        """Modality and quality of an image, and what its kind can show."""
        encoded = self.model(to_tensor(image.pixels, fov, self.model.config.preprocess))
        logits = {name: values[0].numpy() for name, values in encoded.logits.items()}
        modality = self.calibration.classes("modality", logits["modality"])
        quality = verdict(expit(logits["quality"]), modality, fov.diameter_px)
        fundus, scan = quality.modality == "cfp", quality.modality == "oct"
        return Sight(
            quality,
            self._diagnosis(logits) if fundus and quality.gradable != "no" else None,
            self._told("oct", logits) if scan else None,
            self.model.tokens(encoded.features)[0].numpy(),
            encoded.features[0].numpy(),
            self.sha256,
        )

    def _diagnosis(self, logits: dict[str, np.ndarray]) -> Diagnosis:
        probabilities = self.calibration.disease(logits["disease"])
        scores = []
        for code, probability in zip(DISEASES, probabilities, strict=True):
            point = self.calibration.diseases[code]
            scores.append(
                DiseaseScore(
                    code, round(float(probability), 4), point.threshold, point.low, point.high
                )
            )
        return Diagnosis(tuple(scores), self._told("dr", logits), self._told("dme", logits))

    def _told(self, head: str, logits: dict[str, np.ndarray]) -> tuple[float, ...]:
        return tuple(round(float(p), 4) for p in self.calibration.classes(head, logits[head]))
