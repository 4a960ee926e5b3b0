"""Questions across instruments: which images they are about, and what all of them say together.

What one image shows is told of that image by its number; whether two fit together is said by rule.
"""

from collections.abc import Sequence

from assistant import truths, truths_anatomy, truths_scan
from assistant.findings import Findings
from assistant.findings_text import gland_lines, thickness_lines
from assistant.lexicon import mentions, normalise
from assistant.truths_scan import asks_thickness
from assistant.words import Words
from vision.catalogue import Language, say

_WORDS = Words("across")
_KINDS = {kind: _WORDS.mixed(f"KIND_{kind.upper()}") for kind in ("oct", "cfp", "osa")}
_ACROSS, _LID, _OEDEMA = (_WORDS.mixed(name) for name in ("ACROSS", "MEASURED_LID", "OEDEMA"))
_OF_FUNDUS = ("lesion", "grade")
# classes of scans beside which hard exudates are to be expected: vessels leak (AAO BCSC 12)
_LEAKING = ("DME", "RVO", "AMD")
_SWOLLEN = ("DME", "RVO")


def images(
    question: str, numbers: tuple[int, ...], active: int, findings: Sequence[Findings]
) -> tuple[int, ...]:
    """The images meant where those of a session are of several kinds; else `numbers` as they are.

    `numbers` (from 1) are those by the other words of the question, `findings` of all images.
    """
    kinds = [one.image.modality for one in findings]
    if len(set(kinds)) < 2:
        return numbers
    text, own = normalise(question), kinds[active - 1]
    named = {kind for kind, words in _KINDS.items() if kind in kinds and words.search(text)}
    if _ACROSS.search(text) and (named or len(numbers) > 1):
        of_fundus = any(mention.kind in _OF_FUNDUS for mention in mentions(text))
        meant = (named | ({"cfp"} if of_fundus else set())) & set(kinds)
        retinal = set(kinds) - ({"osa"} - named)  # a lid is meant only where it is named
        meant = meant if len(meant) > 1 else meant | ({own} & retinal)
        wanted = meant if len(meant) > 1 else retinal
        return tuple(sorted(_nearest(kind, kinds, active) for kind in wanted))
    if len(named) == 1 and own not in named and numbers == (active,):
        return (_nearest(named.pop(), kinds, active),)
    return numbers


def _nearest(kind: str, kinds: Sequence[str], active: int) -> int:
    places = [n for n, other in enumerate(kinds, 1) if other == kind]
    return min(places, key=lambda n: (abs(n - active), n))


def is_of_images(question: str, findings: Sequence[Findings]) -> bool:
    """Whether a question asks for what was measured here, or what images say together."""
    text = normalise(question)
    thick = any(one.thickness for one in findings) and asks_thickness(text)
    glands = any(one.glands for one in findings) and _LID.search(text)
    return bool(thick or glands or is_across(text, findings))


def is_across(text: str, findings: Sequence[Findings]) -> bool:
    """Whether a normalised text sets images of several instruments beside one another."""
    return len({one.image.modality for one in findings}) > 1 and bool(_ACROSS.search(text))


def sentences(
    text: str, findings: Sequence[Findings], numbers: Sequence[int], language: Language
) -> list[str]:
    """What each image says to the question, by its number, and whether that fits together."""
    swollen = bool(_OEDEMA.search(text))
    said = []
    for number, one in zip(numbers, findings, strict=True):
        for told in _of_image(one, language, swollen=swollen):
            said.append(say("check.photo", language, number=number, text=told))
    return said + conclusions(findings, numbers, language, swollen=swollen)


def _of_image(one: Findings, language: Language, *, swollen: bool) -> list[str]:
    if one.oct is not None:
        return [*truths_scan.likeliest(one.oct, language)[:1], *thickness_lines(one, language)[:1]]
    if one.glands is not None:
        return gland_lines(one, language)[:1]
    if one.lesions is None:
        return truths.quality(one, language)[:1]
    risk = truths_anatomy.oedema_risk(one, language)[:1] if swollen else []
    return [truths.lesion("EX", one, language), *risk]


def conclusions(
    findings: Sequence[Findings], numbers: Sequence[int], language: Language, *, swollen: bool
) -> list[str]:
    """Whether photo and scan fit together, or why that is not told; of a lid, that it is apart."""
    placed = list(zip(numbers, findings, strict=True))
    photos = [(n, f) for n, f in placed if f.image.modality == "cfp" and f.lesions is not None]
    scans = [(n, f) for n, f in placed if f.oct is not None]
    lids = [n for n, f in placed if f.image.modality == "osa"]
    apart = [say("across.lid", language)] if lids else []
    if not photos or not scans:
        return apart or [say("across.nothing", language)]
    (photo_number, photo), (scan_number, scan) = photos[0], scans[0]
    key = _fit(photo, scan, swollen=swollen)
    told = say(f"across.{key}", language, photo=photo_number, scan=scan_number)
    return [told, *_eyes(photo, scan, language), *apart]


def _fit(photo: Findings, scan: Findings, *, swollen: bool) -> str:
    """Which of the catalogue's `across.*` holds for a photo and a scan that were both read."""
    seen, lesions = scan.oct, photo.lesions or {}
    exudates = "EX" in lesions and lesions["EX"].present
    if seen is None or seen.uncertain:
        return "unsure"
    if exudates:
        return "fits" if seen.code in _LEAKING else "unexplained"
    if swollen and seen.code in _SWOLLEN:
        return "scan_alone"
    return "no_exudates"


def _eyes(photo: Findings, scan: Findings, language: Language) -> list[str]:
    sides = {photo.image.eye, scan.image.eye}
    if sides == {"OD", "OS"}:
        return [say("across.other_eye", language)]
    return [say("across.unknown_eye", language)] if "unknown" in sides else []


def everything(
    findings: Sequence[Findings], numbers: Sequence[int], language: Language
) -> list[str]:
    """Every sentence that these images carry together."""
    if len({one.image.modality for one in findings}) < 2:
        return []
    told = [sentences("", findings, numbers, language)]
    told.append(sentences("oedema", findings, numbers, language))
    return [sentence for both in told for sentence in both]
