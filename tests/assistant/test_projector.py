"""The projector and its training: python -m pytest tests/assistant/test_projector.py"""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from assistant.engine import splice
from assistant.projector import Projector, ProjectorConfig
from assistant.token_cache import photo_tokens
from assistant.training.examples import example, tokens_turns
from assistant.training.packing import Row, token_losses
from tests.assistant.tiny_llms import tiny_qwen
from tests.contract import ModelContract
from tests.drawing import draw_fundus
from tests.fakes import FailingClassifier, FakeClassifier, SquareSegmenter, byte_tokenizer
from vision.errors import ModelError

CONFIG = ProjectorConfig(vision_width=6, llm_width=16, embedding_rms=0.02)
RECORD = {
    "image": "photo",
    "language": "en",
    "messages": [
        {"role": "user", "content": "What is it?"},
        {"role": "assistant", "content": "Glaucoma."},
    ],
}


class TestProjector(ModelContract):
    """The contract."""

    def model(self) -> nn.Module:
        torch.manual_seed(0)
        return Projector(CONFIG)

    def batch(self, n: int) -> Tensor:
        return torch.randn(n, 4, 6, generator=torch.Generator().manual_seed(1))


def test_visual_rows_are_as_loud_as_the_models_own_embeddings() -> None:
    rows = Projector(CONFIG)(torch.randn(1, 4, 6)).detach()
    assert 0.01 < float(rows.square().mean().sqrt()) < 0.03


@pytest.mark.parametrize(("width", "encoder"), [(17, "abc"), (16, "other")])
def test_a_projector_of_another_llm_or_encoder_is_refused(
    width: int, encoder: str, tmp_path: Path
) -> None:
    Projector(CONFIG).save(tmp_path / "p", {"encoder_sha256": "abc"})
    assert Projector.load(tmp_path / "p", 16, "abc")
    with pytest.raises(ModelError):
        Projector.load(tmp_path / "p", width, encoder)


def test_a_photo_s_tokens_are_worked_out_once(tmp_path: Path) -> None:
    Image.fromarray(draw_fundus()).save(tmp_path / "a.png")
    models = (FakeClassifier(), SquareSegmenter())
    tokens = photo_tokens(*models, ["a.png"], tmp_path, tmp_path / "cache")
    again = (FailingClassifier(), SquareSegmenter())  # of the same weights
    kept = photo_tokens(*again, ["a.png"], tmp_path, tmp_path / "cache")
    assert tokens["a.png"].shape == (8, 6) and torch.equal(tokens["a.png"], kept["a.png"])


def test_a_photo_that_was_not_outlined_keeps_its_own_place_in_the_cache(tmp_path: Path) -> None:
    Image.fromarray(draw_fundus()).save(tmp_path / "a.png")
    places = (["a.png"], tmp_path, tmp_path / "cache")
    outlined = photo_tokens(FakeClassifier(), SquareSegmenter(), *places)["a.png"]
    plain = photo_tokens(FakeClassifier(), None, *places)["a.png"]
    assert torch.equal(outlined[:4], plain[:4]) and outlined[4:].any() and not plain[4:].any()


def test_a_few_steps_teach_the_projector_through_the_frozen_model() -> None:
    torch.manual_seed(0)
    llm, projector = tiny_qwen(), Projector(CONFIG)
    row = Row(
        (example(byte_tokenizer(), "tokens", tokens_turns(RECORD, 4), ["a"], {"photo": "p"}),)
    )
    ids, labels, positions, mask = row.tensors()
    tokens = torch.randn(1, 4, 6)
    optimizer = torch.optim.AdamW(projector.parameters(), 3e-2)
    before = [p.clone() for p in llm.parameters()]
    history = []
    for _ in range(15):
        embedded = splice(llm.get_input_embeddings(), ids, projector(tokens).flatten(0, 1))
        loss = token_losses(llm, embedded, labels, positions, mask).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert history[-1] < history[0]  # by little: a random model hardly hears its embeddings
    assert all(torch.equal(a, b) for a, b in zip(before, llm.parameters(), strict=True))
