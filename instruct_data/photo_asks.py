"""What can be asked of one fundus photo, with true answers from its findings.

Photos that cannot be read have fewer questions: what was not measured is not asked for as if it had
been, but the answer that it was not is there too.
"""

import random

from assistant import truths, truths_anatomy
from assistant.findings import GRADE_DOUBTS, Findings
from assistant.findings_text import grade_rule, suspicion
from instruct_data import forms
from instruct_data.asked import Asked
from instruct_data.plain import refusals
from segmentation.labels import LESIONS
from vision.catalogue import Language, say
from vision.labels import ICDR_GRADES

ASKED_DISEASES = "DGCAHM"  # by name; N is "normal", O has no name


def asks(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    """Every question of a photo, with slots drawn anew."""
    always = [*_on_photo(findings, language), *_not_told(language)]
    if findings.quality.gradable == "no" or findings.quality.modality != "cfp":
        return [*always, *_unread(findings, language)]
    return [
        *always,
        *_on_all(findings, language, rng),
        *_on_lesions(findings, language, rng),
        *_on_diseases(findings, language, rng),
        *_on_grade(findings, language),
        *_on_anatomy(findings, language),
        *_false(findings, language, rng),
    ]


def _on_photo(findings: Findings, language: Language) -> list[Asked]:
    source = truths_anatomy.eye_source(findings, language)
    return [
        Asked("which_eye", (truths.eye(findings, language), *source[:1])),
        Asked("quality", tuple(truths.quality(findings, language))),
        Asked("scope", (say("template.scope", language), say("template.general", language))),
    ]


def _unread(findings: Findings, language: Language) -> list[Asked]:
    said = (*truths.quality(findings, language), say("template.retake", language))
    return [Asked(i, said) for i in ("what_seen", "normal", "grade", "all_lesions", "next_step")]


def _not_told(language: Language) -> list[Asked]:
    return [Asked(intent, (sentence,)) for intent, sentence in refusals(language).items()]


def _on_all(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    """The photo as a whole, in as many facts as the question wants."""
    suspected = truths.diseases(findings, language)
    grade, lesions = truths.grade(findings, language), truths.lesions(findings, language)
    quality = truths.quality(findings, language)[:1]
    orders = (
        (*suspected[:1], grade, lesions[0]),
        (lesions[0], grade, *suspected[:2]),
        (grade, *lesions[:2]),
        (*quality, *suspected[:1], grade, lesions[0]),
    )
    return [
        Asked("what_seen", rng.choice(orders)),
        Asked("normal", tuple(truths.normal(findings, language)[:3])),
        Asked("all_diseases", (*suspected[:3], grade)),
        Asked("all_lesions", tuple(lesions[:4]), topic="lesions"),
        Asked("summary_short", rng.choice(((grade,), (suspected[0],), (lesions[0],)))),
        Asked("next_step", (grade, *truths.next_step(findings, language)), topic="grade"),
        Asked("worry", (*truths.next_step(findings, language), grade)),
        Asked("doubts", tuple(_doubts(findings, language))),
    ]


def _doubts(findings: Findings, language: Language) -> list[str]:
    notes = [say(n, language) for n in GRADE_DOUBTS if n in findings.notes]
    unsure = [
        truths.disease(d.code, findings, language)
        for d in findings.diseases or ()
        if d.code != "N" and suspicion(d) == "uncertain"
    ]
    second = truths.runner_up(findings, language)
    return [*notes, *unsure[:1], *second, say("template.grade.not_certain", language)]


def _on_lesions(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    found: list[Asked] = []
    for code in LESIONS:
        stats = (findings.lesions or {}).get(code)
        if stats is None:
            continue
        there = stats.present and stats.count > 0
        counted = truths.lesion(code, findings, language)
        size, near = truths.area(code, findings, language), truths.nearest(code, findings, language)
        places = truths.quadrants(code, findings, language)
        central = truths.central(code, findings, language)
        shown = (say("template.lesion.shown", language),) if there else ()
        answers: dict[str, tuple[str, ...]] = {
            "has_lesion": (counted, *((places,) if there and rng.random() < 0.3 else ())),
            "where_lesion": (places, *((near,) if there else ())),
            "count_lesion": (counted,),
            "size_lesion": (size,),
            "near_fovea": (near, *((central,) if there and central != near else ())),
            "show_lesion": (counted, *shown),
        }
        for intent, said in answers.items():
            lead = ("yes" if there else "no") if intent == "has_lesion" else ""
            slots = {"lesion": forms.name(code, language, rng)}
            found.append(Asked(intent, said, slots, lead, code))
    return found


def _on_diseases(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    found = []
    for score in findings.diseases or ():
        if score.code not in ASKED_DISEASES:
            continue
        said = [truths.disease(score.code, findings, language)]
        if score.code == "D":
            said.append(truths.grade(findings, language))
        slots = {"disease": forms.name(score.code, language, rng)}
        found.append(Asked("has_disease", tuple(said), slots, topic=score.code))
    return found


def _on_grade(findings: Findings, language: Language) -> list[Asked]:
    value = findings.dr.grade
    if value is None:
        return [Asked("grade", (truths.grade(findings, language),))]
    grade, rule = truths.grade(findings, language), truths.rule(findings, language)
    by_lesions = truths_anatomy.lesion_grade(findings, language)
    notes = [say(n, language) for n in GRADE_DOUBTS if n in findings.notes]
    counted = truths.lesions(findings, language)[:1]
    refer = truths.referable(findings, language)
    sure = say("template.grade.not_certain", language)
    found = [
        Asked("grade", (grade, *by_lesions[: len(notes)], *(notes or [refer])), topic="grade"),
        Asked("why_grade", (grade, rule, *(notes or counted)), topic="grade"),
        Asked("sure_grade", (grade, *truths.runner_up(findings, language), sure), topic="grade"),
        Asked("referable", (refer, grade), topic="grade"),
        Asked("then_why", (rule, *by_lesions[:1], *notes), topic="grade"),
        Asked("then_sure", (*truths.runner_up(findings, language), sure), topic="grade"),
        Asked("then_next", tuple(truths.next_step(findings, language)), topic="grade"),
        Asked("then_shorter", (grade,), lead="short"),
    ]
    for other in ICDR_GRADES:
        if other != value:
            asked = say("template.rule", language, grade=other, rule=grade_rule(other, language))
            slots = {"grade": str(other)}
            found.append(Asked("what_if_grade", (asked, grade), slots, topic="grade"))
    return found


def _on_anatomy(findings: Findings, language: Language) -> list[Asked]:
    cup = truths_anatomy.cup_to_disc(findings, language)
    glaucoma = truths.disease("G", findings, language)
    measured = findings.anatomy.vertical_cdr is not None
    limit = (truths_anatomy.cup_limit(language),) if measured else ()
    rim = truths_anatomy.rim(findings, language)
    parts = tuple(truths_anatomy.located(p, findings, language) for p in ("disc", "fovea"))
    risk = truths_anatomy.oedema_risk(findings, language)
    found = [
        Asked("cup_disc", (cup, *limit), topic="G"),
        Asked("rim", tuple(rim)),
        Asked("glaucoma_signs", (glaucoma, cup), topic="G"),
        Asked("vessels", (truths_anatomy.vessels(findings, language),)),
        Asked("disc_fovea", parts),
    ]
    return [*found, Asked("oedema", tuple(risk[:3]))] if risk else found


def _false(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    """Questions that take something untrue for granted: corrected from the findings."""
    found: list[Asked] = []
    for code, stats in (findings.lesions or {}).items():
        slots = {"lesion": forms.name(code, language, rng)}
        said = truths.lesion(code, findings, language)
        if not stats.present:
            found.append(Asked("false_lesion", (said,), slots, "fix", code))
            continue
        wrong = stats.count + rng.choice((3, 7, 12, 20)) + stats.count // 2
        slots = {**slots, "number": str(wrong)}
        found.append(Asked("false_count", (said,), slots, "fix", code))
    if findings.dr.grade is not None:
        wrong = rng.choice([g for g in ICDR_GRADES if g != findings.dr.grade])
        said = truths.grade(findings, language)
        found.append(Asked("false_grade", (said,), {"grade": str(wrong)}, "fix", "grade"))
    eye = {"OD": "left", "OS": "right"}.get(findings.image.eye)
    if eye is not None:
        slots = {"side": forms.name(eye, language, rng)}
        found.append(Asked("false_eye", (truths.eye(findings, language),), slots, "fix"))
    for score in findings.diseases or ():
        if score.code in ASKED_DISEASES and suspicion(score) == "not_suspected":
            slots = {"disease": forms.name(score.code, language, rng)}
            said = truths.disease(score.code, findings, language)
            found.append(Asked("false_disease", (said,), slots, "fix", score.code))
    return found
