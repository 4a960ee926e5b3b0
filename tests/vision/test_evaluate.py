"""The evaluation command: python -m pytest tests/vision/test_evaluate.py"""

import json
from functools import partial

import pytest

from segmentation.predict import LESION_NETWORKS
from tests.segmentation.fakes import segmenter_folder
from tests.vision.factory import eye_folder, mini_idrid, mini_octdl, mini_odir, odir_row, write_set
from vision import metrics
from vision.command import run
from vision.evaluate import TASKS, main
from vision.packages import sha256_of
from vision.weights import WEIGHTS_FILE

AREAS = {f"auc_{code}" for code in "NDGCAHMO"} | {"auc_mean"}
PROMISED = {
    "diseases": AREAS | {"f1_mean", "kappa_mean", "odir_score", "ece"},
    "dr": {"qwk", "referable_auc", "accuracy", "photo_qwk", "lesions_qwk"},
    "dme": {"qwk", "accuracy", "photo_qwk", "lesions_qwk"},
    "oct": {"accuracy", "balanced_accuracy"},
    "zeroshot": {"auc_mean"},
}
SETS = {
    "diseases": mini_odir,
    "dr": mini_idrid,
    "dme": mini_idrid,
    "oct": mini_octdl,
    "zeroshot": mini_odir,
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return eye_folder(tmp_path_factory.mktemp("weights") / "eye")


@pytest.fixture(scope="module")
def lesion_weights(tmp_path_factory):
    return segmenter_folder(tmp_path_factory.mktemp("weights"), LESION_NETWORKS)


@pytest.fixture(autouse=True)
def tiny_lesion_networks(monkeypatch, lesion_weights) -> None:
    monkeypatch.setattr("segmentation.score_grade.DEFAULT", lesion_weights)


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch) -> None:
    monkeypatch.setattr(metrics, "bootstrap_ci", partial(metrics.bootstrap_ci, rounds=20))


def arguments(task, data, weights, split="val") -> list[str]:
    return [
        "--task", task, "--data", str(data), "--split", split, "--weights", str(weights),
    ]  # fmt: skip


@pytest.mark.parametrize("task", PROMISED)
def test_a_task_prints_one_json_object_with_the_keys_that_were_promised(
    task: str, tmp_path, weights, capsys
) -> None:
    data = SETS[task](tmp_path, "val")
    main(arguments(task, data, weights))
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    assert (found["task"], found["dataset"], found["split"]) == (task, data.name, "val")
    assert PROMISED[task] <= set(found["metrics"])
    assert set(found["ci95"]) == set(found["metrics"])
    assert found["n"] > 0
    assert found["weights_sha256"] == sha256_of(weights / WEIGHTS_FILE)


def test_the_tasks_are_those_of_the_command_and_no_other() -> None:
    assert set(TASKS) == {*PROMISED, "modality", "quality", "pointing"}


def test_a_grade_that_is_not_known_is_not_counted(tmp_path, weights, capsys) -> None:
    rows = [odir_row(i, dr_grade=i if i < 5 else -1) for i in range(8)]
    main(arguments("dr", write_set(tmp_path / "odir", rows), weights))
    assert json.loads(capsys.readouterr().out)["n"] == 5


def test_what_does_not_exist_is_null_and_not_nan(tmp_path, weights, capsys) -> None:
    data = write_set(tmp_path / "odir", [odir_row(0), odir_row(8)])  # normal eyes alone
    main(arguments("diseases", data, weights))
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["auc_G"] is None
    assert found["ci95"]["auc_G"] == [None, None]


def test_the_same_photos_give_the_same_figures(tmp_path, weights, capsys) -> None:
    data = mini_octdl(tmp_path)
    for _ in range(2):
        main(arguments("oct", data, weights))
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["metrics"], first["ci95"]) == (second["metrics"], second["ci95"])


@pytest.mark.parametrize(
    ("task", "name", "split"),
    [
        ("diseases", "none", "val"),
        ("diseases", "odir", "test"),
        ("dme", "odir", "val"),
        ("oct", "odir", "val"),
        ("modality", "odir", "test"),
        ("quality", "none", "val"),
        ("pointing", "odir", "val"),
        ("zeroshot", "idrid_grading", "val"),
        ("cats", "odir", "val"),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    task: str, name: str, split: str, tmp_path, weights, capsys
) -> None:
    mini_odir(tmp_path)
    mini_idrid(tmp_path, "val")
    with pytest.raises(SystemExit) as stop:
        run(lambda: main(arguments(task, tmp_path / name, weights, split)))
    told = capsys.readouterr()
    assert stop.value.code == 2
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1


def test_missing_weights_are_one_line_and_status_two(tmp_path, capsys) -> None:
    data = mini_odir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        run(lambda: main(arguments("diseases", data, tmp_path / "none")))
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
