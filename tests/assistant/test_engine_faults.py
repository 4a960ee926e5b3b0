"""What goes wrong in the middle: python -m pytest tests/assistant/test_engine_faults.py"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant import engine_openvino
from assistant.engine import Engine
from assistant.engine_openvino import CHUNK_TOKENS, OpenVinoEngine
from assistant.engine_transformers import TransformersEngine
from assistant.openvino_convert import convert
from tests.assistant.test_engine import NO_END, answer, long_text, text, tiny_model
from vision.errors import ModelError

STOPS = 200
FREE_WITHIN_S = 2.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base, into = tmp_path_factory.mktemp("llm") / "tiny", tmp_path_factory.mktemp("graph")
    tiny_model().save_pretrained(base)
    convert(base, None, into)
    return into


@pytest.fixture(params=["openvino", "transformers"])
def engine(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    made: Engine
    if request.param == "openvino":
        made = OpenVinoEngine(folder, NO_END, "tiny")
    else:
        made = TransformersEngine(tiny_model(), NO_END, "tiny")
    yield made
    made.close()


def test_after_two_hundred_random_stops_the_answers_are_what_they_were(engine: Engine) -> None:
    prompts = [long_text(40 + 90 * n, n) for n in range(4)]
    wanted = [answer(engine, prompt) for prompt in prompts]  # type: ignore[arg-type]
    dice, slowest = random.Random(0), 0.0
    for number in range(STOPS):
        ended = _stopped(engine, prompts[number % 4], dice)
        began = time.monotonic()
        ended()
        list(engine.stream(text(1, 2), 1, threading.Event()))  # the next one gets its turn
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < FREE_WITHIN_S
    assert [answer(engine, prompt) for prompt in prompts] == wanted  # type: ignore[arg-type]
    assert not engine._turns._line  # type: ignore[attr-defined]


def _stopped(engine: Engine, prompt: object, dice: random.Random) -> Callable[[], None]:
    """Begin an answer and break it off in one of the ways that people and browsers do."""
    stop, way, after = threading.Event(), dice.randrange(4), dice.randrange(12)
    if way == 0:  # stopped from another thread, at any moment
        timer = threading.Timer(dice.random() * 0.02, stop.set)
        timer.start()
        thread = threading.Thread(target=lambda: list(engine.stream(prompt, 400, stop)))  # type: ignore[arg-type]
        thread.start()
        return thread.join
    if way == 1:  # before it began
        stop.set()
        return lambda: list(engine.stream(prompt, 400, stop)).clear()  # type: ignore[arg-type]
    if way == 2:  # while it reads ahead
        timer = threading.Timer(dice.random() * 0.01, stop.set)
        timer.start()
        return lambda: engine.prefill(prompt, stop)  # type: ignore[arg-type]
    told = engine.stream(prompt, 400, stop)  # type: ignore[arg-type]
    for _, _token in zip(range(after), told, strict=False):
        pass
    return told.close  # type: ignore[attr-defined, no-any-return]


def test_a_failure_in_the_middle_frees_the_engine_and_the_next_answer_is_right(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OpenVinoEngine(folder, NO_END, "tiny")
    wanted = answer(engine, long_text(200))  # type: ignore[arg-type]
    decoder, calls = engine._open(), [0]
    read = decoder.read

    def failing(rows: np.ndarray, last: int) -> np.ndarray:
        calls[0] += 1
        if calls[0] == 5:
            raise MemoryError
        return read(rows, last)

    monkeypatch.setattr(decoder, "read", failing)
    with pytest.raises(MemoryError):
        answer(engine, long_text(200, 1))  # type: ignore[arg-type]
    assert answer(engine, long_text(200)) == wanted  # type: ignore[arg-type]


def test_a_step_that_hangs_is_given_up_and_the_next_answer_is_right(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OpenVinoEngine(folder, NO_END, "tiny")
    wanted = answer(engine, long_text(200))  # type: ignore[arg-type]
    decoder = engine._open()
    request = decoder._request
    monkeypatch.setattr(decoder, "_request", _Hanging(request))
    monkeypatch.setattr(engine_openvino, "_HUNG_S", 0.05)
    with pytest.raises(ModelError, match="half a minute"):
        answer(engine, long_text(200, 1))  # type: ignore[arg-type]
    assert answer(engine, long_text(200)) == wanted  # type: ignore[arg-type]


class _Hanging:
    """A request that never comes back."""

    def __init__(self, request: object) -> None:
        self._request = request

    def start_async(self, *inputs: object, **settings: object) -> None:
        """Nothing happens."""

    def wait_for(self, milliseconds: int) -> bool:
        """Waits in vain."""
        time.sleep(milliseconds / 1000)
        return False

    def cancel(self) -> None:
        """Too late."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._request, name)


def test_the_memory_of_what_was_read_stays_within_its_limit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_openvino, "MEMORY_BYTES", 200_000)
    engine = OpenVinoEngine(folder, NO_END, "tiny")
    for seed in range(20):
        answer(engine, long_text(5 * CHUNK_TOKENS, seed), 1)  # type: ignore[arg-type]
        assert engine._memory.size <= 200_000
