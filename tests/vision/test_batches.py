"""What a training step sees: python -m pytest tests/vision/test_batches.py"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.vision.factory import photo, scan
from vision.batches import Batch, Sampler, rarity
from vision.captions import caption, findings_of
from vision.data import UNKNOWN, Record
from vision.drawn import framed
from vision.labels import DISEASES, MODALITIES, SPOILERS

SIZE, FUNDI, SIDE_PX = 24, 17, 64
EXPERTS = {
    "normal": ["clean"],
    "cataract": ["hazy lens"],
    "mild diabetic retinopathy": ["few microaneurysms"],
    "drusens": ["yellow deposits"],
    "media haze": ["haze"],
}
HAZE = [SPOILERS.index("low_contrast"), SPOILERS.index("blurred")]


def eye(code: str, words: str, grade: int = UNKNOWN) -> Record:
    return Record(Path(), tuple(int(c == code) for c in DISEASES), grade, keywords=(words,))


NORMAL = eye("N", "normal fundus", 0)
CATARACT = eye("C", "cataract")
MILD = eye("D", "mild nonproliferative retinopathy", 1)
SCANS = [Record(Path(), modality="oct", oct_class=name) for name in ("AMD", "AMD", "RAO")]


def sampler(fundi: Sequence[Record]) -> Sampler:
    pictures = [photo(i) for i in range(len(fundi))] + [scan(i) for i in range(3)]
    squares = np.stack([framed(pixels, 70) for pixels in pictures])
    everyday = np.random.default_rng(0).integers(0, 255, (3, 70, 70, 3), dtype=np.uint8)
    return Sampler([*fundi, *SCANS], squares, everyday, EXPERTS, SIZE, SIDE_PX)


@pytest.fixture(scope="module")
def batch() -> Batch:
    return sampler([NORMAL, CATARACT, MILD]).draw((0, 0))


def test_every_image_has_a_target_of_every_head(batch) -> None:
    assert batch.squares.shape == (SIZE, SIDE_PX, SIDE_PX, 3)
    assert batch.squares.dtype == torch.uint8
    assert {len(target) for target in batch.targets.values()} == {SIZE}


def test_every_kind_of_image_is_in_the_batch(batch) -> None:
    assert {MODALITIES[int(m)] for m in batch.targets["modality"] if m != UNKNOWN} == set(
        MODALITIES
    )


def test_what_is_no_eye_image_has_no_label_but_its_modality(batch) -> None:
    strange = batch.targets["modality"] == MODALITIES.index("other")
    for name in ("disease", "sign", "dr", "dme", "oct", "quality"):
        assert (batch.targets[name][strange] == UNKNOWN).all()


def test_the_same_step_draws_the_same_batch_and_the_next_one_another() -> None:
    one = sampler([NORMAL, CATARACT, MILD])
    first, again, other = one.draw((0, 5)), one.draw((0, 5)), one.draw((0, 6))
    assert torch.equal(first.squares, again.squares)
    assert first.captions == again.captions
    assert not torch.equal(first.squares, other.squares)


def test_a_photo_that_was_spoilt_wholly_keeps_no_disease_label() -> None:
    one = sampler([MILD])
    batches = [one.draw((0, step)) for step in range(4)]
    severities = torch.cat([b.targets["quality"] for b in batches])
    labels = torch.cat([b.targets["disease"] for b in batches])
    fundi = severities[:, 0] != UNKNOWN
    spoilt = fundi & (severities.max(1).values > 0.7)
    assert spoilt.any()
    assert (labels[spoilt] == UNKNOWN).all()
    assert (labels[fundi & ~spoilt] != UNKNOWN).all()


def test_hazy_eyes_have_no_known_haze_severity() -> None:
    severities = sampler([CATARACT]).draw((0, 0)).targets["quality"][:FUNDI]
    others = [i for i in range(len(SPOILERS)) if i not in HAZE]
    assert (severities[:, HAZE] == UNKNOWN).all()
    assert (severities[:, others] >= 0).any(1).all()


def test_clear_eyes_have_a_known_severity_of_every_fault() -> None:
    severities = sampler([NORMAL]).draw((0, 0)).targets["quality"][:FUNDI]
    assert (severities >= 0).all()
    assert (severities.max(1).values == 0).any()
    assert (severities.max(1).values > 0).any()


def test_captions_match_where_findings_are_the_same(batch) -> None:
    assert len(batch.captions) == len(batch.captioned) == len(batch.same)
    assert batch.same.diagonal().all()
    assert torch.equal(batch.same, batch.same.T)
    assert not batch.same.all()


def test_a_rare_disease_is_drawn_more_often_than_it_is_seen() -> None:
    records = [NORMAL] * 95 + [CATARACT] * 5
    weights = rarity(records)
    assert weights.sum() == pytest.approx(1)
    assert weights[-1] > 3 * weights[0]


def test_a_photo_without_labels_is_drawn_as_often_as_a_common_one() -> None:
    weights = rarity([NORMAL, NORMAL, NORMAL, Record(Path())])
    assert weights[-1] <= weights[0]


def test_a_caption_names_what_the_graders_found(batch) -> None:
    told = {caption(CATARACT, EXPERTS, random.Random(seed)) for seed in range(20)}
    assert len(told) > 3
    assert all("cataract" in words or "hazy lens" in words for words in told)


def test_a_remark_on_the_photo_is_no_finding() -> None:
    record = Record(Path(), keywords=("lens dust", "drusen"))
    assert findings_of(record) == ("drusen",)
