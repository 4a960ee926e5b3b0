"""What the findings of one fundus photo say to a question, picked by its words: true sentences.

The first pattern that fits answers; where none does the caller tells what is seen at all.
"""

import re
from collections.abc import Callable

from assistant import truths, truths_anatomy
from assistant.findings import GRADE_DOUBTS, Findings
from assistant.lexicon import Mention, mentions
from assistant.plain_words import in_plain_words
from assistant.words import Words
from segmentation.labels import LESIONS
from vision.catalogue import Language, say

Facts = Callable[[str, Findings, Language], list[str]]
MOST_SENTENCES = 4
_HIGHEST_GRADE = 4

_WORDS = Words("template_answer")
_NEXT = _WORDS.mixed("NEXT")
_SURE = _WORDS.mixed("SURE")
_GRADE = _WORDS.mixed("GRADE")
_WHY = _WORDS.mixed("WHY")
ASKS_QUALITY = _WORDS.mixed("QUALITY")
ASKS_CUP = _WORDS.mixed("CDR")
_RIM = _WORDS.mixed("RIM")
_VESSELS = _WORDS.mixed("VESSELS")
_OEDEMA = _WORDS.mixed("OEDEMA")
_DIRECTION = _WORDS.mixed("DIRECTION")
_FAR = _WORDS.mixed("FAR")
_HOW = _WORDS.mixed("HOW")
_BY_LESIONS = _WORDS.mixed("BY_LESIONS")
_COUNT = _WORDS.mixed("COUNT")
_AREA = _WORDS.mixed("AREA")
_WHERE = _WORDS.mixed("WHERE")
_NORMAL = _WORDS.mixed("NORMAL")
_DISEASE = _WORDS.mixed("DISEASE")
_SCOPE = _WORDS.mixed("SCOPE")
_SHOW = _WORDS.mixed("SHOW")
_REFER = _WORDS.mixed("REFER")
ASKS_RULE = _WORDS.mixed("RULE")
_HIGHER = _WORDS.mixed("HIGHER")
_PLAIN = _WORDS.mixed("PLAIN")
_DISC = _WORDS.mixed("DISC")
_MACULA = _WORDS.mixed("MACULA")
ASKS_LESION = re.compile(r"\b(?:lesions?|spots?|marks?|exudates?)\b|病灶|病变|斑点|病损", re.ASCII)


def on_fundus(text: str, findings: Findings, language: Language) -> list[str]:
    """The sentences for the first intent that fits; empty where none does."""
    terms = mentions(text)
    outside = [m.codes[0] for m in terms if m.kind == "outside"]
    if _OEDEMA.search(text) and truths_anatomy.oedema_risk(findings, language):
        return _on_oedema(text, findings, language)
    if outside and not terms_of(terms, "lesion", "grade") and not ASKS_CUP.search(text):
        return [
            say("check.outside", language, name=say(f"outside.{code}", language))
            for code in dict.fromkeys(outside)
        ][:2]
    for pattern, facts in _INTENTS:
        if pattern.search(text) and (said := facts(text, findings, language)):
            return said
    diseases = codes_of(terms, "disease")
    if diseases:
        return _on_diseases(diseases, findings, language)
    for pattern, facts in _LAST:
        if pattern.search(text):
            return facts(text, findings, language)
    return []


def _on_diseases(codes: list[str], findings: Findings, language: Language) -> list[str]:
    if len(codes) > 3:
        return _on_all_diseases("", findings, language)
    said = [truths.disease(code, findings, language) for code in codes]
    return [*said, truths.grade(findings, language)] if "D" in codes else said


def _on_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """Presence, count, size or place of the lesions that are named, or of all."""
    codes = codes_of(mentions(text), "lesion")
    named = codes if 0 < len(codes) < len(LESIONS) else []
    there = [c for c in named or LESIONS if findings.lesions and findings.lesions[c].present]
    areas = [truths.area(c, findings, language) for c in there] if _AREA.search(text) else []
    if _WHERE.search(text) and there:
        places = _on_places(text, there, findings, language)
        if _SHOW.search(text):
            places = [*places[: MOST_SENTENCES - 1], say("template.lesion.shown", language)]
        if len(there) > 1 or _FAR.search(text):
            return [*places[:3], *areas] if len(there) == 1 else [*places, *areas]
        return [*areas, *places]
    if areas and len(there) == 1 and _COUNT.search(text):
        return [truths.lesion(there[0], findings, language), *areas]
    if areas and not _COUNT.search(text):
        return areas
    said = (
        [truths.lesion(code, findings, language) for code in there or named]
        if named
        else truths.lesions(findings, language)
    )
    shown = [say("template.lesion.shown", language)] if _SHOW.search(text) and there else []
    if _SURE.search(text) and not _AREA.search(text):
        shown.append(say("template.grade.not_certain", language))
    return said[: MOST_SENTENCES - len(shown)] + shown


