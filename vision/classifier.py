"""The trained encoder at work: photo -> diagnosis with probabilities, and visual tokens."""

from pathlib import Path

import torch

from vision.backbone import FundusEncoder
from vision.config import SHIPPED, EncoderConfig
from vision.fov import FieldOfView
from vision.preprocess import to_tensor
from vision.types import Diagnosis, DiseaseScore, FundusImage
from vision.weights import load_folder


class Classifier:
    """One loaded encoder with its calibration; the same photo always gives the same bits on CPU."""

    def __init__(
        self,
        model: FundusEncoder,
        temperatures: tuple[float, ...],
        thresholds: tuple[float, ...],
        sha256: str,
    ) -> None:
        self.model = model.eval()
        self.temperatures = torch.tensor(temperatures)  # (K,)
        self.thresholds = thresholds
        self.sha256 = sha256

    @staticmethod
    def load(folder: Path = SHIPPED) -> "Classifier":
        """Read a model folder; raises ModelError where it is missing, altered or uncalibrated."""
        config, state, digest = load_folder(folder)
        encoder_config = EncoderConfig.from_dict(config)
        model = FundusEncoder(encoder_config)
        model.load_state_dict(state)
        calibration = config["calibration"]
        return Classifier(
            model, tuple(calibration["temperature"]), tuple(calibration["threshold"]), digest
        )

    @torch.inference_mode()
    def diagnose(self, image: FundusImage, fov: FieldOfView) -> Diagnosis:
        """Diseases against their operating points, ICDR grade probabilities and tokens (N, D)."""
        config = self.model.config
        encoded = self.model(to_tensor(image.pixels, fov, config.preprocess))
        probabilities = torch.sigmoid(encoded.disease_logits[0] / self.temperatures).tolist()
        return Diagnosis(
            diseases=tuple(
                DiseaseScore(code, round(p, 4), t)
                for code, p, t in zip(config.diseases, probabilities, self.thresholds, strict=True)
            ),
            dr_probabilities=tuple(round(p, 4) for p in encoded.dr_logits[0].softmax(0).tolist()),
            tokens=encoded.tokens[0].numpy(),
            weights_sha256=self.sha256,
        )
