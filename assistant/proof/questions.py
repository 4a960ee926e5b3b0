"""Which question is asked about which photo, its slots filled from what was found there.

Of most intents all wordings are asked about one photo, so that their answers can be compared;
where only right or wrong counts, each wording gets a photo of its own. A wording is asked in both
languages about the same photo. The photo with the fewest questions is taken of those that fit.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.findings import Findings
from assistant.findings_text import disease_name, lesion_name, suspicion
from assistant.proof.talks import Ask, Shown, Talk
from segmentation.labels import LESIONS
from vision.catalogue import LANGUAGES, Language
from vision.labels import ICDR_GRADES

FOLDER = Path(__file__).parent
QUESTIONS = ("dev", "dev2", "dev3", "dev4", "test")  # written blind; looked at since but the last
_SOFT: dict[Language, str] = {"en": "cotton-wool spots", "zh": "棉绒斑"}  # without their brackets
_SIDES: dict[Language, dict[str, str]] = {
    "en": {"OD": "right", "OS": "left"},
    "zh": {"OD": "右", "OS": "左"},
}
_EVERY = "grade"  # an intent that all question files have
_NAMED = "DGCAM"  # diseases that are asked for by name

Slots = dict[str, str]
Pick = Callable[[Findings, random.Random], list[Slots]]  # the slots to ask with; [] where unfit


@dataclass(frozen=True, slots=True)
class Wording:
    """One line of the question files."""

    language: Language
    intent: str
    text: str


def wordings(which: str) -> list[Wording]:
    """The questions of one of `QUESTIONS`."""
    path = FOLDER / f"questions_{which}.jsonl"
    return [Wording(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _there(findings: Findings) -> list[str]:
    return [c for c in LESIONS if findings.lesions and findings.lesions[c].present]


def _absent(findings: Findings) -> list[str]:
    return [c for c in LESIONS if findings.lesions and not findings.lesions[c].present]


def _any(findings: Findings, rng: random.Random) -> list[Slots]:
    return [{}]


def _one_lesion(findings: Findings, rng: random.Random) -> list[Slots]:
    there = _there(findings)
    return [{"lesion": rng.choice(there)}] if there else []


def _placed_lesion(findings: Findings, rng: random.Random) -> list[Slots]:
    stats = findings.lesions or {}
    there = [c for c in _there(findings) if stats[c].by_quadrant and stats[c].nearest_to_fovea_dd]
    return [{"lesion": rng.choice(there)}] if there else []


def _lesion_pair(findings: Findings, rng: random.Random) -> list[Slots]:
    there, absent = _there(findings), _absent(findings)
    if not there or not absent:
        return []
    return [{"lesion": rng.choice(there)}, {"lesion": rng.choice(absent)}]


def _absent_lesion(findings: Findings, rng: random.Random) -> list[Slots]:
    absent = _absent(findings)
    return [{"lesion": rng.choice(absent)}] if absent else []


def _disease_pair(findings: Findings, rng: random.Random) -> list[Slots]:
    """One that is suspected, one that is not; where two methods differ neither is asked for."""
    words = {d.code: suspicion(d) for d in findings.diseases or () if d.code in _NAMED}
    if bool(findings.dr.grade) != (words.get("D") == "suspected"):
        words.pop("D", None)
    there = [code for code, word in words.items() if word == "suspected"]
    absent = [code for code, word in words.items() if word == "not_suspected"]
    if not there or not absent:
        return []
    return [{"disease": rng.choice(there)}, {"disease": rng.choice(absent)}]


def _other_grade(findings: Findings, rng: random.Random) -> list[Slots]:
    if findings.dr.grade is None:
        return []
    return [{"grade": str(rng.choice([g for g in ICDR_GRADES if g != findings.dr.grade]))}]


def _graded(findings: Findings, rng: random.Random) -> list[Slots]:
    return [] if findings.dr.grade is None else [{}]


def _sided(findings: Findings, rng: random.Random) -> list[Slots]:
    return [] if findings.image.eye == "unknown" else [{}]


def _other_side(findings: Findings, rng: random.Random) -> list[Slots]:
    other = {"OD": "OS", "OS": "OD"}.get(findings.image.eye)
    return [] if other is None else [{"side": other}]


def _cupped(findings: Findings, rng: random.Random) -> list[Slots]:
    return [] if findings.anatomy.vertical_cdr is None else [{}]


def _at_risk(findings: Findings, rng: random.Random) -> list[Slots]:
    known = findings.dme is not None or findings.dme_grade.risk is not None
    return [{}] if known else []


_TOGETHER: dict[str, Pick] = {
    "what_seen": _graded, "normal": _any, "all_lesions": _one_lesion, "count_lesion": _one_lesion,
    "where_lesion": _placed_lesion, "size_lesion": _one_lesion, "near_fovea": _placed_lesion,
    "grade": _graded, "why_grade": _graded, "sure_grade": _graded, "referable": _graded,
    "oedema": _at_risk, "cup_disc": _cupped, "which_eye": _sided, "quality": _any,
    "next_step": _graded, "to_patient": _graded, "what_if_grade": _other_grade,
}  # fmt: skip
_APART: dict[str, Pick] = {
    "has_lesion": _lesion_pair, "has_disease": _disease_pair, "false_lesion": _absent_lesion,
    "false_grade": _other_grade, "false_eye": _other_side, "off_topic": _any,
    **dict.fromkeys(("ask_acuity", "ask_age", "ask_pressure", "ask_dose", "ask_prognosis",
                     "ask_sex", "ask_blood_pressure", "ask_other"), _any),
}  # fmt: skip
_LABELLED = {"has_disease": "diseases", "grade": "grade"}  # judged by the data set's label too
# follow-up: the question before it, and what that must be able to name
_FOLLOWS: dict[str, tuple[str, Pick]] = {
    "follow_where": ("has_lesion", _placed_lesion), "follow_count": ("has_lesion", _one_lesion),
    "follow_why": ("grade", _graded), "follow_sure": ("grade", _graded),
    "follow_next": ("grade", _graded), "follow_lesion": ("has_lesion", _lesion_pair),
}  # fmt: skip


class Plan:
    """Talks under construction; `load` counts the questions of each photo."""

    def __init__(self, lines: Sequence[Wording], singles: Sequence[Shown], seed: int) -> None:
        self.lines = lines
        self.singles = singles
        self.rng = random.Random(seed)  # noqa: S311
        self.load: Counter[str] = Counter()
        self.talks: list[Talk] = []

    @property
    def forms(self) -> int:
        """How many wordings each intent has in each language."""
        return len(self.texts(_EVERY, LANGUAGES[0]))

    def texts(self, intent: str, language: Language) -> list[str]:
        """The wordings of an intent."""
        return [w.text for w in self.lines if (w.intent, w.language) == (intent, language)]

    def photo_for(self, pick: Pick, label: str = "") -> tuple[Shown, list[Slots]] | None:
        """The least asked photo that fits, with its slots; None where none fits.

        Photos with the data set's own `label` come first.
        """
        order = sorted(self.singles, key=lambda s: (label not in s.labels, self.load[s.id]))
        for one in order:
            if slots := pick(one.findings, self.rng):
                return one, slots
        return None

    def asks(self, intent: str, form: int, slots: Slots, words: str = "") -> Iterator[Ask]:
        """A wording in both languages; `words` is the intent whose words are used, if another."""
        for language in LANGUAGES:
            text = self.texts(words or intent, language)[form]
            named = {name: _named(name, code, language) for name, code in slots.items()}
            yield Ask(intent, language, form, text.format(**named), tuple(slots.items()))

    def add(self, unit: str, photos: Sequence[Shown], asks: Sequence[Ask], focus: int = 0) -> None:
        """A talk about these photos."""
        self.talks.append(Talk(unit, tuple(p.id for p in photos), tuple(asks), focus))
        self.load[photos[-1].id] += 1

    def single(self, intent: str, pick: Pick, forms: Sequence[int]) -> None:
        """Some wordings of an intent about one photo."""
        found = self.photo_for(pick, _LABELLED.get(intent, ""))
        if found is None:
            return
        photo, every = found
        for slots in every:
            place = "-".join((intent, *slots.values(), photo.id[:6]))
            for form in forms:
                for ask in self.asks(intent, form, slots):
                    self.add(place, [photo], [ask])

    def follow(self, intent: str, form: int) -> None:
        """A question after another one that names what it leaves out."""
        first, pick = _FOLLOWS[intent]
        found = self.photo_for(pick)
        if found is None:
            return
        photo, slots = found
        before = self.asks(first, form, slots[0])
        after = self.asks(intent, form, slots[-1])
        for pair in zip(before, after, strict=True):
            self.add(f"{intent}-{photo.id[:6]}", [photo], pair)


def _named(name: str, code: str, language: Language) -> str:
    """What a person calls it."""
    if name == "side":
        return _SIDES[language][code]
    if name == "lesion":
        return _SOFT[language] if code == "SE" else lesion_name(code, language)
    return disease_name(code, language) if name == "disease" else code


def plan(
    lines: Sequence[Wording], singles: Sequence[Shown], pairs: Sequence[tuple[Shown, Shown]],
    seed: int,
) -> list[Talk]:  # fmt: skip
    """All talks of the dialogue part."""
    found = Plan(lines, singles, seed)
    for intent, pick in _TOGETHER.items():
        found.single(intent, pick, range(found.forms))
    for form in range(found.forms):
        for intent, pick in _APART.items():
            if found.texts(intent, LANGUAGES[0]):  # the first files have no "ask_other"
                found.single(intent, pick, [form])
        for intent in _FOLLOWS:
            found.follow(intent, form)
        _of_pairs(found, pairs, form)
        for ask in found.asks("no_photo_yet", form, {}):
            found.talks.append(Talk("no_photo_yet", (), (ask,)))
    return found.talks


def _of_pairs(found: Plan, pairs: Sequence[tuple[Shown, Shown]], form: int) -> None:
    """Both eyes of a patient: what tells them apart is asked, where something does."""
    if not pairs:
        return
    for number, intent in enumerate(("pair_compare", "pair_which", "pair_lesion", "pair_first",
                                     "pair_other", "pair_eye")):  # fmt: skip
        pair = pairs[(number + form) % len(pairs)]
        code = _telling_lesion(pair)
        slots = {"lesion": code} if intent in ("pair_lesion", "pair_first") else {}
        words = "which_eye" if intent == "pair_eye" else ""
        before: list[list[Ask]] = [[] for _ in LANGUAGES]
        focus = 0
        if intent == "pair_other":  # after the first photo, the second
            before, focus = [[ask] for ask in found.asks("grade", form, {})], 1
        for earlier, ask in zip(before, found.asks(intent, form, slots, words), strict=True):
            found.add(f"{intent}-{pair[0].id[:6]}", pair, [*earlier, ask], focus)


def _telling_lesion(pair: tuple[Shown, Shown]) -> str:
    """The class that most differs between two photos: there in one alone, or in number."""

    def gap(code: str) -> tuple[bool, int]:
        first, second = ((shown.findings.lesions or {})[code] for shown in pair)
        return first.present != second.present, abs(first.count - second.count)

    return max(LESIONS, key=gap)


def about(talk: Talk) -> tuple[int, ...]:
    """The numbers of the photos that the measured question is about."""
    if talk.asked.intent in ("pair_compare", "pair_which", "pair_lesion"):
        return (1, 2)
    if talk.asked.intent == "pair_first":
        return (1,)
    return (len(talk.photos),) if talk.photos else ()


def findings_of(talk: Talk, shown: Mapping[str, Shown]) -> tuple[Findings, ...]:
    """The findings that the measured question is about."""
    return tuple(shown[talk.photos[number - 1]].findings for number in about(talk))
