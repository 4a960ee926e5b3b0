"""In which language a question wants its answer, where it says so: "now in Chinese", 用英文说."""

import re

from assistant.lexicon import length_in_words, normalise
from vision.catalogue import Language

_NAMES: dict[Language, tuple[str, str]] = {
    "en": ("english", "英[文语]"),
    "zh": (
        "(?:simplified |traditional |mandarin )?chinese|mandarin",
        "中文|汉语|普通话|国语|漢語|國語",
    ),
}
_NOT_OF = (
    r"(?! (?:people|patients?|adults?|children|men|women|persons?|populations?|eyes?|medicine))"
)
_ASKED: dict[Language, re.Pattern[str]] = {
    language: re.compile(
        rf"\b(?:in|into|to|speak|use) (?:{latin})\b{_NOT_OF}|\b(?:{latin})(?:,? please| version)\b"
        rf"|(?:用|说|讲|講|說|换成?|換成?|译成|翻译成|翻譯成|以)(?:{han})|(?:{han})(?:回答|解释|解釋|版|说|說|讲|講)",
        re.ASCII,
    )
    for language, (latin, han) in _NAMES.items()
}
_ALONE = 5  # words beside the wish; more of them ask something of their own


def language_asked(question: str) -> Language | None:
    """The language that a question asks its answer in; None where it says nothing of it."""
    text = normalise(question)
    return next((one for one, pattern in _ASKED.items() if pattern.search(text)), None)


def asks_only_language(question: str) -> bool:
    """Whether a question asks for nothing but another language: for what was said, again."""
    text, language = normalise(question), language_asked(question)
    if language is None:
        return False
    return length_in_words(_ASKED[language].sub(" ", text).strip(" ,.?!")) <= _ALONE
