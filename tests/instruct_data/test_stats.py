"""Counts and repetition of dialogues: python -m pytest tests/instruct_data/test_stats.py"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sacrebleu.metrics.bleu import BLEU

from instruct_data.photos import SPLITS
from instruct_data.repetition import distinct, self_bleu, units
from instruct_data.schema import Record
from instruct_data.stats import failures, stats, table, write_stats
from tests.instruct_data.factory import make_record, write_folder
from vision.catalogue import LANGUAGES
from vision.errors import InputError

EN = ["No hard exudates were found.", "Seven haemorrhages were found below the fovea.",
      "No haemorrhages were found, and no exudates.", "Yes."]  # fmt: skip
ZH = ["未见硬性渗出。", "有出血，共7处，多在黄斑下方。", "未见出血，也未见渗出。", "是。"]


def varied() -> Iterator[Record]:
    """Records of all splits and both languages in which no answer is given twice."""
    for number in range(240):
        split, language = SPLITS[number % 3], LANGUAGES[number // 3 % 2]
        turns = [("What is it?", f"Finding {number}.") if language == "en" else
                 ("这是什么？", f"第{number}号病变。")]  # fmt: skip
        kind, images = ("image", 1) if number % 4 else ("knowledge", 0)
        yield make_record(number, split, language, kind, images, turns)


def test_records_are_counted_by_split_kind_language_intent_and_turns(tmp_path: Path) -> None:
    found = stats(write_folder(tmp_path, varied()))
    assert found["records"] == {"train": 80, "val": 80, "test": 80}
    assert found["counts"]["kind"]["image"] == {"train": 60, "val": 60, "test": 60}
    assert found["counts"]["language"]["zh"] == {"train": 40, "val": 40, "test": 40}
    assert found["counts"]["intent"] == {"has_lesion": {"train": 80, "val": 80, "test": 80}}
    assert found["counts"]["turns"] == {"1": {"train": 80, "val": 80, "test": 80}}


def test_conditions_are_those_of_the_findings_and_of_the_passages(tmp_path: Path) -> None:
    found = stats(write_folder(tmp_path, varied()))
    assert found["counts"]["found"] == {"D": {"train": 60, "val": 60, "test": 60}}
    assert found["counts"]["explained"] == {"erm": {"train": 20, "val": 20, "test": 20}}


def test_what_two_splits_have_in_common_is_counted_and_told(tmp_path: Path) -> None:
    one, other = make_record(0, "train"), make_record(0, "test")
    leaked = replace(other, patient=one.patient, images=one.images)
    found = stats(write_folder(tmp_path, [one, leaked]))
    assert found["shared"] == {"families": 0, "images": 1, "patients": 1}
    assert "1 patients are in more than one split" in failures(found)


def test_a_set_without_repeated_answers_and_shared_patients_has_no_failures(tmp_path: Path) -> None:
    records = list(varied())
    for number in range(600):
        turns = [("?", f"Another finding, number {number}.")]
        records.append(make_record(number, SPLITS[number % 3], turns=turns))
    assert failures(stats(write_folder(tmp_path, records))) == []


def test_the_most_frequent_answer_is_named_with_its_share(tmp_path: Path) -> None:
    turns = [("A?", "Yes."), ("B?", "No."), ("C?", "Yes."), ("D?", "Perhaps.")]
    found = stats(write_folder(tmp_path, [make_record(turns=turns)]))
    assert found["most_frequent"]["train"] == {"share": 0.5, "text": "Yes."}
    assert any("50.00% of the answers of train" in told for told in failures(found))


def test_lengths_are_of_every_answer_given_not_of_every_different_one(tmp_path: Path) -> None:
    turns = [("?", "one two three")] * 8 + [("?", "one")]
    found = stats(write_folder(tmp_path, [make_record(turns=turns)]))
    assert found["length"]["answer"]["en"]["words"]["median"] == 3
    assert sum(found["length"]["answer"]["en"]["words"]["histogram"]) == 9


def test_units_are_words_in_english_and_characters_in_chinese() -> None:
    assert units("The patient's IOP: 21.5 mmHg.", "en") == [
        "the", "patient's", "iop", "21.5", "mmhg",
    ]  # fmt: skip
    assert units("OCT显示2处", "zh") == ["oct", "显", "示", "2", "处"]


def test_distinct_is_different_n_grams_by_all_n_grams() -> None:
    assert distinct({"a b a": 1}, "en") == (2 / 3, 1.0)
    assert distinct({"a b": 2}, "en") == (0.5, 0.5)
    assert distinct({}, "en") == (0, 0)


@pytest.mark.parametrize(("language", "texts"), [("en", EN), ("zh", ZH), ("en", EN + EN[:1])])
def test_self_bleu_is_the_mean_of_sacrebleus_own_scores(language: str, texts: list[str]) -> None:
    tokenize = {"en": "13a", "zh": "zh"}[language]
    metric = BLEU(tokenize=tokenize, lowercase=True, effective_order=True)
    scores = [
        metric.sentence_score(text, texts[:i] + texts[i + 1 :]).score
        for i, text in enumerate(texts)
    ]
    assert self_bleu(texts, language) == pytest.approx(sum(scores) / len(scores))


def test_one_text_alone_repeats_nothing() -> None:
    assert self_bleu(["Alone."], "en") == 0


def test_the_same_folder_gives_the_same_numbers(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, varied())
    assert stats(folder) == stats(folder)


def test_numbers_table_and_plots_are_written(tmp_path: Path) -> None:
    told = write_stats(write_folder(tmp_path, varied()))
    found = json.loads((tmp_path / "stats.json").read_text(encoding="utf-8"))
    assert told == table(found)
    for name in ("records", "intents", "conditions", "lengths"):
        assert (tmp_path / f"stats-{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_records_still_has_a_table(tmp_path: Path) -> None:
    assert "records" in write_stats(write_folder(tmp_path, []))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        stats(tmp_path)
