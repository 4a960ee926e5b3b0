"""The text half of the encoder: python -m pytest tests/vision/test_texts.py"""

from pathlib import Path

import pytest
import torch

from tests.vision.factory import eye_folder
from vision.captions import PHRASES, disease_phrases
from vision.errors import ModelError
from vision.labels import DISEASES
from vision.model_config import CONFIG_FILE
from vision.texts import TextTower

ENTRIES = (
    "normal", "normal macula", "mild diabetic retinopathy", "moderate diabetic retinopathy",
    "severe diabetic retinopathy", "glaucoma", "optic disc cupping", "cataract", "media haze",
    "age related macular degeneration", "drusens", "hypertensive retinopathy",
    "pathologic myopia", "myopic maculopathy grade two", "epiretinal membrane",
    "branch retinal vein occlusion", "laser scar",
)  # fmt: skip
EXPERTS = {entry: [f"signs of {entry}", f"more of {entry}"] for entry in ENTRIES}


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> TextTower:
    folder = tmp_path_factory.mktemp("tower") / "eye"
    eye_folder(folder)
    return TextTower.load(folder)


def test_a_text_gives_the_same_bits_whatever_it_is_read_with(tower: TextTower) -> None:
    alone = tower.read(["glaucoma"])
    together = tower.read(["cataract", "glaucoma", "这张照片显示了什么？"])
    assert torch.equal(alone[0], together[1]) and not torch.equal(together[0], together[1])
    assert torch.allclose(together.norm(dim=1), torch.ones(3), atol=1e-5)
    assert together.shape == (3, tower.width) and tower.read([]).shape == (0, tower.width)


def test_a_text_is_read_as_exactly_where_the_rest_is_rounded(tower: TextTower) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = tower.read(["a new text"])
    again = TextTower(tower._model, tower.sha256).read(["a new text"])
    assert torch.equal(rounded, again)


def test_a_folder_without_its_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        TextTower.load(tmp_path / "nowhere")
    eye_folder(tmp_path / "eye")
    (tmp_path / "eye" / CONFIG_FILE).unlink()
    with pytest.raises(ModelError):
        TextTower.load(tmp_path / "eye")


def test_every_disease_has_our_name_and_the_experts_phrases_of_each_entry() -> None:
    phrases = disease_phrases(EXPERTS, 4)
    assert set(phrases) == set(DISEASES) and {len(each) for each in phrases.values()} == {4}
    assert all(each[0] == PHRASES[code][0] for code, each in phrases.items())
    assert phrases["G"][1:3] == ("signs of glaucoma", "signs of optic disc cupping")
    assert len(disease_phrases(EXPERTS, 40)["H"]) == 40  # said again where there are no more
