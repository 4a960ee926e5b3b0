"""The projector that reads the question: python -m pytest tests/assistant/test_fusion.py"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from assistant.conversation import Message, Turn, VisualBlock, last_question
from assistant.fusion import PHRASES_EACH, FusionConfig, FusionProjector, load_projector
from assistant.model import Speaker
from assistant.projector import Projector, ProjectorConfig
from assistant.prompts import history_turns
from assistant.train import start_projector
from assistant.training.config import CONFIGS, StageConfig
from assistant.training.examples import example, tokens_turns
from assistant.training.loop import Learner
from assistant.training.packing import Row
from tests.assistant.tiny_llms import tiny_qwen
from tests.contract import ModelContract
from tests.fakes import ScriptedEngine, byte_tokenizer
from tests.vision.factory import CALIBRATION, encoder, eye_folder
from tests.vision.test_texts import EXPERTS
from vision.captions import PHRASES
from vision.classifier import Classifier
from vision.errors import InputError, ModelError
from vision.labels import DISEASES
from vision.model_config import CONFIG_FILE
from vision.texts import TextTower

WORDS = {code: [PHRASES[code][0]] * PHRASES_EACH for code in DISEASES}
ASKED = ("What does this photo show?", "Is there glaucoma?")


def classifier(sha256: str = "abc") -> Classifier:
    return Classifier(encoder(), CALIBRATION, sha256)


def fusing(
    llm_width: int = 16, *, trained: bool = True, sees: Classifier | None = None
) -> FusionProjector:
    """A tiny one; `trained` as if the fusion had learned to add something."""
    torch.manual_seed(0)
    sees = sees or classifier()
    shape = ProjectorConfig(sees.model.width, llm_width, 0.02)
    projector = FusionProjector.between(shape, sees, WORDS)
    if trained:
        nn.init.normal_(projector.back.weight)
    return projector.eval()


def photos(n: int) -> Tensor:
    """Grids of four windows with four region tokens, one absent."""
    tokens = torch.randn(n, 8, encoder().width, generator=torch.Generator().manual_seed(1))
    tokens[:, -1] = 0
    return tokens


class TestFusionProjector(ModelContract):
    """The contract."""

    def model(self) -> nn.Module:
        return fusing()

    def batch(self, n: int) -> Tensor:
        return photos(n)

    def outputs(self, model: nn.Module, batch: Tensor) -> list[Tensor]:
        return [model(batch, [ASKED[0]] * len(batch))]


def rows(projector: Projector, question: str) -> Tensor:
    with torch.inference_mode():
        found: Tensor = projector(photos(1), [question])
    return found


def test_the_question_changes_every_row_and_their_number_stays() -> None:
    projector = fusing()
    first, other = (rows(projector, question) for question in ASKED)
    assert first.shape == other.shape == (1, 8, 16)
    assert bool(((first - other).abs().amax(-1) > 1e-6).all())
    assert torch.equal(first, rows(projector, ASKED[0]))


def test_what_is_likeliest_changes_the_rows_by_its_phrases() -> None:
    projector = fusing()
    before = rows(projector, ASKED[0])
    likeliest = int(projector.probabilities(photos(1)).argmax())
    projector.phrases[likeliest] = projector.phrases[likeliest].flip(-1)
    assert not torch.equal(before, rows(projector, ASKED[0]))


def test_a_new_one_is_the_plain_one_of_the_same_seed() -> None:
    sees = classifier()
    torch.manual_seed(0)
    plain = Projector(ProjectorConfig(sees.model.width, 16, 0.02))
    torch.manual_seed(0)
    new = fusing(trained=False, sees=sees)
    assert torch.equal(rows(new, ASKED[0]), rows(plain, ASKED[0]))


def test_diseases_are_as_likely_as_the_classifier_finds_them() -> None:
    sees = classifier()
    features = torch.randn(2, sees.model.width, 8, 8)  # windows of this grid do not overlap
    side = sees.model.config.token_grid_side
    assert 8 % side == 0
    logits = sees.model.heads["disease"](features.mean((2, 3))).detach().numpy()
    tokens = torch.cat([sees.model.tokens(features), torch.zeros(2, 4, sees.model.width)], 1)
    found = fusing(sees=sees).probabilities(tokens).numpy()
    assert np.abs(found - sees.calibration.disease(logits)).max() < 2e-3


def test_photos_and_questions_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="2 photos, but 1 questions"):
        fusing()(photos(2), [ASKED[0]])


def saved(folder: Path) -> tuple[FusionProjector, Path, str]:
    """One that is saved in folder/p with its encoder in folder/eye; its encoder's SHA-256."""
    eye_folder(folder / "eye")
    sees = Classifier.load(folder / "eye")
    projector = fusing(sees=sees)
    with torch.no_grad():
        for parameter in projector.parameters():
            parameter.copy_(parameter.half())  # as it is saved
    projector.save(folder / "p", {"encoder_sha256": sees.sha256})
    return projector, folder / "eye", sees.sha256


def test_saved_and_loaded_it_gives_the_same_bits(tmp_path: Path) -> None:
    projector, eye, sha256 = saved(tmp_path)
    loaded, digest = load_projector(tmp_path / "p", 16, sha256, eye)
    assert loaded.reads_questions and torch.equal(rows(projector, ASKED[1]), rows(loaded, ASKED[1]))
    assert loaded.save(tmp_path / "again", {"encoder_sha256": sha256}) == digest


