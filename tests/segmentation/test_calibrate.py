import json
from dataclasses import replace

import pytest
import torch
from PIL import Image
from torch import nn

from segmentation.calibrate import choose, held_out, main
from segmentation.labels import LESIONS
from segmentation.predict import LESION_NETWORKS, Segmenter
from segmentation.sets import Photo
from tests.segmentation.fakes import (
    CLASSES,
    BrightSpots,
    model_folder,
    photo_with_square,
    segmenter,
    segmenter_folder,
)
from vision.errors import InputError
from vision.fov import detect
from vision.types import FundusImage


class Soft(nn.Module):
    """The brighter above its background, the likelier: faint spots are found, but not sure."""

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        return (5 * (tile[:, 1:2] - 0.6)).repeat(1, len(CLASSES), 1, 1)


def _photo(path, pixels, mask=None) -> Photo:
    Image.fromarray(pixels).save(path)
    masks = {}
    if mask is not None:
        masks = {code: path.with_suffix(f".{code}.png") for code in LESIONS}
        for file in masks.values():
            Image.fromarray(mask).save(file)
    return Photo(path.stem, path, LESIONS, masks)


def test_of_peaks_that_lose_no_lesion_the_highest_is_chosen(tmp_path):
    pixels, mask = photo_with_square(331, 407, (120, 150, 141, 180))
    chosen = choose(segmenter(BrightSpots()), [_photo(tmp_path / "a.png", pixels, mask)])
    assert set(chosen["peaks"].values()) == {0.97}
    assert all(0 < threshold < 1 for threshold in chosen["thresholds"].values())


def test_a_false_lesion_of_the_healthy_eyes_is_not_outlined_at_what_was_chosen(tmp_path):
    lesion, mask = photo_with_square(331, 407, (120, 150, 141, 180))
    healthy, _ = photo_with_square(331, 407, (120, 150, 141, 180))
    faint = (healthy == (250, 230, 140)).all(axis=2)
    healthy[faint] = (190, 136, 90)  # bright enough to pass the threshold, not to be sure
    photos = [_photo(tmp_path / "a.png", lesion, mask)]
    photos += [_photo(tmp_path / f"{i}.png", healthy) for i in range(3)]
    spots = segmenter(Soft())
    image, fov = FundusImage(healthy), detect(healthy)
    planes = spots.lesion_planes(image, fov)
    assert spots.lesion_masks(planes, fov)["EX"].any()
    first = LESION_NETWORKS[0]
    chosen = {first: replace(spots.networks[first], **choose(spots, photos))}
    assert not Segmenter({**spots.networks, **chosen}).lesion_masks(planes, fov)["EX"].any()


def test_only_the_photos_kept_aside_are_used(tmp_path):
    images = tmp_path / "chase" / "images"
    images.mkdir(parents=True)
    (tmp_path / "chase" / "index.csv").write_text("image,split\na.jpg,train\nb.jpg,train\n")
    folder = model_folder(tmp_path / "w" / "lesions")
    config = json.loads((folder / "config.json").read_text())
    config["train"] = {"held_out_names": {"chase": ["b"]}}
    (folder / "config.json").write_text(json.dumps(config))
    assert [photo.name for photo in held_out(tmp_path, folder)] == ["b"]


def test_missing_data_is_an_input_error(tmp_path):
    folder = segmenter_folder(tmp_path) / "lesions"
    config = json.loads((folder / "config.json").read_text())
    config["train"] = {"held_out_names": {"chase": ["b"]}}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match="chase"):
        main(["--data", str(tmp_path / "none"), "--weights", str(tmp_path)])
