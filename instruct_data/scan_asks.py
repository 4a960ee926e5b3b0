"""What can be asked of one OCT scan, with true answers from its findings."""

import random

from assistant import truths, truths_scan
from assistant.findings import Findings, Scan
from instruct_data import forms
from instruct_data.asked import Asked
from vision.catalogue import Language, say
from vision.labels import OCT_CLASSES


def asks(findings: Findings, scan: Scan, language: Language, rng: random.Random) -> list[Asked]:
    """Every question of a scan, with slots drawn anew."""
    shows, means = truths_scan.likeliest(scan, language), truths_scan.means(scan, language)
    sure, step = say("template.grade.not_certain", language), truths_scan.next_step(scan, language)
    second = truths_scan.runner_up(scan, language)
    rest = tuple(truths_scan.share(c, scan, language) for c in scan.ranked[1:3])
    patient = (*shows[:1], means, *step, forms.words("patient.close", language, rng))
    found = [
        Asked("scan_what", (*shows, *((means,) if rng.random() < 0.5 else ())), topic=scan.code),
        Asked("scan_sure", (*shows, *second, sure), topic=scan.code),
        Asked("scan_means", (*shows[:1], means), topic=scan.code),
        Asked("scan_next", (*shows[:1], *step), topic=scan.code),
        Asked("scan_grade", (truths_scan.not_told(language), *shows[:1])),
        Asked("scan_eye", (truths.eye(findings, language),)),
        Asked("scan_rank", (*shows[:1], *rest), topic=scan.code),
        Asked("scan_patient", patient, topic=scan.code),
    ]
    for code in OCT_CLASSES:
        if code == "NO":
            continue
        slots = {"disease": forms.name(code, language, rng)}
        said = tuple(truths_scan.on_classes((code,), scan, language))
        found.append(Asked("scan_has", said, slots, topic=code))
    return found
