"""The parts of the proof and what they print: python -m pytest tests/assistant/proof"""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from assistant import evaluate
from assistant.engine import Prompt
from assistant.proof import parts, photos
from assistant.proof.parts import RAW, SHIPPED, SYSTEMS, TEMPLATE, TOKENS_ONLY, Bench
from assistant.proof.photos import Candidate, candidates, choose, labels_of
from assistant.proof.questions import Wording, wordings
from assistant.proof.report import KEYS, last_line, markdown, merged
from assistant.proof.voices import Voices
from tests.assistant.factory import diseases, findings, healthy, measured, ungradable
from tests.assistant.proof.fakes import FakeVoice, shown, talk
from tests.fakes import FakeClassifier, byte_tokenizer
from vision.errors import InputError


def two_of_each() -> list[Wording]:
    """Two wordings of every intent in each language."""
    kinds: dict[tuple[str, str], list[Wording]] = {}
    for one in wordings("dev"):
        kinds.setdefault((one.language, one.intent), []).append(one)
    return [one for every in kinds.values() for one in every[:2]]


def bench(tmp_path: Path, voice: FakeVoice) -> Bench:
    every = [shown(measured(diseases=diseases(G=0.9)), 1), shown(healthy(), 2)]
    voices = Voices(voice, voice, is_tuned=False)  # type: ignore[arg-type]
    return Bench(tmp_path, tmp_path, "test", two_of_each(), 0, tmp_path, voices,
                 FakeClassifier(), every, [(every[1], every[0])])  # type: ignore[arg-type]  # fmt: skip


def test_a_liar_is_found_out_raw_and_checked_when_shipped(tmp_path: Path) -> None:
    voice = FakeVoice(lambda heard: "There are 99 soft exudates and a macular hole.")
    values = parts.dialogue(bench(tmp_path, voice))
    assert list(values) == list(SYSTEMS)
    raw, shipped = values[RAW], values[SHIPPED]
    assert raw["claim_precision"]["all"]["value"] < 0.1 < shipped["claim_precision"]["all"]["value"]
    assert raw["contradiction_rate"]["en"]["value"] == 1
    assert shipped["contradiction_rate"]["all"]["value"] < 0.1
    assert raw["fact_recall"]["all"]["value"] < shipped["fact_recall"]["all"]["value"]


def test_conversations_are_written_as_they_were_with_every_system_s_answer(tmp_path: Path) -> None:
    parts.dialogue(bench(tmp_path, FakeVoice(lambda heard: "Unedited words.")))
    lines = (tmp_path / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    follow = next(row for row in rows if row["intent"] == "follow_where")
    assert len(follow["turns"]) == 2
    assert follow["turns"][1][RAW] == "Unedited words." and follow["photos"] == ["set/1.png"]
    assert set(follow["turns"][0]) == {"question", *SYSTEMS}


def test_without_a_projector_there_is_no_column_of_tokens_alone(tmp_path: Path) -> None:
    one = bench(tmp_path, FakeVoice(lambda heard: "Words.", sees=False))
    assert TOKENS_ONLY not in parts.dialogue(one)
    assert parts.tokens(one, 3) == {}


def test_emergencies_are_answered_at_once_by_the_rules_and_not_by_a_calm_model(
    tmp_path: Path,
) -> None:
    values = parts.flags(bench(tmp_path, FakeVoice(lambda heard: "Let us look at it calmly.")))
    assert values[SHIPPED]["red_flag_first"]["all"]["value"] > 0.5
    assert values[RAW]["red_flag_first"]["all"]["value"] == 0
    assert values[RAW]["no_flag_false_alarm"]["all"]["value"] == 0


class Restless:
    """An engine that says one of two true sentences in turn, or always the first."""

    def __init__(self, *, settled: bool) -> None:
        self.tokenizer, self.settled, self.count = byte_tokenizer(), settled, 0
        self.name, self.width, self.context_tokens = "restless", 8, 20_000

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: threading.Event, draft: Sequence[int] = ()
    ) -> Iterator[int]:
        """Both pass the check."""
        said = ("It is ICDR grade 2.", "The photo suggests ICDR grade 2.")[self.count % 2]
        self.count += not self.settled
        yield from self.tokenizer(said, add_special_tokens=False).input_ids


