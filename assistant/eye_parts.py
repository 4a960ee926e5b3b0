"""What a fundus photo says of parts of the eye that are asked for together, and of what it lacks.

"Describe disc, vessels and macula" gets what was measured of each. Of thickness and of the far
periphery such a photo tells nothing, and what the system cannot see may be asked too.
"""

from assistant import truths, truths_anatomy
from assistant.findings import Findings
from assistant.lexicon import mentions
from assistant.photo_facts import summary
from assistant.words import Words
from vision.catalogue import Language, say

_WORDS = Words("eye_parts")
_PARTS = {name: _WORDS.mixed(name) for name in ("DISC", "VESSELS", "MACULA", "PERIPHERY")}
_ALL = _WORDS.mixed("ALL")
_LESIONS = _WORDS.mixed("LESIONS")
_THICKNESS = _WORDS.mixed("THICKNESS")
_LIMITS = _WORDS.mixed("LIMITS")
_USUAL = _WORDS.mixed("USUAL")
_APPROVED = _WORDS.mixed("APPROVED")
_DOCTOR = _WORDS.mixed("DOCTOR")
_RELIABLE = _WORDS.mixed("RELIABLE")
_HOW_SOON = _WORDS.mixed("HOW_SOON")
_TOUR = 3  # parts
MOST_SENTENCES = 9  # of an answer that goes through the whole photo


def is_asked(text: str) -> bool:
    """Whether a normalised question is about a photo or the system, however it is worded: how
    thick, how soon, what it cannot see, whether it is approved, whether to believe it."""
    thickness = _THICKNESS.search(text) and not _USUAL.search(text)
    others = (_LIMITS, _HOW_SOON, _APPROVED, _DOCTOR, _RELIABLE)
    return bool(thickness or any(pattern.search(text) for pattern in others))


def sentences(text: str, findings: Findings, language: Language) -> list[str]:
    """True sentences on parts that a normalised question names; empty where it asks otherwise."""
    if told := of_system(text, language):
        return told
    if _THICKNESS.search(text):
        risk = truths_anatomy.oedema_risk(findings, language)
        return [say("template.thickness", language), *risk]
    told = [s for name in _named(text) for s in _on_part(name, findings, language)]
    return [*summary(findings, language), *told] if is_tour(text) else told


def of_system(text: str, language: Language) -> list[str]:
    """What is said of the system itself, with a photo or without: whether it is approved, whether
    it or a doctor is to be believed, what it cannot see; empty where none of that is asked."""
    if _APPROVED.search(text):
        return [say("notice.long", language)]
    if _DOCTOR.search(text):
        return [say("template.doctor", language)]
    if _LIMITS.search(text):
        return [say("template.limits", language), say("template.limits.small", language)]
    return []


def is_tour(text: str) -> bool:
    """Whether a normalised question asks for the whole photo, part by part."""
    return len(_named(text)) >= _TOUR


def _named(text: str) -> list[str]:
    """Parts that are asked for as such: two or more, or the periphery."""
    whole = _ALL.search(text)
    parts = [name for name, pattern in _PARTS.items() if whole or pattern.search(text)]
    named = any(mention.kind in ("lesion", "disease", "grade") for mention in mentions(text))
    alone = len(parts) < 2 and parts != ["PERIPHERY"]
    elsewhere = not whole and _LESIONS.search(text)
    return [] if named or alone or elsewhere else parts


def _on_part(name: str, findings: Findings, language: Language) -> list[str]:
    if name == "DISC":
        ratio = truths_anatomy.cup_to_disc(findings, language)
        return [ratio, *truths_anatomy.rim(findings, language)[:1]]
    if name == "VESSELS":
        return [truths_anatomy.vessels(findings, language)]
    if name == "MACULA":
        return truths_anatomy.oedema_risk(findings, language)[:1]
    return [say("template.periphery", language), *truths.lesions(findings, language)]
