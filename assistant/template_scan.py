"""An answer made by rule on an OCT scan, picked by what the question asks for."""

from assistant import truths, truths_scan
from assistant.findings import Findings, Scan
from assistant.findings_text import thickness_lines
from assistant.lexicon import Mention, mentions, normalise
from assistant.words import Words
from vision.catalogue import Language, say

_WORDS = Words("template_answer")
_EYE = _WORDS.mixed("EYE")
_QUALITY = _WORDS.mixed("QUALITY")
_SURE = _WORDS.mixed("SURE")
_NEXT = _WORDS.mixed("NEXT")
_NORMAL = _WORDS.mixed("NORMAL")
_OEDEMA = _WORDS.mixed("OEDEMA")
_FUNDUS = tuple(_WORDS.mixed(name) for name in ("CDR", "RIM", "VESSELS", "GRADE", "BY_LESIONS"))
_FUNDUS_KINDS = frozenset(("lesion", "grade", "disease"))


def sentences(question: str, findings: Findings, scan: Scan, language: Language) -> list[str]:
    """What answers a question about a scan, the special before the general."""
    text = normalise(question)
    terms = mentions(text)
    classes = truths_scan.meant(c for m in terms if m.kind != "normal" for c in m.codes)
    named = bool(classes) and not any(_any_disease(mention) for mention in terms)
    if not named and _OEDEMA.search(text):
        named, classes = True, ("DME",)
    if _SURE.search(text):
        asked = truths_scan.on_classes(classes if named else (), scan, language)
        sure = say("template.grade.not_certain", language)
        return [*asked, *truths_scan.runner_up(scan, language), sure]
    thick = truths_scan.asks_thickness(text)
    if named:
        told = truths_scan.on_classes(classes, scan, language)
        measured = thickness_lines(findings, language) if thick or "DME" in classes else []
        return [*told[:3], *measured[:1]]
    if thick:
        return truths_scan.thickness(findings, language)
    if _of_fundus(text, terms):
        return [truths_scan.not_told(language), *truths_scan.likeliest(scan, language)]
    if outside := [m.codes[0] for m in terms if m.kind == "outside"]:
        return [
            say("check.outside", language, name=say(f"outside.{code}", language))
            for code in dict.fromkeys(outside)
        ][:2]
    if _EYE.search(text):
        return [truths.eye(findings, language)]
    if _QUALITY.search(text):
        return truths.quality(findings, language)
    if _NEXT.search(text):
        step = truths_scan.next_step(scan, language)
        return [*truths_scan.likeliest(scan, language), *step]
    if _NORMAL.search(text):
        return truths_scan.on_classes(("NO",), scan, language)
    told = [*truths_scan.likeliest(scan, language), truths_scan.means(scan, language)]
    return [*told, *thickness_lines(findings, language)[:1]]


def _any_disease(mention: Mention) -> bool:
    return mention.kind == "disease" and len(mention.codes) > 2


def _of_fundus(text: str, terms: list[Mention]) -> bool:
    """Whether a question is about what only a fundus photo shows."""
    named = any(m.kind in _FUNDUS_KINDS and not _any_disease(m) for m in terms)
    return named or any(pattern.search(text) for pattern in _FUNDUS)
