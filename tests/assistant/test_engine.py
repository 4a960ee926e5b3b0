"""The token loop on a tiny random model: python -m pytest tests/assistant/test_engine.py"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import vision.compat  # noqa: F401  before transformers
from assistant.conversation import PLACEHOLDER_ID
from assistant.engine import Prompt, is_looping, load_engine, splice
from assistant.engine_transformers import CHUNK_TOKENS, PrefixMemory, TransformersEngine
from assistant.model import Speaker
from assistant.pipeline import Pipeline
from tests.fakes import ScriptedEngine, byte_tokenizer
from vision.errors import ModelError

from transformers import DynamicCache, Qwen2Config, Qwen2ForCausalLM  # isort: skip

WIDTH = 64
NO_END: tuple[int, ...] = ()


def tiny_model(dtype: torch.dtype = torch.float32) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=96,
        hidden_size=WIDTH,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        bos_token_id=None,
        eos_token_id=None,
        initializer_range=0.3,  # wide enough that answers depend on all that was read
    )
    return Qwen2ForCausalLM(config).to(dtype).eval()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "cache"))


@pytest.fixture
def engine() -> Iterator[TransformersEngine]:
    engine = TransformersEngine(tiny_model(), NO_END, "tiny")
    yield engine
    engine.close()


def text(*ids: int) -> Prompt:
    return Prompt(ids, torch.zeros(0, WIDTH), ())


def long_text(length: int, seed: int = 0) -> Prompt:
    generator = torch.Generator().manual_seed(seed)
    return text(*torch.randint(0, 96, (length,), generator=generator).tolist())


def answer(engine: TransformersEngine, prompt: Prompt, max_tokens: int = 12) -> list[int]:
    return list(engine.stream(prompt, max_tokens, threading.Event()))


def test_the_answer_is_that_of_plain_greedy_decoding(engine: TransformersEngine) -> None:
    prompt, ids = long_text(CHUNK_TOKENS + 50), []
    model = tiny_model()
    with torch.inference_mode():
        for _ in range(12):
            logits = model(torch.tensor([[*prompt.ids, *ids]])).logits[0, -1]
            ids.append(int(logits.argmax()))
    assert answer(engine, prompt) == ids


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_warm_memory_changes_no_token(dtype: torch.dtype) -> None:
    start = long_text(3 * CHUNK_TOKENS + 17).ids
    asked = text(*start, *long_text(40, seed=1).ids)
    cold = answer(TransformersEngine(tiny_model(dtype), NO_END, "tiny"), asked, 40)
    engine = TransformersEngine(tiny_model(dtype), NO_END, "tiny")
    answer(engine, text(*start, 5))
    assert answer(engine, asked, 40) == cold
    assert engine.last_run is not None and engine.last_run.reused_tokens == 3 * CHUNK_TOKENS


def test_the_same_question_again_is_read_from_memory(engine: TransformersEngine) -> None:
    prompt = long_text(2 * CHUNK_TOKENS)
    first = answer(engine, prompt)
    assert answer(engine, prompt) == first
    assert engine.last_run is not None
    assert (engine.last_run.reused_tokens, engine.last_run.prefill_tokens) == (CHUNK_TOKENS,) * 2


def test_the_visual_rows_are_read_in_their_places(engine: TransformersEngine) -> None:
    table = torch.linspace(-3, 3, 96 * WIDTH).view(96, WIDTH).cos()
    shown = [5, 80, 33, 7]
    with torch.no_grad():
        engine.open_model().get_input_embeddings().weight.copy_(table)
    words = answer(engine, text(1, *shown, 2))
    keys = tuple(f"row {i}" for i in shown)
    rows = answer(engine, Prompt((1, *(PLACEHOLDER_ID,) * 4, 2), table[shown], keys))
    others = answer(engine, Prompt((1, *(PLACEHOLDER_ID,) * 4, 2), table[[9, 9, 9, 9]], keys))
    assert rows == words != others


def test_another_photo_at_the_same_place_is_not_answered_from_the_first_ones_memory(
    engine: TransformersEngine,
) -> None:
    tail = long_text(2 * CHUNK_TOKENS).ids
    ids = (1, 2, PLACEHOLDER_ID, *tail)
    answer(engine, Prompt(ids, torch.ones(1, WIDTH), ("first photo",)))
    answer(engine, Prompt(ids, -torch.ones(1, WIDTH), ("second photo",)))
    assert engine.last_run is not None and engine.last_run.reused_tokens == 0


def test_the_rows_after_a_reused_start_are_the_right_ones(engine: TransformersEngine) -> None:
    ids = (PLACEHOLDER_ID, *long_text(CHUNK_TOKENS).ids, PLACEHOLDER_ID, 3)
    rows = torch.linspace(-9, 9, 2 * WIDTH).view(2, WIDTH)
    prompt = Prompt(ids, rows, ("a", "b"))
    cold = answer(engine, prompt)
    assert answer(engine, prompt) == cold
    assert engine.last_run is not None and engine.last_run.reused_tokens == CHUNK_TOKENS


def test_a_prompt_with_a_wrong_count_of_rows_is_refused_naming_the_numbers() -> None:
    with pytest.raises(ValueError, match="3 placeholders, but 2 visual rows"):
        Prompt((PLACEHOLDER_ID,) * 3, torch.zeros(2, WIDTH), ("a", "a"))


def test_splicing_a_wrong_count_of_rows_is_refused_naming_the_numbers() -> None:
    ids = torch.tensor([[1, PLACEHOLDER_ID, 2]])
    with pytest.raises(ValueError, match="1 placeholders, but 4 visual rows"):
        splice(torch.nn.Embedding(4, WIDTH), ids, torch.zeros(4, WIDTH))


def test_splicing_keeps_the_table_and_puts_the_rows_in_order() -> None:
    table = torch.nn.Embedding(4, 2)
    before = table.weight.detach().clone()
    ids = torch.tensor([[PLACEHOLDER_ID, 3], [2, PLACEHOLDER_ID]])
    spliced = splice(table, ids, torch.tensor([[1.0, 1.0], [2.0, 2.0]]))
    assert spliced[0, 0].tolist() == [1, 1] and spliced[1, 1].tolist() == [2, 2]
    assert torch.equal(spliced[0, 1], before[3]) and torch.equal(table.weight, before)


def test_stop_is_heard_before_the_next_token(engine: TransformersEngine) -> None:
    stop, heard = threading.Event(), []
    for token in engine.stream(text(1, 2, 3), 100, stop):
        heard.append(token)
        if len(heard) == 3:
            stop.set()
    assert len(heard) == 3


def test_stop_is_heard_while_a_long_prompt_is_read(engine: TransformersEngine) -> None:
    stop = threading.Event()
    chunks: list[int] = []
    forward = engine._forward

    def stopping(embeds: torch.Tensor, cache: DynamicCache) -> torch.Tensor:
        chunks.append(len(embeds))
        stop.set()
        return forward(embeds, cache)

    engine._forward = stopping  # type: ignore[method-assign]
    assert list(engine.stream(long_text(5 * CHUNK_TOKENS), 9, stop)) == []
    assert len(chunks) == 1


def test_what_was_read_before_a_stop_is_remembered(engine: TransformersEngine) -> None:
    prompt, stop = long_text(2 * CHUNK_TOKENS + 5), threading.Event()
    next(engine.stream(prompt, 9, stop))
    answer(engine, prompt)
    assert engine.last_run is not None and engine.last_run.reused_tokens == 2 * CHUNK_TOKENS


def test_the_end_of_turn_ends_the_answer_and_is_not_part_of_it() -> None:
    free = answer(TransformersEngine(tiny_model(), NO_END, "tiny"), long_text(30))
    end = free[4]
    ended = answer(TransformersEngine(tiny_model(), (end,), "tiny"), long_text(30))
    assert ended == free[: free.index(end)]


def test_an_abandoned_answer_frees_the_engine(engine: TransformersEngine) -> None:
    stream = engine.stream(text(1, 2, 3), 100, threading.Event())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(answer(engine, text(4, 5))) == 12


def test_two_at_once_get_the_answers_they_get_alone(engine: TransformersEngine) -> None:
    prompts = [long_text(CHUNK_TOKENS + 9, seed) for seed in range(4)]
    alone = [answer(TransformersEngine(tiny_model(), NO_END, "t"), p) for p in prompts]
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


def test_the_callers_code_between_two_tokens_can_still_compute_gradients(
    engine: TransformersEngine,
) -> None:
    for _ in engine.stream(text(1, 2, 3), 2, threading.Event()):
        assert not torch.is_inference_mode_enabled()


def test_a_prompt_that_leaves_no_room_is_refused(engine: TransformersEngine) -> None:
    with pytest.raises(ValueError, match="2048"):
        engine.stream(long_text(2048), 5, threading.Event())


def test_an_answer_ends_where_the_context_does(engine: TransformersEngine) -> None:
    assert len(answer(engine, long_text(2048 - 3), 100)) == 3


def test_a_number_that_is_none_is_an_error_and_no_answer() -> None:
    model = tiny_model()
    torch.nn.init.constant_(model.model.norm.weight, float("nan"))
    with pytest.raises(ModelError):
        answer(TransformersEngine(model, NO_END, "tiny"), text(1, 2))


def cache_of(length: int) -> DynamicCache:
    return DynamicCache([(torch.zeros(1, 2, length, 4), torch.zeros(1, 2, length, 4))])


def test_the_memory_stays_within_its_limit_and_drops_what_was_used_longest_ago() -> None:
    memory = PrefixMemory(3 * CHUNK_TOKENS)
    conversations = [(f"talk {i}", *range(CHUNK_TOKENS)) for i in range(4)]
    for keys in conversations[:3]:
        memory.keep(keys, cache_of(len(keys)))
    memory.recall(conversations[0])
    memory.keep(conversations[3], cache_of(CHUNK_TOKENS + 1))
    assert memory.tokens == 3 * CHUNK_TOKENS
    known = [memory.recall(keys)[0] > 0 for keys in conversations]
    assert known == [True, False, True, True]


def test_a_longer_conversation_takes_the_place_of_its_own_start() -> None:
    memory = PrefixMemory(8 * CHUNK_TOKENS)
    for turns in (1, 2, 3):
        memory.keep(tuple(range(turns * CHUNK_TOKENS)), cache_of(turns * CHUNK_TOKENS))
    assert memory.tokens == 3 * CHUNK_TOKENS


def test_a_prompt_longer_than_the_memory_is_not_kept() -> None:
    memory = PrefixMemory(CHUNK_TOKENS)
    memory.keep(tuple(range(2 * CHUNK_TOKENS)), cache_of(2 * CHUNK_TOKENS))
    assert memory.tokens == 0


@pytest.mark.parametrize(
    ("ids", "looping"),
    [
        (list(range(40)), False),
        ([7] * 24, True),
        ([7] * 23, False),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9] * 3, True),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9] * 2, False),
        ([99, *[1, 2, 3, 4] * 6], True),
        ([*[1, 2, 3, 4] * 6, 99], False),
    ],
)
def test_an_answer_that_says_the_same_three_times_is_a_loop(ids: list[int], looping: bool) -> None:
    assert is_looping(ids) is looping


def test_a_saved_folder_loads_and_answers_the_same(tmp_path: Path) -> None:
    tiny_model().save_pretrained(tmp_path)
    engine = TransformersEngine.load(tmp_path, NO_END)
    again = TransformersEngine.load(tmp_path, NO_END)
    assert answer(engine, long_text(30)) == answer(again, long_text(30))
    assert (engine.width, engine.context_tokens) == (WIDTH, 2048)
    assert engine.embed((3, 4)).shape == (2, WIDTH)


@pytest.mark.parametrize("damage", ["empty folder", "no weights", "cut weights"])
def test_a_damaged_folder_is_a_sentence_and_no_traceback(tmp_path: Path, damage: str) -> None:
    if damage != "empty folder":
        tiny_model().save_pretrained(tmp_path)
        weights = tmp_path / "model.safetensors"
        data = weights.read_bytes()
        weights.unlink()
        if damage == "cut weights":
            weights.write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError, match="could not be loaded"):
        load_engine(tmp_path, NO_END)


def test_why_another_engine_runs_is_said_with_the_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ModelError("llm.unreadable", path="x")

    def load(llm: str, encoder: str | None, kind: str) -> tuple[Speaker, dict[str, str]]:
        engine = ScriptedEngine(byte_tokenizer())
        engine.notice = ModelError("llm.engine_cpu") if kind == "auto" else None
        return Speaker(engine.tokenizer, engine, None), {}

    monkeypatch.setattr("assistant.pipeline.Classifier.load", missing)
    monkeypatch.setattr("assistant.pipeline.Segmenter.load", missing)
    monkeypatch.setattr("assistant.pipeline.Speaker.load", load)
    told = [problem.key for problem in Pipeline.load().problems]
    assert told == ["llm.unreadable", "llm.unreadable", "llm.engine_cpu"]
    assert len(Pipeline.load(engine="transformers").problems) == 2