def test_a_plain_folder_gives_the_plain_one(tmp_path: Path) -> None:
    Projector(ProjectorConfig(6, 16, 0.02)).save(tmp_path / "p", {"encoder_sha256": "abc"})
    loaded, _ = load_projector(tmp_path / "p", 16, "abc", tmp_path / "no encoder is needed")
    assert type(loaded) is Projector and not loaded.reads_questions


def no_fusion(config: dict[str, object]) -> None:
    del config["fusion"]


def no_disease(config: dict[str, object]) -> None:
    config["fusion"]["diseases"] = 7  # type: ignore[index]


def no_width(config: dict[str, object]) -> None:
    del config["vision_width"]


@pytest.mark.parametrize("change", [no_fusion, no_disease, no_width])
def test_a_folder_that_lacks_a_part_is_refused(tmp_path: Path, change: object) -> None:
    _, eye, sha256 = saved(tmp_path)
    path = tmp_path / "p" / CONFIG_FILE
    config = json.loads(path.read_text())
    change(config)  # type: ignore[operator]
    path.write_text(json.dumps(config))
    with pytest.raises(ModelError):
        load_projector(tmp_path / "p", 16, sha256, eye)


def test_another_encoder_llm_or_no_text_tower_is_refused(tmp_path: Path) -> None:
    _, eye, sha256 = saved(tmp_path)
    for width, encoder_sha256, folder in (
        (17, sha256, eye), (16, "other", eye), (16, sha256, tmp_path / "nowhere")
    ):  # fmt: skip
        with pytest.raises(ModelError):
            load_projector(tmp_path / "p", width, encoder_sha256, folder)
    with pytest.raises(ModelError):
        load_projector(tmp_path / "nowhere", 16, sha256, eye)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "text").mkdir()
    path = tmp_path / "text" / "flair_dictionary.json"
    path.write_text(json.dumps({"definitions": EXPERTS}))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind"), [("projector", Projector), ("projector_fusion", FusionProjector)]
)
def test_the_config_chooses_the_kind_and_nothing_else(name: str, kind: type, data: Path) -> None:
    config = StageConfig.read(CONFIGS / f"{name}.json")
    assert type(start_projector(tiny_qwen(), classifier(), None, config, data)) is kind
    other = StageConfig.read(CONFIGS / "projector.json")
    assert replace(config, projector="plain") == other  # equal cost


def test_an_unknown_kind_and_missing_phrases_are_refused(data: Path, tmp_path: Path) -> None:
    text = (CONFIGS / "projector.json").read_text().replace('"plain"', '"mixed"')
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InputError):
        StageConfig.read(tmp_path / "config.json")
    config = StageConfig.read(CONFIGS / "projector_fusion.json")
    with pytest.raises(InputError):
        start_projector(tiny_qwen(), classifier(), None, config, data / "text")


def turns_of(*questions: str) -> list[Turn]:
    messages = []
    for question in questions:
        messages += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": "Glaucoma."},
        ]
    return tokens_turns({"image": "p", "language": "en", "messages": messages}, 8)


def test_training_fuses_each_photo_with_its_own_last_question() -> None:
    heard: list[Sequence[str]] = []

    class Listening(FusionProjector):
        def forward(self, tokens: Tensor, questions: Sequence[str] = ()) -> Tensor:
            heard.append(tuple(questions))
            return super().forward(tokens, questions)

    shape = ProjectorConfig(encoder().width, 16, 0.02)
    tower = TextTower(encoder(), "abc")
    projector = Listening(shape, FusionConfig(tower.width), tower)
    ones = [
        example(byte_tokenizer(), "tokens", turns_of(*asked), ["a"] * len(asked), {"p": path})
        for asked, path in ((("First?", "Second?"), "a.png"), (("Third?",), "b.png"))
    ]
    learner = Learner(
        tiny_qwen(), projector, dict(zip(("a.png", "b.png"), photos(2), strict=True)), {}, True
    )
    learner.losses(Row(tuple(ones)), torch.device("cpu")).sum().backward()
    assert heard == [("Second?", "Third?")]
    assert projector.back.weight.grad is not None and bool(projector.back.weight.grad.any())
    assert not any("tower" in name for name in projector.state_dict())


def test_serving_reads_a_photo_anew_with_another_question_and_not_with_the_same() -> None:
    tokenizer = byte_tokenizer()
    engine = ScriptedEngine(tokenizer)
    tokens = {"p": photos(1)[0].numpy()}
    fused, plain = (
        Speaker(tokenizer, engine, projector)
        for projector in (
            fusing(ScriptedEngine.width), Projector(ProjectorConfig(encoder().width, 8, 0.02))
        )
    )  # fmt: skip
    for speaker, same in ((fused, False), (plain, True)):
        first, again, other = (
            speaker.prompt([*turns_of()[:1], Turn("user", (question,))], tokens, 8)[0]
            for question in (ASKED[0], ASKED[0], ASKED[1])
        )
        assert first.visual_keys == again.visual_keys and torch.equal(first.visual, again.visual)
        assert (first.visual_keys == other.visual_keys) is same
        assert torch.equal(first.visual, other.visual) is same


def test_the_question_is_known_without_the_facts_that_are_put_beside_it() -> None:
    told = Message("user", "Which eye is it?", (1,), facts="This is the left eye.")
    turns = history_turns([Message("user", "Before?"), Message("assistant", "Yes."), told], "en")
    assert "left eye" in str(turns[-1].parts[0]) and last_question(turns) == "Which eye is it?"
    assert last_question([Turn("system", (VisualBlock("p", 4),))]) == ""
    assert last_question(turns[:2]) == "Before?"
