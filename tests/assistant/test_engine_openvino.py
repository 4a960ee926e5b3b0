"""On tiny random models: python -m pytest tests/assistant/test_engine_openvino.py"""

import builtins
import importlib.metadata
import sys
import threading
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import vision.compat  # noqa: F401  before transformers
from assistant import prepared
from assistant.conversation import PLACEHOLDER_ID
from assistant.engine import Prompt, load_engine
from assistant.engine_openvino import CHUNK_TOKENS, OpenVinoEngine
from assistant.engine_transformers import TransformersEngine
from assistant.openvino_convert import convert
from assistant.openvino_graph import to_int8
from tests.assistant.test_engine import NO_END, WIDTH, answer, long_text, text, tiny_model
from tests.assistant.tiny_llms import tiny_glm
from vision.errors import ModelError

from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel  # isort: skip


def tiny_llama() -> PreTrainedModel:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=96, hidden_size=WIDTH, intermediate_size=96, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=2048,
        bos_token_id=None, eos_token_id=7, initializer_range=0.3, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("llm") / "tiny"
    tiny_model().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("graph")
    convert(base, None, into)
    return into


@pytest.fixture
def engine(folder: Path) -> OpenVinoEngine:
    return OpenVinoEngine(folder, NO_END, "tiny")


def drafted(engine: OpenVinoEngine, prompt: Prompt, draft: Sequence[int], most: int) -> list[int]:
    return list(engine.stream(prompt, most, threading.Event(), draft))


@pytest.mark.parametrize("make", [tiny_model, tiny_llama])
def test_the_logits_are_those_of_transformers(make: Any, tmp_path: Path) -> None:
    model = make()
    model.save_pretrained(tmp_path / "llm")
    (tmp_path / "graph").mkdir()
    convert(tmp_path / "llm", None, tmp_path / "graph", int8=False)
    engine = OpenVinoEngine(tmp_path / "graph", NO_END, "tiny", exact=True)
    ids = long_text(150).ids
    with torch.inference_mode():
        wanted = model(torch.tensor([ids])).logits[0].numpy()
    decoder = engine._open()
    parts = [
        decoder.read(engine._rows(ids[a:b]), b - a).logits.copy()
        for a, b in ((0, 64), (64, 65), (65, 150))
    ]
    assert np.abs(np.concatenate(parts) - wanted).max() <= 1e-3
    reference = TransformersEngine(model, NO_END, "tiny")
    prompt = text(*ids)
    assert answer(engine, prompt, 20) == answer(reference, prompt, 20)
    assert torch.equal(engine.embed((3, 4)), reference.embed((3, 4)))


def test_eight_bits_are_near(folder: Path) -> None:
    matrix = np.random.default_rng(0).normal(size=(5, 300)).astype(np.float32)
    matrix[2] = 0
    numbers, scales = to_int8(matrix)
    assert np.abs(numbers * scales - matrix).max() <= np.abs(matrix).max() / 254 + 1e-6
    model, ids = tiny_model(), long_text(60).ids
    engine = OpenVinoEngine(folder, NO_END, "tiny")
    with torch.inference_mode():
        wanted = model(torch.tensor([ids])).logits[0].numpy()
    got = engine._open().read(engine._rows(ids), len(ids)).logits
    assert np.corrcoef(got.ravel(), wanted.ravel())[0, 1] > 0.99


def test_a_known_start_changes_no_token_and_no_bit(folder: Path) -> None:
    start = long_text(3 * CHUNK_TOKENS + 17).ids
    asked = text(*start, *long_text(40, seed=1).ids)
    cold, warm = (OpenVinoEngine(folder, NO_END, "tiny") for _ in range(2))
    answer(warm, text(*start, 5), 30)
    _, first = cold._read(asked, threading.Event())
    _, second = warm._read(asked, threading.Event())
    assert first is not None and second is not None
    assert np.array_equal(first.logits, second.logits)
    assert answer(warm, asked, 40) == answer(cold, asked, 40)
    assert warm.last_run is not None
    assert warm.last_run.reused_tokens == len(asked.ids) // CHUNK_TOKENS * CHUNK_TOKENS


