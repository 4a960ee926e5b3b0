"""Learning from feedback and its gate: pytest tests/assistant/test_feedback_training.py"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from assistant import adapter, train
from assistant.conversation import Message
from assistant.model import Speaker
from assistant.projector import Projector, ProjectorConfig
from assistant.proof.questions import plan, wordings
from assistant.training.config import CONFIGS, FeedbackConfig
from assistant.training.feedback import judged, lessons
from assistant.training.feedback import turns_of as turns
from assistant.training.gate import Gate, compared, few, told
from assistant.training.preference import teach
from assistant.training.replay import replayed
from assistant.versions import SHIPPED, Figure, Shelf
from demo.store_context import context_of
from instruct_data.feedback import export
from instruct_data.feedback_rows import Given
from tests.assistant.factory import findings, healthy, measured
from tests.assistant.proof.fakes import FakeVoice, shown
from tests.assistant.proof.test_parts import write_records
from tests.assistant.tiny_llms import tiny_qwen
from tests.fakes import byte_tokenizer
from vision.errors import InputError, ModelError

RIGHT = "This is a photo of the right eye (OD)."
WRONG = "It was told which eye this is was told; this is the right eye (OD)."
CONFIG = FeedbackConfig(
    epochs=4, rows_per_step=2, row_tokens=20_000, lora_lr=5e-2, beta=0.1, sft_weight=1.0,
    warmup=0.1, replay=0.5, gate_photos=2, tolerance=0.05,
)  # fmt: skip


def given(number: int, corrected: str, rating: str = "down", answer: str = WRONG) -> Given:
    """Feedback on an answer about a photo of its own."""
    one = measured()
    one = replace(one, image=replace(one.image, id=f"{number:064x}"))
    messages = (Message("user", f"Which eye is photo {number}?", (1,), RIGHT),
                Message("assistant", answer, (1,)))  # fmt: skip
    context = json.loads(json.dumps(context_of(messages, [one])))
    return Given(f"{number:032x}", "c" * 32, rating, corrected, answer, "", one.image.id, "R-1",
                 f"2026-11-30T10:00:{number:02}+00:00", {"adapter": "a"}, context, None)  # type: ignore[arg-type]  # fmt: skip


def write_training(folder: Path) -> None:
    """Training dialogues on one photo, of which two thirds have an answer."""
    folder.mkdir(exist_ok=True)
    one = measured()
    row = {"id": one.image.id, "path": "a.png", "findings": one.to_dict()}
    kept = (folder / "findings.jsonl").read_text() if (folder / "findings.jsonl").exists() else ""
    (folder / "findings.jsonl").write_text(f"{kept.rstrip()}\n{json.dumps(row)}\n".lstrip())
    asked = (
        ("all_lesions", "Which lesions?"),
        ("grade", "What is the grade?"),
        ("ask_age", "Age?"),
    )
    with (folder / "train.jsonl").open("w") as file:
        for number in range(30):
            intent, text = asked[number % 3]
            question = {"role": "user", "content": text, "intent": intent, "about": [1]}
            answer = {"role": "assistant", "content": "-", "about": [1]}
            then = {**question, "content": "Which diseases?", "intent": "all_diseases"}
            record = {"language": "en", "images": [{"id": one.image.id, "path": "a.png"}],
                      "messages": [question, answer, then, answer]}  # fmt: skip
            file.write(json.dumps(record) + "\n")


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Six corrections of one fault."""
    export([given(n, RIGHT) for n in range(6)], tmp_path / "pairs")
    return tmp_path / "pairs"


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """Ratings of both kinds, and one pair."""
    good = [given(n, "", "up", RIGHT) for n in range(3)]
    bad = [given(n, "", "down") for n in range(3, 6)]
    export([*good, *bad, given(6, RIGHT)], tmp_path / "ratings")
    return tmp_path / "ratings"


def a_model() -> Any:
    """A tiny model with an adapter that is not nothing."""
    torch.manual_seed(0)
    model = adapter.attach(tiny_qwen(), 2, 4, first_layer=1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0, 0.02)
    return model


# ---- rows ----


def test_the_prompt_is_what_serving_gives_and_the_answer_ends_as_it_does(pairs: Path) -> None:
    tokenizer = byte_tokenizer()
    row = lessons(pairs, tokenizer, 20_000).rows[0]
    prompt = tokenizer.decode(row["prompt_ids"])
    assert "Findings:" in prompt and f"(Facts for this question: {RIGHT})" in prompt
    assert prompt.endswith("<|im_start|>assistant\n")
    assert tokenizer.decode(row["chosen_ids"]) == f"{RIGHT}<|im_end|>"
    assert tokenizer.decode(row["rejected_ids"]) == f"{WRONG}<|im_end|>"


