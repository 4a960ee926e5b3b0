from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from segmentation.anatomy import disc_of
from segmentation.data import Example, hold_out, load_example, sample_batch
from segmentation.sets import Photo
from tests.drawing import draw_fundus, draw_masks, landmarks
from tests.segmentation.fakes import CLASSES, TINY

LESIONS = {"EX": [(150.0, 120.0, 9.0)], "HE": [(190.0, 150.0, 12.0)]}
SIZE = (240, 320)


@pytest.fixture
def photo(tmp_path):
    """A drawn photo with the masks of its two lesions; the disc was not annotated."""
    Image.fromarray(draw_fundus(SIZE, 1, LESIONS)).save(tmp_path / "p.jpg", quality=95)
    masks = {}
    for code in LESIONS:
        masks[code] = tmp_path / f"{code}.png"
        Image.fromarray(draw_masks(SIZE, 1, LESIONS)[code]).save(masks[code])
    return Photo("p", tmp_path / "p.jpg", ("MA", "HE", "EX", "SE"), masks)


def _bit(example: Example, code: str) -> np.ndarray:
    return (example.bits >> CLASSES.index(code) & 1).astype(bool)


def test_masks_lie_on_the_framed_photo_where_the_lesions_are(photo):
    example = load_example(photo, CLASSES, TINY.preprocess)
    bright = example.plane[..., 1].astype(int)
    assert bright[_bit(example, "EX")].mean() > 160 > 100 > bright[_bit(example, "HE")].mean()


def test_what_was_not_annotated_is_marked_as_unknown(photo):
    example = load_example(photo, CLASSES, TINY.preprocess)
    assert dict(zip(CLASSES, example.known, strict=True)) == {
        "MA": True, "HE": True, "EX": True, "SE": True, "OD": False,
    }  # fmt: skip


def test_the_fovea_is_a_circle_around_its_coordinates(photo):
    marked = replace(photo, known=("FO",), masks={}, centres={"FO": (180.0, 110.0)})
    bits = load_example(marked, ("OD", "OC", "FO"), TINY.preprocess).bits
    straight = load_example(photo, ("HE",), TINY.preprocess)
    rows, columns = np.nonzero(bits >> 2)
    assert 20 < len(rows) < 200
    assert straight.plane.shape[:2] == bits.shape
    assert rows.std() == pytest.approx(columns.std(), rel=0.1)


def test_a_network_that_looks_around_the_disc_learns_from_a_plane_around_the_annotated_one(photo):
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    x, y, radius = landmarks(SIZE).disc
    path = photo.image.with_name("OD.png")
    Image.fromarray(np.hypot(columns - x, rows - y) <= radius).save(path)
    marked = replace(photo, known=("OD",), masks={"OD": path})
    config = replace(TINY.preprocess, disc_diameters=2.5)
    disc = disc_of(load_example(marked, ("OD",), config).bits > 0)
    assert disc.centre == pytest.approx((config.side_px / 2,) * 2, abs=2.5)
    assert disc.diameter_px == pytest.approx(config.side_px / 2.5, rel=0.03)


@pytest.mark.parametrize("turn_deg", [0.0, 180.0])
def test_a_batch_depends_on_its_key_alone(photo, turn_deg):
    sets = {"idrid_lesions": [load_example(photo, CLASSES, TINY.preprocess)]}
    config = replace(TINY.train, turn_deg=turn_deg)
    first = sample_batch(sets, CLASSES, config, (0, 5))
    again = sample_batch(sets, CLASSES, config, (0, 5))
    other = sample_batch(sets, CLASSES, config, (0, 6))
    side = config.crop_px
    assert first.planes.shape == (config.batch, side, side, 3)
    assert first.targets.shape == (config.batch, len(CLASSES), side, side)
    assert np.array_equal(first.planes, again.planes)
    assert not np.array_equal(first.planes, other.planes)


def test_targets_turn_with_the_photo(photo):
    example = load_example(photo, CLASSES, TINY.preprocess)
    config = replace(TINY.train, batch=8, focus={"EX": 1.0}, crop_px=128, coarse=0.0)
    batch = sample_batch({"idrid_lesions": [example]}, CLASSES, config, (0, 0))
    exudate = batch.targets[:, CLASSES.index("EX")] > 0
    assert exudate.any()
    assert batch.planes[..., 1][exudate].mean() > 150


def test_every_set_gives_its_share_of_the_crops(photo):
    lesions = load_example(photo, CLASSES, TINY.preprocess)
    disc = replace(lesions, known=np.array([False] * 4 + [True]))
    shares = {"idrid_lesions": 0.75, "idrid_disc": 0.25}
    config = replace(TINY.train, batch=400, crop_px=8, sets=shares)
    batch = sample_batch(
        {"idrid_lesions": [lesions], "idrid_disc": [disc]}, CLASSES, config, (0, 0)
    )
    assert batch.known[:, 4].mean() == pytest.approx(0.25, abs=0.07)


def test_photos_held_out_are_the_same_for_the_same_seed_and_never_trained_on(photo):
    photos = [replace(photo, name=f"{i}") for i in range(12)]
    train, aside = hold_out(photos, 4, 0)
    assert (train, aside) == hold_out(photos, 4, 0)
    assert (len(train), len(aside)) == (8, 4)
    assert not {p.name for p in train} & {p.name for p in aside}


def test_half_of_the_photos_held_out_carry_the_rarest_class(photo):
    rare = replace(photo, masks={**photo.masks, "SE": photo.image})
    _, aside = hold_out([photo] * 20 + [rare] * 3, 4, 0)
    assert sum("SE" in p.masks for p in aside) == 2
