from pathlib import Path

import pytest

import segmentation
from segmentation.model import STRIDE_PX, Config

CONFIGS = sorted((Path(segmentation.__file__).parent / "configs").glob("*.json"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_file_is_whole(path):
    config = Config.read(path)
    assert set(config.peaks) == set(config.model.classes)
    assert config.train.held_out.keys() <= config.train.sets.keys()
    assert set(config.train.focus) <= set(config.model.classes)
    assert sum(config.train.sets.values()) == pytest.approx(1)
    assert sum(config.train.focus.values()) <= 1
    for side in (config.preprocess.side_px, config.train.crop_px):
        assert side % STRIDE_PX == 0
