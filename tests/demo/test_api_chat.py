"""Conversations over HTTP: python -m pytest tests/demo/test_api_chat.py"""

import gc
import json
import runpy
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.draft import AnswerEvent
from assistant.engine import RunStats
from assistant.session import Session
from demo.api.completion import Completion
from demo.api.conversation import Begun
from demo.api.settings import ApiSettings
from tests.demo.api import Api, api_over, data_url, said, user
from tests.demo.fakes import FakePipeline, photo_bytes
from tests.fakes import ScriptedEngine, scripted_pipeline

MODEL = "openophglm"
ENDLESS = " ".join(["word"] * 400)  # 20 s at the pace of `slow`


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def api(pipeline: FakePipeline) -> Iterator[Api]:
    with api_over(pipeline) as running:
        yield running


@pytest.fixture
def slow() -> Iterator[Api]:
    with api_over(FakePipeline(delay_s=0.05)) as running:
        yield running


def test_the_official_client_gets_an_answer_about_a_photo(api: Api) -> None:
    messages: Any = [user("Is it normal?", 1)]
    answer = api.openai.chat.completions.create(model=MODEL, messages=messages)
    assert answer.choices[0].message.content == "I looked at it again. You asked: Is it normal?"
    assert (answer.choices[0].finish_reason, answer.model) == ("stop", MODEL)
    assert answer.usage is not None and answer.usage.total_tokens == 0
    assert answer.model_extra is not None
    assert answer.model_extra["openophglm"]["about"] == [1]
    assert "not a medical device" in answer.model_extra["openophglm"]["notice"]


def test_the_official_client_gets_the_same_answer_as_a_stream(api: Api) -> None:
    messages: Any = [user("Is it normal?", 1)]
    chunks = list(
        api.openai.chat.completions.create(
            model=MODEL, messages=messages, stream=True, stream_options={"include_usage": True}
        )
    )
    texts = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(texts) == "I looked at it again. You asked: Is it normal?"
    assert sum(bool(text) for text in texts) == 2, "a sentence at a time, once it is checked"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage is not None


def test_a_stream_ends_with_done(api: Api) -> None:
    assert api.chat(user("Hello"), stream=True).text.endswith("data: [DONE]\n\n")


def test_a_photo_that_comes_again_is_not_read_again(api: Api, pipeline: FakePipeline) -> None:
    first = user("What is it?", 1)
    assert api.chat(first).status_code == 200
    again = api.chat(first, said("An eye."), user("And this one?", 2))
    assert [photo["number"] for photo in again.json()["openophglm"]["photos"]] == [1, 2]
    assert again.json()["openophglm"]["about"] == [2]
    assert pipeline.analysed == 2


def test_photos_that_do_not_fit_the_memory_are_read_again() -> None:
    pipeline = FakePipeline()
    with api_over(pipeline, ApiSettings(photos_bytes=240 * 320 * 3 + 1)) as api:
        for seed in (1, 2, 1):
            assert api.chat(user("What is it?", seed)).status_code == 200
    assert pipeline.analysed == 3


def test_the_model_reads_the_same_as_if_the_conversation_had_been_kept() -> None:
    answers = ("The measurement found 1 haemorrhage.", "It lies in the middle.")
    questions = ("Are there haemorrhages?", "Where are they?")
    kept, engine = scripted_pipeline(*answers)
    *_, analysis = kept.analyze(photo_bytes(1, (240, 320)))
    session = Session()
    session.add(analysis)  # type: ignore[arg-type]
    for question in questions:
        *_, event = kept.ask(session, question, "en", threading.Event())
    expected = engine.prompts[-1]

    rebuilt, engine = scripted_pipeline(*answers)
    first = session.messages[1].text
    with api_over(rebuilt) as api:
        answer = api.chat(user(questions[0], 1), said(first), user(questions[1])).json()
    assert engine.prompts[-1].ids == expected.ids
    assert answer["choices"][0]["message"]["content"] == event.text


def test_usage_counts_what_the_language_model_read_and_wrote() -> None:
    pipeline, engine = scripted_pipeline("Retinopathy is suspected.", "Retinopathy is suspected.")
    stream = ScriptedEngine.stream

    def counted(*arguments: Any) -> Iterator[int]:
        yield from stream(engine, *arguments)
        engine.last_run = RunStats(30, 12, 0.1, 7, 10.0)

    engine.stream = counted  # type: ignore[method-assign]
    with api_over(pipeline) as api:
        usage = api.chat(user("Is there retinopathy?", 1)).json()["usage"]
        assert (usage["prompt_tokens"], usage["completion_tokens"]) == (42, 7)
        assert usage["prompt_tokens_details"]["cached_tokens"] == 12
        ruled = api.chat(user("I suddenly lost my sight, what now?", 1)).json()
        assert ruled["usage"]["total_tokens"] == 0, "no model was asked"


