"""What a sentence claims of this photo or person, as `Claim` values.

General knowledge, questions, suppositions and what was only reported come out as no claim.
"""

import itertools
import re
from dataclasses import replace

from assistant import cues, remarks
from assistant.anatomy_claims import anatomy_claims, by_lesions, witnesses
from assistant.claims import EVERY, Claim, Relation
from assistant.clauses import Clause, Stance, explains, hedged, lists, split, stance
from assistant.lexicon import Mention, mentions, normalise
from assistant.number_claims import number_claims
from assistant.place_claims import place_claims
from assistant.spans import overlaps
from assistant.words import Words
from segmentation.labels import LESIONS
from vision.labels import ICDR_GRADES
from vision.types import Eye

_WORDS = Words("extract")
_CLASSIFIER_WORDS = _WORDS["CLASSIFIER_WORDS"]
_RUNNER_UP = _WORDS["RUNNER_UP"]
_CAPABILITY = _WORDS["CAPABILITY"]
_BY_OCT = _WORDS["BY_OCT"]
_SHARE_AFTER = re.compile(r"^(?: is| at)?[\s:(=]*[<>]?\s?\d+(?:\.\d+)?%")
_SHARE_BEFORE = _WORDS["SHARE_BEFORE"]
_ONLY_BEFORE = _WORDS["ONLY_BEFORE"]
_ALL_KINDS = _WORDS["ALL_KINDS"]
_BEYOND = _WORDS["BEYOND"]
_SHORT_OF = _WORDS["SHORT_OF"]
_IMAGE = _WORDS["IMAGE"]
_INDEX = {
    **{str(n): n for n in range(1, 10)}, "一": 1, "二": 2, "三": 3, "四": 4, "first": 1, "1st": 1,
    "second": 2, "2nd": 2, "third": 3, "3rd": 3,
}  # fmt: skip
_RIGHT = re.compile(r"\bright (?:eye|fundus|retina)|(?<![a-z])od(?![a-z])|右眼")
_LEFT = re.compile(r"\bleft (?:eye|fundus|retina)|(?<![a-z])os(?![a-z])|左眼")
_MORE = _WORDS["MORE"]
_WORSE = _WORDS["WORSE"]
# how many codes a term has that stands for all of its kind
_ALL = {"lesion": 4, "disease": 7, "grade": 5, "normal": 9, "abnormal": 9, "outside": 9}


def extract(sentence: str) -> list[Claim]:
    """The claims of one sentence, in order and each once."""
    text = normalise(sentence)
    if is_question(text):
        return []
    clauses = [clause for clause in split(text) if not _reported(clause, text)]
    heard = _heard(text, clauses)
    claims: list[Claim] = _comparisons(text, heard) or _ranks(text, heard)
    compared = {code for claim in claims for code in claim.codes}
    seen, taken = anatomy_claims(text, clauses, heard)
    places, spots = place_claims(text, clauses, heard, taken)
    for clause, mention, said in heard:
        if overlaps((mention.start, mention.end), taken):
            continue
        if mention.kind == "grade" and (claim := by_lesions(text, clause, mention)):
            seen += [(claim, clause)] if claim.codes else []
            continue
        # "no exudates near the fovea" denies the place alone
        spot = cues.PLACE.search(clause.text) or overlaps((clause.start, clause.end), spots)
        placed = mention.kind == "lesion" and said == "denied" and spot
        if said != "named" and not placed and not (claims and set(mention.codes) <= compared):
            claim = _of_mention(clause, mention, said)
            if len(mention.codes) >= _ALL[mention.kind]:
                claim = _but_for(claim, text, heard)
            if said == "denied" or not _any_disease(text, mention):
                seen.append((claim, clause))
            if said == "claimed" and len(mention.codes) == len(LESIONS) and _ALL_KINDS.search(text):
                seen += [(replace(claim, codes=(code,)), clause) for code in LESIONS]
            others = _others(text, mention) if said == "claimed" else ()
            seen += [(Claim("lesion", (code,), denied=True), clause) for code in others]
    seen += [*places, *number_claims(text, clauses, heard, [*taken, *spots])]
    for clause in clauses:
        told = [m for c, m, s in heard if c.start == clause.start and s != "named"]
        seen += [
            (claim, clause)
            for claim in remarks.of_clause(clause)
            if claim.codes != ("both",) or told  # "both eyes" alone claims nothing
        ]
    counts = [c for c, _ in seen if c.topic in ("count", "place") and c.number]
    zero = {c.codes for c in counts if c.number and c.number.high == 0}
    images = _images(text, clauses)
    for claim, clause in seen:
        if claim.topic == "lesion" and claim.codes in zero and not claim.denied:
            continue  # "0 haemorrhages" claims none
        about, eye = images[clause.start]
        claims.append(_at(claim, about, eye))
    return list(dict.fromkeys(claims))