def test_of_several_photos_the_one_asked_about_is_given_with_its_number() -> None:
    one, other = measured(), healthy()
    other = replace(other, image=replace(other.image, id="b" * 64))
    record = {
        "language": "en", "images": [{"id": one.image.id}, {"id": other.image.id}],
        "messages": [{"role": "user", "content": "Grade?", "about": [2]},
                     {"role": "assistant", "content": "0.", "about": [2]}],
    }  # fmt: skip
    system = turns(record, {f.image.id: f for f in (one, other)})[0]
    text = "".join(str(part) for part in system.parts)
    assert "Photo 2:" in text and "Photo 1:" not in text
    prompt, answer = judged(byte_tokenizer(), record, {f.image.id: f for f in (one, other)})
    assert byte_tokenizer().decode(answer) == "0.<|im_end|>" and prompt


def test_pairs_are_learned_as_pairs_and_ratings_as_ratings(pairs: Path, ratings: Path) -> None:
    assert lessons(pairs, byte_tokenizer(), 20_000).method == "dpo"
    rated = lessons(ratings, byte_tokenizer(), 20_000)
    assert rated.method == "kto" and len(rated.rows) == 8
    assert sum(row["label"] for row in rated.rows) == 4


def test_a_conversation_that_is_too_long_is_left_out_and_counted(pairs: Path) -> None:
    longest = max(len(r["prompt_ids"]) for r in lessons(pairs, byte_tokenizer(), 20_000).rows)
    with pytest.raises(InputError, match="nothing to learn"):
        lessons(pairs, byte_tokenizer(), longest)


def test_beside_corrections_questions_keep_the_answers_that_they_have(
    pairs: Path, tmp_path: Path
) -> None:
    write_training(tmp_path / "old")
    replay = partial(replayed, tmp_path / "old", share=0.5, seed=0)
    found = lessons(pairs, byte_tokenizer(), 20_000, replay)
    assert len(found.rows) == 9
    kept = [byte_tokenizer().decode(row["chosen_ids"]) for row in found.rows[6:]]
    wrong = [byte_tokenizer().decode(row["rejected_ids"]) for row in found.rows[6:]]
    assert all("ICDR" in one or "microaneurysm" in one or "suspected" in one for one in kept)
    assert set(wrong) == {f"{RIGHT}<|im_end|>"}
    asked = [byte_tokenizer().decode(row["prompt_ids"]) for row in found.rows[6:]]
    assert not any("Age?" in one for one in asked)  # what has no answer is not asked
    assert all("Facts for this question" in one for one in asked)  # as in serving
    second = [one for one in asked if "Which diseases?" in one]
    assert second and all("Which lesions?" in one or "the grade?" in one for one in second)


def test_without_a_share_nothing_is_replayed(tmp_path: Path) -> None:
    assert replayed(tmp_path, [{"record": {}}] * 6, 0.0, 0) == ([], {})


def test_ratings_of_one_kind_alone_teach_nothing(tmp_path: Path) -> None:
    export([given(n, "", "down") for n in range(4)], tmp_path)
    with pytest.raises(InputError, match="needs both") as caught:
        lessons(tmp_path, byte_tokenizer(), 20_000)
    assert caught.value.text("zh")


# ---- training ----


def likelihood(model: Any, row: dict[str, list[int]], name: str) -> float:
    """Of an answer after its prompt."""
    ids = torch.tensor([row["prompt_ids"] + row[name]])
    start = len(row["prompt_ids"])
    with torch.no_grad():
        logits = torch.log_softmax(model(input_ids=ids).logits[0, start - 1 : -1].float(), -1)
    return float(logits.gather(1, ids[0, start:, None]).sum())


def test_what_readers_preferred_becomes_likelier_and_the_model_below_stays(
    pairs: Path, tmp_path: Path
) -> None:
    model, found = a_model(), lessons(pairs, byte_tokenizer(), 20_000)
    row = found.rows[0]
    before = [likelihood(model, row, name) for name in ("chosen_ids", "rejected_ids")]
    frozen = {n: p.clone() for n, p in model.named_parameters() if "lora" not in n}
    said = teach(model, byte_tokenizer(), found, CONFIG, 0, tmp_path / "run")
    after = [likelihood(model, row, name) for name in ("chosen_ids", "rejected_ids")]
    assert after[0] > before[0] and after[0] - after[1] > before[0] - before[1]
    assert said["method"] == "dpo" and said["steps"] == 12 and 0 <= said["preferred_likelier"] <= 1
    now = dict(model.named_parameters())
    assert all(torch.equal(value, now[name]) for name, value in frozen.items())
    assert not any("ref" in name.split(".") for name in now)


def test_ratings_alone_are_learned_too(ratings: Path, tmp_path: Path) -> None:
    model, found = a_model(), lessons(ratings, byte_tokenizer(), 20_000)
    before = {n: p.clone() for n, p in model.named_parameters() if p.requires_grad}
    said = teach(model, byte_tokenizer(), found, CONFIG, 0, tmp_path / "run")
    assert said["method"] == "kto"
    now = dict(model.named_parameters())
    assert any(not torch.equal(value, now[name]) for name, value in before.items())


# ---- the gate ----


def gate() -> Gate:
    every = [shown(measured(), 1), shown(healthy(), 2)]
    talks = few(plan(wordings("dev"), every, [(every[1], every[0])], 0))
    return Gate(talks, {one.id: one for one in every})


def voice(reply: Callable[[str], str]) -> Any:
    return FakeVoice(reply)


