"""Training of projector and adapter: python -m pytest tests/assistant/test_training.py"""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch
from torch import nn

from assistant import adapter
from assistant.conversation import Turn, VisualBlock
from assistant.engine import splice
from assistant.impression.conclude import by_rule
from assistant.impression.reader import read_report
from assistant.intents import Intents
from assistant.projector import Projector, ProjectorConfig
from assistant.train import learner_of
from assistant.training.choose import choose
from assistant.training.config import CONFIGS, LoraSettings, StageConfig
from assistant.training.data import Material
from assistant.training.examples import IGNORE, Example, dialogue_turns, example, tokens_turns
from assistant.training.loop import Learner, rows_of_step, train
from assistant.training.packing import Row, pack, token_losses
from tests.assistant.factory import findings
from tests.assistant.tiny_llms import tiny_qwen
from tests.fakes import byte_tokenizer
from vision.errors import InputError

PHOTO = "odir/a.jpg"
RECORD = {
    "image": PHOTO,
    "language": "en",
    "messages": [
        {"role": "user", "content": "What is it?"},
        {"role": "assistant", "content": "Glaucoma."},
        {"role": "user", "content": "Sure?"},
        {"role": "assistant", "content": "Quite."},
    ],
}
CONFIG = StageConfig(
    "dialogue", steps=6, rows_per_step=2, row_tokens=400, shares={"tokens": 1.0},
    projector_lr=1e-2, lora_lr=2e-2, lora=LoraSettings(2, 4, 1), warmup=0.2, photos=4,
    plain_questions=0.0, validate_every=3,
)  # fmt: skip


def spoken(question: str, answer: str, kind: str = "plain") -> Example:
    """A conversation without a photo."""
    turns = [Turn("system", ("Be brief.",)), Turn("user", (question,)),
             Turn("assistant", (answer,))]  # fmt: skip
    return example(byte_tokenizer(), kind, turns, ["what"], {})  # type: ignore[arg-type]


def shown() -> Example:
    """A conversation about four visual tokens."""
    turns = tokens_turns(RECORD, 4)
    return example(byte_tokenizer(), "tokens", turns, ["describe", "sure"], {PHOTO: PHOTO})


def a_learner(config: StageConfig = CONFIG) -> Learner:
    torch.manual_seed(0)
    projector = Projector(ProjectorConfig(6, 16, 0.02))
    tokens = {PHOTO: torch.randn(4, 6).half()}
    return learner_of(tiny_qwen(), projector, config, Material([], [], tokens), seed=0)


def some_rows() -> list[Row]:
    plain = [spoken(f"How is number {n}?", f"Number {n} is well.") for n in range(5)]
    return pack([shown(), *plain], row_tokens=300)


def run(folder: Path, steps: int, learner: Learner, until: int | None = None) -> dict[str, object]:
    """Train in a folder; `until` leaves the run after so many steps, as a power cut would."""
    config, rows = replace(CONFIG, steps=steps), some_rows()
    if until is not None:
        learner = Cut(learner, until * CONFIG.rows_per_step)  # type: ignore[assignment]
    return train(learner, rows, rows[:1], config, 0, folder, "settings")


class Cut:
    """A learner that fails at the given row."""

    def __init__(self, learner: Learner, rows: int) -> None:
        self._learner, self._left = learner, rows

    def __getattr__(self, name: str) -> object:
        return getattr(self._learner, name)

    def losses(self, row: Row, device: torch.device) -> torch.Tensor:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._learner.losses(row, device)


def test_exactly_the_assistants_words_and_their_end_are_learned() -> None:
    one = shown()
    learned = [label for label in one.labels if label != IGNORE]
    assert byte_tokenizer().decode(learned) == "Glaucoma.<|im_end|>Quite.<|im_end|>"


def test_nothing_is_learned_at_visual_places() -> None:
    one = shown()
    assert one.ids.count(-1) == 4
    assert all(label == IGNORE for i, label in zip(one.ids, one.labels, strict=True) if i < 0)


def test_every_supervised_token_knows_what_was_asked() -> None:
    row = Row((shown(),))
    assert row.asked() == ["describe"] * len("Glaucoma.!") + ["sure"] * len("Quite.!")


def test_packed_conversations_give_the_losses_that_they_give_alone() -> None:
    llm, ones = tiny_qwen(), [spoken("Who?", "Nobody."), spoken("Where is it then?", "Here.")]
    found = []
    for row in (Row(tuple(ones)), *(Row((one,)) for one in ones)):
        ids, labels, positions, mask = row.tensors()
        embedded = splice(llm.get_input_embeddings(), ids, torch.zeros(0, 16))
        found.append(token_losses(llm, embedded, labels, positions, mask))
    assert torch.allclose(found[0], torch.cat(found[1:]), atol=1e-5)