def test_a_chunk_ends_with_a_turn_so_that_only_the_question_is_read(folder: Path) -> None:
    end = 95
    turns = [[i for i in long_text(90, seed).ids if i != end] + [end] for seed in range(3)]
    history, question = text(*chain(*turns)), long_text(30, seed=9).ids
    cold, warm = (OpenVinoEngine(folder, (end,), "tiny") for _ in range(2))
    warm.prefill(history, threading.Event())
    asked = text(*history.ids, *(i for i in question if i != end))
    _, first = cold._read(asked, threading.Event())
    reused, second = warm._read(asked, threading.Event())
    assert reused == len(history.ids)
    assert first is not None and second is not None and np.array_equal(first.logits, second.logits)


def test_going_back_to_another_conversation_reads_little(engine: OpenVinoEngine) -> None:
    one, two = long_text(300, 1), long_text(300, 2)
    first = answer(engine, one)
    answer(engine, two)
    assert answer(engine, one) == first
    assert engine.last_run is not None and engine.last_run.prefill_tokens < CHUNK_TOKENS


def test_what_was_read_ahead_is_not_read_again(engine: OpenVinoEngine, folder: Path) -> None:
    prompt = long_text(5 * CHUNK_TOKENS + 3)
    engine.prefill(prompt, threading.Event())
    engine.prefill(prompt, threading.Event())
    cold = answer(OpenVinoEngine(folder, NO_END, "tiny"), prompt)
    assert answer(engine, prompt) == cold
    assert engine.last_run is not None and engine.last_run.prefill_tokens == 3


def test_visual_rows_are_read_in_their_places_and_told_apart(engine: OpenVinoEngine) -> None:
    shown = [5, 80, 33, 7]
    rows = engine.embed(shown)
    words = answer(engine, text(1, *shown, 2))
    places = (1, *(PLACEHOLDER_ID,) * 4, 2)
    assert answer(engine, Prompt(places, rows, tuple("abcd"))) == words
    long = (PLACEHOLDER_ID, *long_text(100).ids)
    answer(engine, Prompt(long, rows[:1], ("first photo",)))
    answer(engine, Prompt(long, rows[1:2], ("second photo",)))
    assert engine.last_run is not None and engine.last_run.reused_tokens == 0


@pytest.mark.parametrize("kind", ["perfect", "wrong", "half right", "elsewhere"])
def test_a_draft_changes_no_token(base: Path, tmp_path: Path, kind: str) -> None:
    convert(base, None, tmp_path, int8=False)
    engine = OpenVinoEngine(tmp_path, NO_END, "tiny", exact=True)
    for seed in range(3):
        prompt = long_text(90, seed)
        plain = answer(engine, prompt, 60)
        draft = {
            "perfect": plain,
            "wrong": [(token + 1) % 96 for token in plain],
            "half right": [t if i % 9 else 0 for i, t in enumerate(plain)],
            "elsewhere": [*range(20), *plain[10:]],
        }[kind]
        assert drafted(engine, prompt, draft, 60) == plain
        assert engine.last_run is not None
        told = engine.last_run.drafted_tokens
        assert told > 40 if kind == "perfect" else told == 0 if kind == "wrong" else told > 20


def test_a_draft_ends_where_the_answer_ends(folder: Path, engine: OpenVinoEngine) -> None:
    plain = answer(engine, long_text(30), 30)
    ended = OpenVinoEngine(folder, (plain[20],), "tiny")
    assert drafted(ended, long_text(30), plain, 30) == plain[: plain.index(plain[20])]
    assert drafted(engine, long_text(30), plain, 11) == plain[:11]


def test_stop_is_heard_and_frees_the_engine(engine: OpenVinoEngine) -> None:
    stop, heard = threading.Event(), []
    for token in engine.stream(text(1, 2, 3), 100, stop, range(90)):
        heard.append(token)
        if len(heard) == 3:
            stop.set()
    assert len(heard) == 3
    abandoned = engine.stream(text(1, 2, 3), 100, threading.Event())
    next(abandoned)
    abandoned.close()  # type: ignore[attr-defined]
    assert len(answer(engine, text(4, 5))) == 12


