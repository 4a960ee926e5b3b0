"""True sentences from `Findings` on an OCT scan, and the words of the lexicon that mean a class."""

from collections.abc import Iterable, Mapping

from assistant import numbers, truths
from assistant.findings import Findings, Scan
from assistant.findings_text import FEW_SCANS, WORTH_A_DOUBT, thickness_lines, to_text
from assistant.words import Words
from vision.catalogue import Language, say

# codes of assistant/words/lexicon.txt -> the OCT classes that they may stand for
MEANT: Mapping[str, tuple[str, ...]] = {
    "A": ("AMD",),
    "N": ("NO",),
    "oedema": ("DME",),
    "membrane": ("ERM",),
    "artery_occlusion": ("RAO",),
    "vein_occlusion": ("RVO",),
    "occlusion": ("RAO", "RVO"),
    "traction": ("VID",),
}
_THICK = Words("template_answer").mixed("THICK")
_URGENT = "RAO"
LENGTHS = ("px", "length")  # units of numbers (assistant.numbers) that tell a thickness


def asks_thickness(text: str) -> bool:
    """Whether a normalised text asks how thick something is."""
    return bool(_THICK.search(text))


def meant(codes: Iterable[str]) -> tuple[str, ...]:
    """The OCT classes that codes of the lexicon stand for, each once."""
    return tuple(dict.fromkeys(oct_class for code in codes for oct_class in MEANT.get(code, ())))


def likeliest(scan: Scan, language: Language) -> list[str]:
    """What the scan is likeliest to show, and how far that is to be trusted."""
    second = scan.ranked[1]
    told = {
        "name": say(f"oct.one.{scan.code}", language),
        "percent": numbers.percent(scan.share(scan.code)),
        "next": say(f"oct.one.{second}", language),
        "next_percent": numbers.percent(scan.share(second)),
    }
    said = [say("template.scan.uncertain" if scan.uncertain else "template.scan", language, **told)]
    few = FEW_SCANS.get(scan.code)
    return said if few is None else [*said, say("template.scan.few", language, count=few)]


def means(scan: Scan, language: Language) -> str:
    """What the likeliest class is."""
    return say(f"oct.means.{scan.code}", language)


def share(oct_class: str, scan: Scan, language: Language) -> str:
    """The probability of one class."""
    percent = numbers.percent(scan.share(oct_class))
    name = say(f"oct.one.{oct_class}", language)
    return say("template.scan.share", language, name=name, percent=percent)


def runner_up(scan: Scan, language: Language) -> list[str]:
    """The second likeliest class where it is worth a doubt and not told already."""
    second = scan.ranked[1]
    worth = scan.share(second) >= WORTH_A_DOUBT and not scan.uncertain
    return [share(second, scan, language)] if worth else []


def on_classes(classes: Iterable[str], scan: Scan, language: Language) -> list[str]:
    """What the scan shows, and how likely the asked classes are where they are others."""
    others = [c for c in classes if c != scan.code][:2]
    return [*likeliest(scan, language), *(share(c, scan, language) for c in others)]


def not_told(language: Language) -> str:
    """That an OCT scan does not show what a fundus photo shows."""
    return say("template.scan.not_told", language)


def thickness(findings: Findings, language: Language) -> list[str]:
    """How thick the retina is, and that this alone is neither too thick nor too thin."""
    if findings.thickness is None:
        return [say("note.band_not_found", language)]
    lines = thickness_lines(findings, language)
    return [*lines[:3], say("thickness.norm", language)]


def next_step(scan: Scan, language: Language) -> list[str]:
    """Who should see the eye, and at once where it may be an emergency.

    Source: AAO Preferred Practice Pattern, Retinal and Ophthalmic Artery Occlusions, 2019.
    """
    if scan.code == _URGENT:
        return [say("template.scan.urgent", language)]
    return [say("template.scan.next", language)]


def everything(findings: Findings, language: Language) -> list[str]:
    """Every sentence that this scan carries; empty for other images."""
    scan = findings.oct
    if scan is None:
        return []
    shares = [share(oct_class, scan, language) for oct_class in scan.ranked]
    told = [means(scan, language), not_told(language), *next_step(scan, language)]
    sure = say("template.grade.not_certain", language)
    measured = thickness(findings, language) if findings.thickness else []
    lines = [*measured, *to_text(findings, language).splitlines()]
    return [*likeliest(scan, language), *shares, *told, sure, *lines]


def of_claim(
    topic: str, codes: tuple[str, ...], findings: Findings, language: Language, unit: str = ""
) -> list[str]:
    """What is true where a sentence claimed something else of the scan; empty where none is."""
    scan = findings.oct
    if scan is None:
        return []
    if unit in LENGTHS and findings.thickness is not None:
        return thickness(findings, language)
    if topic == "figure":
        return []
    if topic == "eye":
        return [truths.eye(findings, language)]
    if topic == "quality":
        return truths.quality(findings, language)
    if topic in ("referable", "referral", "interval"):
        return [*likeliest(scan, language), *next_step(scan, language)]
    classes = ("DME",) if topic == "oedema_risk" else meant(codes)
    if classes or topic in ("normal", "share"):
        return on_classes(classes if len(codes) < 3 else (), scan, language)
    return [] if topic == "outside" else [not_told(language)]