def _heard(text: str, clauses: list[Clause]) -> list[tuple[Clause, Mention, Stance]]:
    """Every term with its clause and what the clause does with it."""
    heard: list[tuple[Clause, Mention, Stance]] = []
    grounds = witnesses(text)
    terms = [m for m in mentions(text) if not overlaps((m.start, m.end), grounds)]
    for clause in clauses:
        here = [m for m in terms if clause.start <= m.start < clause.end]
        spans = lists(text, here)
        grades = {m.codes for m in here if m.kind == "grade"}
        # three grades in one breath explain the scale
        scale = len(grades) >= 3 and clause.anchor != "here"
        explained = False
        for mention in here:
            said = _stance(clause, mention, spans[mention])
            if explained and clause.anchor != "here":
                said = "named"  # what follows "exudates are ..." explains them
            explained = explained or explains(clause, spans[mention])
            heard.append((clause, mention, "named" if scale and mention.kind == "grade" else said))
    return heard


def is_question(text: str) -> bool:
    """Whether a normalised sentence asks rather than tells."""
    body = re.sub(r"[\"'\u201d)\s]+$", "", text)
    if not body.endswith("?"):
        return False
    tail = re.split(r"[;:.]\s", body)[-1]
    return bool(cues.QUESTION.search(tail)) and not re.search(r", ?(?:right|correct|yes)\?$", body)


def _reported(clause: Clause, text: str) -> bool:
    """The clause tells what somebody said and the sentence goes on to correct it."""
    match = cues.REPORTED.search(clause.text)
    corrects = cues.CORRECTS.search(text, clause.start + match.end() if match else 0)
    return bool(match and corrects)


def _stance(clause: Clause, mention: Mention, span: tuple[int, int]) -> Stance:
    said = stance(clause, mention, span)
    if mention.kind == "outside" and _CAPABILITY.search(clause.text):
        return "named"
    if mention.codes == ("oedema",) and _BY_OCT.search(clause.text):
        return "named"
    if mention.kind == "normal" and _SHARE_AFTER.match(clause.text[mention.end - clause.start :]):
        return "named"  # "normal fundus: 6%" states a probability
    told = mention.kind in ("disease", "outside") and said == "claimed"
    if told and _only_share(clause, mention):
        return "named"
    return said


def _but_for(claim: Claim, text: str, heard: list[tuple[Clause, Mention, Stance]]) -> Claim:
    """ "No other disease", "besides these no lesion": what the sentence names is not meant."""
    if not re.search(r"\bother\b|其[他它余]", text) and not cues.EXCEPTED.search(text):
        return claim
    named = {code for _, m, _ in heard if len(m.codes) < _ALL[m.kind] for code in m.codes}
    rest = tuple(code for code in claim.codes if code not in named)
    if len(rest) == len(claim.codes) and claim.topic == "disease":
        return replace(claim, relation="others")
    return replace(claim, codes=rest)


def _any_disease(text: str, mention: Mention) -> bool:
    """A bare "disease" or "problem": worth a claim only where it is denied."""
    named = text[mention.start : mention.end]
    generic = len(mention.codes) >= _ALL[mention.kind]
    return generic and bool(re.match(r"disease|problem|patholog|issue|other|其", named))


def _others(text: str, mention: Mention) -> tuple[str, ...]:
    """The classes that "only microaneurysms" leaves out."""
    if mention.kind != "lesion" or len(mention.codes) > 1:
        return ()
    before, after = text[: mention.start], text[mention.end :]
    if _ONLY_BEFORE.search(before) or re.match(r" (?:only|alone)\b", after):
        return tuple(code for code in LESIONS if code not in mention.codes)
    return ()


def _only_share(clause: Clause, mention: Mention) -> bool:
    """ "Glaucoma: 8%", "8% for glaucoma": the probability is told, not that it is there."""
    before = clause.text[: mention.start - clause.start]
    after = clause.text[mention.end - clause.start :]
    if re.search(r"suspect|likely|present|positive|怀疑|存在|阳性", clause.text):
        return False
    return bool(
        _SHARE_AFTER.match(after)
        or _SHARE_BEFORE.search(before)
        or re.match(r"^(?:为|是|:|的|约|概率|\()*\d+(?:\.\d+)?%", after)
    )


