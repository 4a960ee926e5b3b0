"""Training in several processes: python -m pytest tests/assistant/test_training_together.py"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assistant.test_training import a_learner, run
from vision.weights import load_folder

ROOT = Path(__file__).parents[2]


def losses(folder: Path) -> list[float]:
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["loss"] for line in lines]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    launched = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2",
         "--standalone", str(Path(__file__).with_name("train_together.py")),
         str(tmp_path / "two")],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1",
             "ACCELERATE_USE_CPU": "true", "GLOO_SOCKET_IFNAME": "lo"},
    )  # fmt: skip
    assert launched.returncode == 0, launched.stderr[-2000:]
    run(tmp_path / "one", 6, a_learner())
    config, _, _ = load_folder(tmp_path / "two" / "weights")
    assert config["processes"] == 2
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-3)
    assert losses(tmp_path / "one")[0] - losses(tmp_path / "one")[-1] > 0.05