def on_eye(text: str, findings: Findings, language: Language) -> list[str]:
    """Which eye; how that is known where it is asked, or told from the photo."""
    source = truths_anatomy.eye_source(findings, language)
    given = say("template.eye.given", language)
    return [truths.eye(findings, language), *(s for s in source if _HOW.search(text) or s != given)]


def _on_places(text: str, codes: list[str], findings: Findings, language: Language) -> list[str]:
    """Distances where the question is of them, else quadrants; of one class all that is known."""
    one = [truths.lesion(code, findings, language) for code in codes[:1]]
    said = one if len(codes) == 1 else truths.lesions(findings, language)[:1]
    kinds = [truths.nearest, truths.central, truths.quadrants]
    far = _FAR.search(text) and not _DIRECTION.search(text)
    kinds = kinds if far else kinds[::-1]
    places = [kind(code, findings, language) for kind in kinds for code in codes]
    missing = ("note.disc_not_seen", "note.fovea_not_seen")
    unknown = [say(note, language) for note in missing if note in findings.notes]
    return [*said, *dict.fromkeys(places), *unknown]


def _on_oedema(text: str, findings: Findings, language: Language) -> list[str]:
    said = truths_anatomy.oedema_risk(findings, language)
    exudates = (findings.lesions or {}).get("EX")
    if exudates is None or exudates.nearest_to_fovea_dd is None:
        return said
    return [*said, truths.nearest("EX", findings, language)]


def _on_grade(text: str, findings: Findings, language: Language) -> list[str]:
    said = [truths.grade(findings, language)]
    by_lesions = truths_anatomy.lesion_grade(findings, language)
    doubts = [note for note in GRADE_DOUBTS if note in findings.notes]
    differ = [say(note, language) for note in doubts]
    if findings.dr.grade is None:
        return [*said, *by_lesions]
    if _WHY.search(text):
        measured = truths.lesions(findings, language)[:1]
        return [*said, truths.rule(findings, language), *by_lesions[:1], *(differ or measured)]
    if differ:
        return [*said, *by_lesions[:1], *differ, truths.referable(findings, language)]
    return [*said, truths.referable(findings, language)]


def _on_lesion_grade(text: str, findings: Findings, language: Language) -> list[str]:
    by_lesions = truths_anatomy.lesion_grade(findings, language)
    doubts = [note for note in GRADE_DOUBTS if note in findings.notes]
    grade = truths.grade(findings, language)
    return [*by_lesions, grade, *(say(note, language) for note in doubts)] if by_lesions else []


def _on_sureness(text: str, findings: Findings, language: Language) -> list[str]:
    codes = codes_of(mentions(text), "disease")
    if codes and len(codes) < 4 and not _GRADE.search(text):
        said = [truths.disease(code, findings, language) for code in codes]
    else:
        said = [truths.grade(findings, language), *truths.runner_up(findings, language)]
    return [*said, say("template.grade.not_certain", language)]


def _on_next_step(text: str, findings: Findings, language: Language) -> list[str]:
    refer = [truths.referable(findings, language)] if _REFER.search(text) else []
    return [truths.grade(findings, language), *refer, *truths.next_step(findings, language)]


def _on_rule(text: str, findings: Findings, language: Language) -> list[str]:
    """What the named grades need, or the one above the photo's; empty where neither is asked."""
    grades = [int(g) for g in codes_of(terms_of(mentions(text), "grade"), "grade")[:2]]
    own = truths.grade(findings, language)
    if findings.dr.grade is not None and _HIGHER.search(text):
        if findings.dr.grade == _HIGHEST_GRADE:
            return [own, say("template.rule.top", language)]
        grades = [findings.dr.grade + 1]
    return [*(truths.rule_of(g, language) for g in grades), own] if grades else []


def _on_plain(text: str, findings: Findings, language: Language) -> list[str]:
    return in_plain_words(findings, language)


def _on_macula(text: str, findings: Findings, language: Language) -> list[str]:
    """What is known of the macula where no lesion is asked for: the edema risk, what lies near."""
    named = ASKS_LESION.search(text) or terms_of(mentions(text), "disease")
    if named or not truths_anatomy.oedema_risk(findings, language):
        return []
    return _on_oedema(text, findings, language)


