"""Versions of the adapter: python -m pytest tests/assistant/test_versions.py"""

import json
import threading
from pathlib import Path

import pytest
import torch

from assistant import cli, version_command
from assistant.model import Tuned
from assistant.pipeline import Pipeline
from assistant.prepared import Prepared
from assistant.versions import SHIPPED, Figure, Shelf, Version, version_fault
from vision.errors import InputError, ModelError
from vision.weights import save_folder

BELONGS = {"projector_sha256": "p" * 64, "llm": "default"}
GOOD = {"fact_recall": Figure(0.7, 0.72, 40, fell=False)}
BAD = {"fact_recall": Figure(0.7, 0.4, 40, fell=True)}


def an_adapter(folder: Path, value: float = 1.0, **changed: str) -> Path:
    config = {"kind": "adapter", "preprocess": {**BELONGS, **changed}}
    save_folder(folder, config, {"w": torch.full((3,), value)})
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def llm(tmp_path: Path) -> str:
    """A folder as assistant.train writes it."""
    an_adapter(tmp_path / "tuned" / "adapter")
    return str(tmp_path / "tuned")


@pytest.fixture
def shelf(llm: str) -> Shelf:
    return Shelf.of(llm)


def made(shelf: Shelf, folder: Path, value: float = 2.0, *, good: bool = True) -> Version:
    source = an_adapter(folder / f"trained-{value}", value)
    return shelf.add(source, SHIPPED, "dpo", 60, GOOD if good else BAD)


def test_the_shipped_adapter_serves_until_another_is_put_to_use(shelf: Shelf, home: Path) -> None:
    new = made(shelf, home)
    assert shelf.current() == (shelf.find(SHIPPED), None)
    shelf.use(new.id)
    assert shelf.current() == (new, None)


def test_a_version_knows_its_hash_date_parent_and_gate(shelf: Shelf, home: Path) -> None:
    new = made(shelf, home)
    assert len(new.sha256) == 64 and new.sha256 != shelf.find(SHIPPED).sha256
    assert new.made_at.endswith("+00:00") and new.parent == SHIPPED and new.records == 60
    assert shelf.versions()[1] == new and new.gate == GOOD


def test_rolling_back_goes_to_what_served_before_step_by_step(shelf: Shelf, home: Path) -> None:
    one, two = made(shelf, home, 2.0), made(shelf, home, 3.0)
    for version in (one, two):
        shelf.use(version.id)
    assert [shelf.rollback().id, shelf.rollback().id] == [one.id, SHIPPED]
    with pytest.raises(InputError, match="none to go back to"):
        shelf.rollback()


def test_a_version_that_did_not_pass_cannot_be_used(shelf: Shelf, home: Path) -> None:
    bad = made(shelf, home, good=False)
    with pytest.raises(InputError, match="did not pass"):
        shelf.use(bad.id)
    assert shelf.current()[0].id == SHIPPED


def test_a_version_that_is_not_there_cannot_be_used(shelf: Shelf) -> None:
    with pytest.raises(InputError, match="no version nothing"):
        shelf.use("nothing")


@pytest.mark.parametrize("harm", ["gone", "altered", "another projector"])
def test_the_shipped_one_serves_where_the_chosen_one_cannot(
    shelf: Shelf, llm: str, home: Path, harm: str
) -> None:
    new = made(shelf, home)
    shelf.use(new.id)
    if harm == "gone":
        new.adapter.parent.rename(home / "elsewhere")
    elif harm == "altered":
        an_adapter(new.adapter, 9.0)
    else:
        an_adapter(Path(llm) / "adapter", projector_sha256="q" * 64)
    serving, fault = shelf.current()
    assert serving.id == SHIPPED and fault is not None and new.id in fault.text("zh")
    assert version_fault(llm) == fault or str(version_fault(llm)) == str(fault)


