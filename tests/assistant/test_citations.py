"""What an answer draws on, for a reader: python -m pytest tests/assistant/test_citations.py"""

import pytest

from assistant.citations import citations, lines
from assistant.knowledge import passage, passages, sources
from vision.catalogue import LANGUAGES, Language

TWO = ("glaucoma.causes.2", "signs.microaneurysm.1")


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["primary open-angle glaucoma: causes and symptoms", "microaneurysm: definition"]),
        ("zh", ["原发性开角型青光眼：病因与症状", "微动脉瘤：释义"]),
    ],
)
def test_a_passage_is_cited_by_entry_section_and_work(
    language: Language, titles: list[str]
) -> None:
    cited = citations(TWO, language)
    assert [one.id for one in cited] == list(TWO)
    assert [one.title for one in cited] == titles
    assert [one.source for one in cited] == [sources()[passage(one).source] for one in TWO]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_passage_can_be_cited(language: Language) -> None:
    assert all(one.title and one.source for one in citations(list(passages()), language))


def test_passages_of_one_section_and_work_are_one_line() -> None:
    same = [p.id for p in passages().values() if p.entry.id == "erm" and p.section == "visual"]
    works = {passage(one).source for one in same}
    assert len(same) > len(works) == len(lines(same, "en"))
