"""The page as axe-core sees it, over a pipeline without models: pytest tests/e2e/test_axe.py"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.settings import Settings
from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.server import served
from tests.e2e.axe import findings
from tests.e2e.browser import Tab, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("cases") / "cases.db"
    with served(FakePipeline(), Settings(db=f"sqlite:///{file}")) as at:
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.mark.parametrize(("locale", "width"), [("en-US", 1440), ("zh-CN", 390)])
def test_no_tab_keeps_anybody_out(
    browser: Any, address: str, tmp_path: Path, locale: str, width: int
) -> None:
    photo = tmp_path / "fundus.png"
    photo.write_bytes(photo_bytes(3, (240, 320)))
    tab = Tab(browser, address, width, locale)
    page = tab.page
    tab.attach(photo)
    tab.send()
    tab.wait_for_answer()
    page.wait_for_selector("#findings table")
    for name in ("chat", "practice", "cases", "batch"):
        page.click(f"#tab-{name}-button")
        page.wait_for_timeout(500)
        grave = [finding for finding in findings(page) if finding.is_grave]
        assert grave == [], (name, grave)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
