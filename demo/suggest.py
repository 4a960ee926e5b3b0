"""Questions to ask next: those that fit the findings and were not asked yet, the best first.

By rule from the findings, so the same photo gets the same ones. Each is one that the answers by
rule know how to answer in both languages; tests/demo/test_suggest.py holds them to it.
"""

from collections.abc import Callable, Collection, Sequence

from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, Findings
from vision.catalogue import LANGUAGES, Language, say

_CUP_SUSPECT = 0.7  # vertical; surveys call it suspicious from about here on (ISGEO, Foster 2002)
_NEAR_FOVEA = ("note.fovea_not_seen", "note.disc_not_seen")


def _has(findings: Findings, code: str) -> bool:
    return findings.lesions is not None and findings.lesions[code].present


def _score(findings: Findings, code: str) -> bool:
    """Whether a disease is suspected, or cannot be ruled out."""
    scores = [score for score in findings.diseases or () if score.code == code]
    return any(score.present or score.uncertain for score in scores)


def _cup_is_large(findings: Findings) -> bool:
    ratio = findings.anatomy.vertical_cdr
    return (ratio is not None and ratio >= _CUP_SUSPECT) or _score(findings, "G")


def _is_placed(findings: Findings, code: str) -> bool:
    return _has(findings, code) and not any(note in findings.notes for note in _NEAR_FOVEA)


def _is_unsure(findings: Findings) -> bool:
    return any(note in findings.notes for note in (*GRADE_DOUBTS, RISKS_DIFFER)) or any(
        score.uncertain for score in findings.diseases or ()
    )


# what to ask, and of which photos; the order is that in which they are offered
_OF_PHOTOS: tuple[tuple[str, Callable[[Findings], bool]], ...] = (
    ("what", lambda _: True),
    ("why_grade", lambda f: (f.dr.grade or 0) >= 1),
    ("near_fovea", lambda f: _is_placed(f, "EX")),
    ("glaucoma", _cup_is_large),
    ("oedema", lambda f: _has(f, "EX") and f.dme is not None),
    ("sure", _is_unsure),
    ("where_haemorrhages", lambda f: _is_placed(f, "HE")),
    ("next_step", lambda f: (f.dr.grade or 0) >= 1),
    ("grade", lambda f: f.dr.grade == 0),
    ("lesions", lambda f: f.lesions is not None),
    ("cup", lambda f: f.anatomy.vertical_cdr is not None),
    ("normal", lambda f: f.dr.grade == 0),
    ("diseases", lambda f: f.diseases is not None),
    ("quality", lambda _: True),
    ("eye", lambda _: True),
)
_OF_UNREAD = ("why_unread", "what", "eye")
_OF_SCANS = ("scan.0", "scan.1", "scan.2", "scan.3", "scan.4", "scan.5")
_OF_LIDS = ("lid.0", "lid.1", "lid.2")
_GENERAL = tuple(f"general.{n}" for n in range(8))


def suggestions(
    findings: Findings | None,
    asked: Sequence[str],
    photos: int,
    language: Language,
    most: int,
) -> list[str]:
    """The first `most` questions that fit.

    `findings` are of the photo in focus, None where there is none; `photos` is how many there are.
    What was asked comes again only where nothing else is left.
    """
    names = _fitting(findings, photos)
    said = {_bare(question) for question in asked}
    new = [name for name in names if not _was_asked(name, said)]
    old = [name for name in names if name not in new]
    return [say(f"demo.suggest.{name}", language) for name in (new + old)[:most]]


def _fitting(findings: Findings | None, photos: int) -> list[str]:
    if findings is None:
        return list(_GENERAL)
    pair = ["compare"] if photos > 1 else []
    if findings.oct is not None:
        return [*pair, *_OF_SCANS]
    if findings.glands is not None:
        return [*pair, *_OF_LIDS, *_GENERAL]
    if findings.quality.modality != "cfp" or findings.quality.gradable == "no":
        return [*_OF_UNREAD, *_GENERAL]
    fitting = [name for name, fits in _OF_PHOTOS if fits(findings)]
    return [*fitting[:2], *pair, *fitting[2:]]


def _was_asked(name: str, said: Collection[str]) -> bool:
    return any(_bare(say(f"demo.suggest.{name}", language)) in said for language in LANGUAGES)


def _bare(question: str) -> str:
    """A question without what does not matter when it is asked again."""
    return "".join(char for char in question.casefold() if char.isalnum())