@pytest.mark.parametrize(("settled", "share"), [(True, 1.0), (False, 0.0)])
def test_an_engine_that_changes_its_mind_is_found_out(
    settled: bool, share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = FakeVoice(lambda heard: "It is ICDR grade 2.")
    voice.speaker.engine = Restless(settled=settled)  # type: ignore[assignment]
    monkeypatch.setattr(parts, "plan", lambda lines, shown, *_: [
        talk("grade", "What is the DR grade?", shown[0], unit=f"{n}") for n in range(3)
    ])  # fmt: skip
    values = parts.repeats(bench(tmp_path, voice))[SHIPPED]
    assert values["repeatability"]["all"]["value"] == share
    assert values["same_as_in_batches"]["all"]["value"] >= share


def write_records(folder: Path) -> None:
    known = {"a": findings(grade=2), "b": findings(grade=0), "c": ungradable(), "d": healthy()}
    messages = [{"role": "user", "content": "Report."}, {"role": "assistant", "content": "Normal."}]
    rows = [
        {"id": image, "kind": "image", "language": "en", "patient": f"p{image}",
         "images": [{"path": f"odir/{image}.jpg", "id": image}], "messages": messages}
        for image in "abc"
    ]  # fmt: skip
    rows.append({"id": "r", "kind": "report", "language": "en", "patient": "", "images": [],
                 "messages": messages})  # fmt: skip
    told = [
        {"id": image, "path": f"odir/{image}.jpg", "findings": one.to_dict()}
        for image, one in known.items()
    ]
    for name, lines in (("test", rows), ("findings", told)):
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def test_readable_photos_of_the_split_alone_are_asked_about(tmp_path: Path) -> None:
    write_records(tmp_path)
    assert [c.path for c in candidates(tmp_path, "test")] == ["odir/a.jpg", "odir/b.jpg"]
    with pytest.raises(InputError):
        candidates(tmp_path, "val")


def test_photos_are_of_all_sets_and_pairs_are_two_eyes_that_differ() -> None:
    def one(path: str, patient: str, **changed: Any) -> Candidate:
        return Candidate(path, patient, findings(**changed))

    found = [one(f"{name}/{n}", f"{name}{n}", grade=n % 5) for name in "xyz" for n in range(20)]
    found += [one("x/r", "two", eye="OD", grade=0), one("x/l", "two", eye="OS", grade=3)]
    found += [one("x/s", "same", eye="OD"), one("x/t", "same", eye="OS")]
    chosen, pairs = choose(found, 12)
    assert [chosen[i].path for i in pairs[0]] == ["x/r", "x/l"] and len(pairs) == 1
    assert len({c.path for c in chosen}) == 12
    assert {c.set_name for c in chosen[2:]} == set("xyz")
    assert len({c.findings.dr.grade for c in chosen}) > 3


def test_labels_are_read_from_the_sets_and_a_set_that_is_not_there_has_none(
    tmp_path: Path,
) -> None:
    (tmp_path / "odir").mkdir()
    head = "image,N,D,G,C,A,H,M\n"
    (tmp_path / "odir/index.csv").write_text(head + "a.jpg,0,1,0,0,0,0,0\n", encoding="utf-8")
    found = labels_of(tmp_path)
    assert found == {"odir/a.jpg": {"diseases": dict(zip("NDGCAHM", (0, 1, 0, 0, 0, 0, 0),
                                                         strict=True))}}  # fmt: skip
    write_records(tmp_path)
    told = parts.findings_against_labels(candidates(tmp_path, "test"), tmp_path)
    assert told["findings_truth_disease"]["all"] == {"value": 1.0, "ci95": [1.0, 1.0], "n": 7}


def test_the_table_has_a_row_a_measure_and_the_last_line_the_promised_keys() -> None:
    cell = {"value": 0.5, "ci95": [0.4, 0.6], "n": 9}
    one = {"all": cell, "en": cell, "zh": cell}
    values = merged([{RAW: {"claim_precision": one}}, {SHIPPED: {"claim_precision": one}},
                     {TEMPLATE: {"fact_recall": {"all": {**cell, "value": None}}}}])  # fmt: skip
    text = markdown(values)
    assert "| claim_precision | 9 | 0.50 [0.40, 0.60]; en 0.50, zh 0.50 |" in text
    metrics, intervals = last_line(values)
    assert metrics == {"claim_precision_raw": 0.5, "claim_precision": 0.5}
    assert intervals["claim_precision"] == [0.4, 0.6]
    promised = "claim_precision_raw claim_precision fact_recall contradiction_rate paired_yes_no " \
        "false_premise refusal over_refusal multi_turn zh_en_agreement paraphrase_agreement " \
        "repeatability tokens_only_top1 tokens_only_shuffled blind_change_rate knowledge_mc " \
        "knowledge_mc_base red_flag_first impression_f1 rouge_l well_formed"  # fmt: skip
    assert set(promised.split()) <= set(KEYS)


def test_the_command_measures_the_parts_that_are_picked_and_writes_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_records(tmp_path)
    voice = FakeVoice(lambda heard: "Words.")
    one = bench(tmp_path, voice)
    monkeypatch.setattr(evaluate.Classifier, "load", FakeClassifier)
    monkeypatch.setattr(parts, "photos_for", lambda *_: (one.shown, one.pairs))
    monkeypatch.setattr(evaluate, "load_voices", lambda *_: one.voices)
    monkeypatch.setattr("sys.argv", [
        "evaluate", "--records", str(tmp_path), "--data", str(tmp_path), "--split", "test",
        "--only", "flags", "--out", str(tmp_path / "out"),
    ])  # fmt: skip
    evaluate.main()
    printed = capsys.readouterr().out
    last = json.loads(printed.splitlines()[-1])
    assert last["task"] == "dialogue" and last["n"] == 2 and last["weights_sha256"] == "d" * 64
    assert set(last["metrics"]) == {"red_flag_first", "no_flag_false_alarm"}
    assert "untuned language model" in printed
    proof = json.loads((tmp_path / "out/proof.json").read_text(encoding="utf-8"))
    assert proof["seconds_by_part"]["flags"] >= 0 and "loading" in proof["seconds_by_part"]


def test_an_unknown_part_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["evaluate", "--records", "r", "--data", "d", "--split",
                                     "test", "--only", "flags,nonsense"])  # fmt: skip
    with pytest.raises(SystemExit) as left:
        evaluate.main()
    assert left.value.code == 2 and "nonsense" in capsys.readouterr().err


