"""Who may ask the API, how often, and of what: python -m pytest tests/demo/test_api_gate.py"""

import threading
from typing import Any

import httpx
import pytest

from demo.__main__ import parse
from demo.api.settings import TOKEN_VARIABLE, ApiSettings
from demo.loader import Loader
from tests.demo.api import api_over, user
from tests.demo.fakes import FakePipeline
from tests.demo.server import served
from tests.fakes import scripted_pipeline
from vision.errors import ModelError


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer wrong", 401),
        ("Basic key", 401),
        ("Bearer", 401),
        ("Bearer key", 200),
    ],
)
def test_only_who_has_the_token_may_ask(header: str, status: int) -> None:
    with api_over(FakePipeline(), ApiSettings(token="key")) as api:
        headers = {"Authorization": header} if header else {}
        answer = api.http.get("/v1/models", headers=headers)
        assert answer.status_code == status
        if status == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["type"] == "authentication_error"
        assert api.http.get("/health").status_code == 200, "monitors have no token"


def test_whoever_asks_too_often_is_told_how_long_to_wait() -> None:
    with api_over(FakePipeline(), ApiSettings(rate="3/minute", token="x")) as api:
        statuses = [api.http.get("/v1/models").status_code for _ in range(4)]
        refused = api.http.get("/v1/models")
    assert statuses == [401, 401, 401, 429], "guesses at the token count too"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["error"]["type"] == "rate_limit_error"


def test_the_documentation_is_there_only_where_it_was_asked_for() -> None:
    with api_over(FakePipeline()) as api:
        assert api.http.get("/v1/openapi.json").status_code == 404
        assert api.http.get("/v1/docs").status_code == 404
    with api_over(FakePipeline(), ApiSettings(docs=True)) as api:
        paths = api.http.get("/v1/openapi.json").json()["paths"]
        assert {"/analyze", "/chat/completions"} <= set(paths)
        assert api.http.get("/v1/docs").status_code == 200


def test_while_the_models_load_clients_are_told_to_come_back() -> None:
    go = threading.Event()

    def load() -> Any:
        go.wait(10)
        return FakePipeline()

    loader = Loader(load)
    loader.start()
    with api_over(loader) as api:
        health, asked = api.http.get("/health"), api.chat(user("Hello"))
        assert (health.status_code, health.json()["status"]) == (503, "loading")
        assert asked.status_code == 503 and int(asked.headers["retry-after"]) > 0
        go.set()
        loader.wait(threading.Event())
        assert api.http.get("/health").json()["status"] == "ready"
        assert api.chat(user("Hello")).status_code == 200


def test_models_that_did_not_load_say_why_and_are_tried_again() -> None:
    attempts = []

    def load() -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise ModelError("error.weights_missing", path="w")
        return FakePipeline()

    loader = Loader(load)
    loader.start()
    with pytest.raises(ModelError):
        loader.wait(threading.Event())
    with api_over(loader) as api:
        health = api.http.get("/health", headers={"accept-language": "zh"})
        assert (health.status_code, health.json()["status"]) == (503, "failed")
        assert health.json()["problems"][0]["code"] == "error.weights_missing"
        assert api.chat(user("Hello")).json()["error"]["code"] == "error.weights_missing"
        loader.wait(threading.Event())
        assert api.chat(user("Hello")).status_code == 200


def test_a_part_that_is_missing_is_told_by_a_healthy_server() -> None:
    pipeline = FakePipeline()
    pipeline.problems.append(ModelError("llm.missing", path="there"))
    with api_over(pipeline) as api:
        health = api.http.get("/health")
    assert health.status_code == 200
    assert health.json()["problems"][0]["code"] == "llm.missing"


def test_the_version_names_engine_and_weights() -> None:
    pipeline, _ = scripted_pipeline()
    with api_over(pipeline) as api:
        version = api.http.get("/version").json()
    assert (version["llm"], version["engine"]) == ("scripted", "ScriptedEngine")
    assert version["models"]["vision"] == "c" * 64
    assert version["models"]["segmentation.lesions"] == "5" * 64
    assert len(version["models"]["assistant.intents"]) == 64


def test_page_and_api_are_served_side_by_side() -> None:
    with served(FakePipeline()) as url:
        assert "OpenOphGLM" in httpx.get(url).text
        assert httpx.get(f"{url}v1/models").json()["data"][0]["id"] == "openophglm"
        assert httpx.get(f"{url}health").json()["status"] == "ready"
        for closed in ("docs", "redoc", "openapi.json"):
            assert "swagger" not in httpx.get(f"{url}{closed}").text.lower()


def test_the_command_line_sets_token_rate_and_documentation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert parse([]).api == ApiSettings()
    chosen = parse(["--api-token", "t", "--api-rate", "5/second", "--api-docs"])
    assert chosen.api == ApiSettings("t", True, "5/second")
    assert "'t'" not in repr(chosen), "a token is never printed"
    monkeypatch.setenv(TOKEN_VARIABLE, "from the environment")
    assert parse([]).api.token == "from the environment"


@pytest.mark.parametrize(
    ("arguments", "variable"), [(["--api-token", ""], None), ([], ""), (["--api-rate", "x"], None)]
)
def test_an_empty_token_or_a_wrong_rate_is_refused_in_one_line(
    arguments: list[str],
    variable: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if variable is not None:
        monkeypatch.setenv(TOKEN_VARIABLE, variable)
    with pytest.raises(SystemExit):
        parse(arguments)
    assert capsys.readouterr().err.count("\n") == 1
