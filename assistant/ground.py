"""Each sentence of an answer held against `Findings`: kept, repaired from them, or withheld.

The rules read what a sentence claims of this photo or person. What they cannot read as a claim
passes, so this is a net under the model, not a proof: see the measured rates in the README.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from assistant import across, cues, lid_facts, truths, truths_anatomy, truths_scan
from assistant.carried import holds
from assistant.claims import EVERY, Claim, subjects
from assistant.extract import extract
from assistant.findings import Findings
from assistant.findings_text import gland_lines
from assistant.forbidden import claims_certainty, gives_dose, prescribes
from assistant.lexicon import normalise
from assistant.sentences import split_sentences
from assistant.words import Words
from segmentation.labels import LESIONS
from vision.catalogue import Language, detect_language, say, table

__all__ = ["Verdict", "check_sentence", "split_sentences", "supported_claims"]

_LONGEST = 1000  # characters
_MOST_REPAIRS = 4  # sentences in place of one
_MARK = re.compile(r"^\s*(?:[-*•·>]\s+|\(?\d{1,2}[.)、]\s*|#+\s+)?")
_PERSONAL = frozenset(
    "acuity pressure age gender sugar diabetes blood_pressure prognosis change origin".split()
)
_WORDS = Words("ground")
_SEEN = _WORDS["SEEN"]  # words for what was seen, where the photo itself goes unnamed
_ECHO = _WORDS["ECHO"]  # what the person said of themselves, taken up before there is any photo


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to show of a sentence; `reasons` name the claims that were not carried."""

    status: Literal["ok", "repaired", "withheld"]
    text: str
    reasons: tuple[str, ...] = ()


def check_sentence(
    sentence: str,
    findings: tuple[Findings, ...],
    language: Language,
    numbers: tuple[int, ...] = (),
) -> Verdict:
    """Check one sentence against the findings of the photos it may be about; none: no photo yet.

    `numbers` are the photos' numbers in the conversation, where they are not 1, 2, ...
    """
    language = detect_language(sentence) or language
    if len(sentence) > _LONGEST:  # no sentence, but a model that has lost its way
        return _replaced("withheld", sentence, [say("check.withheld", language)], ("length",))
    if gives_dose(sentence):
        return _replaced("withheld", sentence, [say("check.dose", language)], ("dose",))
    if claims_certainty(sentence):
        return _replaced("withheld", sentence, [say("check.certain", language)], ("certainty",))
    if sentence.strip() in _own_words(findings, numbers, language):
        return Verdict("ok", sentence)
    if prescribes(sentence):
        return _replaced("withheld", sentence, [say("check.treatment", language)], ("treatment",))
    claims = _renumbered(extract(sentence), len(findings), numbers)
    if not findings:
        return _without_image(sentence, claims, language)
    wrong = [claim for claim in claims if not holds(claim, findings)]
    if not wrong:
        return Verdict("ok", sentence)
    reasons = tuple(dict.fromkeys(_reason(claim) for claim in wrong))
    numbers = numbers or tuple(range(1, len(findings) + 1))
    true = [text for claim in claims for text in _truth(claim, findings, numbers, language)]
    unknown = [
        _unknowable(claim.codes[0], language)
        for claim in wrong
        if claim.topic == "outside" and not _truth(claim, findings, numbers, language)
    ]
    texts = list(dict.fromkeys([*true, *unknown]))[:_MOST_REPAIRS]
    if true:
        return _replaced("repaired", sentence, texts, reasons)
    return _replaced("withheld", sentence, texts or [say("check.withheld", language)], reasons)


def _renumbered(claims: list[Claim], count: int, numbers: tuple[int, ...]) -> list[Claim]:
    """Photo numbers of the conversation -> places in the tuple of findings, 0 for one not there."""
    if count == 1 and not numbers:  # one photo alone is meant, whatever its number
        return [replace(claim, images=()) for claim in claims]
    numbers = numbers or tuple(range(1, count + 1))
    place = {EVERY: EVERY} | {number: i for i, number in enumerate(numbers, 1)}
    return [replace(c, images=tuple(place.get(n, 0) for n in c.images)) for c in claims]


def supported_claims(
    text: str, findings: tuple[Findings, ...], language: Language
) -> tuple[int, int]:
    """How many of a text's claims the findings carry, and how many it makes."""
    finished, rest = split_sentences(text)
    found = [claim for sentence in [*finished, rest] for claim in extract(sentence)]
    claims = _renumbered(found, len(findings), ())
    return sum(holds(claim, findings) for claim in claims) if findings else 0, len(claims)


def _own_words(
    findings: tuple[Findings, ...], numbers: tuple[int, ...], language: Language
) -> set[str]:
    """The catalogue's sentences that these findings carry: notes, reasons and rules."""
    told = numbers or tuple(range(1, len(findings) + 1))
    own: set[str] = set(across.everything(findings, told, language))
    for place, one in enumerate(findings):
        texts = [say(key, language) for key in (*one.notes, *one.quality.reasons)]
        texts += truths_anatomy.oedema_risk(one, language)
        texts += truths_anatomy.lesion_grade(one, language)
        texts += truths_scan.everything(one, language)
        texts += lid_facts.everything(one, language)
        number = numbers[place] if numbers else place + 1
        own |= {say("check.photo", language, number=number, text=text) for text in texts}
        own |= set(texts)
    return own


