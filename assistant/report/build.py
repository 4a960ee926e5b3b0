"""Analyses of one visit, and what was asked about them -> `Report`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from itertools import pairwise

from assistant.analysis import Analysis
from assistant.conversation import Message
from assistant.findings import SCHEMA, Findings
from assistant.findings_table import sections
from assistant.photo_facts import unread
from assistant.report import pictures, wording
from assistant.report.value import Exchange, Glance, Passage, PhotoPart, Report
from assistant.sentences import joined
from vision.catalogue import Language, say
from vision.errors import InputError

_LIBRARIES = ("torch", "open_clip_torch", "segmentation-models-pytorch", "openvino")
_ID_LETTERS = 16  # of an image's SHA-256: enough to tell photos apart by eye


def build(
    analyses: Sequence[Analysis],
    language: Language,
    *,
    messages: Sequence[Message] = (),
    models: Mapping[str, str] | None = None,
    subject: str = "",
    made_at: datetime | None = None,
) -> Report:
    """The report of these photos, numbered in their order.

    `models` are those that answered the `messages` (Pipeline.models), part -> SHA-256. Raises
    InputError where there is no photo.
    """
    if not analyses:
        raise InputError("visit.no_photo")
    titled = [
        (wording.title(number, one.findings, language), one)
        for number, one in enumerate(analyses, 1)
    ]
    found = [(title, one.findings) for title, one in titled]
    by_urgency = sorted(found, key=lambda item: -wording.urgency(item[1]))
    advice = [_said(title, wording.next_step(f, language), language) for title, f in by_urgency]
    sure = [_said(title, wording.uncertainty(f, language), language) for title, f in found]
    differ = [_said(title, wording.disagreements(f, language), language) for title, f in found]
    return Report(
        language,
        made_at or datetime.now().astimezone().replace(microsecond=0),
        subject,
        tuple(_glance(title, findings, language) for title, findings in found),
        Passage(
            "\n".join(_said(title, wording.impression(f, language), language) for title, f in found)
        ),
        Passage("\n".join([*filter(None, advice), *_common_advice(found, language)])),
        Passage(""),
        (*filter(None, sure), *_limits(found, language)),
        tuple(filter(None, differ)) or (say("visit.agree", language),),
        tuple(_photo(title, one, language) for title, one in titled),
        _exchanges(messages, language),
        _versions([f for _, f in found], models or {}, language),
    )


def _said(title: str, sentences: list[str], language: Language) -> str:
    """One photo's sentences as a paragraph that names the photo; "" where there are none."""
    text = joined(dict.fromkeys(sentences), language)
    return say("visit.of_photo", language, title=title, text=text) if text else ""


def _glance(title: str, findings: Findings, language: Language) -> Glance:
    step = joined(wording.next_step(findings, language)[:2], language)
    return Glance(title, tuple(wording.severity(findings, language)), step)


def _common_advice(found: Sequence[tuple[str, Findings]], language: Language) -> list[str]:
    graded = any(f.dr.grade is not None for _, f in found)
    source = [say("visit.advice.source", language)] if graded else []
    return [*source, say("visit.advice.sudden", language)]


def _limits(found: Sequence[tuple[str, Findings]], language: Language) -> list[str]:
    """What holds for every photo that was read."""
    if all(_says_nothing(f) for _, f in found):
        return [say("visit.sure.nothing", language)]
    by_lesions = any(f.lesion_grade is not None for _, f in found)
    limits = [say("evidence.limits", language)] if by_lesions else []
    keys = ("visit.sure.scale", "template.grade.not_certain", "visit.sure.absent")
    return [*limits, *(say(key, language) for key in keys)]


def _photo(title: str, analysis: Analysis, language: Language) -> PhotoPart:
    findings = analysis.findings
    image = findings.image
    size = say("demo.findings.size", language, width=image.width, height=image.height)
    detail = say("visit.image", language, size=size, id=image.id[:_ID_LETTERS])
    drawn, legend = pictures.outlined(analysis, title, language)
    shown = () if _says_nothing(findings) else sections(findings, language)
    notes = tuple(say(note, language) for note in findings.notes)
    verdict = _verdict(findings, language)
    plain = pictures.plain(analysis, title)
    return PhotoPart(title, detail, verdict, plain, drawn, legend, shown, notes)


def _says_nothing(findings: Findings) -> bool:
    """Whether an image could not be read as what it is."""
    return unread(findings) and findings.oct is None and findings.glands is None


def _verdict(findings: Findings, language: Language) -> str:
    quality = findings.quality
    if (not _says_nothing(findings) and quality.modality != "cfp") or quality.gradable == "yes":
        return ""
    reasons = [say(reason, language) for reason in quality.reasons]
    if quality.modality == "cfp":
        key = "ungradable" if quality.gradable == "no" else "limited"
        title = say(f"demo.verdict.{key}", language)
        reasons = [title, say(f"demo.verdict.{key}_advice", language), *reasons]
    elif not reasons:
        reasons = [say("note.not_fundus", language)]
    return joined(reasons, language)


def _exchanges(messages: Sequence[Message], language: Language) -> tuple[Exchange, ...]:
    """Questions with their answers; a question without one is left out."""
    pairs = []
    for asked, said in pairwise(messages):
        if asked.role == "user" and said.role == "assistant":
            numbers = say("findings.comma", language).join(map(str, said.about))
            key = "answer.about_one" if len(said.about) == 1 else "answer.about_many"
            about = say(key, language, numbers=numbers) if said.about else ""
            pairs.append(Exchange(asked.text, said.text, about))
    return tuple(pairs)


def _versions(
    found: Sequence[Findings], models: Mapping[str, str], language: Language
) -> tuple[tuple[str, str], ...]:
    """What made the report: weights by their SHA-256, libraries by their versions."""
    weights = [item for one in found for item in one.models.items()] + list(models.items())
    libraries = [(name, version(name)) for name in _LIBRARIES]
    schema = (say("visit.version.findings", language), str(SCHEMA))
    return (schema, *dict.fromkeys(weights), *libraries)
