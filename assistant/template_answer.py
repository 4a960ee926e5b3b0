"""An answer made by rule from the findings, picked by what the question asks for.

It stands in where the language model fails, and gives it the facts that a question is about.
"""

import re
from collections.abc import Callable

from assistant import safety, template_scan, truths, truths_anatomy, truths_scan
from assistant.findings import GRADE_DOUBTS, Findings
from assistant.focus import sides_named, without_sides
from assistant.lexicon import Mention, mentions, normalise
from assistant.words import Words
from segmentation.labels import LESIONS
from vision.catalogue import Language, say
from vision.types import Eye

Facts = Callable[[str, Findings, Language], list[str]]
_MOST_SENTENCES = 4

_WORDS = Words("template_answer")

_COMPARE = _WORDS.mixed("COMPARE")
_NEXT = _WORDS.mixed("NEXT")
_SURE = _WORDS.mixed("SURE")
_GRADE = _WORDS.mixed("GRADE")
_WHY = _WORDS.mixed("WHY")
_EYE = _WORDS.mixed("EYE")
_QUALITY = _WORDS.mixed("QUALITY")
_CDR = _WORDS.mixed("CDR")
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
_RULE = _WORDS.mixed("RULE")
_DISC = _WORDS.mixed("DISC")
_MACULA = _WORDS.mixed("MACULA")
_LESION = re.compile(r"\b(?:lesions?|spots?|marks?|exudates?)\b|病灶|病变|斑点|病损", re.ASCII)