def _without_image(sentence: str, claims: list[Claim], language: Language) -> Verdict:
    text = normalise(sentence)
    # a bare name in a list of general knowledge points to no photo
    bare = not (cues.PHOTO.search(text) or cues.PERSON.search(text) or _SEEN.search(text))
    about_photo = [
        claim
        for claim in claims
        if claim.topic not in ("interval", "referral")
        and not bare
        and not (_ECHO.search(text) and claim.topic in ("disease", "grade", "outside"))
    ]
    if not about_photo:
        return Verdict("ok", sentence)
    personal = [c.codes[0] for c in about_photo if c.topic == "outside" and c.codes[0] in _PERSONAL]
    said = _unknowable(personal[0], language) if personal else say("check.no_image", language)
    return _replaced("withheld", sentence, [said], ("no_image",))


def _reason(claim: Claim) -> str:
    return f"{claim.topic}:{'|'.join(claim.codes)}" if claim.codes else claim.topic


def _replaced(
    status: Literal["repaired", "withheld"],
    sentence: str,
    texts: list[str],
    reasons: tuple[str, ...],
) -> Verdict:
    """Other sentences in the old one's place: its list mark and the space after it stay."""
    mark = _MARK.match(sentence)
    head = mark.group() if mark else ""
    tail = sentence[len(sentence.rstrip()) :]
    han = any("\u4e00" <= char <= "\u9fff" for char in texts[0])
    return Verdict(status, head + ("" if han else " ").join(texts) + tail, reasons)


def _unknowable(code: str, language: Language) -> str:
    key = "check.personal" if code in _PERSONAL else "check.outside"
    return say(key, language, name=say(f"outside.{code}", language))


def _truth(
    claim: Claim, findings: tuple[Findings, ...], numbers: tuple[int, ...], language: Language
) -> list[str]:
    """The true sentences on a claim's topic, with the photo's number where there are several."""
    about = (findings if claim.topic == "compare" else subjects(claim, findings)) or findings
    if claim.topic != "compare" and len(about) > 1 and not claim.images:
        about = about[-1:]
    said = []
    for one in about:
        for text in _of_topic(claim, one, language):
            number = numbers[findings.index(one)]
            several = len(findings) > 1
            said.append(say("check.photo", language, number=number, text=text) if several else text)
    return said


def _of_topic(claim: Claim, findings: Findings, language: Language) -> list[str]:
    if findings.oct is not None:
        unit = "" if claim.number is None else claim.number.unit
        return truths_scan.of_claim(claim.topic, claim.codes, findings, language, unit)
    if findings.glands is not None and claim.topic not in ("eye", "quality"):
        return gland_lines(findings, language)
    match claim.topic:
        case "lesion" | "count":
            return _of_lesions(claim.codes, findings, language)
        case "share":
            return _of_share(claim.codes, findings, language)
        case "figure":
            return []
        case "place":
            return _of_place(claim, findings, language)
        case "anatomy" | "rim_order" | "located" | "oedema_risk" | "lesion_grade":
            return _of_anatomy(claim, findings, language)
        case "outside" if "oedema" in claim.codes:
            known = {findings.dme and findings.dme.risk, findings.dme_grade.risk} != {None}
            return truths_anatomy.oedema_risk(findings, language) if known else []
        case "disease":
            if len(claim.codes) > 2:
                return truths.diseases(findings, language)
            return [truths.disease(code, findings, language) for code in claim.codes]
        case "grade":
            return [truths.grade(findings, language)]
        case "normal":
            return truths.normal(findings, language)
        case "referable" | "referral":
            return [truths.referable(findings, language)]
        case "interval":
            return truths.next_step(findings, language)
        case "eye":
            return [truths.eye(findings, language)]
        case "quality":
            return truths.quality(findings, language)
        case "rank":
            return _of_lesions((*claim.codes, *claim.against), findings, language)
        case "compare":
            if not claim.codes:
                return [truths.grade(findings, language)]
            return [truths.lesion(code, findings, language) for code in claim.codes]
    return []


def _of_place(claim: Claim, findings: Findings, language: Language) -> list[str]:
    near = {"near", "far", "other"} & set(claim.places)
    told = [truths.central, truths.nearest] if claim.within_dd else [truths.quadrants]
    told = [truths.nearest] if near else told
    codes = _there(claim.codes or LESIONS, findings)
    return list(dict.fromkeys(t(code, findings, language) for code in codes for t in told))[:2]


def _of_anatomy(claim: Claim, findings: Findings, language: Language) -> list[str]:
    if claim.topic == "oedema_risk":
        return truths_anatomy.oedema_risk(findings, language)
    if claim.topic == "lesion_grade":
        return truths_anatomy.lesion_grade(findings, language)
    if claim.topic == "located":
        return [truths_anatomy.located(part, findings, language) for part in claim.codes]
    if set(claim.codes) & {"vertical_cdr", "area_cdr", "horizontal_cdr"}:
        return [truths_anatomy.cup_to_disc(findings, language)]
    if claim.codes == ("vessel_density",):
        return [truths_anatomy.vessels(findings, language)]
    return truths_anatomy.rim(findings, language)


def _of_lesions(codes: tuple[str, ...], findings: Findings, language: Language) -> list[str]:
    if len(codes) > 2 or findings.lesions is None:
        return truths.lesions(findings, language)[:2]
    return [truths.lesion(code, findings, language) for code in _there(codes, findings)]


def _there(codes: tuple[str, ...], findings: Findings) -> tuple[str, ...]:
    """Of alternatives ("exudates"): the classes that were found, or all where none was."""
    stats = findings.lesions or {}
    return tuple(code for code in codes if code in stats and stats[code].present) or codes


def _of_share(codes: tuple[str, ...], findings: Findings, language: Language) -> list[str]:
    said = []
    for code in codes:
        if code in LESIONS:
            said.append(truths.area(code, findings, language))
        elif f"disease.{code}" in table(language):
            said.append(truths.disease(code, findings, language))
        else:
            said.append(truths.grade(findings, language))
    return list(dict.fromkeys(said))[:2]
