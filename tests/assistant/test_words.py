"""Run: python -m pytest tests/assistant/test_words.py"""

import re
from pathlib import Path

import pytest

import assistant.words
from assistant.words import Words

FOLDER = Path(assistant.words.__file__).parent
SUBJECTS = sorted(path.stem for path in FOLDER.glob("*.txt"))
KINDS = ("lesion", "disease", "grade", "outside", "normal", "abnormal", "flag", "refuse")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_pattern_of_a_subject_compiles(subject):
    text = (FOLDER / f"{subject}.txt").read_text("utf-8")
    names = re.findall(r"^\[([A-Za-z][^\]]*)\]$", text, re.M)
    assert names
    for name in names:
        re.compile(Words(subject).text(name))


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_term_is_found_in_an_empty_text(subject, kind):
    assert not any(re.search(pattern, "") for _, pattern in Words(subject).table(kind))


def test_every_subject_has_its_module_or_is_read_by_one():
    sources = "".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.rglob("*.py"))
    assert all(
        (FOLDER.parent / f"{subject}.py").exists() or f'Words("{subject}")' in sources
        for subject in SUBJECTS
    )