def test_photos_come_as_serving_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_records(tmp_path)
    (tmp_path / "odir").mkdir()
    for name in "ab":
        Image.fromarray(np.full((256, 256, 3), 90, np.uint8)).save(tmp_path / f"odir/{name}.jpg")
    monkeypatch.setattr(photos.Segmenter, "load", lambda **_: None)
    monkeypatch.setattr(
        photos, "photo_tokens", lambda *a: {path: torch.ones(4, 6).half() for path in a[2]}
    )
    found = photos.load(candidates(tmp_path, "test"), tmp_path, "test", FakeClassifier())  # type: ignore[arg-type]
    assert [one.path for one in found] == ["odir/a.jpg", "odir/b.jpg"]
    tokens = found[0].analysis.tokens
    assert tokens is not None and tokens.dtype == np.float32 and tokens.shape == (4, 6)
    assert found[0].analysis.image.eye == found[0].findings.image.eye


def test_a_quick_look_asks_each_third_thing_in_all_its_wordings(tmp_path: Path) -> None:
    whole = bench(tmp_path, FakeVoice(lambda heard: "Words."))
    quick = replace(whole, every=3)
    wanted = {talk.unit for talk in quick.talks}
    assert quick.talks == [talk for talk in whole.talks if talk.unit in wanted]
    assert len(wanted) == -(-len({talk.unit for talk in whole.talks}) // 3)