def _on_quality(text: str, findings: Findings, language: Language) -> list[str]:
    return truths.quality(findings, language)


def _on_cup(text: str, findings: Findings, language: Language) -> list[str]:
    ratio = truths_anatomy.cup_to_disc(findings, language)
    rim = truths_anatomy.rim(findings, language)
    glaucoma = truths.disease("G", findings, language)
    if findings.anatomy.vertical_cdr is None:
        return [ratio, glaucoma]
    if _RIM.search(text):
        return [*rim, ratio, glaucoma]
    return [ratio, truths_anatomy.cup_limit(language), rim[0], glaucoma]


def _on_vessels(text: str, findings: Findings, language: Language) -> list[str]:
    return [truths_anatomy.vessels(findings, language)]


def _on_normal(text: str, findings: Findings, language: Language) -> list[str]:
    return truths.normal(findings, language)


def _on_all_diseases(text: str, findings: Findings, language: Language) -> list[str]:
    return [*truths.diseases(findings, language), truths.grade(findings, language)]


def _on_scope(text: str, findings: Findings, language: Language) -> list[str]:
    return [say("template.scope", language), say("template.general", language)]


def _named_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """As `_on_lesions`, where the question names a class or counts them; else not meant."""
    codes = codes_of(mentions(text), "lesion")
    grades = terms_of(mentions(text), "grade") or _GRADE.search(text)
    if not codes or (grades and _WHY.search(text)):
        return []
    said = _on_lesions(text, findings, language)
    asks_more = any(p.search(text) for p in (_WHERE, _AREA, _COUNT, _SURE))
    return said if asks_more or not _NEXT.search(text) else [*said[:2], *_step(findings, language)]


def _step(findings: Findings, language: Language) -> list[str]:
    return [truths.grade(findings, language), *truths.next_step(findings, language)][:2]


def _unnamed_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """As `_on_lesions`, where no disease is named that it could be about instead."""
    return [] if codes_of(mentions(text), "disease") else _on_lesions(text, findings, language)


def summary(findings: Findings, language: Language) -> list[str]:
    """What is seen at all: the suspicions, the grade, the lesions; the side where it is known."""
    if unread(findings):
        return [*truths.quality(findings, language), retake(findings, language)]
    lesions = truths.lesions(findings, language)
    suspected = truths.diseases(findings, language)[:1]
    rest = [truths.grade(findings, language), *lesions]
    return [*suspected, *rest]


def unread(findings: Findings) -> bool:
    """Whether the photo is none that findings can be told of: not readable, or no fundus photo."""
    return findings.quality.gradable == "no" or findings.quality.modality != "cfp"


def retake(findings: Findings, language: Language) -> str:
    """What to upload instead: a clearer photo of the eye, or a photo of an eye at all."""
    kind = "retake" if findings.quality.modality == "cfp" else "upload"
    return say(f"template.{kind}", language)


def terms_of(terms: list[Mention], *kinds: str) -> list[Mention]:
    """The mentions of these kinds."""
    return [mention for mention in terms if mention.kind in kinds]


def codes_of(terms: list[Mention], kind: str) -> list[str]:
    """What the mentions of a kind stand for, each once."""
    return list(dict.fromkeys(code for m in terms if m.kind == kind for code in m.codes))


# the first that fits answers; order goes from the special to the general
_INTENTS: tuple[tuple[re.Pattern[str], Facts], ...] = (
    (ASKS_CUP, _on_cup),
    (_RIM, _on_cup),
    (_VESSELS, _on_vessels),
    (ASKS_QUALITY, _on_quality),
    (_BY_LESIONS, _on_lesion_grade),
    (re.compile(""), _named_lesions),
    (_DISC, _on_cup),
    (ASKS_RULE, _on_rule),
    (_PLAIN, _on_plain),
    (_SURE, _on_sureness),
    (_REFER, _on_next_step),
    (_NEXT, _on_next_step),
    (_GRADE, _on_grade),
    (_MACULA, _on_macula),
    (
        re.compile(f"(?:{_COUNT.pattern})|(?:{_AREA.pattern})|(?:{_WHERE.pattern})"),
        _unnamed_lesions,
    ),
)
_LAST: tuple[tuple[re.Pattern[str], Facts], ...] = (
    (_NORMAL, _on_normal),
    (_DISEASE, _on_all_diseases),
    (ASKS_LESION, _on_lesions),
    (_SHOW, _on_lesions),
    (_SCOPE, _on_scope),
)
