"""Training dialogues from labels: python -m pytest tests/instruct_data/test_alignment.py"""

import random
from pathlib import Path

import pytest

from instruct_data.alignment import alignment_records, answer
from vision.catalogue import LANGUAGES, Language
from vision.data import Record
from vision.labels import DISEASES

ROOT = Path("/data")


def record(*codes: str, grade: int = -1, risk: int = -1) -> Record:
    """An eye with these labels and no other."""
    labels = tuple(int(code in codes) for code in DISEASES)
    return Record(ROOT / "odir/a.jpg", labels, grade, risk, keywords=("some words",))


def answers(one: Record, language: Language) -> set[str | None]:
    return {answer(one, language, random.Random(seed)) for seed in range(60)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_names_every_label_in_many_forms(language: Language) -> None:
    said = answers(record("D", "G", grade=2), language)
    names = (
        ("diabetic retinopathy", "glaucoma") if language == "en" else ("糖尿病视网膜病变", "青光眼")
    )
    assert len(said) > 5
    assert all(text and all(name in text for name in names) for text in said)


def test_the_edema_risk_is_told_where_it_is_labelled_and_nowhere_else() -> None:
    told = answers(record("D", grade=2, risk=1), "en")
    assert any(text and "macular oedema is 1 of 2" in text for text in told)
    assert not any(text and "oedema" in text for text in answers(record("D", grade=2), "en"))


@pytest.mark.parametrize(
    "one", [record(), Record(ROOT / "octdl/a.jpg", modality="oct", oct_class="DME")]
)
def test_an_image_whose_labels_say_nothing_of_a_photo_teaches_nothing(one: Record) -> None:
    assert answer(one, "en", random.Random(0)) is None
    assert list(alignment_records([one], ROOT, 3, seed=0)) == []


def test_the_same_seed_gives_the_same_records() -> None:
    eyes = [record("N"), record("D", grade=3), record("C")]
    first, again = (list(alignment_records(eyes, ROOT, 2, seed=1)) for _ in range(2))
    assert first == again and len(first) == 6
    assert first[0]["image"] == "odir/a.jpg" and first[0]["labels"] == ["N"]