def test_rows_are_no_longer_than_asked_and_hold_everything_once() -> None:
    ones = [spoken("x" * n, "y") for n in range(1, 60, 3)]
    rows = pack(ones, row_tokens=200)
    assert all(len(row) <= 200 for row in rows) and len(rows) < len(ones)
    packed = [id(one) for row in rows for one in row.examples]
    assert sorted(packed) == sorted(map(id, ones))


def test_visual_tokens_alone_share_no_row_with_other_kinds() -> None:
    rows = pack([spoken("a", "b"), shown(), spoken("c", "d")], row_tokens=1000)
    kinds = [{one.kind for one in row.examples} for row in rows]
    assert len(kinds) == 2 and {"plain"} in kinds and {"tokens"} in kinds


def test_a_question_on_a_photo_comes_with_its_facts_as_in_serving() -> None:
    one = findings()
    record = {
        "language": "en",
        "images": [{"path": PHOTO, "id": one.image.id}],
        "messages": [
            {"role": "user", "content": "Which eye is it?", "about": [1]},
            {"role": "assistant", "content": "The left one.", "about": [1]},
        ],
    }
    known, counts = {one.image.id: one}, {one.image.id: 4}
    with_facts = dialogue_turns(record, known, counts, 0.0, Random(0), Intents.load())
    without = dialogue_turns(record, known, counts, 1.0, Random(0), Intents.load())
    assert "Facts for this question" in with_facts[1].parts[0]
    assert without[1].parts == ("Which eye is it?",)
    assert VisualBlock(one.image.id, 4) in with_facts[0].parts


def test_a_report_comes_with_what_the_rules_conclude_as_in_serving() -> None:
    text = "OCT report\nRight eye: central thickness 412 um, intraretinal fluid. Known diabetes."
    record = {
        "language": "en",
        "images": [],
        "messages": [
            {"role": "user", "content": text, "intent": "report_oct"},
            {"role": "assistant", "content": "Diabetic macular oedema of the right eye."},
            {"role": "user", "content": "Shorter?", "intent": "report_short"},
        ],
    }
    asked = dialogue_turns(record, {}, {}, 0.0, Random(0), Intents.load())
    ruled = by_rule(read_report(text, "oct").case, "en")
    assert ruled and ruled in str(asked[1].parts[0]) and text in str(asked[1].parts[0])
    assert asked[3].parts == ("Shorter?",)


def test_rare_intents_are_taken_before_frequent_ones() -> None:
    records = [{"language": "en", "intent": "often"}] * 12 + [
        {"language": "en", "intent": "rare"}
    ] * 4

    def make(record: object) -> Example:
        return replace(spoken("a", "b"), intents=(record["intent"],))  # type: ignore[index]

    budget = 8 * len(spoken("a", "b"))
    taken = choose(records, make, budget, Random(0))
    assert [one.intents for one in taken].count(("rare",)) == 4 and len(taken) == 8
    assert taken == choose(records, make, budget, Random(0))


def test_languages_take_turns() -> None:
    records = [{"language": "en"}] * 30 + [{"language": "zh"}] * 5
    seen: list[str] = []

    def make(record: object) -> Example:
        seen.append(record["language"])  # type: ignore[index]
        return spoken(record["language"], "b")  # type: ignore[index]

    taken = choose(records, make, 4 * len(spoken("en", "b")), Random(0))
    texts = [byte_tokenizer().decode([i for i in one.ids if i >= 0]) for one in taken]
    assert sum("user\nzh" in text for text in texts) == sum("user\nen" in text for text in texts)


def test_every_row_is_read_once_before_any_is_read_again() -> None:
    rows = [Row((spoken(str(n), "b"),)) for n in range(6)]
    seen = [row for step in range(3) for row in rows_of_step(rows, CONFIG, 0, step)]
    assert sorted(map(id, seen)) == sorted(map(id, rows))
    assert rows_of_step(rows, CONFIG, 0, 2) == rows_of_step(rows, CONFIG, 0, 2)


def test_the_adapter_starts_as_nothing() -> None:
    llm, ids = tiny_qwen(), torch.arange(20)[None]
    before = llm(input_ids=ids).logits
    model = adapter.attach(llm, rank=2, alpha=4, first_layer=1)
    assert torch.equal(model(input_ids=ids).logits, before)


