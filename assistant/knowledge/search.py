"""Which passages a question is about: BM25 over their words, names, section and likely questions.

English is stemmed by Snowball, Chinese cut by jieba with the entries' names as words of its own
(Robertson and Zaragoza, Found. Trends Inf. Retr. 2009; questions beside the passages as in
Nogueira et al., Document Expansion by Query Prediction, 2019; bm25s, PyStemmer, rjieba).
"""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import bm25s
import numpy as np
import rjieba
import Stemmer

from assistant.knowledge import FOLDER, Entry, Passage, entries, passages
from vision.catalogue import LANGUAGES, Language, detect_language

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells every step to whoever listens

# chosen on the development questions (README of this folder)
ASKED_SHARE, NAME_SHARE, SECTION_SHARE, CALLED_SHARE = 1.3, 0.5, 2.4, 1.0
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u4e00-\u9fff]+")
_DEFINES = re.compile(  # what its words say is lost: they are among the most frequent of all
    r"\bwhat(?:'s| is| are| does)\b|\bmean|\bexplain|是什么|什么是|怎么回事|什么意思|什么叫", re.I
)
_STOP = frozenset(bm25s.stopwords.STOPWORDS_EN) | frozenset(
    "i my me you your do does can 的 了 吗 呢 啊 是 有 在 和 与 或 我 你 您 会 就 都 也".split()
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it fits; scores of different questions do not compare."""

    passage: Passage
    score: float


@cache
def _jieba() -> rjieba.Jieba:
    cutter = rjieba.Jieba()
    for entry in entries().values():
        for name in (entry.name["zh"], *entry.aliases["zh"]):
            for part in re.findall(r"[\u4e00-\u9fff]{2,8}", name):
                cutter.add_word(part, 1000, "n")
    return cutter


def words(text: str) -> list[str]:
    """A text's words in both scripts: stemmed English; Chinese words, those inside, characters."""
    found: list[str] = []
    for run in _WORD.findall(text.lower().replace("-", " ")):
        if run[0] >= "\u4e00":
            cut = [*_jieba().cut_for_search(run), *run]  # characters too: 瞎 is in 瞎眼
            found += [word for word in cut if word not in _STOP]
        elif run not in _STOP:
            found.append(_stemmer().stemWord(run))
    return found


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


class Index:
    """Passages of one language, ready to be searched."""

    def __init__(self, language: Language) -> None:
        self.passages = list(passages().values())
        cues = json.loads((FOLDER / "sections.json").read_text(encoding="utf-8"))
        sections = {name: words(cue[language]) for name, cue in cues.items()}
        self._fields = (
            (1.0, _bm25([words(p.text[language]) for p in self.passages])),
            (ASKED_SHARE, _bm25([words(" ".join(p.asks[language])) for p in self.passages])),
            (NAME_SHARE, _bm25([_names(p) for p in self.passages])),
            (SECTION_SHARE, _bm25([sections[p.section] for p in self.passages])),
        )

    def search(self, question: str, most: int = 3) -> list[Hit]:
        """The passages that fit best, best first; fewer or none where no word is shared."""
        asked = words(question)
        asked += ["define"] if asked and _DEFINES.search(question) else []
        if not asked:
            return []
        scores = np.sum([share * bm25.get_scores(asked) for share, bm25 in self._fields], axis=0)
        named = {entry: CALLED_SHARE * _longest(asked, entry) for entry in entries().values()}
        scores += [named[p.entry] for p in self.passages]
        best = np.argsort(-scores, kind="stable")[:most]
        return [Hit(self.passages[i], float(scores[i])) for i in best if scores[i] > 0]


@cache
def _called(entry: Entry) -> tuple[tuple[str, ...], ...]:
    """All that an entry is called, each as its words."""
    names = [n for lang in LANGUAGES for n in (entry.name[lang], *entry.aliases[lang])]
    return tuple(dict.fromkeys(tuple(words(name)) for name in names))


def _longest(asked: list[str], entry: Entry) -> int:
    """Words of the longest of an entry's names that the question holds as a whole."""
    there = set(asked)
    return max((len(n) for n in _called(entry) if n and there.issuperset(n)), default=0)


def _bm25(texts: Sequence[list[str]]) -> bm25s.BM25:
    index = bm25s.BM25()
    index.index(list(texts), show_progress=False)
    return index


def _names(passage: Passage) -> list[str]:
    """Names in both languages, as people mix them: OCT, DME, MGD."""
    entry = passage.entry
    return words(
        " ".join(n for lang in LANGUAGES for n in (entry.name[lang], *entry.aliases[lang]))
    )


@cache
def index(language: Language) -> Index:
    """The index of a language, made once."""
    return Index(language)


def search(question: str, language: Language | None = None, most: int = 3) -> list[Hit]:
    """`Index.search` in the question's own language where none is given (English where unclear)."""
    return index(language or detect_language(question) or "en").search(question, most)