def test_each_question_is_asked_in_one_wording_and_languages_take_turns() -> None:
    units = [talk.unit for talk in gate().talks]
    assert len(units) == len(set(units)) > 20
    languages = [talk.asked.language for talk in gate().talks]
    assert 0.2 < languages.count("zh") / len(languages) < 0.8


def test_a_model_that_unlearned_to_tell_the_truth_is_caught_though_the_check_hides_it() -> None:
    one = gate()
    honest = one.measured(voice(lambda heard: heard.rpartition("Facts for this question: ")[2]))
    liar = one.measured(voice(lambda heard: "There are 99 soft exudates and a macular hole."))
    figures = compared(honest, liar, 0.05)
    assert figures["model.claim_precision"].fell and figures["model.contradiction_rate"].fell
    assert "model.claim_precision" in told(figures)
    assert not any(figure.fell for figure in compared(honest, honest, 0.05).values())


def test_a_fall_within_the_tolerance_passes_and_what_should_be_low_may_not_rise() -> None:
    before = {"model.fact_recall": (0.7, 40), "shipped.contradiction_rate": (0.0, 40)}
    after = {"model.fact_recall": (0.65, 40), "shipped.contradiction_rate": (0.06, 40)}
    figures = compared(before, after, 0.05)
    assert figures["model.fact_recall"] == Figure(0.7, 0.65, 40, fell=False)
    assert figures["shipped.contradiction_rate"].fell


def test_a_measure_that_is_gone_counts_as_fallen() -> None:
    assert compared({"model.fact_recall": (0.7, 40)}, {}, 0.05)["model.fact_recall"].fell


def test_the_gate_asks_about_test_photos_without_needing_their_files(tmp_path: Path) -> None:
    write_records(tmp_path)
    one = Gate.of(tmp_path, None, 2)
    assert one.shown and one.talks
    with pytest.raises(InputError):
        Gate.of(tmp_path / "nowhere", None, 2)


# ---- the whole stage ----


@pytest.fixture
def llm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny language model, tuned, in a home of its own; the old test beside it."""
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "home"))
    base, tuned = tmp_path / "base", tmp_path / "tuned"
    tokenizer, model = byte_tokenizer(), tiny_qwen()
    model.resize_token_embeddings(len(tokenizer))
    model.save_pretrained(base)
    tokenizer.save_pretrained(base)
    facts = {"encoder_sha256": "e" * 64, "llm": str(base)}
    digest = Projector(ProjectorConfig(6, 16, 0.02)).save(tuned / "projector", dict(facts))
    adapter.save(adapter.attach(model, 2, 4, 1), tuned / "adapter",
                 {**facts, "projector_sha256": digest})  # fmt: skip
    (tmp_path / "old").mkdir()
    write_records(tmp_path / "old")
    write_training(tmp_path / "old")
    (tmp_path / "feedback.json").write_text(
        json.dumps({"stage": "feedback", **{f: getattr(CONFIG, f) for f in CONFIG.__slots__}})
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assistant.training.feedback_stage.Gate.measured", lambda *_: {})
    return tuned


def stage(llm: Path, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["--llm", str(llm), "--records", str(records), "--test", "old",
                 "--config", "feedback.json", "--runs", "run"]  # fmt: skip
    monkeypatch.setattr("sys.argv", ["assistant.train", "--stage", "feedback", *arguments])
    train.main()


def test_a_new_version_that_passes_serves_and_is_another_model(
    llm: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "assistant.training.feedback_stage.compared",
        lambda *_: {"model.fact_recall": Figure(0.7, 0.8, 40, fell=False)},
    )
    stage(llm, pairs, monkeypatch)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    serving, _ = Shelf.of(str(llm)).current()
    assert line["passed"] and serving.id == line["version"] and serving.parent == SHIPPED
    _, loaded = Speaker.load(str(llm), "e" * 64, "transformers")
    assert loaded["adapter"] == serving.sha256 != Shelf.of(str(llm)).find(SHIPPED).sha256
    stage(llm, pairs, monkeypatch)  # learning goes on from the version in use
    assert Shelf.of(str(llm)).current()[0].parent == serving.id


def test_a_new_version_that_does_not_pass_is_kept_aside_and_the_old_one_serves(
    llm: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assistant.training.feedback_stage.compared",
        lambda *_: {"model.fact_recall": Figure(0.7, 0.5, 40, fell=True)},
    )
    with pytest.raises(ModelError, match=r"fact_recall 0\.70 > 0\.50") as caught:
        stage(llm, pairs, monkeypatch)
    assert SHIPPED in caught.value.text("zh")
    shelf = Shelf.of(str(llm))
    assert shelf.current()[0].id == SHIPPED and not shelf.versions()[1].passed


def test_the_shipped_settings_are_read(tmp_path: Path) -> None:
    config = FeedbackConfig.read(CONFIGS / "feedback.json")
    assert 0 < config.tolerance <= 0.1 and findings()
    (tmp_path / "c.json").write_text('{"stage": "dialogue"}')
    with pytest.raises(InputError, match=r"c\.json"):
        FeedbackConfig.read(tmp_path / "c.json")