def test_stop_is_heard_while_a_long_prompt_is_read(engine: OpenVinoEngine) -> None:
    stop, chunks = threading.Event(), []
    decoder = engine._open()
    read = decoder.read

    def stopping(rows: np.ndarray, last: int) -> np.ndarray:
        chunks.append(len(rows))
        stop.set()
        return read(rows, last)

    decoder.read = stopping  # type: ignore[method-assign]
    prompt = long_text(9 * CHUNK_TOKENS)
    assert list(engine.stream(prompt, 9, stop)) == [] and len(chunks) == 1
    answer(engine, prompt, 1)
    assert engine.last_run is not None and engine.last_run.reused_tokens == CHUNK_TOKENS


def test_reading_ahead_gives_way_to_a_question(engine: OpenVinoEngine) -> None:
    decoder, ahead = engine._open(), long_text(12 * CHUNK_TOKENS)
    read, waiting = decoder.read, threading.Event()
    asked = threading.Thread(target=lambda: answer(engine, text(1, 2), 1))

    def slow(rows: np.ndarray, last: int) -> np.ndarray:
        if not waiting.is_set():
            waiting.set()
            asked.start()
            while not engine._turns.others_wait():
                pass
        return read(rows, last)

    decoder.read = slow  # type: ignore[method-assign]
    engine.prefill(ahead, threading.Event())
    asked.join()
    answer(engine, ahead, 1)
    assert engine.last_run is not None and engine.last_run.reused_tokens == CHUNK_TOKENS


def test_several_at_once_get_the_answers_they_get_alone(
    engine: OpenVinoEngine, folder: Path
) -> None:
    prompts = [long_text(CHUNK_TOKENS + 9, seed) for seed in range(4)]
    alone = [answer(OpenVinoEngine(folder, NO_END, "t"), p) for p in prompts]
    together: dict[int, list[int]] = {}
    threads = [
        threading.Thread(target=lambda i=i, p=p: together.update({i: answer(engine, p)}))
        for i, p in enumerate(prompts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[i] for i in range(4)] == alone


def test_a_closed_engine_and_too_long_a_prompt_are_refused(engine: OpenVinoEngine) -> None:
    with pytest.raises(ValueError, match="2048"):
        engine.stream(long_text(2048), 5, threading.Event())
    assert len(answer(engine, long_text(2048 - 3), 100)) == 3
    engine.close()
    with pytest.raises(RuntimeError):
        answer(engine, text(1))


def test_the_models_own_end_ids_end_an_answer(tmp_path: Path) -> None:
    tiny_llama().save_pretrained(tmp_path / "llm")
    engine = load_engine(tmp_path / "llm", (9,), kind="openvino")
    assert isinstance(engine, OpenVinoEngine) and engine._end_ids == {7, 9}


def test_without_openvino_the_other_engine_takes_over_and_says_so(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "assistant.engine_openvino")
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "openvino":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    engine = load_engine(base, NO_END)
    assert isinstance(engine, TransformersEngine)
    assert engine.notice is not None and engine.notice.key == "llm.engine_missing"
    with pytest.raises(ModelError):
        load_engine(base, NO_END, kind="openvino")


@pytest.mark.parametrize("why", ["engine_other", "engine_cpu", "engine_missing", "engine_failed"])
def test_what_openvino_cannot_run_the_other_engine_runs(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    folder = base
    if why == "engine_other":
        folder = tmp_path / "glm"
        tiny_glm().save_pretrained(folder)
    elif why == "engine_cpu":
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    elif why == "engine_missing":

        def gone(_: str) -> str:
            raise importlib.metadata.PackageNotFoundError

        monkeypatch.setattr(prepared, "version", gone)
    else:

        def failing(*_: object) -> None:
            raise RuntimeError("no such plugin")

        monkeypatch.setattr("assistant.engine_openvino._Decoder", failing)
    engine = load_engine(folder, NO_END)
    assert isinstance(engine, TransformersEngine)
    assert engine.notice is not None and engine.notice.key == f"llm.{why}"


def test_who_asks_for_an_engine_gets_it(base: Path) -> None:
    assert isinstance(load_engine(base, NO_END, kind="transformers"), TransformersEngine)
    assert isinstance(load_engine(base, NO_END), OpenVinoEngine)
    assert load_engine(base, NO_END).notice is None
