"""Training: python -m pytest tests/vision/test_train.py"""

import torch

from tests.drawing import draw_fundus
from tests.vision.test_backbone import tiny
from vision.augment import augment
from vision.backbone import FundusEncoder
from vision.data import UNKNOWN
from vision.preprocess import normalise
from vision.train import losses


def test_an_augmented_photo_keeps_its_shape_and_differs_from_draw_to_draw() -> None:
    squares = torch.from_numpy(draw_fundus((72, 72)))[None].repeat(2, 1, 1, 1)
    out = augment(squares, 64, torch.Generator().manual_seed(0))
    assert out.shape == (2, 64, 64, 3) and out.dtype == torch.uint8
    assert not torch.equal(out[0], out[1])


def test_the_same_seed_augments_alike() -> None:
    squares = torch.from_numpy(draw_fundus((72, 72)))[None]
    first, second = (augment(squares, 64, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)


def test_an_unknown_label_takes_no_part_in_the_loss() -> None:
    model = FundusEncoder(tiny()).eval()
    images = torch.randn(2, 3, 64, 64)
    text = torch.zeros(2, 32, dtype=torch.long)
    grades = torch.tensor([UNKNOWN, UNKNOWN])
    labels = torch.full((2, 8), UNKNOWN)
    labels[:, 1] = 1
    alone = losses(model, images, labels, grades, text)
    assert alone["grade"] == 0 and alone["contrastive"] == 0
    logits = model(images).disease_logits[:, 1]
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.full((2,), 0.98))
    assert torch.isclose(alone["disease"], expected)


def test_twenty_steps_fit_two_drawn_photos() -> None:
    torch.manual_seed(0)
    model = FundusEncoder(tiny()).train()
    photos = [draw_fundus((64, 64), seed=s, brightness=b) for s, b in ((0, 1.0), (1, 0.5))]
    images = normalise(torch.stack([torch.from_numpy(p) for p in photos]), tiny().preprocess)
    labels = torch.tensor([[1, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0]])
    grades, text = torch.tensor([0, 3]), torch.randint(1, 99, (2, 32))
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    history = []
    for _ in range(20):
        parts = losses(model, images, labels, grades, text)
        loss = parts["disease"] + parts["grade"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert history[-1] < history[0] / 2
