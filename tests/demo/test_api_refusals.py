"""What the API does not take: python -m pytest tests/demo/test_api_refusals.py"""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.api.settings import ApiSettings
from tests.demo.api import Api, api_over, data_url, said, user
from tests.demo.fakes import FakePipeline, photo_bytes

MOST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with api_over(FakePipeline(), ApiSettings(rate="10000/minute", most_bytes=MOST_BYTES)) as api:
        yield api


def photo_at(url: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/eye.jpg",
        "https://example.org/eye.jpg",
        "HTTP://169.254.169.254/latest/meta-data",
        "//localhost/eye.jpg",
        "file:///etc/passwd",
        "ftp://example.org/eye.jpg",
        "/etc/passwd",
        "data:image/svg+xml,<svg/>",
        "",
    ],
)
def test_no_address_is_opened(api: Api, url: str) -> None:
    answer = api.chat(photo_at(url))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "address")
    assert answer.json()["error"]["param"] == "messages.0.content.0.image_url.url"


NOT_AN_IMAGE = "data:image/png;base64," + base64.b64encode(b"hello").decode()


@pytest.mark.parametrize(
    ("messages", "more", "status", "code"),
    [
        ([photo_at("data:image/png;base64,???")], {}, 400, "base64"),
        ([photo_at(NOT_AN_IMAGE)], {}, 415, "intake.not_an_image"),
        ([user("Hello")], {"model": "gpt-4o"}, 404, "model"),
        ([user("Hello")], {"n": 2}, 422, "field"),
        ([user("Hello")], {"tools": [{}]}, 422, "field"),
        ([user("Hello")], {"lang": "de"}, 422, "field"),
        ([user("Hello")], {"response_format": {"type": "json_object"}}, 422, "field"),
        ([user("Hello")], {"messages": []}, 422, "field"),
        ([user("Hello"), said("Hello")], {}, 422, "last_role"),
        ([{"role": "tool", "content": "x"}], {}, 422, "field"),
        ([{"role": "user", "content": [{"type": "file"}]}], {}, 422, "field"),
        ([{"content": "Hello"}], {}, 422, "missing"),
        ([user(" ")], {}, 422, "question.empty"),
        ([user("x" * 4001)], {}, 422, "question.too_long"),
        ([user("Hello"), said("x" * 20_000), user("Hello")], {}, 422, "question.too_long"),
        ([user("A"), said("B")] * 50 + [user("C")], {}, 422, "demo.error.too_many_turns"),
        ([user("Hello", *range(11))], {}, 422, "session.too_many_images"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_with_a_sentence(
    api: Api, messages: list[Any], more: dict[str, Any], status: int, code: str
) -> None:
    answer = api.chat(*messages, **more)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["type"] == "invalid_request_error" and error["message"].endswith(
        (".", "openophglm")
    )


@pytest.mark.parametrize(
    ("method", "path", "content", "kind", "status"),
    [
        ("POST", "chat/completions", b"{", "application/json", 400),
        ("POST", "chat/completions", b"[1]", "application/json", 422),
        ("POST", "chat/completions", b"model=x", "application/x-www-form-urlencoded", 415),
        ("POST", "analyze", b"{", "application/json", 400),
        ("POST", "analyze", b"{}", "application/json", 422),
        ("POST", "analyze", b"\xff\xd8", "image/jpeg", 415),
        ("POST", "analyze", b"no parts", "multipart/form-data; boundary=x", 400),
        ("POST", "analyze", b"no parts", "multipart/form-data", 400),
        ("POST", "analyze", b" " * (MOST_BYTES + 1), "application/json", 413),
        ("GET", "analyze", b"", "", 405),
        ("GET", "nothing", b"", "", 404),
        ("GET", "models/other", b"", "", 404),
    ],
)
def test_a_request_that_does_not_fit_has_its_status(
    api: Api, method: str, path: str, content: bytes, kind: str, status: int
) -> None:
    answer = api.http.request(
        method, f"/v1/{path}", content=content, headers={"content-type": kind}
    )
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "code", "param"}


def test_a_body_that_hides_its_length_is_measured(api: Api) -> None:
    parts = (b" " * 100_000 for _ in range(40))
    answer = api.http.post(
        "/v1/analyze", content=parts, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_sentences_come_in_the_clients_language(api: Api) -> None:
    answer = api.http.get("/v1/nothing", headers={"accept-language": "zh-CN"})
    assert "该地址没有内容" in answer.json()["error"]["message"]


def test_findings_of_an_uploaded_photo_come_with_the_notice(api: Api) -> None:
    files = {"image": ("eye.png", photo_bytes(5, (240, 320)))}
    answer = api.http.post("/v1/analyze", files=files, data={"eye": "OS", "lang": "zh"})
    assert answer.status_code == 200
    assert answer.json()["schema"] == 1 and answer.json()["image"]["eye"] == "OS"
    assert "医疗器械" in answer.json()["notice"]
    assert answer.headers["x-notice"] == "Research software, not a medical device."
    sent = api.http.post("/v1/analyze", json={"image": data_url(5), "eye": "OS", "lang": "zh"})
    assert sent.json() == answer.json()


@pytest.mark.parametrize(
    ("data", "files", "status", "code"),
    [
        ({"eye": "third"}, {"image": photo_bytes(0, (240, 320))}, 422, "field"),
        ({"eye": "OD"}, {}, 415, "content_type"),
        ({}, {"image": b""}, 422, "intake.empty"),
        ({}, {"image": b"hello"}, 415, "intake.not_an_image"),
    ],
)
def test_an_upload_that_cannot_be_read_is_refused(
    api: Api, data: dict[str, str], files: dict[str, bytes], status: int, code: str
) -> None:
    answer = api.http.post("/v1/analyze", data=data, files=files)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "text", "image_url", "url", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(messages=JSON, more=st.dictionaries(st.sampled_from(["stream", "n", "lang"]), JSON))
def test_no_body_breaks_the_server(api: Api, messages: Any, more: dict[str, Any]) -> None:
    answer = api.http.post(
        "/v1/chat/completions", json={"model": "openophglm", "messages": messages, **more}
    )
    assert answer.status_code < 500
