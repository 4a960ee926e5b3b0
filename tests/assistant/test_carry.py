"""A projector carried over to another encoder: python -m pytest tests/assistant/test_carry.py"""

import json
from pathlib import Path

import torch

from assistant.carry import _note, fit, likeness
from assistant.projector import Projector, ProjectorConfig

WIDTH = 24


def _projector() -> Projector:
    torch.manual_seed(0)
    return Projector(ProjectorConfig(WIDTH, 16, 0.02)).eval()


def test_features_in_other_channels_are_projected_to_the_same_rows() -> None:
    projector, old = _projector(), torch.rand(600, WIDTH)
    with torch.inference_mode():
        targets = projector(old)
    turned = old @ torch.linalg.qr(torch.rand(WIDTH, WIDTH)).Q
    learner = fit(projector, turned[:500], targets[:500].clone(), seed=0, epochs=300)
    held_out = turned[500:], targets[500:]
    assert likeness(learner, *held_out) > 0.9 > likeness(projector, *held_out)


def test_features_that_did_not_change_stay_where_they_are() -> None:
    projector, rows = _projector(), torch.rand(300, WIDTH)
    with torch.inference_mode():
        targets = projector(rows)
    learner = fit(projector, rows, targets.clone(), seed=0, epochs=1)
    assert likeness(learner, rows, targets) > 0.999


def test_the_projector_that_was_carried_over_stays_as_it_was() -> None:
    projector = _projector()
    before = projector.hidden.weight.clone()
    fit(projector, torch.rand(300, WIDTH), torch.rand(300, 16), seed=0, epochs=1)
    assert torch.equal(projector.hidden.weight, before)


def test_the_adapter_s_config_names_the_new_projector_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"sha256": "a", "preprocess": {"llm": "x", "encoder_sha256": "b"}}))
    _note(path, "new encoder", "new projector")
    kept = json.loads(path.read_text())
    belongs = {
        "llm": "x",
        "encoder_sha256": "new encoder",
        "projector_sha256": "new projector",
    }
    assert kept == {"sha256": "a", "preprocess": belongs}