def _of_mention(clause: Clause, mention: Mention, said: Stance) -> Claim:
    denied = said == "denied"
    perhaps = hedged(clause)
    if mention.kind == "abnormal":
        return Claim("normal", ("N",), denied=not denied, hedged=perhaps)
    if mention.kind in ("disease", "outside", "normal"):
        unsure = bool(cues.UNSURE.search(clause.text)) and not denied
        words = bool(_CLASSIFIER_WORDS.search(clause.text))
        return Claim(mention.kind, mention.codes, denied, perhaps or words, unsure)
    if mention.kind == "grade":
        before = clause.text[: mention.start - clause.start]
        if relative := _relative(before, mention):
            return Claim("grade", relative, hedged=perhaps)
        second = bool(_RUNNER_UP.search(clause.text[: mention.end - clause.start]))
        return Claim("grade", mention.codes, denied, perhaps, unsure=second)
    return Claim(mention.kind, mention.codes, denied, perhaps)


def _relative(before: str, mention: Mention) -> tuple[str, ...]:
    """The grades that "beyond mild" or "less than severe" leaves."""
    named = int(max(mention.codes))
    if _BEYOND.search(before):
        return tuple(str(grade) for grade in ICDR_GRADES if grade > named)
    if _SHORT_OF.search(before):
        return tuple(str(grade) for grade in ICDR_GRADES if grade < named)
    return ()


def _ranks(text: str, heard: list[tuple[Clause, Mention, Stance]]) -> list[Claim]:
    """ "More haemorrhages than exudates", both of one photo."""
    lesions = [m for _, m, _ in heard if m.kind == "lesion"]
    for first, second in itertools.pairwise(lesions):
        lead, gap = text[max(0, first.start - 12) : first.start], text[first.end : second.start]
        words = re.search(r"\b(more|fewer|less) (?:\w+ )?$", lead)
        said = next(s for _, m, s in heard if m == first)
        if words and re.match(r" (?:\w+ ){0,3}than (?:\w+ )?$", gap) and said != "named":
            relation: Relation = "more" if words[1] == "more" else "fewer"
            return [Claim("rank", first.codes, relation=relation, against=second.codes)]
        after = text[second.end : second.end + 4]
        han = re.match(r"(?:的数量)?([多少])于$", gap) or (
            gap == "比" and re.match(r"的?(?:数量)?更?([多少])", after)
        )
        if said != "named" and han:
            relation = "more" if han[1] == "多" else "fewer"
            return [Claim("rank", first.codes, relation=relation, against=second.codes)]
    return []


def _comparisons(text: str, heard: list[tuple[Clause, Mention, Stance]]) -> list[Claim]:
    images = [image for _, found in _image_names(text) for image in found if image != EVERY]
    if len(set(images)) != 2:
        return []
    match = _MORE.search(text) or _WORSE.search(text)
    graded = not _MORE.search(text)
    if match is None or not match.lastgroup:
        return []
    names = [(at, found[0]) for at, found in _image_names(text) if found and found[0] != EVERY]
    before = [image for at, image in names if at < match.start()]
    # "compared with photo 1, photo 2 has more": the subject is the last one named before the word
    subject = before[-1] if before and not match.group().startswith("比") else names[0][1]
    other = next(image for image in images if image != subject)
    codes = tuple(dict.fromkeys(c for _, m, _ in heard if m.kind == "lesion" for c in m.codes))
    if not graded and not codes:
        return []
    relation: Relation = match.lastgroup.rstrip("z")  # type: ignore[assignment]
    return [Claim("compare", () if graded else codes, relation=relation, images=(subject, other))]


def _image_names(text: str) -> list[tuple[int, tuple[int, ...]]]:
    """Where the text names images, and which."""
    found: list[tuple[int, tuple[int, ...]]] = []
    for match in _IMAGE.finditer(text):
        name = match["n"] or match["word"] or match["nz"] or match["wz"]
        found.append((match.start(), (_INDEX[name],) if name else (EVERY,)))
    return found


def _images(text: str, clauses: list[Clause]) -> dict[int, tuple[tuple[int, ...], Eye | None]]:
    """For each clause by its start: the images and the eye it names, else those named before it."""
    named = _image_names(text)
    about: tuple[int, ...] = ()
    eye: Eye | None = None
    result = {}
    for clause in clauses:
        inside_clause = [n for at, n in named if clause.start <= at < clause.end]
        about = tuple(dict.fromkeys(i for n in inside_clause for i in n)) or about
        right, left = _RIGHT.search(clause.text), _LEFT.search(clause.text)
        if bool(right) != bool(left):
            eye = "OD" if right else "OS"
        result[clause.start] = (about, eye)
    return result


def _at(claim: Claim, images: tuple[int, ...], eye: Eye | None) -> Claim:
    return replace(claim, images=images, eye=eye)
