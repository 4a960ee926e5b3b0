"""A question about a photo in plain words that the rules read without fail, by what it wants.

People ask the same thing in many ways; the learned reading (assistant.intents) knows which of them
mean the same, the rules (assistant.photo_facts) know what then to say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.findings_text import disease_name, lesion_name
from assistant.lay_names import codes_named
from assistant.lexicon import mentions
from segmentation.labels import LESIONS

WHICH_EYE, WHAT_CAN = "which eye is it", "what can you do"
# chosen on questions that the classifier was not fitted on: README of assistant/weights/intents
CERTAIN, LIKELY = 0.6, 0.2
_DIGIT = re.compile(r"(?<![\w.])[0-4](?![\w.%]*\w)", re.ASCII)  # "make this a 4", 如果是4
_WORSE = re.compile(
    r"\b(?:higher|next|wors\w+|more|up|above|upgrade\w*|progress\w*|doubl\w+|severe)\b"
    r"|[更升再]|加重|重[一度些]|下一",
    re.ASCII,
)
_OTHER = re.compile(r"\b(?:which eye|cup-to-disc ratio|macular oedema)$")
_SURE, _WHY = "how sure is", "why is it"
_PLAIN: dict[str, str] = {  # intent -> the question that rules read; slots by their names
    **dict.fromkeys(("what_seen", "summary_short", "report", "to_student"), "what do you see"),
    "to_patient": "explain it in plain words",
    "normal": "is it normal",
    "all_lesions": "how many lesions of each kind",
    **dict.fromkeys(("has_lesion", "false_lesion", "then_lesion"), "are there {lesions}"),
    **dict.fromkeys(("count_lesion", "false_count", "then_count"), "how many {lesions}"),
    **dict.fromkeys(("where_lesion", "then_where"), "in which quadrant lie the {lesions}"),
    **dict.fromkeys(("size_lesion", "then_size"), "how large is the area of the {lesions}"),
    **dict.fromkeys(("near_fovea", "then_near"), "how far from the fovea are the {lesions}"),
    "show_lesion": "show in which quadrant the {lesions} lie",
    **dict.fromkeys(("has_disease", "false_disease", "then_disease"), "is there {diseases}"),
    "all_diseases": "which diseases are suspected",
    **dict.fromkeys(("grade", "false_grade"), "which grade"),
    **dict.fromkeys(("why_grade", "then_why"), f"{_WHY} {{graded}}"),
    "sure_grade": f"{_SURE} {{graded}}",
    **dict.fromkeys(("then_sure", "doubts"), f"{_SURE} {{told}}"),
    "referable": "must it be referred",
    "oedema": "is there macular oedema",
    "cup_disc": "cup-to-disc ratio",
    **dict.fromkeys(("rim", "glaucoma_signs"), "cup-to-disc ratio and rim"),
    "vessels": "the vessels",
    "which_eye": WHICH_EYE,
    "quality": "is the photo sharp",
    **dict.fromkeys(("next_step", "then_next", "worry"), "what should be done next"),
    **dict.fromkeys(("scope", "greet_scope"), WHAT_CAN),
    "what_if_grade": "what would it take to be {grade}",
    **dict.fromkeys(("pair_compare", "pair_which", "pair_grade", "pair_change"),
                    "compare the photos"),
    "pair_lesion": "compare them: how many {lesions}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """A question in plain words."""

    text: str = ""  # empty: nothing is likely enough
    share: float = 0.0  # of the intents that it stands for

    @property
    def certain(self) -> bool:
        """Whether its own words need not be asked beside it."""
        return self.share >= CERTAIN


def is_plain(intent: str) -> bool:
    """Whether an intent has a plain form."""
    return intent in _PLAIN


def plain_question(text: str, shares: Mapping[str, float]) -> Plain:
    """The plain form of a normalised question with these shares of intents (0..1).

    Intents that have one plain form count together. Empty where a form needs what the question
    does not name.
    """
    if not shares:
        return Plain()
    named = _named(text)
    together: dict[str, float] = {}
    for intent, share in shares.items():
        if form := _filled(_PLAIN.get(_asked(intent, named), ""), named):
            together[form] = together.get(form, 0.0) + share
    if not together:
        return Plain()
    best = max(together, key=together.__getitem__)
    return Plain(best, together[best]) if together[best] >= LIKELY else Plain()


@dataclass(frozen=True, slots=True)
class _Named:
    """What a question names, by code."""

    lesions: list[str]
    diseases: list[str]
    grades: list[str]
    worse: bool  # that something would be more or worse
    outside: bool  # something that the system does not look for
    other: str  # what a follow-up goes on about beside these, in the words of assistant.topic


def _named(text: str) -> _Named:
    others = [mention for mention in mentions(text) if mention.kind in ("grade", "outside")]
    grades = dict.fromkeys(code for m in others if m.kind == "grade" for code in m.codes)
    grades = grades or dict.fromkeys(_DIGIT.findall(text))
    outside = any(mention.kind == "outside" for mention in others)
    other = _OTHER.search(text)
    return _Named(
        codes_named(text, "lesion"), codes_named(text, "disease"), list(grades),
        bool(_WORSE.search(text)), outside, other[0] if other else "",
    )  # fmt: skip


def _asked(intent: str, named: _Named) -> str:
    """Signs of a disease are those of glaucoma, unless another one is named."""
    other = bool(named.diseases) and "G" not in named.diseases
    return "has_disease" if intent == "glaucoma_signs" and other else intent


def _filled(form: str, named: _Named) -> str:
    """A form with what the question names; empty where that is missing or too much."""
    if named.outside and not named.lesions and not any(word in form for word in ("cup", "oedema")):
        return ""  # what the system does not look for is said by rule
    if "{diseases}" in form and not named.diseases:
        return ""
    if "{grade}" in form and (len(named.grades) > 1 or not (named.grades or named.worse)):
        return ""
    each = 0 < len(named.lesions) < len(LESIONS)
    sick = ", ".join(disease_name(code, "en") for code in named.diseases[:3])
    grade = f"grade {named.grades[0]}" if named.grades else "a higher grade"
    lesions = ", ".join(lesion_name(code, "en") for code in named.lesions) if each else ""
    by_grade = form.startswith(_WHY) and named.diseases == ["D"]  # its grade's reasons are its own
    graded = (not by_grade and sick) or named.other or "the grade"
    # what was last spoken of
    told = graded if sick or named.grades or named.other or not lesions else lesions
    return form.format(
        lesions=lesions or "lesions", diseases=sick, grade=grade, graded=graded, told=told
    )