def answer_from_findings(
    question: str,
    findings: tuple[Findings, ...],
    language: Language,
    numbers: tuple[int, ...] = (),
    topic: str = "",
) -> str:
    """One to four true sentences on the question; `numbers` as in ground.check_sentence.

    `topic` is what a follow-up leaves out, by its English name (assistant.topic).
    """
    text = f"{normalise(question)} {normalise(topic)}".strip()
    if not findings:
        return _joined(_without_photo(text, language), language)
    if len(findings) == 1:
        said = _on_one(text, findings[0], language)
        if _COMPARE.search(text) and not said:
            said = [say("template.compare.one", language), *_summary(text, findings[0], language)]
        return _joined(said or _summary(text, findings[0], language), language)
    numbers = numbers or tuple(range(1, len(findings) + 1))
    most = max(1, _MOST_SENTENCES // len(findings))
    own = [_of_several(text, one, language) for one in findings]
    shared = [t for t in own[0] if all(t in other for other in own)]  # said once, of all photos
    said = [
        say("check.photo", language, number=number, text=t)
        for number, sentences in zip(numbers, own, strict=True)
        for t in [s for s in sentences if s not in shared][:most]
    ]
    return _joined([*said, *shared[:most]], language, most=len(said) + most)


def _joined(sentences: list[str], language: Language, most: int = _MOST_SENTENCES) -> str:
    return ("" if language == "zh" else " ").join(list(dict.fromkeys(sentences))[:most])


def _without_photo(text: str, language: Language) -> list[str]:
    refusal = safety.dose_request(text) or safety.unanswerable(text)
    first = say(refusal, language) if refusal else say("template.no_image", language)
    return [first, say("template.general", language)]


def _compared(findings: Findings, language: Language) -> list[str]:
    if findings.oct is not None:
        return truths_scan.likeliest(findings.oct, language)
    if _unread(findings):
        return truths.quality(findings, language)
    return [truths.grade(findings, language), *truths.lesions(findings, language)]


def _of_several(text: str, findings: Findings, language: Language) -> list[str]:
    """Of one of several photos; the grade and the lesions where which is worse is asked."""
    named = _terms(mentions(text), "lesion", "disease")
    if _COMPARE.search(text) and not named and not _CDR.search(text):
        return _compared(findings, language)
    return _on_one(text, findings, language) or _compared(findings, language)


def _unread(findings: Findings) -> bool:
    return findings.quality.gradable == "no" or findings.quality.modality != "cfp"


def _retake(findings: Findings, language: Language) -> str:
    """What to upload instead: a clearer photo of the eye, or a photo of an eye at all."""
    kind = "retake" if findings.quality.modality == "cfp" else "upload"
    return say(f"template.{kind}", language)


def _on_one(text: str, findings: Findings, language: Language) -> list[str]:
    """The sentences for the first intent that fits; empty where none does."""
    refusal = safety.dose_request(text) or safety.unanswerable(text)
    if refusal:
        return [say(refusal, language)]
    side = _side_taken(text)
    if side and findings.image.eye not in (side, "unknown"):
        bare = without_sides(text)
        rest = _on_one(bare, findings, language) or _summary(bare, findings, language)
        return [truths.eye(findings, language), *rest]
    if findings.oct is not None:
        return template_scan.sentences(text, findings, findings.oct, language)
    terms = mentions(text)
    named = _terms(terms, "lesion", "disease") or _LESION.search(text)
    if _asks_eye(text) and not named and not _COMPARE.search(text):
        return _on_eye(text, findings, language)
    if _unread(findings):
        again = not _QUALITY.search(text) and findings.quality.modality != "oct"
        retake = [_retake(findings, language)] if again else []
        return [*truths.quality(findings, language), *retake]
    said = _on_fundus(text, terms, findings, language)
    grades = {code for mention in terms if mention.kind == "grade" for code in mention.codes}
    wrong = len(grades) == 1 and str(findings.dr.grade) not in grades
    grade = truths.grade(findings, language)
    if wrong and not (_RULE.search(text) and grade in said):  # first what it is instead
        return [grade, *said]
    return said


def _on_fundus(
    text: str, terms: list[Mention], findings: Findings, language: Language
) -> list[str]:
    """The sentences for the first intent that fits, on a fundus photo that can be read."""
    outside = [m.codes[0] for m in terms if m.kind == "outside"]
    if _OEDEMA.search(text) and truths_anatomy.oedema_risk(findings, language):
        return _on_oedema(text, findings, language)
    if outside and not _terms(terms, "lesion", "grade") and not _CDR.search(text):
        return [
            say("check.outside", language, name=say(f"outside.{code}", language))
            for code in dict.fromkeys(outside)
        ][:2]
    for pattern, facts in _INTENTS:
        if pattern.search(text) and (said := facts(text, findings, language)):
            return said
    diseases = _codes(terms, "disease")
    if diseases:
        return _on_diseases(diseases, findings, language)
    for pattern, facts in _LAST:
        if pattern.search(text):
            return facts(text, findings, language)
    return []


def _asks_eye(text: str) -> bool:
    return bool(_EYE.search(text)) or len(sides_named(text)) == 2


def _side_taken(text: str) -> Eye | None:
    """The side that a question takes for granted; None where it names none or asks for it."""
    named = sides_named(text)
    return named[0] if len(named) == 1 and not _EYE.search(text) else None


def _terms(terms: list[Mention], *kinds: str) -> list[Mention]:
    return [mention for mention in terms if mention.kind in kinds]


def _codes(terms: list[Mention], kind: str) -> list[str]:
    return list(dict.fromkeys(code for m in terms if m.kind == kind for code in m.codes))


def _on_diseases(codes: list[str], findings: Findings, language: Language) -> list[str]:
    if len(codes) > 3:
        return _on_all_diseases("", findings, language)
    said = [truths.disease(code, findings, language) for code in codes]
    return [*said, truths.grade(findings, language)] if "D" in codes else said


def _on_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """Presence, count, size or place of the lesions that are named, or of all."""
    codes = _codes(mentions(text), "lesion")
    named = codes if 0 < len(codes) < len(LESIONS) else []
    there = [c for c in named or LESIONS if findings.lesions and findings.lesions[c].present]
    areas = [truths.area(c, findings, language) for c in there] if _AREA.search(text) else []
    if _WHERE.search(text) and there:
        places = _on_places(text, there, findings, language)
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
    return said[: _MOST_SENTENCES - len(shown)] + shown


def _on_eye(text: str, findings: Findings, language: Language) -> list[str]:
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
    codes = _codes(mentions(text), "disease")
    if codes and len(codes) < 4 and not _GRADE.search(text):
        said = [truths.disease(code, findings, language) for code in codes]
    else:
        said = [truths.grade(findings, language), *truths.runner_up(findings, language)]
    return [*said, say("template.grade.not_certain", language)]


def _on_next_step(text: str, findings: Findings, language: Language) -> list[str]:
    refer = [truths.referable(findings, language)] if _REFER.search(text) else []
    return [truths.grade(findings, language), *refer, *truths.next_step(findings, language)]


def _on_rule(text: str, findings: Findings, language: Language) -> list[str]:
    """What the named grades need, whichever the photo has; empty where none is named."""
    grades = _codes(_terms(mentions(text), "grade"), "grade")[:2]
    own = truths.grade(findings, language)
    return [*(truths.rule_of(int(g), language) for g in grades), own] if grades else []


def _on_macula(text: str, findings: Findings, language: Language) -> list[str]:
    """What is known of the macula where no lesion is asked for: the edema risk, what lies near."""
    named = _LESION.search(text) or _terms(mentions(text), "disease")
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
    codes = _codes(mentions(text), "lesion")
    grades = _terms(mentions(text), "grade") or _GRADE.search(text)
    if not codes or (grades and _WHY.search(text)):
        return []
    said = _on_lesions(text, findings, language)
    asks_more = any(p.search(text) for p in (_WHERE, _AREA, _COUNT, _SURE))
    return said if asks_more or not _NEXT.search(text) else [*said[:2], *_step(findings, language)]


def _step(findings: Findings, language: Language) -> list[str]:
    return [truths.grade(findings, language), *truths.next_step(findings, language)][:2]


def _unnamed_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """As `_on_lesions`, where no disease is named that it could be about instead."""
    return [] if _codes(mentions(text), "disease") else _on_lesions(text, findings, language)


def _summary(text: str, findings: Findings, language: Language) -> list[str]:
    """What is seen at all: the suspicions, the grade, the lesions; the side where it is known."""
    if _unread(findings):
        return [*truths.quality(findings, language), _retake(findings, language)]
    lesions = truths.lesions(findings, language)
    suspected = truths.diseases(findings, language)[:1]
    rest = [truths.grade(findings, language), *lesions]
    return [*suspected, *rest]


# the first that fits answers; order goes from the special to the general
_INTENTS: tuple[tuple[re.Pattern[str], Facts], ...] = (
    (_CDR, _on_cup),
    (_RIM, _on_cup),
    (_VESSELS, _on_vessels),
    (_QUALITY, _on_quality),
    (_BY_LESIONS, _on_lesion_grade),
    (re.compile(""), _named_lesions),
    (_DISC, _on_cup),
    (_RULE, _on_rule),
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
    (_LESION, _on_lesions),
    (_SHOW, _on_lesions),
    (_SCOPE, _on_scope),
)
