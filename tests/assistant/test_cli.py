"""The command line: python -m pytest tests/assistant/test_cli.py"""

import io
import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from assistant import cli
from assistant.findings import Findings
from assistant.pipeline import Pipeline
from tests.drawing import draw_fundus
from tests.fakes import SCAN, FakeClassifier, SquareSegmenter, scripted_pipeline
from tests.segmentation.scans import bowl, draw_layers
from vision.command import run


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(draw_fundus()).save(path)
    return path


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command in this process over fake models; returns the exit status."""
    monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
    monkeypatch.setattr("vision.classifier.Classifier.load", lambda: FakeClassifier())
    monkeypatch.setattr("segmentation.predict.Segmenter.load", lambda: SquareSegmenter())
    answer = "Diabetic retinopathy is suspected in this photo."
    pipeline = scripted_pipeline(answer, answer)[0]
    monkeypatch.setattr(Pipeline, "load", staticmethod(lambda *_: pipeline))
    with pytest.raises(SystemExit) as caught:
        run(cli.main)
    return int(caught.value.code or 0)


Captured = pytest.CaptureFixture[str]


def test_analyze_prints_findings_alone_on_stdout(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, "analyze", photo) == 0
    out = capsys.readouterr()
    findings = Findings.from_dict(json.loads(out.out))
    assert findings.dr.grade == 2 and "done" in out.err


def test_a_scan_is_outlined_and_measured_in_the_scale_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    outer, path, overlay = bowl(400, 80, 20), tmp_path / "scan.png", tmp_path / "o.png"
    Image.fromarray(draw_layers(outer - 40, outer, 180)).save(path)
    monkeypatch.setattr(FakeClassifier, "__init__", lambda self: _sees_scans(self))
    given = ("analyze", path, "--um-per-px", 7, "--overlay", overlay)
    assert called(monkeypatch, *given) == 0
    told = json.loads(capsys.readouterr().out)["thickness"]
    assert told["central_um"] == round(7 * told["central_px"])
    with Image.open(overlay) as drawn, Image.open(path) as plain:
        assert drawn.tobytes() != plain.tobytes()
    assert called(monkeypatch, "analyze", path, "--um-per-px", 7000) == 2
    assert "7000" in capsys.readouterr().err


def _sees_scans(classifier: FakeClassifier) -> None:
    classifier.quality, classifier.changed = SCAN, {}


def test_analyze_writes_json_and_a_full_size_overlay_where_asked(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    json_file, overlay = tmp_path / "f.json", tmp_path / "o.png"
    assert called(monkeypatch, "analyze", photo, "--json", json_file, "--overlay", overlay) == 0
    assert json.loads(json_file.read_text())["schema"] == 1
    with Image.open(overlay) as drawn, Image.open(photo) as plain:
        assert drawn.size == plain.size
    assert capsys.readouterr().out == ""


def test_analyze_writes_full_size_masks_where_asked(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called(monkeypatch, "analyze", photo, "--masks", tmp_path / "masks") == 0
    with Image.open(tmp_path / "masks" / "HE.png") as mask, Image.open(photo) as plain:
        assert mask.size == plain.size
    document = json.loads((tmp_path / "masks" / "annotations.json").read_text())
    assert document["images"][0]["file_name"] == photo.name
    assert [found["area"] for found in document["annotations"]] == [400]


def test_analyze_says_so_where_there_are_no_masks_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    dark = tmp_path / "dark.png"
    Image.fromarray(draw_fundus(brightness=0.05)).save(dark)
    assert called(monkeypatch, "analyze", dark, "--masks", tmp_path / "masks") == 0
    assert "No masks were written" in capsys.readouterr().err
    assert not (tmp_path / "masks").exists()


def test_ask_answers_on_stdout_and_gives_the_notice_on_stderr(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, "ask", photo, "What do you see?") == 0
    out = capsys.readouterr()
    assert out.out.startswith("Diabetic retinopathy is suspected in this photo. The photo suggests")
    assert "not a medical device" in out.err


def test_ask_json_holds_answer_checks_and_findings(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, "ask", photo, "What do you see?", "--json") == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["answer"]["withheld"] == 0 and whole["findings"]["schema"] == 1


def test_ask_names_what_a_general_answer_draws_on(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, "ask", photo, "Is glaucoma hereditary?") == 0
    answer, heading, *cited = capsys.readouterr().out.strip().split("\n")
    assert answer and heading == "From the knowledge base:"
    assert cited and all("glaucoma" in line and "Follows: " in line for line in cited)


def test_ask_json_holds_id_title_and_work_of_each_source(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, "ask", photo, "青光眼会遗传吗", "--json") == 0
    answer = json.loads(capsys.readouterr().out)["answer"]
    assert answer["sources"] and {"repaired", "withheld", "seconds_to_first_token"} < set(answer)
    assert all(set(one) == {"id", "title", "source"} for one in answer["sources"])
    assert "青光眼" in answer["sources"][0]["title"]


def test_chat_names_sources_of_general_answers_alone(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("What do you see?\n青光眼会遗传吗\n"))
    assert called(monkeypatch, "chat", photo) == 0
    first, second = capsys.readouterr().out.split("You> ")[1:3]
    assert "knowledge base" not in first and "来自知识库：" in second


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "/nowhere/photo.png"],
        ["analyze", __file__],
        ["analyze"],
        ["nonsense"],
        ["ask", "/nowhere/photo.png", "What?"],
    ],
)
def test_wrong_usage_and_wrong_input_end_with_status_2_and_no_traceback(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, *arguments) == 2
    out = capsys.readouterr()
    assert out.out == "" and "Traceback" not in out.err and out.err.strip()


def test_report_writes_html_alone_on_stdout(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert called(monkeypatch, "report", photo, "--lang", "zh") == 0
    out = capsys.readouterr().out
    assert out.startswith("<!DOCTYPE html>") and "眼底照片报告" in out


def test_report_writes_the_files_that_are_asked_for(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    pdf, page = tmp_path / "r.pdf", tmp_path / "r.html"
    assert called(monkeypatch, "report", photo, photo, "--pdf", pdf, "--html", page) == 0
    assert pdf.read_bytes().startswith(b"%PDF") and "Photo 1" in page.read_text()
    assert capsys.readouterr().out == ""


def test_report_of_what_is_no_image_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no image")
    assert called(monkeypatch, "report", tmp_path / "a.jpg") == 2
    assert len(capsys.readouterr().err.strip().splitlines()) >= 1
