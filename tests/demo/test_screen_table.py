"""Table and page of a screened folder: python -m pytest tests/demo/test_screen_table.py"""

import base64
import csv
import re
from pathlib import Path

import pytest

from assistant.findings import DRGrade, Scan
from demo.screen.attention import by_urgency, group
from demo.screen.columns import COLUMNS, kinds, rows
from demo.screen.entry import Entry, Problem
from demo.screen.page import write_page
from demo.screen.photos import Photo
from demo.screen.table import write_table
from tests.assistant.factory import ABSENT, GRADED, diseases, lesions
from tests.demo.screening import MODELS, found
from vision.catalogue import LANGUAGES, Language
from vision.types import Quality

DOCS = Path(__file__).parents[2] / "docs" / "screening.md"
CLEAR = {code: ABSENT for code in ("MA", "HE", "EX", "SE")}
REFUSED = Entry(
    Photo("x.png", "1-1"), MODELS, "refused", problem=Problem("intake.not_an_image", {})
)


def healthy(path: str, **changed: object) -> Entry:
    given = {"grade": 0, "diseases": diseases(D=0.1, N=0.9), "lesions": lesions(**CLEAR)}
    return found(path, **{**given, **changed})


def scan(path: str, **shares: float) -> Entry:
    probabilities = tuple(shares.get(code, 0.0) for code in
                          ("AMD", "DME", "ERM", "NO", "RAO", "RVO", "VID"))  # fmt: skip
    return found(
        path, grade=None, diseases=None, lesions=None, oct=Scan(probabilities), dme=None,
        quality=Quality("oct", "no", 0.0, ("quality.oct",)),
    )  # fmt: skip


def test_every_column_is_documented_with_its_unit_and_meaning() -> None:
    told = {re.split(r" \| ", line.strip("| "))[0]: line for line in
            DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")}  # fmt: skip
    for column in COLUMNS:
        line = told[f"`{column.name}`"]
        assert column.unit in line and column.meaning in line
        assert all(code in line for code in column.codes)


def test_a_row_holds_what_the_findings_say() -> None:
    (row,) = rows([found("a.png")], "en")
    assert list(row) == list(kinds())
    assert row["dr_grade"] == 2 and row["dr_referable"] is True
    assert row["disease_D_probability"] == 0.86 and row["disease_D_present"] is True
    assert row["lesion_MA_count"] == 23 and row["lesion_HE_area_px"] == 9876
    assert row["notes"] == "fovea_not_seen cup_not_seen" and row["attention"] == "referable"
    assert str(row["weights"]).startswith("segmentation=3434")


def test_what_was_not_measured_is_empty_and_never_0() -> None:
    row = rows([scan("a.png", DME=0.8, NO=0.2)], "en")[0]
    assert row["oct_class"] == "DME" and row["oct_probability_NO"] == 0.2
    assert row["lesion_MA_count"] is None and row["dr_grade"] is None
    assert row["disease_D_present"] is None and row["vertical_cdr"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_for_a_refusal_is_a_sentence_in_the_language(language: Language) -> None:
    assert REFUSED.problem is not None
    assert rows([REFUSED], language)[0]["problem"] == REFUSED.problem.text(language)


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    given = rows([found("a.png"), scan("b.png", AMD=0.5, NO=0.5), REFUSED], "en")
    for name in ("t.csv", "t.parquet"):
        write_table(tmp_path / name, given)
    read = parquet.read_table(tmp_path / "t.parquet")
    assert read.to_pylist() == given
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        for text, row in zip(csv.DictReader(file), given, strict=True):
            assert list(text.values()) == [
                "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)
                for cell in row.values()
            ]


def test_the_notice_lies_beside_the_table(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", rows([REFUSED], "en"))
    notice = (tmp_path / "t.notice.txt").read_text(encoding="utf-8")
    assert "not a medical device" in notice and "不是医疗器械" in notice


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (found("a"), "referable"),
        (found("a", dr=DRGrade(1, GRADED[1]), lesions=lesions(**CLEAR)), "finding"),
        (healthy("a", diseases=diseases(D=0.1, G=0.9)), "finding"),
        (scan("a", DME=0.9, NO=0.1), "finding"),
        (scan("a", DME=0.5, NO=0.5), "unsure"),
        (scan("a", NO=0.9, DME=0.1), "nothing"),
        (healthy("a", diseases=diseases(D=0.1, G=0.5)), "unsure"),
        (healthy("a", quality=Quality("cfp", "limited", 0.5)), "unsure"),
        (healthy("a", notes=("note.dme_against_exudates",)), "unsure"),
        (healthy("a"), "nothing"),
        (healthy("a", status="incomplete"), "unread"),
        (healthy("a", diseases=None, lesions=None, grade=None), "unread"),
        (REFUSED, "unread"),
    ],
)
def test_a_photo_belongs_to_the_most_urgent_group(entry: Entry, expected: str) -> None:
    assert group(entry) == expected


def test_the_most_urgent_photo_comes_first() -> None:
    four, two = found("z", grade=4), found("y", grade=2)
    order = by_urgency([healthy("a"), REFUSED, two, scan("s", AMD=0.5, NO=0.5), four])
    assert [entry.photo.path for entry in order] == ["z", "y", "s", "x.png", "a"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "out" / "table.html"


def written(page: Path, *entries: Entry, language: Language = "en", **given: Path) -> str:
    write_page(page, page.parents[1] / "photos", entries, language, **given)
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_from_a_network(page: Path, language: Language) -> None:
    html = written(page, found("a.png"), scan("b.png", NO=1.0), REFUSED, language=language)
    assert not re.search(r"https?://|//cdn|@import|url\(", html)
    assert "default-src 'none'" in html
    assert ("not a medical device" if language == "en" else "不是医疗器械") in html


def test_a_file_name_cannot_write_into_the_page(page: Path) -> None:
    html = written(page, found('<script>alert("x")</script>.png'))
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_a_thumbnail_is_in_the_page_or_a_file_of_its_own(page: Path, tmp_path: Path) -> None:
    entry = Entry.from_json(
        found("a.png").to_json().replace('"thumbnail": ""', '"thumbnail": "UklGRg=="')
    )
    assert "data:image/webp;base64,UklGRg==" in written(page, entry)
    html = written(page, entry, thumbnails=tmp_path / "small")
    (file,) = (tmp_path / "small").iterdir()
    assert f"../small/{file.name}" in html and file.read_bytes() == base64.b64decode("UklGRg==")


def test_a_photo_is_linked_from_where_the_page_lies(page: Path) -> None:
    assert 'href="../photos/in/a%20%231.png"' in written(page, found("in/a #1.png"))
