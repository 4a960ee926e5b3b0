"""Two photos against each other: lines of a table, a few sentences, and why to be careful.

Every number comes from `Findings`; what was not measured in both photos is not compared.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant import numbers
from assistant.findings import Findings
from assistant.findings_text import disease_name, grade_name, lesion_name, scan_name
from demo.pair import Kind
from segmentation.labels import LESIONS, STYLES
from segmentation.types import GlandLoss, LesionStats
from vision.catalogue import Language, say

# mean error of one vertical cup-to-disc ratio on Drishti-GS (segmentation/weights/cup/README.md):
# two ratios that differ by less than two such errors may well be the same
CDR_ERROR = 0.057
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure in both photos; `change` is right minus left where they are two visits."""

    name: str
    left: str
    right: str
    change: str = ""
    note: str = ""
    differs: bool = False
    is_part: bool = False  # of the line above it


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two photos say beside each other; no lines where they cannot be compared."""

    lines: tuple[Line, ...]
    sentences: tuple[str, ...]
    cautions: tuple[str, ...]


def compare(left: Findings, right: Findings, kind: Kind, language: Language) -> Comparison:
    """Compare two photos as fellow eyes, as visits of one eye, or as photos of no known relation.

    Two scans are compared by what they likeliest show and how thick the retina is, two lids by
    their glands; images of two instruments, or what cannot be read, by nothing.
    """
    cautions = _cautions(left, right, kind, language)
    if left.oct is not None and right.oct is not None:
        return Comparison(_scans(left, right, language), (), cautions)
    if left.glands is not None and right.glands is not None:
        return Comparison(tuple(_lids(left.glands, right.glands, kind, language)), (), cautions)
    instruments = {left.image.modality, right.image.modality}
    if len(instruments) == 2 and "other" not in instruments:
        return Comparison((), (say("demo.compare.instruments", language),), ())
    if not (_readable(left) and _readable(right)):
        return Comparison((), (say("demo.compare.impossible", language),), ())
    lines = (
        *_grades(left, right, kind, language),
        *_lesions(left, right, kind, language),
        *_ratios(left, right, kind, language),
        *_diseases(left, right, language),
    )
    return Comparison(lines, _sentences(left, right, kind, language), cautions)


def _readable(findings: Findings) -> bool:
    return findings.quality.modality == "cfp" and findings.quality.gradable != "no"


# ---- lines ----


def _line(
    name: str, left: str, right: str, kind: Kind, change: str = "", *, note: str = ""
) -> Line:
    return Line(
        name, left, right, change if kind == "visits" else "", note, left != right and not note
    )


def _signed(difference: float, write: Callable[[float], str]) -> str:
    """A difference with its sign, and 0 without one."""
    written = write(abs(difference))
    if not any(digit in written for digit in "123456789"):
        return write(0)
    return f"{'+' if difference > 0 else _MINUS}{written}"


def _count(value: float) -> str:
    return numbers.count(int(value))


def _points(percent: float) -> str:
    return f"{percent:.2f}%" if percent else "0%"


def _grades(left: Findings, right: Findings, kind: Kind, language: Language) -> list[Line]:
    one, other = left.dr.grade, right.dr.grade
    change = "" if one is None or other is None else _signed(other - one, _count)
    name = say("demo.grade.name", language)
    return [_line(name, _grade(left, language), _grade(right, language), kind, change)]


def _grade(findings: Findings, language: Language) -> str:
    grade, probabilities = findings.dr.grade, findings.dr.probabilities
    if grade is None or probabilities is None:
        return say("demo.not_known", language)
    percent = numbers.percent(probabilities[grade])
    return say("demo.compare.grade_value", language, grade=grade, percent=percent)


def _lesions(left: Findings, right: Findings, kind: Kind, language: Language) -> list[Line]:
    unknown = say("demo.not_known", language)
    lines = []
    for code in LESIONS:
        one, other = _stats(left, code), _stats(right, code)
        name = f"{STYLES[code].letter} · {lesion_name(code, language)}"
        told = [_count(stats.count) if stats else unknown for stats in (one, other)]
        change = _signed(other.count - one.count, _count) if one and other else ""
        lines.append(_line(name, told[0], told[1], kind, change))
        if one and other and (one.present or other.present):
            shares = one.area_percent_of_fov, other.area_percent_of_fov
            told = [numbers.area_percent(share) for share in shares]
            change = _signed(shares[1] - shares[0], _points)
            area = say("demo.compare.area", language)
            lines.append(
                replace(_line(area, told[0], told[1], kind, change), differs=False, is_part=True)
            )
    return lines


def _stats(findings: Findings, code: str) -> LesionStats | None:
    return None if findings.lesions is None else findings.lesions.get(code)


def _ratios(left: Findings, right: Findings, kind: Kind, language: Language) -> list[Line]:
    one, other = left.anatomy.vertical_cdr, right.anatomy.vertical_cdr
    unmeasured = say("demo.not_measured", language)
    told = [unmeasured if ratio is None else numbers.ratio(ratio) for ratio in (one, other)]
    change, note = "", ""
    if one is not None and other is not None:
        change = _signed(other - one, numbers.ratio)
        note = _within_error(other - one, language)
    name = say("demo.compare.cdr", language)
    return [_line(name, told[0], told[1], kind, change, note=note)]


def _within_error(difference: float, language: Language) -> str:
    """That a difference of cup-to-disc ratios may be none; empty where it is larger, or 0."""
    if numbers.ratio(abs(difference)) == numbers.ratio(0) or abs(difference) >= 2 * CDR_ERROR:
        return ""
    return say("demo.compare.cdr_error", language, error=numbers.ratio(CDR_ERROR))


def _diseases(left: Findings, right: Findings, language: Language) -> list[Line]:
    """Those that are suspected, or nearly so, in one of the photos."""
    if left.diseases is None or right.diseases is None:
        return []
    others = {score.code: score for score in right.diseases}
    pairs = [(one, others[one.code]) for one in left.diseases if one.code in others]
    return [
        Line(
            disease_name(one.code, language),
            numbers.percent(one.probability),
            numbers.percent(other.probability),
            differs=one.present != other.present,
        )
        for one, other in pairs
        if one.code != "N" and any(s.present or s.uncertain for s in (one, other))
    ]


def _scans(left: Findings, right: Findings, language: Language) -> tuple[Line, ...]:
    if left.oct is None or right.oct is None:
        return ()
    codes = dict.fromkeys((left.oct.code, right.oct.code))
    return tuple(
        Line(
            scan_name(code, language),
            numbers.percent(left.oct.share(code)),
            numbers.percent(right.oct.share(code)),
            differs=left.oct.code != right.oct.code,
        )
        for code in codes
    ) + tuple(_thickness(left, right, language))


def _thickness(left: Findings, right: Findings, language: Language) -> list[Line]:
    """Rows of each picture: scans of two devices need not have the same scale."""
    both = left.thickness, right.thickness
    lines = []
    for part in ("central", "mean"):
        told = [one and getattr(one, f"{part}_px") for one in both]
        if any(told):
            shown = [numbers.pixels(px, language) if px else say("demo.not_known", language)
                     for px in told]  # fmt: skip
            lines.append(Line(say(f"demo.compare.thickness.{part}", language), shown[0], shown[1]))
    return lines


def _lids(left: GlandLoss, right: GlandLoss, kind: Kind, language: Language) -> list[Line]:
    shares = [
        _line(
            say(f"demo.compare.glands.{part}", language),
            numbers.percent(one),
            numbers.percent(other),
            kind,
            _signed(100 * (other - one), _points),
        )
        for part, one, other in (
            ("share", left.gland_share, right.gland_share),
            ("lost", left.lost_share, right.lost_share),
        )
    ]
    step = _signed(right.meiboscore - left.meiboscore, _count)
    scores = [str(one.meiboscore) for one in (left, right)]
    return [
        *shares,
        _line(say("demo.compare.glands.score", language), scores[0], scores[1], kind, step),
    ]


# ---- words ----


def _sentences(left: Findings, right: Findings, kind: Kind, language: Language) -> tuple[str, ...]:
    """What differs and what does not, in words; nothing of what one photo does not tell."""
    said = [*_of_grades(left, right, kind, language), *_of_lesions(left, right, kind, language)]
    return (*said, *_of_ratios(left, right, kind, language))


def _of_grades(left: Findings, right: Findings, kind: Kind, language: Language) -> list[str]:
    one, other = left.dr.grade, right.dr.grade
    if one is None or other is None:
        return []
    if one == other:
        name = grade_name(one, language)
        return [say(f"demo.compare.grade_same.{kind}", language, grade=one, name=name)]
    key = f"demo.compare.grade_differs.{kind}"
    return [say(key, language, left=one, right=other)]


def _of_lesions(left: Findings, right: Findings, kind: Kind, language: Language) -> list[str]:
    groups: dict[str, list[str]] = {"right": [], "left": [], "same": [], "none": []}
    for code in LESIONS:
        one, other = _stats(left, code), _stats(right, code)
        if one is None or other is None:
            continue
        name, change = lesion_name(code, language), other.count - one.count
        group = "right" if change > 0 else "left" if change < 0 else "same" if one.count else "none"
        counts = {"left": numbers.count(one.count), "right": numbers.count(other.count)}
        item = {"same": "demo.compare.item_same", "none": "demo.compare.item_none"}.get(
            group, f"demo.compare.item.{'visits' if kind == 'visits' else 'photos'}"
        )
        groups[group].append(say(item, language, name=name, **counts))
    joint = say("demo.list_separator", language)
    told = [(group, joint.join(items)) for group, items in groups.items() if items]
    return [say(f"demo.compare.{group}.{kind}", language, items=items) for group, items in told]


def _of_ratios(left: Findings, right: Findings, kind: Kind, language: Language) -> list[str]:
    one, other = left.anatomy.vertical_cdr, right.anatomy.vertical_cdr
    if one is None or other is None:
        return []
    written = {"left": numbers.ratio(one), "right": numbers.ratio(other)}
    error = _within_error(other - one, language)
    said = say(f"demo.compare.cdr_is.{kind}", language, **written)
    return [said, say("demo.compare.cdr_small", language)] if error else [said]


def _cautions(left: Findings, right: Findings, kind: Kind, language: Language) -> tuple[str, ...]:
    said = [say(f"demo.compare.caution.{kind}", language)]
    sizes = [(f.image.width, f.image.height) for f in (left, right)]
    if sizes[0] != sizes[1]:
        written = [say("demo.findings.size", language, width=w, height=h) for w, h in sizes]
        said.append(say("demo.compare.sizes", language, left=written[0], right=written[1]))
    scores = [numbers.ratio(f.quality.score) for f in (left, right)]
    if left.oct is None and right.oct is None and scores[0] != scores[1]:
        said.append(say("demo.compare.quality", language, left=scores[0], right=scores[1]))
    return tuple(said)
