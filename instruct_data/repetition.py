"""How much texts repeat each other: distinct-n, and BLEU of each against the others."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.helpers import extract_all_word_ngrams
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

from vision.catalogue import Language

_ORDER = 4  # of BLEU's n-grams
_TOKENIZERS = {"en": Tokenizer13a(), "zh": TokenizerZh()}
_UNITS = {"en": re.compile(r"\w+(?:[.'-]\w+)*"), "zh": re.compile(r"[\u4e00-\u9fff]|[a-z0-9.]+")}


def units(text: str, language: Language) -> list[str]:
    """English words; Chinese characters, with Latin words and numbers as one each."""
    return _UNITS[language].findall(text.lower())


def distinct(texts: Mapping[str, int], language: Language) -> tuple[float, float]:
    """Distinct-1 and distinct-2 of texts with their counts: different n-grams / all n-grams."""
    singles: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    single_count = pair_count = 0
    for text, times in texts.items():
        found = units(text, language)
        singles.update(found)
        pairs.update(pairwise(found))
        single_count += times * len(found)
        pair_count += times * max(0, len(found) - 1)
    return len(singles) / max(1, single_count), len(pairs) / max(1, pair_count)


def self_bleu(texts: Sequence[str], language: Language) -> float:
    """Mean sacreBLEU (0..100, order 4, lower case) of each text against all others."""
    if len(texts) < 2:
        return 0.0
    counted = [_ngrams(text, language) for text in texts]
    highest = _two_highest([grams for grams, _ in counted])
    lengths = [length for _, length in counted]
    scores = []
    for place, (grams, length) in enumerate(counted):
        correct, total = [0] * _ORDER, [0] * _ORDER
        for gram, count in grams.items():
            best, owner, second = highest[gram]
            total[len(gram) - 1] += count
            correct[len(gram) - 1] += min(count, second if owner == place else best)
        others = (other for i, other in enumerate(lengths) if i != place)
        closest = min(others, key=lambda other: (abs(other - length), other))
        scored = BLEU.compute_bleu(correct, total, length, closest, "exp", effective_order=True)
        scores.append(scored.score)
    return sum(scores) / len(scores)


def _ngrams(text: str, language: Language) -> tuple[Counter[tuple[str, ...]], int]:
    grams, length = extract_all_word_ngrams(_TOKENIZERS[language](text.lower().rstrip()), 1, _ORDER)
    return grams, length


def _two_highest(
    counted: Sequence[Counter[tuple[str, ...]]],
) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """n-gram -> its highest count in one text, that text's place, the highest of the others.

    References of one text are all others: with these two numbers none is counted again.
    """
    found: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for place, grams in enumerate(counted):
        for gram, count in grams.items():
            best, owner, second = found.get(gram, (0, -1, 0))
            if count > best:
                found[gram] = (count, place, best)
            elif count > second:
                found[gram] = (best, owner, count)
    return found