def test_the_language_model_speaks_with_the_version_in_use(
    shelf: Shelf, llm: str, home: Path
) -> None:
    assert Tuned.of(llm).adapter == Path(llm) / "adapter"
    new = made(shelf, home)
    shelf.use(new.id)
    assert Tuned.of(llm).adapter == new.adapter
    assert Tuned.of(llm, Path(llm) / "adapter").adapter == Path(llm) / "adapter"


def test_another_version_gets_other_files_of_the_fast_engine(
    shelf: Shelf, llm: str, home: Path
) -> None:
    base = home / "llm"
    base.mkdir()
    (base / "config.json").write_text("{}")
    versions = (shelf.find(SHIPPED), made(shelf, home))
    assert len({Prepared.of(base, version.adapter).folder for version in versions}) == 2


def test_versions_of_two_models_are_kept_apart(shelf: Shelf, home: Path) -> None:
    made(shelf, home)
    an_adapter(home / "other" / "tuned" / "adapter")
    assert len(Shelf.of(str(home / "other" / "tuned")).versions()) == 1
    assert Shelf.of("default").root != shelf.root


def test_a_version_in_use_that_is_gone_is_said_on_the_page(
    llm: str, shelf: Shelf, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Speaks:
        engine = type("Engine", (), {"notice": None})

    monkeypatch.setattr("assistant.pipeline.Speaker.load", lambda *_: (Speaks(), {}))
    monkeypatch.setattr("assistant.pipeline.Segmenter.load", lambda: None)
    monkeypatch.setattr("assistant.pipeline.Classifier.load", lambda: None)
    monkeypatch.setattr(Shelf, "of", lambda _: shelf)
    new = made(shelf, home)
    shelf.use(new.id)
    (new.adapter / "config.json").unlink()
    monkeypatch.setattr("assistant.pipeline.Classifier.load", lambda: type("C", (), {"sha256": ""}))
    assert [p.key for p in Pipeline.load(llm).problems] == ["versions.unusable"]


def test_list_use_and_rollback_on_the_command_line(
    shelf: Shelf, llm: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, bad = made(shelf, home), made(shelf, home, 3.0, good=False)
    assert version_command.main(["--llm", llm, "use", new.id]) == 0
    assert new.sha256 in capsys.readouterr().out
    version_command.main(["--llm", llm, "list"])
    lines = capsys.readouterr().out.splitlines()
    states = {line.split("\t")[1]: line.split("\t")[0] for line in lines}
    assert states == {SHIPPED: "can be used", new.id: "serves now", bad.id: "did not pass"}
    assert "fact_recall 0.70 > 0.72" in "".join(lines)
    version_command.main(["--llm", llm, "--lang", "zh", "rollback"])
    assert SHIPPED in capsys.readouterr().out


def test_the_command_is_one_of_the_assistants(
    llm: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["assistant", "versions", "--llm", llm, "list"])
    assert cli.main() == 0
    assert capsys.readouterr().out.startswith(f"serves now\t{SHIPPED}\t")


@pytest.mark.parametrize("content", ["{", '{"gate": {}}', '{"gate": {"x": {"y": 1}}}'])
def test_a_damaged_note_of_a_version_is_a_sentence(shelf: Shelf, home: Path, content: str) -> None:
    new = made(shelf, home)
    (new.adapter.parent / "version.json").write_text(content)
    with pytest.raises(ModelError, match=r"version\.json"):
        shelf.versions()


def test_a_damaged_note_costs_the_version_and_not_the_language_model(
    shelf: Shelf, home: Path
) -> None:
    new = made(shelf, home)
    shelf.use(new.id)
    (new.adapter.parent / "version.json").write_text("{")
    serving, fault = shelf.current()
    assert serving.id == SHIPPED and fault is not None


def test_programs_that_choose_at_once_lose_no_choice(shelf: Shelf, home: Path) -> None:
    ids = [made(shelf, home, 2.0).id, SHIPPED]
    threads = [threading.Thread(target=shelf.use, args=(one,)) for one in ids * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = json.loads((shelf.root / "use.json").read_text())
    assert sorted(used) == sorted(ids * 4)
