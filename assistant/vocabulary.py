"""Which tokens an answer is made of: those of two languages and of medicine, and all that the
conversation itself holds.

More than half of a language model's token table is code and other scripts, and reading it takes a
quarter of the time of a step. So the graph scores the common tokens alone; a rare one that stands
in the prompt or the draft (a name, a character) is scored beside them from the token table.
Anything else can still be spelled, in shorter tokens.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from assistant.knowledge import passages
from vision.catalogue import LANGUAGES, table
from vision.errors import ModelError

_FREQUENT = 32_768  # the first ids of a byte-pair table are its commonest tokens
_SPELLED = re.compile(r"[\0-\x7f]|[\u3400-\u9fff]+")  # a letter or sign, or Chinese
_PART = "\ufffd"  # how a piece of a character decodes


def common(tokenizer: Path, size: int, needed: Iterable[int]) -> np.ndarray:
    """(V',) the ids, rising, of `size` that a decoder scores at each step; `needed` are among them.

    The frequent ones, Chinese ones, letters, pieces of characters, and those of the system's own
    texts; all of them where there is no tokenizer file.
    """
    if not tokenizer.is_file():
        return np.arange(size)
    reader = Tokenizer.from_file(str(tokenizer))
    ids = {*range(min(_FREQUENT, size)), *needed, *reader.get_added_tokens_decoder()}
    for token in range(min(size, reader.get_vocab_size(with_added_tokens=False))):
        written = reader.decode([token])
        if _SPELLED.fullmatch(written) or _PART in written:
            ids.add(token)
    for text in _own_texts():
        ids.update(reader.encode(text).ids)
    return np.array(sorted(token for token in ids if token < size))


def _own_texts() -> Iterator[str]:
    for language in LANGUAGES:
        said = [*table(language).values(), *(p.text[language] for p in passages().values())]
        yield from said
        yield from (f" {text}" for text in said)  # a word has another token after a space


class Choice:
    """The likeliest token of one conversation, rare tokens of its own included."""

    def __init__(self, common: np.ndarray, table: np.ndarray, conversation: Iterable[int]) -> None:
        """`common` (V',) ids that are scored at each step; `table` (V, D_lm) the output layer."""
        self._common = common
        held = np.array(sorted({token for token in conversation if token >= 0}), np.int64)
        self._rare = np.setdiff1d(held, common, assume_unique=True)
        self._rows = table[self._rare].astype(np.float32)

    def likeliest(self, logits: np.ndarray, hidden: np.ndarray) -> int:
        """The id for the logits (V',) of the common tokens and the state (D_lm) that they score.

        Raises ModelError for NaN, which would otherwise pass for an answer.
        """
        best = int(logits.argmax())
        if not np.isfinite(logits[best]):
            raise ModelError("llm.not_finite")
        if len(self._rare):
            scores = self._rows @ hidden
            rare = int(scores.argmax())
            if scores[rare] > logits[best]:
                return int(self._rare[rare])
        return int(self._common[best])
