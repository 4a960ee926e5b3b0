"""Which passages a question is about: BM25 over their words, names, section and likely questions.

English is stemmed by Snowball, Chinese cut by jieba with the entries' names as words of its own
(Robertson and Zaragoza, Found. Trends Inf. Retr. 2009; questions beside the passages as in
Nogueira et al., Document Expansion by Query Prediction, 2019; bm25s, PyStemmer, rjieba).
What an entry is called says which entry is meant, but not which of its passages: the words of a
name that the question holds count once for the entry, and little for the passages.
"""

import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import bm25s
import numpy as np
import rjieba
import Stemmer

from assistant.knowledge import FOLDER, Entry, Passage, entries, passages
from assistant.script import simplified
from vision.catalogue import LANGUAGES, Language, detect_language

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells every step to whoever listens

# chosen on the development questions and on the questions beside the passages, each left out in
# its turn (README of this folder)
ASKED_SHARE: dict[Language, float] = {"en": 1.3, "zh": 1.0}
PAIRS_SHARE: dict[Language, float] = {"en": 0.0, "zh": 0.4}  # pairs of Chinese characters
NAME_SHARE, SECTION_SHARE, ENTRY_SHARE, CALLED_SHARE = 1.0, 2.5, 1.2, 2.0
NAMED_SHARE = 0.6  # of a name's words in passages and questions
LAY_SHARE = 0.5  # of the terms for what people say (lay_words.json)
UNASKED = 0.8  # of a definition's score, where none is asked for
DEFINING = 3.0  # of the passage that says what a condition is, where that is asked
LATIN_SIZE = 4  # an abbreviation in Chinese counts as this many characters
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u4e00-\u9fff]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DEFINES = re.compile(  # what its words say is lost: they are among the most frequent of all
    r"\bwhat(?:'s| is| are| does)\b|\bmean|\bexplain|是什么|什么是|怎么回事|什么意思|什么叫", re.I
)
_SAID = {"为啥": "为什么", "干嘛": "干什么", "啥": "什么", "咋": "怎么"}  # as people say it
_STOP = frozenset(bm25s.stopwords.STOPWORDS_EN) | frozenset(
    "i my me you your do does can 的 了 吗 呢 啊 是 有 在 和 与 或 我 你 您 会 就 都 也".split()
)
_ASKING = frozenset(  # how it is asked, not what about; characters: 怎 is in 怎么
    "什么 怎么 为什么 什么样 多少 哪些 哪里 怎么样 怎样 如何 什么时候 时候 情况 可以 东西 "
    "什 么 怎 为 哪 要 不 这 个 时 候 样 没 还 到 那 能 吧 来 去 说 做 看 得 着 把 被 给 从 对 跟 "
    "很 多 些 里 上 下 以 后 前 少 何 如 东 西 一 两".split()
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


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def words(text: str, characters: bool = True) -> list[str]:
    """A text's words in both scripts: stemmed English; Chinese words, those inside, characters."""
    found: list[str] = []
    for run in _runs(text):
        if run[0] >= "\u4e00":
            cut = [*_jieba().cut_for_search(run), *(run if characters else "")]  # 瞎 is in 瞎眼
            found += [word for word in cut if word not in _STOP]
        elif run not in _STOP:
            found.append(_stemmer().stemWord(run))
    return found


def _runs(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("-", " "))


def _pairs(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, and words of Latin letters."""
    found: list[str] = []
    for run in _runs(text):
        found += [a + b for a, b in pairwise(run)] if run[0] >= "\u4e00" else [run]
    return found


class Index:
    """Passages of one language, ready to be searched."""

    def __init__(self, language: Language, without: int | None = None) -> None:
        """`without`: of the questions beside each passage, the one that is left out, to measure."""
        self.language: Language = language
        self.passages = list(passages().values())
        self.entries = list(entries().values())
        number = {entry: i for i, entry in enumerate(self.entries)}
        self._entry = np.array([number[p.entry] for p in self.passages])
        asks = [
            " . ".join(one for i, one in enumerate(p.asks[language]) if i != without)
            for p in self.passages
        ]
        texts, asked = [words(p.text[language]) for p in self.passages], [words(a) for a in asks]
        whole: list[list[str]] = [[] for _ in self.entries]
        for i, text, ask in zip(self._entry, texts, asked, strict=True):
            whole[i] += text + ask
        cues = json.loads((FOLDER / "sections.json").read_text(encoding="utf-8"))
        sections = {name: words(cue[language]) for name, cue in cues.items()}
        called = [_content(words(" ".join(_names(e)), False)) for e in self.entries]
        self._text, self._asked = _bm25(texts), _bm25(asked)
        self._asked_pairs = _bm25([_pairs(a) for a in asks])
        self._section = _bm25([sections[_part(p)] for p in self.passages], b=0.0)
        self._defining = np.array([p.id.endswith(".define.1") for p in self.passages])
        self._named, self._whole = _bm25([called[i] for i in self._entry]), _bm25(whole)

    def search(self, question: str, most: int = 3) -> list[Hit]:
        """The passages that fit best, best first; fewer or none where no word is shared."""
        question = simplified(question)
        for said, meant in _SAID.items():
            question = question.replace(said, meant)
        asked = words(question)
        if not asked:
            return []
        scores = self._scores(question, asked)
        best = np.argsort(-scores, kind="stable")[:most]
        return [Hit(self.passages[i], float(scores[i])) for i in best if scores[i] > 0]

    def _scores(self, question: str, asked: list[str]) -> np.ndarray:
        held = [_longest(question, asked, entry) for entry in self.entries]
        in_names = {word for name in held if name for word in name.words}
        rest = [word for word in asked if word not in in_names]
        named = [word for word in asked if word in in_names]
        share = ASKED_SHARE[self.language]
        scores = _get(self._text, _content(rest)) + share * _get(self._asked, rest)
        for part, some in ((NAMED_SHARE, named), (LAY_SHARE, _terms(question, asked))):
            scores += part * (_get(self._text, some) + share * _get(self._asked, some))
        if PAIRS_SHARE[self.language]:
            pairs = _get(self._asked_pairs, _pairs(question))
            scores += PAIRS_SHARE[self.language] * pairs
        scores += NAME_SHARE * _get(self._named, _content(words(question, False)))
        defines = bool(_DEFINES.search(question))
        cues = [*asked, "define"] if defines else asked
        scores += SECTION_SHARE * _get(self._section, cues) + DEFINING * defines * self._defining
        sizes = [name.size[self.language] if name else 0 for name in held]
        entry = ENTRY_SHARE * _get(self._whole, asked) + CALLED_SHARE * np.array(sizes)
        told = scores + entry[self._entry]
        return told if defines else np.where(self._defining, UNASKED * told, told)


@cache
def _lay_words() -> dict[str, list[str]]:
    """Chinese that people use and texts do not: what they say -> terms."""
    path = FOLDER / "lay_words.json"
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _terms(question: str, asked: list[str]) -> list[str]:
    """Words of the terms for what the question says in lay words, without its own words."""
    meant = [t for said, terms in _lay_words().items() if said in question for t in terms]
    return [w for w in dict.fromkeys(words(" ".join(meant))) if w not in asked]


@dataclass(frozen=True, slots=True)
class _Name:
    """One of the things that an entry is called."""

    letters: str  # where it has Chinese: as it stands in a question
    words: frozenset[str]
    size: dict[Language, int]


def _names(entry: Entry) -> list[str]:
    """Names in both languages, as people mix them: OCT, DME, MGD."""
    names = [n for lang in LANGUAGES for n in (entry.name[lang], *entry.aliases[lang])]
    return list(dict.fromkeys(names))


@cache
def _called(entry: Entry) -> tuple[_Name, ...]:
    """All that an entry is called, longest first."""
    found = []
    for name in _names(entry):
        runs = _runs(name)
        chinese = sum(len(run) for run in runs if _CHINESE.match(run))
        latin = sum(not _CHINESE.match(run) for run in runs)
        held = [*words(name), *(run for run in runs if run == "a")]  # OCT-A is not OCT
        size: dict[Language, int] = {"en": len(held), "zh": chinese + LATIN_SIZE * latin}
        if held:
            found.append(_Name("".join(runs) if chinese else "", frozenset(held), size))
    return tuple(sorted(found, key=lambda name: -name.size["zh"]))


def _longest(question: str, asked: list[str], entry: Entry) -> _Name | None:
    """The longest of an entry's names that the question holds as a whole."""
    runs = _runs(question)
    there, letters = {*asked, *runs}, "".join(runs)
    for name in _called(entry):
        if name.letters in letters if name.letters else there.issuperset(name.words):
            return name
    return None


def _part(passage: Passage) -> str:
    """The section of a condition; of other entries, what they are."""
    return passage.section if passage.entry.kind == "condition" else passage.entry.kind


def _content(asked: Iterable[str]) -> list[str]:
    return [word for word in asked if word not in _ASKING]


def _bm25(texts: Sequence[list[str]], b: float = 0.75) -> bm25s.BM25:
    index = bm25s.BM25(b=b)
    index.index(list(texts), show_progress=False)
    return index


def _get(field: bm25s.BM25, asked: list[str]) -> np.ndarray:
    scores: np.ndarray = field.get_scores(asked) if asked else np.zeros(field.scores["num_docs"])
    return scores


@cache
def index(language: Language) -> Index:
    """The index of a language, made once."""
    return Index(language)


def search(question: str, language: Language | None = None, most: int = 3) -> list[Hit]:
    """`Index.search` in the question's own language where none is given (English where unclear)."""
    return index(language or detect_language(question) or "en").search(question, most)
