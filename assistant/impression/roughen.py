"""Drawn reports made as rough as real ones: mixed notations, other words, typing errors.

None of these notations and words is written by the drawing itself, so that reading is measured on
forms that it does not share with the reports of the training records.
"""

import random
import re
from collections.abc import Mapping, Sequence

from vision.catalogue import Language

_SIDES: Mapping[Language, tuple[tuple[str, Sequence[str]], ...]] = {
    "en": (
        (r"\bOD\b|\bRight eye\b", ("OD", "right eye", "RE", "R.E.", "Right")),
        (r"\bOS\b|\bLeft eye\b", ("OS", "left eye", "LE", "L.E.", "Left")),
    ),
    "zh": ((r"\bOD\b|右眼", ("OD", "右眼", "右")), (r"\bOS\b|左眼", ("OS", "左眼", "左"))),
}
_WORDS: Mapping[Language, tuple[tuple[str, Sequence[str]], ...]] = {
    "en": (
        (r"\b(?:absent|not seen|none)\b(?!,)", ("not detected", "nil", "not present", "(-)")),
        (r"(?<=: )no\b(?= [|/]|$|,)", ("none detected", "negative")),
        (r"(?<=[,:.] )no (?=\w+ \w+)", ("no ", "no evidence of ", "without ")),
        (r"\bhaem(?=orrhage)", ("hem", "haem")),
        (r"\bcotton-wool spots\b", ("cotton wool spots",)),
        (r"\bmicroaneurysms\b", ("micro-aneurysms",)),
        (r"\bpartial blinks\b", ("incomplete blinks",)),
        (r"\btear osmolarity\b", ("tear osmolality",)),
        (r"\bcentral subfield thickness\b", ("central foveal thickness",)),
        (r"\btear meniscus height\b", ("tear meniscus", "lower tear meniscus height")),
        (r"\bhistory\b", ("past history", "Hx")),
        (r"\bdiabetes mellitus\b", ("type 2 diabetes", "T2DM", "diabetic for 9 years")),
    ),
    "zh": (
        (r"未见", ("未发现", "未探及", "未见")),
        (r"（-）", ("阴性", "（－）", "(-)")),
        (r"(?<=[：: ])无(?=[ ,，|/；;]|$)", ("没有", "未发现")),
        (r"微血管瘤", ("微动脉瘤",)),
        (r"棉绒斑", ("棉絮斑",)),
        (r"豹纹状", ("豹纹样",)),
        (r"泪河高度", ("泪河",)),
        (r"糖尿病(?!视网膜|性)", ("2型糖尿病", "糖尿病史9年")),
    ),
}
_HOMOPHONES = {
    "黄斑": "黄班", "睑板": "脸板", "渗透压": "渗秀压", "玻璃膜疣": "玻璃膜尤", "椭圆体": "椭园体",
    "脉络膜": "脉洛膜", "屈光间质": "曲光间质", "微动脉瘤": "微动脉留", "新生血管": "新声血管",
}  # fmt: skip
_WORD = re.compile(r"\b[a-z]{8,}\b")
_TYPO = 0.03  # of long English words
_FULL_WIDTH = str.maketrans("0123456789%/", "０１２３４５６７８９％／")


def roughen(text: str, language: Language, rng: random.Random) -> str:
    """The report in other notations and words, with typing errors; its content is the same."""
    mixed = rng.random() < 0.5  # the eye in another notation each time
    for pattern, forms in _SIDES[language]:
        chosen = rng.choice(forms)
        text = re.sub(pattern, lambda _, c=chosen, f=forms: rng.choice(f) if mixed else c, text)  # type: ignore[misc]
    for pattern, forms in _WORDS[language]:
        chosen = rng.choice(forms)
        text = re.sub(pattern, chosen, text, flags=re.M)
    if language == "zh":
        if rng.random() < 0.3:
            text = text.translate(_FULL_WIDTH)
        wrong = [term for term in _HOMOPHONES if term in text]
        if wrong and rng.random() < 0.5:
            term = rng.choice(wrong)
            text = text.replace(term, _HOMOPHONES[term], 1)
        return text
    return _WORD.sub(lambda match: _typo(match[0], rng) if rng.random() < _TYPO else match[0], text)


def _typo(word: str, rng: random.Random) -> str:
    """Two letters exchanged, one left out, or one twice; never the first."""
    at = rng.randrange(2, len(word) - 2)
    kind = rng.choice(("exchange", "drop", "double"))
    if kind == "exchange":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == "drop" else word[:at] + word[at] + word[at:]
