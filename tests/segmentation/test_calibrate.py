import json
from dataclasses import replace

import pytest
import torch
from PIL import Image
from torch import nn

from segmentation.calibrate import choose, held_out, main, other_cameras
from segmentation.labels import LESIONS
from segmentation.predict import LESION_NETWORKS, Segmenter
from segmentation.sets import Photo
from tests.segmentation.fakes import (
    CLASSES,
    BrightSpots,
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


def _keep_aside(weights, *kept: dict[str, list[str]]) -> None:
    """Store with each lesion network, in order, what its training kept aside."""
    for network, names in zip(LESION_NETWORKS, kept, strict=False):
        path = weights / network / "config.json"
        config = json.loads(path.read_text())
        path.write_text(json.dumps(config | {"train": {"held_out_names": names}}))


def _index(folder, *rows: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.csv").write_text("\n".join(rows) + "\n")


def test_a_photo_that_any_network_learned_from_is_not_used(tmp_path):
    _index(tmp_path / "chase", "image,split", *(f"{name}.jpg,train" for name in "abc"))
    _index(tmp_path / "drishti", "image,split,glaucoma", "d.jpg,train,0", "e.jpg,train,0")
    weights = segmenter_folder(tmp_path / "weights", LESION_NETWORKS)
    others = {"chase_healthy": ["b", "c"], "drishti_healthy": ["e"]}
    _keep_aside(weights, {"chase_healthy": ["a", "b"]}, *[others] * len(LESION_NETWORKS))
    assert [photo.name for photo in held_out(tmp_path, weights)] == ["b", "e"]


@pytest.mark.parametrize(("listed", "used"), [(400, 40), (40, 40), (3, 3)])
def test_healthy_eyes_of_other_cameras_are_spread_over_their_set(tmp_path, listed, used):
    rows = [f"{n:03}.jpg,val,0,normal fundus" for n in range(listed)]
    _index(tmp_path / "odir", "image,split,quality_flag,keywords", *rows)
    names = [photo.name for photo in other_cameras(tmp_path)]
    assert len(set(names)) == len(names) == used
    assert (names[0], names[-1]) == ("000", f"{listed - 1:03}")


def test_more_healthy_eyes_do_not_move_where_a_lesion_ends(tmp_path):
    lesion, mask = photo_with_square(331, 407, (120, 150, 141, 180))
    ill = _photo(tmp_path / "a.png", lesion, mask)
    healthy = _photo(tmp_path / "b.png", lesion)  # the same spot, and none of it a lesion
    alone, beside = (choose(segmenter(Soft()), photos) for photos in ([ill], [ill, healthy]))
    assert beside["thresholds"] == alone["thresholds"]


def test_what_was_chosen_is_stored_with_the_first_network_and_nothing_else_changes(tmp_path):
    lesion, mask = photo_with_square(331, 407, (120, 150, 141, 180))
    images = tmp_path / "idrid_lesions" / "train" / "images"
    images.mkdir(parents=True)
    Image.fromarray(lesion).save(images / "a.png")
    for code in LESIONS:
        (images.parent / "masks" / code).mkdir(parents=True)
        Image.fromarray(mask).save(images.parent / "masks" / code / "a.png")
    _index(tmp_path / "idrid_lesions", "image,split,grading_split", "a.png,train,train")
    _index(tmp_path / "odir", "image,split,quality_flag,keywords", "o.png,val,0,normal fundus")
    Image.fromarray(lesion).save(tmp_path / "odir" / "o.png")
    weights = segmenter_folder(tmp_path / "weights", LESION_NETWORKS)
    _keep_aside(weights, *[{"idrid_lesions": ["a"]}] * len(LESION_NETWORKS))
    configs = [weights / network / "config.json" for network in LESION_NETWORKS]
    before = [json.loads(path.read_text()) for path in configs]
    main(["--data", str(tmp_path), "--weights", str(weights)])
    after = [json.loads(path.read_text()) for path in configs]
    assert after[1:] == before[1:]
    for part in ("thresholds", "peaks"):
        old, new = before[0].pop(part), after[0].pop(part)
        assert new["OD"] == old["OD"]
        assert set(new) == set(old)
    assert after[0] == before[0]


def test_missing_data_is_an_input_error(tmp_path):
    segmenter_folder(tmp_path, LESION_NETWORKS)
    _keep_aside(tmp_path, *[{"chase": ["b"]}] * len(LESION_NETWORKS))
    with pytest.raises(InputError, match="chase"):
        main(["--data", str(tmp_path / "none"), "--weights", str(tmp_path)])
