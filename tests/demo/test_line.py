"""Several people at once: python -m pytest tests/demo/test_line.py"""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from demo.loader import Loader
from demo.transcript import Answered, Told, Turn, Waiting
from demo.visit import Visit
from demo.worker import Worker
from tests.demo.fakes import FakePipeline
from vision.catalogue import say

View = dict[str, dict[str, Any]]


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline(delay_s=0.01)


@pytest.fixture
def worker(pipeline: FakePipeline) -> Worker:
    loader = Loader(lambda: pipeline)  # type: ignore[arg-type, return-value]
    loader.start()
    loader.wait(threading.Event())
    return Worker(loader, lambda pixels: "x.webp")


def asking(question: str) -> Visit:
    visit = Visit()
    begin(visit, question)
    return visit


def begin(visit: Visit, question: str) -> None:
    turn = Turn(question, parts=[Waiting("demo.waiting.queue")])
    visit.append(turn)
    visit.begin(turn)


def titles(views: Iterator[View]) -> list[str]:
    """What the chat's pending messages said, one after another."""
    said = []
    for view in views:
        for message in view.get("chat", {}).get("value", []):
            title = (message.get("metadata") or {}).get("title")
            if title and title not in said:
                said.append(title)
    return said


def answered(visit: Visit) -> bool:
    return any(isinstance(p, Answered) and p.done for turn in visit.turns for p in turn.parts)


def test_whoever_waits_sees_how_many_are_before_it(worker: Worker) -> None:
    first, second = asking("one"), asking("two")
    working = worker.work(first)
    next(working)
    told: list[str] = []
    waiting = threading.Thread(target=lambda: told.extend(titles(worker.work(second))))
    waiting.start()
    time.sleep(0.1)
    for _ in working:
        pass
    waiting.join(10)
    assert say("demo.waiting.line", "en", before=1) in told
    assert answered(first) and answered(second)


def test_nobody_waits_for_all_that_another_person_asks(
    worker: Worker, pipeline: FakePipeline
) -> None:
    eager, patient = asking("one"), asking("other")
    working = worker.work(eager)
    next(working)
    waiting = threading.Thread(target=lambda: list(worker.work(patient)))
    waiting.start()
    while len(worker._loader.line._line) < 2:
        time.sleep(0.01)
    begin(eager, "two")  # sent while the answer to the first is under way
    for _ in working:
        pass
    waiting.join(10)
    assert pipeline.asked == ["one", "other", "two"]


def test_what_is_stopped_in_line_ends_at_once_and_says_so(worker: Worker) -> None:
    first, second = asking("one"), asking("two")
    working = worker.work(first)
    next(working)
    waiting = threading.Thread(target=lambda: list(worker.work(second)))
    waiting.start()
    while len(worker._loader.line._line) < 2:
        time.sleep(0.01)
    second.stop.set()
    waiting.join(2)
    assert not waiting.is_alive()
    assert Told("demo.answer.stopped") in second.turns[-1].parts
    for _ in working:
        pass
    assert answered(first)


def test_a_page_that_goes_away_while_it_waits_leaves_the_line(worker: Worker) -> None:
    first, second = asking("one"), asking("two")
    working = worker.work(first)
    next(working)
    waiting = worker.work(second)
    next(waiting)
    waiting.close()  # type: ignore[attr-defined]
    assert len(worker._loader.line._line) == 1
    for _ in working:
        pass
    assert answered(first)


def test_sixteen_people_are_all_answered_in_the_order_of_asking(
    worker: Worker, pipeline: FakePipeline
) -> None:
    pipeline.delay_s = 0.001
    visits = [asking(f"question {n}") for n in range(16)]
    threads = []
    with worker._loader.line.standing():  # somebody else's answer is under way
        for number, visit in enumerate(visits):
            threads.append(threading.Thread(target=lambda v=visit: list(worker.work(v))))
            threads[-1].start()
            while len(worker._loader.line._line) < number + 2:
                time.sleep(0.001)
    for thread in threads:
        thread.join(30)
    assert all(map(answered, visits))
    assert pipeline.asked == [f"question {n}" for n in range(16)]


def test_after_an_answer_the_next_prompt_is_read_ahead(
    worker: Worker, pipeline: FakePipeline
) -> None:
    before = len(pipeline.ahead)
    visit = asking("one")
    for _ in worker.work(visit):
        pass
    deadline = time.monotonic() + 5
    while len(pipeline.ahead) == before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pipeline.ahead[before:] == [2]  # question and answer
    assert not visit.ahead.is_set()
    begin(visit, "two")
    assert visit.ahead.is_set()
