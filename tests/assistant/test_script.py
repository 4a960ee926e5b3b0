"""Chinese in one script: python -m pytest tests/assistant/test_script.py"""

import pytest

from assistant import safety
from assistant.intents import Intents
from assistant.knowledge.search import search
from assistant.lexicon import normalise
from assistant.script import simplified


def test_traditional_characters_become_simplified_ones_in_their_places() -> None:
    text = "這張照片達到轉介標準了沒？ 36% CDR"
    assert simplified(text) == "这张照片达到转介标准了没？ 36% CDR"
    assert len(simplified(text)) == len(text)


def test_simplified_and_other_text_stays_as_it_is() -> None:
    for text in ("这张照片有出血吗？", "Any haemorrhages?", "緑内障 かな", ""):
        assert len(simplified(text)) == len(text)
    assert simplified("这张照片有出血吗？") == "这张照片有出血吗？"


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("請給後續追蹤的建議", "请给后续追踪的建议"),
        ("太多專業名詞了，簡單一點", "太多专业名词了，简单一点"),
        ("右眼突然看不見了", "右眼突然看不见了"),
    ],
)
def test_both_scripts_are_read_alike(traditional: str, simple: str) -> None:
    assert normalise(traditional) == normalise(simple)
    assert safety.red_flag(traditional) == safety.red_flag(simple)
    intents = Intents.load()
    assert intents.wanted(traditional).shares == intents.wanted(simple).shares


def test_the_knowledge_is_found_in_both_scripts() -> None:
    for traditional, simple in (("什麼是糖尿病視網膜病變", "什么是糖尿病视网膜病变"),):
        found = [[hit.passage.id for hit in search(q, "zh")] for q in (traditional, simple)]
        assert found[0] == found[1]
        assert found[0][0] == "dr.define.1"
