"""The page of a screened folder in Chromium: python -m pytest tests/demo/test_screen_page.py"""

from pathlib import Path

import pytest

from demo.screen.page import write_page
from tests.assistant.factory import ABSENT, diseases, lesions
from tests.demo.screening import found
from tests.e2e.browser import chromium


@pytest.mark.browser
def test_the_page_is_filtered_by_group_and_by_words_without_a_network(tmp_path: Path) -> None:
    clear = {code: ABSENT for code in ("MA", "HE", "EX", "SE")}
    healthy = found("b.png", grade=0, diseases=diseases(D=0.1, N=0.9), lesions=lesions(**clear))
    page = tmp_path / "table.html"
    write_page(page, tmp_path, [healthy, found("a.png"), found("c.png")], "en")
    with chromium() as browser:
        tab = browser.new_page()
        asked, errors = list[str](), list[str]()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: errors.append(message.text))
        tab.goto(page.as_uri())
        assert tab.locator("article:visible h2").all_inner_texts() == ["a.png", "c.png", "b.png"]
        tab.check("input[value=nothing]", force=True)
        assert tab.locator("article:visible h2").all_inner_texts() == ["b.png"]
        tab.check("input[name=group][value='']", force=True)
        tab.fill("input[type=search]", "c.png")
        assert tab.locator("article:visible h2").all_inner_texts() == ["c.png"]
        tab.fill("input[type=search]", "nowhere")
        assert tab.locator("article:visible").count() == 0 and tab.is_visible(".none")
        assert asked == [page.as_uri()] and errors == []