@pytest.mark.parametrize(
    ("question", "more", "language"),
    [("Is it normal?", {}, "en"), ("正常吗？", {}, "zh"), ("Is it normal?", {"lang": "zh"}, "zh")],
)
def test_the_answer_is_in_the_questions_language_or_the_one_asked_for(
    api: Api, question: str, more: dict[str, Any], language: str
) -> None:
    assert api.chat(user(question), **more).json()["openophglm"]["language"] == language


def test_system_messages_are_not_read_and_that_is_said(api: Api, pipeline: FakePipeline) -> None:
    system = {"role": "system", "content": "You are a pirate."}
    answer = api.chat(system, said("Ahoy"), user("Hello")).json()
    assert pipeline.asked == ["Hello"]
    assert "not read" in answer["openophglm"]["notices"][0]


def test_a_photo_without_words_is_asked_about(api: Api, pipeline: FakePipeline) -> None:
    message = {"role": "user", "content": user("", 1)["content"][:1]}
    assert api.chat(message).status_code == 200
    assert pipeline.asked == ["What does this photo show?"]


def test_the_side_of_an_eye_can_be_told(api: Api) -> None:
    part = {"type": "image_url", "image_url": {"url": data_url(3)}, "eye": "OD"}
    photos = api.chat({"role": "user", "content": [part]}).json()["openophglm"]["photos"]
    assert photos[0]["eye"] == "OD"


def test_sources_come_with_the_answer(api: Api, pipeline: FakePipeline) -> None:
    pipeline.sources = ("glaucoma.causes.1",)
    sources = api.chat(user("What causes glaucoma?")).json()["openophglm"]["sources"]
    assert sources[0]["id"] == "glaucoma.causes.1" and sources[0]["source"]


def test_who_leaves_a_stream_frees_the_models(slow: Api) -> None:
    body = {"model": MODEL, "messages": [user(ENDLESS)], "stream": True}
    with slow.http.stream("POST", "/v1/chat/completions", json=body) as response:
        next(response.iter_bytes())
    assert slow.is_free()


def test_who_leaves_before_the_answer_frees_the_models(slow: Api) -> None:
    body = {"model": MODEL, "messages": [user(ENDLESS)]}
    with pytest.raises(httpx.ReadTimeout):
        slow.http.post("/v1/chat/completions", json=body, timeout=0.3)
    assert slow.is_free()


def test_api_and_page_stand_in_one_line(api: Api, pipeline: FakePipeline) -> None:
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(api.chat(user("Hello")).status_code))
    with api.loader.line.turn(threading.Event()):  # as the page does
        asking.start()
        asking.join(0.5)
        assert not answers and not pipeline.asked
    asking.join(10)
    assert answers == [200]


def test_too_long_a_line_is_told_at_once() -> None:
    with api_over(FakePipeline(delay_s=0.05), ApiSettings(most_waiting=1)) as api:
        body = {"model": MODEL, "messages": [user(ENDLESS)], "stream": True}
        with api.http.stream("POST", "/v1/chat/completions", json=body) as response:
            next(response.iter_bytes())
            refused = api.chat(user("Hello"))
    assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]["code"] == "busy"


def test_an_answer_that_fails_is_a_sentence_with_a_number(api: Api, pipeline: FakePipeline) -> None:
    pipeline.fail_answer = ZeroDivisionError("secret")
    at_once = api.chat(user("Hello"))
    assert at_once.status_code == 500 and "secret" not in at_once.text
    assert "report the number" in at_once.json()["error"]["message"]
    last = api.chat(user("Hello"), stream=True).text.strip().split("data: ")[-1]
    assert json.loads(last)["error"]["type"] == "server_error"


def test_a_stream_takes_nothing_back() -> None:
    completion = Completion(Begun(Session(), "en"), unread=False)
    told = [AnswerEvent("There is one."), AnswerEvent("Two were found. There is one.")]
    for event in told:
        list(completion.more(event))
    assert completion.sent == "There is one. Two were found."


def test_the_documented_python_runs(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    (tmp_path / "photo.jpg").write_bytes(photo_bytes(1, (240, 320)))
    (tmp_path / "chat.py").write_text(code.replace("http://127.0.0.1:7860", str(api.http.base_url)))
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # as in any script, nothing is closed
        runpy.run_path("chat.py")
        gc.collect()
    told = capsys.readouterr().out
    assert "You asked: Are there haemorrhages" in told and told.endswith("Where are they?")
