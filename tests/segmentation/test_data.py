from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from segmentation.data import hold_out, list_photos, load_example, read_mask, sample_batch
from tests.drawing import draw_fundus, draw_masks
from tests.segmentation.fakes import CLASSES, TINY
from vision.errors import InputError

LESIONS = {"EX": [(150.0, 120.0, 9.0)], "HE": [(190.0, 150.0, 12.0)]}


@pytest.fixture
def data(tmp_path):
    """Two drawn photos in IDRiD's layout; only the first has annotations."""
    for folder in ("images", *(f"masks/{code}" for code in CLASSES)):
        (tmp_path / "train" / folder).mkdir(parents=True)
    for seed in (1, 2):
        photo = Image.fromarray(draw_fundus((240, 320), seed, LESIONS))
        photo.save(tmp_path / "train" / "images" / f"p{seed}.jpg", quality=95)
    for code in LESIONS:
        mask = draw_masks((240, 320), 1, LESIONS)[code]
        Image.fromarray(mask).save(tmp_path / "train" / "masks" / code / "p1.png")
    return tmp_path


def test_photos_are_listed_in_order_with_the_masks_they_have(data):
    first, second = list_photos(data, "train", CLASSES)
    assert (first.name, second.name) == ("p1", "p2")
    assert set(first.masks) == set(LESIONS)
    assert not second.masks


def test_a_missing_data_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="nothing"):
        list_photos(tmp_path / "nothing", "train", CLASSES)


def test_a_missing_mask_file_is_an_empty_mask(data):
    photo = list_photos(data, "train", CLASSES)[1]
    assert not read_mask(photo, "EX", (240, 320)).any()


def test_masks_lie_on_the_framed_photo_where_the_lesions_are(data):
    example = load_example(list_photos(data, "train", CLASSES)[0], CLASSES, TINY.preprocess)
    bright = example.plane[..., 1].astype(int)
    exudate = (example.bits >> CLASSES.index("EX") & 1).astype(bool)
    blood = (example.bits >> CLASSES.index("HE") & 1).astype(bool)
    assert bright[exudate].mean() > 160 > 100 > bright[blood].mean()


def test_a_batch_depends_on_its_key_alone(data):
    examples = [
        load_example(photo, CLASSES, TINY.preprocess)
        for photo in list_photos(data, "train", CLASSES)
    ]
    planes, targets = sample_batch(examples, CLASSES, TINY.train, (0, 5))
    again, _ = sample_batch(examples, CLASSES, TINY.train, (0, 5))
    other, _ = sample_batch(examples, CLASSES, TINY.train, (0, 6))
    side = TINY.train.crop_px
    assert planes.shape == (TINY.train.batch, side, side, 3)
    assert targets.shape == (TINY.train.batch, len(CLASSES), side, side)
    assert np.array_equal(planes, again)
    assert not np.array_equal(planes, other)


def test_photos_held_out_are_the_same_for_the_same_seed_and_never_trained_on(data):
    photos = [
        replace(photo, name=f"{i}") for i in range(6) for photo in list_photos(data, "train", ())
    ]
    train, aside = hold_out(photos, 4, 0)
    assert (train, aside) == hold_out(photos, 4, 0)
    assert len(train) + len(aside) == len(photos)
    assert not {id(photo) for photo in train} & {id(photo) for photo in aside}