def test_layers_below_the_first_one_get_no_adapter() -> None:
    names = adapter.adapter_state(adapter.attach(tiny_qwen(), 2, 4, first_layer=1))
    assert names and all(".layers.1." in name for name in names)


def test_training_lowers_the_loss_and_leaves_the_base_model_alone(tmp_path: Path) -> None:
    learner = a_learner()
    frozen = {n: p.clone() for n, p in learner.llm.named_parameters() if not p.requires_grad}
    told = run(tmp_path, 20, learner)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["loss"] < rows[0]["loss"] - 0.05 and told["steps"] == 20
    now = dict(learner.llm.named_parameters())
    assert all(torch.equal(value, now[name]) for name, value in frozen.items())


def test_projector_and_adapter_both_learn(tmp_path: Path) -> None:
    learner = a_learner()
    before = {
        f"{part}.{k}": v.clone() for part, s in learner.states().items() for k, v in s.items()
    }
    run(tmp_path, 4, learner)
    after = {f"{part}.{k}": v for part, s in learner.states().items() for k, v in s.items()}
    moved = {
        name.split(".")[0] for name, value in before.items() if not torch.equal(value, after[name])
    }
    assert moved == {"projector", "adapter"}


def test_a_run_that_was_cut_off_ends_with_the_same_bits(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("assistant.training.loop.CHECKPOINT_EVERY_S", -1.0)
    whole, cut, resumed = a_learner(), a_learner(), a_learner()
    run(tmp_path / "whole", 5, whole)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", 5, cut, until=3)
    run(tmp_path / "cut", 5, resumed)
    for part, state in whole.states().items():
        assert all(torch.equal(v, resumed.states()[part][k]) for k, v in state.items()), part
    logs = [len((tmp_path / f / "log.jsonl").read_text().splitlines()) for f in ("whole", "cut")]
    assert logs == [5, 5]


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    learner = a_learner()
    nn.init.constant_(next(iter(learner.adapter.values())), float("nan"))
    with pytest.raises(FloatingPointError, match="step 0"):
        run(tmp_path, 2, learner)


def test_curves_are_drawn_and_validation_is_told_by_intent(tmp_path: Path) -> None:
    told = run(tmp_path, 6, a_learner())
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert (tmp_path / "loss.png").stat().st_size > 5000 and "val_loss" in told
    assert any(name.startswith("val/") for name in rows[2]) and "val_loss" not in rows[1]
    assert list((tmp_path / "tensorboard").iterdir())


def test_a_saved_adapter_merges_to_what_was_trained(tmp_path: Path) -> None:
    learner, ids = a_learner(), torch.arange(30)[None]
    run(tmp_path / "run", 8, learner)
    with torch.no_grad():
        for parameter in learner.adapter.values():
            parameter.copy_(parameter.half())  # as it is saved
        expected = learner.llm(input_ids=ids).logits
    adapter.save(learner.llm, tmp_path / "adapter", {"llm": "default"})
    loaded = adapter.merged(tiny_qwen(), tmp_path / "adapter")
    assert torch.allclose(loaded(input_ids=ids).logits, expected, atol=1e-5)
    assert not torch.allclose(tiny_qwen()(input_ids=ids).logits, expected, atol=1e-3)


def test_a_saved_adapter_learns_on_from_where_it_was(tmp_path: Path) -> None:
    learner = a_learner()
    run(tmp_path / "run", 3, learner)
    digest = adapter.save(learner.llm, tmp_path / "a", {})
    again = adapter.loaded(tiny_qwen(), tmp_path / "a")
    assert any(p.requires_grad for p in again.parameters())
    assert adapter.save(again, tmp_path / "b", {}) == digest


def test_a_saved_adapter_is_saved_again_with_the_same_bits(tmp_path: Path) -> None:
    learner = a_learner()
    run(tmp_path / "run", 3, learner)
    digests = [adapter.save(learner.llm, tmp_path / name, {}) for name in ("a", "b")]
    assert digests[0] == digests[1]


@pytest.mark.parametrize("stage", ["projector", "dialogue"])
def test_the_shipped_configs_are_read(stage: str) -> None:
    config = StageConfig.read(CONFIGS / f"{stage}.json")
    assert config.stage == stage and abs(sum(config.shares.values()) - 1) < 1e-9


def test_a_config_that_does_not_fit_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"stage": "dialogue"}')
    with pytest.raises(InputError, match=r"c\.json"):
        StageConfig.read(path)
