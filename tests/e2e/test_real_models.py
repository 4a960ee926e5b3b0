"""The committed weights and the real LLM: python -m pytest tests/e2e/test_real_models.py"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assistant import base_llm
from segmentation.predict import GRADER, NETWORKS
from tests.drawing import draw_fundus

pytestmark = pytest.mark.slow
SPOTS = [(820.0 + 60 * i, 560.0 + 35 * (i % 4), 13.0) for i in range(8)]


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "drawn.jpg"
    lesions = {"EX": SPOTS, "HE": [(x, y + 260, 22.0) for x, y, _ in SPOTS]}
    Image.fromarray(draw_fundus((1424, 2144), lesions=lesions)).save(path, quality=92)
    return path


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *map(str, arguments)],
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


def test_analyze_reads_a_photo_with_the_committed_weights(photo: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.png"
    done = command("analyze", photo, "--overlay", overlay)
    assert done.returncode == 0, done.stderr
    findings = json.loads(done.stdout)
    assert findings["image"]["width"] == 2144 and findings["quality"]["gradable"] == "yes"
    assert {d["code"] for d in findings["diseases"]} == set("NDGCAHMO")
    assert len(findings["dme"]["probabilities"]) == 3 and findings["oct"] is None
    assert findings["lesions"]["EX"]["present"] and findings["lesions"]["EX"]["area_px"] > 500
    parts = {"vision", *(f"segmentation.{name}" for name in (*NETWORKS, GRADER))}
    assert {part: len(digest) for part, digest in findings["models"].items()} == dict.fromkeys(
        parts, 64
    )
    with Image.open(overlay) as drawn, Image.open(photo) as plain:
        assert drawn.size == plain.size and not np.array_equal(drawn, plain)


def test_the_same_photo_gives_the_same_findings_in_two_processes(photo: Path) -> None:
    first, second = (command("analyze", photo).stdout for _ in range(2))
    assert first == second and first


@pytest.mark.skipif(
    base_llm.fault_of(base_llm.model_folder()) is not None,
    reason="the language model is not installed: python -m assistant models fetch",
)
@pytest.mark.parametrize(
    ("question", "language"), [("Are there hard exudates?", "en"), ("有硬性渗出吗？", "zh")]
)
def test_ask_answers_from_the_findings_in_the_questions_language(
    photo: Path, question: str, language: str
) -> None:
    done = command("ask", photo, question, "--json")
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout)
    text = whole["answer"]["text"]
    assert ("渗出" if language == "zh" else "exudates") in text
    assert whole["answer"]["tokens"] > 0 and whole["answer"]["notice"] != "answer.degraded_llm"
